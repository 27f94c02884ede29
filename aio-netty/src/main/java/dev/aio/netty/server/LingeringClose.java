package dev.aio.netty.server;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Next to the socket of a connection of HTTP/2: turns a close into the end of our half, and waits for the client's. A
 * client that still reads sends WINDOW_UPDATE while it does, and to a closed socket that is answered with a reset, which
 * destroys what the kernel has not sent yet (RFC 9112 9.6 has the same of HTTP/1). One for each channel, confined to its
 * loop.
 */
final class LingeringClose extends ChannelDuplexHandler {

    /** How long a client may send nothing, neither bytes nor its end, before it is not waited for any more. */
    static final long SILENCE_MILLIS = 5_000;

    /** And how long it is waited for in any case. */
    static final long MAX_MILLIS = 60_000;

    private @Nullable ChannelPromise closing;
    private long until; // ns, whatever comes
    private @Nullable Future<?> timer;

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (closing != null || !(ctx.channel() instanceof DuplexChannel channel) || channel.isInputShutdown()) {
            ctx.close(promise);
            return;
        }
        closing = promise;
        until = ctx.executor().ticker().nanoTime() + TimeUnit.MILLISECONDS.toNanos(MAX_MILLIS);
        ctx.channel().config().setAutoRead(true);
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) written -> {
            if (written.isSuccess()) {
                channel.shutdownOutput();
                await(ctx);
            } else {
                end(ctx);
            }
        });
    }

    private void await(ChannelHandlerContext ctx) {
        if (timer != null) {
            timer.cancel(false);
        }
        long silence = TimeUnit.MILLISECONDS.toNanos(SILENCE_MILLIS);
        long left = Math.min(silence, until - ctx.executor().ticker().nanoTime());
        timer = ctx.executor().schedule(() -> end(ctx), left, TimeUnit.NANOSECONDS);
    }

    private void end(ChannelHandlerContext ctx) {
        ctx.close(closing);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (closing == null) {
            ctx.fireChannelRead(message);
            return;
        }
        ReferenceCountUtil.release(message);
        if (timer != null) {
            await(ctx);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (closing != null && event instanceof ChannelInputShutdownEvent) {
            end(ctx);
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (closing != null) {
            end(ctx);
        } else {
            ctx.fireExceptionCaught(cause);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
