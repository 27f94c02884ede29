package dev.aio.netty.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection on which nothing has come for a while since this was added, such as behind a TLS handshake; with
 * the first byte it is gone. One for each channel, confined to its loop.
 */
final class FirstByteTimer extends ChannelInboundHandlerAdapter {

    private final Duration timeout;
    private final Cuts cuts;
    private @Nullable Future<?> timer;

    /** @param timeout more than zero */
    FirstByteTimer(Duration timeout, Cuts cuts) {
        this.timeout = timeout;
        this.cuts = cuts;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        timer = ctx.executor().schedule(() -> expired(ctx), timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void expired(ChannelHandlerContext ctx) {
        cuts.count(Cuts.Reason.SILENT);
        ctx.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ctx.pipeline().remove(this);
        ctx.fireChannelRead(message);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        timer.cancel(false);
    }
}
