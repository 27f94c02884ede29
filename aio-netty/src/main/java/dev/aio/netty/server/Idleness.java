package dev.aio.netty.server;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.timeout.IdleStateEvent;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Says by Netty's {@link IdleStateEvent}, once per period, that a connection has moved no byte in either direction for a
 * period, so that whoever knows how ends it. Output that still leaves counts, too.
 *
 * <p>Netty's {@code IdleStateHandler} asks the clock for each message and wants a listener on each write; here a message
 * costs a store, and a timer looks four times a period what there was, so that it fires up to a quarter late. One for each
 * channel, confined to its loop.
 */
final class Idleness extends ChannelDuplexHandler implements Runnable {

    private static final int LOOKS = 4;

    private final long lookNanos;
    private final Cuts cuts;
    private ChannelHandlerContext ctx;
    private @Nullable Future<?> timer;
    private boolean moved; // since the last look
    private int still; // looks without a move
    private boolean first = true; // event since it moved
    private int unsent; // what the channel was sending at the last look, by its identity
    private long unsentBytes;
    private long progress;

    /** @param period more than zero */
    Idleness(Duration period, Cuts cuts) {
        lookNanos = Math.max(1, period.toNanos() / LOOKS);
        this.cuts = cuts;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        ctx = added;
        if (added.channel().isActive()) {
            start();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext c) {
        start();
        c.fireChannelActive();
    }

    private void start() {
        if (timer == null) {
            schedule();
        }
    }

    private void schedule() {
        timer = ctx.executor().schedule(this, lookNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext c, Object message) {
        moved = true;
        c.fireChannelRead(message);
    }

    @Override
    public void flush(ChannelHandlerContext c) {
        moved = true;
        c.flush();
    }

    @Override
    public void run() {
        schedule();
        if (moved | hasLeft()) {
            moved = false;
            still = 0;
            first = true;
        } else if (++still >= LOOKS) {
            still = 0;
            IdleStateEvent event =
                    first ? IdleStateEvent.FIRST_ALL_IDLE_STATE_EVENT : IdleStateEvent.ALL_IDLE_STATE_EVENT;
            if (first) {
                first = false;
                cuts.count(Cuts.Reason.IDLE);
            }
            ctx.fireUserEventTriggered(event);
        }
    }

    /** Whether any of what waits to be sent has left since the last look. */
    private boolean hasLeft() {
        ChannelOutboundBuffer buffer = ctx.channel().unsafe().outboundBuffer();
        if (buffer == null) {
            return false;
        }
        int current = System.identityHashCode(buffer.current());
        long bytes = buffer.totalPendingWriteBytes();
        long sent = buffer.currentProgress();
        boolean left = current != unsent || bytes != unsentBytes || sent != progress;
        unsent = current;
        unsentBytes = bytes;
        progress = sent;
        return left;
    }

    @Override
    public void channelInactive(ChannelHandlerContext c) {
        stop();
        c.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext c) {
        stop();
    }

    private void stop() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
