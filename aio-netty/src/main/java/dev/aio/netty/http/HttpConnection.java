package dev.aio.netty.http;

import dev.aio.netty.AioLoop;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection: takes requests in order, answers one at a time, decides when to read on and when to
 * close. Confined to its loop.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter {

    /** Pipelined requests that wait; beyond it the socket is not read until some are answered. */
    private static final int MAX_WAITING = 64;

    /** Bytes of a body to wait for before its request is answered: one that is malformed gets 400. */
    private static final int MAX_AWAITED_BODY = 64 * 1024;

    /** How long a client may take to read the last response before the connection is cut, in ms. */
    private static final long LINGER_MILLIS = 2_000;

    private final StaticFileHandler site;
    private final PipelineKind kind;
    private final ArrayDeque<HttpRequest> waiting = new ArrayDeque<>(4);
    private ChannelHandlerContext ctx;
    private HttpExchange exchange;
    private @Nullable HttpRequest arriving; // its body has not come yet
    private int bodyBytes;
    private boolean busy;
    private boolean pumping; // requests that waited are being answered
    private boolean reading; // between channelRead and channelReadComplete: a flush follows
    private boolean unflushed;
    private boolean lastRequestSeen; // nothing behind it is looked at
    private boolean closing; // the last response is written
    private boolean lingering; // and has left; the client's end is awaited

    HttpConnection(StaticFileHandler site, PipelineKind kind) {
        this.site = site;
        this.kind = kind;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        ctx = added;
        AioLoop loop = site.transport().loop(added.channel().eventLoop());
        exchange = new HttpExchange(site, loop, kind, this, added);
    }

    @Override
    public void channelRead(ChannelHandlerContext c, Object message) {
        reading = true;
        try {
            if (message instanceof HttpRequest && !lastRequestSeen) {
                begins((HttpRequest) message);
            }
            if (message instanceof HttpContent && !lastRequestSeen) {
                skip((HttpContent) message);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void begins(HttpRequest request) {
        arriving = request;
        bodyBytes = 0;
        if (request.headers().contains(HttpHeaderNames.EXPECT)) {
            receivedArriving(); // the client may wait for our answer before it sends a body
        }
    }

    /** Nothing here has a use for bodies, but where the next request begins depends on them. */
    private void skip(HttpContent content) {
        boolean failed = content.decoderResult().isFailure();
        if (arriving == null) {
            if (failed) {
                lastRequestSeen = true;
                if (!busy && waiting.isEmpty()) {
                    endAfterThis();
                }
            }
            return;
        }
        if (failed) {
            arriving.setDecoderResult(content.decoderResult());
        }
        bodyBytes += content.content().readableBytes();
        if (failed || content instanceof LastHttpContent || bodyBytes > MAX_AWAITED_BODY) {
            receivedArriving();
        }
    }

    private void receivedArriving() {
        HttpRequest request = arriving;
        arriving = null;
        received(request);
    }

    private void received(HttpRequest request) {
        waiting.add(request);
        if (!busy && !pumping) {
            pump();
        }
        if (waiting.size() > MAX_WAITING) {
            ctx.channel().config().setAutoRead(false);
        }
    }

    /**
     * The response has been written, though perhaps not flushed.
     *
     * @param persistence what the response said of the connection
     */
    void answered(Persistence persistence) {
        busy = false;
        unflushed = true;
        if (persistence == Persistence.CLOSE) {
            endAfterThis();
        }
        if (!pumping) {
            pump();
        }
    }

    /** Only a closed connection can tell the client that the rest of its response will not come. */
    void broken() {
        busy = false;
        lastRequestSeen = true;
        waiting.clear();
        ctx.close();
    }

    /** A loop, not a recursion: hundreds of pipelined requests may be answered at once. */
    private void pump() {
        pumping = true;
        while (!busy && !waiting.isEmpty() && mayWrite()) {
            busy = true;
            exchange.answer(waiting.poll());
        }
        pumping = false;
        if (waiting.isEmpty() && !closing) {
            if (!busy && lastRequestSeen) {
                endAfterThis();
            } else if (!ctx.channel().config().isAutoRead()) {
                ctx.channel().config().setAutoRead(true);
            }
        }
        if (!reading) {
            flushWritten();
        }
    }

    /** Not for a client that does not read what it asked for: it would hold a buffer for each answer. */
    private boolean mayWrite() {
        if (!ctx.channel().isWritable()) {
            flushWritten();
        }
        return ctx.channel().isWritable();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext c) {
        if (!busy && !pumping && c.channel().isWritable()) {
            pump();
        }
        c.fireChannelWritabilityChanged();
    }

    /** Whether a response now must announce that it is the last. */
    boolean isLast() {
        return lastRequestSeen && waiting.isEmpty();
    }

    private void endAfterThis() {
        lastRequestSeen = true;
        waiting.clear();
        if (closing) {
            return;
        }
        closing = true;
        if (kind == PipelineKind.STREAM) {
            return; // its last frame ends it, and closing it before that has left would cut it
        }
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) written -> {
            if (written.isSuccess()) {
                linger();
            } else {
                ctx.close();
            }
        });
    }

    /**
     * Ends our half and waits for the client's: closing with unread bytes in the socket would send a
     * reset, and that destroys what the client has not read yet.
     */
    private void linger() {
        lingering = true;
        if (!(ctx.channel() instanceof DuplexChannel) || ((DuplexChannel) ctx.channel()).isInputShutdown()) {
            ctx.close();
            return;
        }
        SslHandler tls = ctx.pipeline().get(SslHandler.class);
        if (tls != null) {
            tls.closeOutbound(); // says so, which the end of the TCP stream alone would not
        } else {
            ((DuplexChannel) ctx.channel()).shutdownOutput();
        }
        ctx.channel().config().setAutoRead(true);
        ctx.executor().schedule(() -> ctx.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext c) {
        reading = false;
        flushWritten();
        c.fireChannelReadComplete();
    }

    private void flushWritten() {
        if (unflushed) {
            unflushed = false;
            ctx.flush();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext c, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            // The client will send no more, but may still read what it asked for.
            lastRequestSeen = true;
            if (lingering) {
                ctx.close();
            } else if (!busy && waiting.isEmpty()) {
                endAfterThis();
            }
        } else if (event instanceof IdleStateEvent) {
            ctx.close(); // nothing came and nothing left
        } else if (event == StaticFileHandler.DRAIN) {
            lastRequestSeen = true;
            if (!busy && waiting.isEmpty() && !closing) {
                drainIdle();
            }
        }
        c.fireUserEventTriggered(event);
    }

    private void drainIdle() {
        ChannelOutboundBuffer unsent = ctx.channel().unsafe().outboundBuffer();
        if (unsent == null || unsent.totalPendingWriteBytes() == 0) {
            ctx.close();
        } else {
            endAfterThis();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext c) {
        lastRequestSeen = true;
        waiting.clear();
        c.fireChannelInactive();
    }

    /** Resets and the like are the client's affair; anything else is a bug worth a line. */
    @Override
    public void exceptionCaught(ChannelHandlerContext c, Throwable cause) {
        c.close();
        if (!(cause instanceof IOException)) {
            c.fireExceptionCaught(cause);
        }
    }
}
