package dev.aio.netty.server;

import dev.aio.netty.http.StaticFileHandler;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Next to the socket of a connection of HTTP/2: when the server ends, it turns a close into the end of our half, and
 * waits for the client's; before that who is closed has given reason, and is not waited for. A
 * client that still reads sends WINDOW_UPDATE while it does, and to a closed socket that is answered with a reset, which
 * destroys what the kernel has not sent yet (RFC 9112 9.6 has the same of HTTP/1). One for each channel, confined to its
 * loop.
 */
final class LingeringClose extends ChannelDuplexHandler {

    /** How long a client may send nothing, neither bytes nor its end, before it is not waited for any more. */
    static final long SILENCE_MILLIS = 5_000;

    /** And how long it is waited for in any case. */
    static final long MAX_MILLIS = 60_000;

    private boolean draining;
    private @Nullable ChannelPromise closing;
    private long until; // ns, whatever comes
    private boolean outputEnded;
    private @Nullable Future<?> timer;

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (!draining
                || closing != null
                || !(ctx.channel() instanceof DuplexChannel channel)
                || channel.isInputShutdown()
                || isToBeReset(ctx)) {
            ctx.close(promise);
            return;
        }
        closing = promise;
        long most = TimeUnit.MILLISECONDS.toNanos(MAX_MILLIS);
        until = ctx.executor().ticker().nanoTime() + most;
        ctx.channel().config().setAutoRead(true);
        endIn(ctx, most); // the client may never take what is still to be written
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) written -> {
            if (written.isSuccess()) {
                channel.shutdownOutput();
                outputEnded = true;
                await(ctx);
            } else {
                end(ctx);
            }
        });
    }

    /** As a client that was too slow is, so that the kernel forgets what it has for it. */
    private static boolean isToBeReset(ChannelHandlerContext ctx) {
        try {
            Integer linger = ctx.channel().config().getOption(ChannelOption.SO_LINGER);
            return linger != null && linger == 0;
        } catch (ChannelException gone) {
            return true;
        }
    }

    private void await(ChannelHandlerContext ctx) {
        long silence = TimeUnit.MILLISECONDS.toNanos(SILENCE_MILLIS);
        endIn(ctx, Math.min(silence, until - ctx.executor().ticker().nanoTime()));
    }

    private void endIn(ChannelHandlerContext ctx, long nanos) {
        if (timer != null) {
            timer.cancel(false);
        }
        timer = ctx.executor().schedule(() -> end(ctx), nanos, TimeUnit.NANOSECONDS);
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
        if (outputEnded) {
            await(ctx);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        draining |= event == StaticFileHandler.DRAIN;
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

    /** Whoever was told to close it first may not have been the one who has. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (closing != null) {
            end(ctx);
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
