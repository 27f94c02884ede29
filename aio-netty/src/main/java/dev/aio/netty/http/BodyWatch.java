package dev.aio.netty.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches at what pace a body comes that has not come as a whole. Bodies that have, and requests without, cost
 * nothing: there is one timer for a connection, and only while a body is awaited. Confined to its loop.
 */
final class BodyWatch implements Runnable {

    private final BodyLimits limits;
    private final ChannelHandlerContext ctx;
    private final Runnable tooSlow;
    private @Nullable Future<?> timer;
    private boolean awaited;
    private long bytes; // of this period

    /**
     * @param tooSlow called once for a body, which then is not watched any more
     */
    BodyWatch(BodyLimits limits, ChannelHandlerContext ctx, Runnable tooSlow) {
        this.limits = limits;
        this.ctx = ctx;
        this.tooSlow = tooSlow;
    }

    /** More of a body is to come. May be called again for the same body. */
    void await() {
        if (awaited || limits.periodNanos() == 0) {
            return;
        }
        awaited = true;
        beginPeriod();
    }

    private void beginPeriod() {
        bytes = 0;
        timer = ctx.executor().schedule(this, limits.periodNanos(), TimeUnit.NANOSECONDS);
    }

    void received(int length) {
        bytes += length;
    }

    /** The body has ended, or nobody cares any more. */
    void end() {
        if (awaited) {
            awaited = false;
            timer.cancel(false);
            timer = null;
        }
    }

    @Override
    public void run() {
        if (!awaited) {
            return; // cancelled too late
        }
        boolean heeded = ctx.channel().config().isAutoRead(); // else it is us who do not read
        if (heeded && bytes < limits.bytesPerPeriod()) {
            awaited = false;
            timer = null;
            tooSlow.run();
        } else {
            beginPeriod();
        }
    }
}
