package dev.aio.netty.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Of a listening channel: waits a moment when accept(2) fails, mostly for want of descriptors, as Netty's own acceptor
 * does; but says so once a minute, where that would write a stack trace each second. Those who want to
 * connect wait in the backlog.
 */
final class AcceptFailures extends ChannelInboundHandlerAdapter {

    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(AcceptFailures.class);

    private static final long PAUSE_MILLIS = 250;

    private static final long SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private long lastSaidNanos = System.nanoTime() - SILENCE_NANOS;

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            ctx.fireExceptionCaught(cause);
            return;
        }
        long now = System.nanoTime();
        if (now - lastSaidNanos >= SILENCE_NANOS) {
            lastSaidNanos = now;
            LOGGER.warn("connections wait until they can be accepted again: {}", cause.getMessage());
        }
        if (ctx.channel().config().isAutoRead()) {
            ctx.channel().config().setAutoRead(false);
            ctx.executor()
                    .schedule(() -> ctx.channel().config().setAutoRead(true), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
