package dev.aio.netty.http;

import dev.aio.netty.AioLoop;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection: has its requests answered one at a time, in order, decides when to flush and when to close. Confined
 * to its loop.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter implements RequestQueue.Listener, NextHandler.Listener {

    /** How long a client may take to read the last response before the connection is cut, in ms. */
    private static final long LINGER_MILLIS = 2_000;

    private final StaticFileHandler site;
    private final PipelineKind kind;
    private ChannelHandlerContext ctx;
    private RequestQueue requests;
    private HttpExchange exchange;
    private NextHandler next;
    private boolean busy;
    private @Nullable ChannelFuture lastWrite; // of the last answer; null if all of it has left
    private boolean pumping; // requests that waited are being answered
    private boolean reading; // between channelRead and channelReadComplete: a flush follows
    private boolean answeredInRead; // at least once
    private boolean unflushed;
    private boolean closing; // the last response is written
    private boolean clientHasEnded; // its last request is all here, and nothing after it
    private boolean leaves; // at the end of this turn's reads
    private boolean lingering; // the last response has left; the client's end is awaited
    private boolean switched; // to a protocol of the next handler's

    HttpConnection(StaticFileHandler site, PipelineKind kind) {
        this.site = site;
        this.kind = kind;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        ctx = added;
        AioLoop loop = site.transport().loop(added.channel().eventLoop());
        requests = new RequestQueue(site, added, this);
        exchange = new HttpExchange(site, loop, kind, this, added);
        next = new NextHandler(added, kind, this);
    }

    @Override
    public void channelRead(ChannelHandlerContext c, Object message) {
        if (switched || !(message instanceof HttpObject)) {
            c.fireChannelRead(message);
            return;
        }
        reading = true;
        clientHasEnded &= !closing; // it has not kept its word
        try {
            requests.add((HttpObject) message);
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void requestWaits() {
        if (!busy && !pumping) {
            pump();
        }
    }

    @Override
    public void requestsEnd() {
        if (!busy && requests.isOver()) {
            endAfterThis();
        }
    }

    /**
     * The response has been written, though perhaps not flushed.
     *
     * @param request which nobody asks for any more
     * @param persistence what the response said of the connection
     * @param last done when the last of the response has left; {@code null} if it has
     */
    void answered(IncomingRequest request, Persistence persistence, @Nullable ChannelFuture last) {
        clientHasEnded = persistence == Persistence.CLOSE && request.isLastOfClient();
        requests.answered(request);
        answered(persistence, last);
    }

    private void answered(Persistence persistence, @Nullable ChannelFuture last) {
        busy = false;
        answeredInRead = reading;
        unflushed |= last != null;
        lastWrite = last;
        if (persistence == Persistence.CLOSE) {
            endAfterThis();
        }
        if (!pumping) {
            pump();
        }
    }

    /** Whether an answer had better leave at once: requests that come together are answered together. */
    boolean isAlone() {
        return !answeredInRead;
    }

    /** Only a closed connection can tell the client that the rest of its response will not come. */
    void broken() {
        busy = false;
        requests.drop();
        ctx.close();
    }

    /** Whether there is somebody who might answer what is not here. */
    boolean hasNext() {
        return site.fallsThrough() && next.isThere();
    }

    /**
     * Gets ready to {@link #passOn} a request.
     *
     * @throws IllegalStateException if what the next handler answers could not be encoded
     */
    void expectNext(IncomingRequest request, Persistence persistence) {
        next.expectAnswerTo(request, persistence);
    }

    /** Gives a request to the next handler; the connection goes on when that has answered. */
    void passOn(IncomingRequest request) {
        boolean outer = pumping;
        pumping = true; // whatever it answers at once, it first gets all that is here of this request
        try {
            requests.passOn(request);
            if (!reading) {
                ctx.fireChannelReadComplete();
            }
        } finally {
            pumping = outer;
        }
        if (!outer && !busy) {
            pump();
        }
    }

    /** Nothing of a request's body is needed any more: it is we who answer it. */
    void takeOver(IncomingRequest request) {
        requests.takeOver(request);
    }

    @Override
    public boolean isLastAnswer() {
        return isLast();
    }

    @Override
    public void nextAnswered(boolean close, ChannelFuture last) {
        answered(close ? Persistence.CLOSE : Persistence.KEEP_ALIVE, last);
    }

    @Override
    public void nextSwitched() {
        switched = true;
        busy = false;
        requests.drain();
    }

    /** A loop, not a recursion: hundreds of pipelined requests may be answered at once. */
    private void pump() {
        pumping = true;
        try {
            while (!busy && !requests.isEmpty() && mayWrite()) {
                busy = true;
                exchange.answer(requests.poll());
            }
        } catch (RuntimeException | Error e) {
            exchange.abandon();
            requests.drop();
            ctx.close(); // what has been said of that request, nobody knows
            throw e;
        } finally {
            pumping = false;
        }
        if (!closing && !switched) {
            if (!busy && requests.isOver()) {
                endAfterThis();
            } else {
                requests.resume();
            }
        }
        if (!reading) {
            flushWritten();
        }
    }

    /** Has what was written leave before something is reported on whose account others may close. */
    void flushNow() {
        unflushed = true;
        flushWritten();
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
        return requests.isOver() || site.isEnding() && requests.isEmpty();
    }

    private void endAfterThis() {
        boolean bodyToCome = requests.isBodyToCome();
        clientHasEnded &= requests.isEmpty() && !bodyToCome;
        requests.drop();
        if (closing) {
            return;
        }
        closing = true;
        if (kind == PipelineKind.STREAM) {
            if (bodyToCome) {
                afterLastWrite(() -> kind.stopRequest(ctx)); // before that it would cut the answer
            }
            return; // its last frame ends it, and closing it before that has left would cut it
        }
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) written -> {
            if (!written.isSuccess()) {
                ctx.close();
            } else if (clientHasEnded && reading) {
                leaves = true; // after what has come with the request
            } else {
                leave();
            }
        });
    }

    /** Who has said that he sends no more, and has not, is not waited for, RFC 9112 9.6: closing destroys nothing. */
    private void leave() {
        if (clientHasEnded && ctx.channel().config().isAutoRead()) {
            ctx.close();
        } else {
            linger();
        }
    }

    private void afterLastWrite(Runnable what) {
        if (lastWrite == null) {
            what.run();
        } else {
            lastWrite.addListener(left -> what.run());
        }
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
        requests.drain();
        Future<?> timer = ctx.executor().schedule(() -> ctx.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
        ctx.channel().closeFuture().addListener(closed -> timer.cancel(false)); // it would keep the channel
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext c) {
        reading = false;
        answeredInRead = false;
        requests.readComplete();
        flushWritten();
        if (leaves) {
            leaves = false;
            leave();
        }
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
            endOfInput();
        } else if (event instanceof IdleStateEvent) {
            idle((IdleStateEvent) event);
        } else if (event == StaticFileHandler.DRAIN) {
            requests.close();
            if (!busy && requests.isOver() && !closing) {
                drainIdle();
            }
        }
        c.fireUserEventTriggered(event);
        if (event instanceof ChannelInputShutdownEvent && busy) {
            requests.endOfPassedOn();
        }
    }

    /** The client will send no more, but may still read what it asked for. */
    private void endOfInput() {
        if (lingering) {
            ctx.close();
        } else {
            requests.endOfInput();
        }
    }

    /** A client that only reads is not idle, and the next handler has its own idea of that. */
    private void idle(IdleStateEvent event) {
        boolean ours = !busy || event.state() == IdleState.ALL_IDLE && !exchange.isPassedOn();
        if (ours && event.state() != IdleState.WRITER_IDLE) {
            ctx.close();
        }
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
        requests.drop();
        c.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext c) {
        requests.drop();
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
