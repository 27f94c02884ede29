package dev.aio.netty.http1;

import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long the head that has come in part may still take. One task for a channel, however many heads come in part:
 * when it runs, it looks whose time it is, and waits for the rest of that. Confined to the loop.
 */
final class HeadTimer implements Runnable {

    private final ChannelHandlerContext ctx;
    private final long nanos;
    private final Runnable expired;
    private @Nullable Future<?> task;
    private boolean running; // there is such a head
    private boolean paused; // and nobody reads, for which the client cannot be blamed
    private long since;

    /**
     * @param nanos that a head may take
     * @param expired called when one has taken longer
     */
    HeadTimer(ChannelHandlerContext ctx, long nanos, Runnable expired) {
        this.ctx = ctx;
        this.nanos = nanos;
        this.expired = expired;
    }

    /** A head has come in part, or a bit more of it. */
    void begin() {
        if (!running) {
            running = true;
            restart();
        }
    }

    private void restart() {
        paused = false;
        since = now();
        arm(nanos);
    }

    private void arm(long delay) {
        if (task == null) {
            task = ctx.executor().schedule(this, delay, TimeUnit.NANOSECONDS);
        }
    }

    private long now() {
        return ctx.executor().ticker().nanoTime();
    }

    /** All of it has come. */
    void end() {
        running = false;
    }

    /** Nobody reads what might come. */
    void pause() {
        paused = true;
    }

    /** Somebody reads: what lay in the socket meanwhile may come now. */
    void resume() {
        if (running && paused) {
            restart();
        }
    }

    /** Nothing more is to come. */
    void cancel() {
        running = false;
        if (task != null) {
            task.cancel(false);
            task = null;
        }
    }

    @Override
    public void run() {
        task = null;
        if (!running || paused) {
            return;
        }
        long left = nanos - (now() - since);
        if (left > 0) {
            arm(left);
        } else {
            expired.run();
        }
    }
}
