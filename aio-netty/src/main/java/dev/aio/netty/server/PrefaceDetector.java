package dev.aio.netty.server;

import dev.aio.netty.http.StaticFileHandler;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells HTTP/2 by prior knowledge (RFC 9113 3.3) from HTTP/1 by the first bytes of a connection, then has the
 * pipeline made for it and steps out of the way. Decides at the first byte that differs. Who says too little for that,
 * or nothing, is cut without a word after a while.
 */
final class PrefaceDetector extends ByteToMessageDecoder {

    private static final ByteBuf PREFACE = Http2CodecUtil.connectionPrefaceBuf();

    private final Consumer<ChannelHandlerContext> http1;
    private final Consumer<ChannelHandlerContext> http2;
    private final Duration timeout;
    private final Cuts cuts;
    private @Nullable Future<?> timer;

    /**
     * @param http1 adds the handlers of HTTP/1 behind the given one
     * @param http2 likewise those of HTTP/2
     * @param timeout from the begin of a connection until its protocol is known; zero for any time
     */
    PrefaceDetector(
            Consumer<ChannelHandlerContext> http1, Consumer<ChannelHandlerContext> http2, Duration timeout, Cuts cuts) {
        this.http1 = http1;
        this.http2 = http2;
        this.timeout = timeout;
        this.cuts = cuts;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (!timeout.isZero()) {
            timer = ctx.executor().schedule(() -> expired(ctx), timeout.toNanos(), TimeUnit.NANOSECONDS);
        }
        ctx.fireChannelActive();
    }

    private void expired(ChannelHandlerContext ctx) {
        cuts.count(actualReadableBytes() > 0 ? Cuts.Reason.SLOW_HEAD : Cuts.Reason.SILENT);
        ctx.close();
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        int length = Math.min(in.readableBytes(), PREFACE.readableBytes());
        for (int i = 0; i < length; i++) {
            if (in.getByte(in.readerIndex() + i) != PREFACE.getByte(PREFACE.readerIndex() + i)) {
                http1.accept(ctx);
                ctx.pipeline().remove(this); // which passes on what was read
                return;
            }
        }
        if (length == PREFACE.readableBytes()) {
            http2.accept(ctx);
            ctx.pipeline().remove(this);
        }
    }

    /** Before a decision, nobody else looks at how a connection ends. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof ChannelInputShutdownEvent && actualReadableBytes() > 0) {
            http1.accept(ctx); // whatever that was, it is not HTTP/2
            ctx.pipeline().remove(this);
            ctx.fireUserEventTriggered(event);
        } else if (event instanceof ChannelInputShutdownEvent || event instanceof IdleStateEvent) {
            ctx.close();
        } else if (event == StaticFileHandler.DRAIN) {
            LastCall.on(ctx);
        } else {
            super.userEventTriggered(ctx, event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
        if (!(cause instanceof IOException)) {
            ctx.fireExceptionCaught(cause);
        }
    }
}
