package dev.aio.netty.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a connection that wait for their answers, in order. Takes them from what the decoder delivers, skips
 * their bodies within limits, and stops reading while too much is here. Confined to its loop.
 */
final class RequestQueue {

    /** Told what has become of the queue. */
    interface Listener {

        /** There is one more; the listener may {@link #poll} it before it returns. */
        void requestWaits();

        /** No more will come. */
        void requestsEnd();
    }

    /** Pipelined requests that wait; beyond it the socket is not read until some are answered. */
    private static final int MAX_WAITING = 64;

    /** Bytes of a body to wait for before its request is answered: one that is malformed gets 400. */
    private static final int MAX_AWAITED_BODY = 64 * 1024;

    private final ChannelHandlerContext ctx;
    private final Listener listener;
    private final boolean keepsBodies;
    private final BodyLimits limits;
    private final Runnable onSlowBody;
    private final BodyWatch watch;
    private final ArrayDeque<IncomingRequest> waiting = new ArrayDeque<>(4);
    private @Nullable IncomingRequest spare; // answered, to be another
    private @Nullable IncomingRequest incoming; // whose body has not come yet, be it queued or not
    private boolean paused; // we have stopped reading
    private boolean ended; // nothing that begins now is looked at

    RequestQueue(StaticFileHandler site, ChannelHandlerContext ctx, Listener listener) {
        this.ctx = ctx;
        this.listener = listener;
        keepsBodies = site.fallsThrough();
        limits = site.bodyLimits();
        onSlowBody = site.onSlowBody();
        watch = new BodyWatch(limits, ctx, this::tooSlow);
    }

    /** Takes in what the decoder has delivered; the reference stays the caller's. */
    void add(HttpObject message) {
        if (message instanceof HttpRequest && !ended) {
            begins((HttpRequest) message);
        }
        if (message instanceof HttpContent) {
            content((HttpContent) message);
        }
    }

    private void begins(HttpRequest head) {
        IncomingRequest request = requestOf(head);
        incoming = request;
        boolean now = request.expectation() != Expectation.NONE // the client may wait before it sends a body
                || request.announcedBytes() > mostAwaited()
                || keepsBodies && !ResponsePlanner.asksForFile(head.method());
        if (now && !(head instanceof HttpContent)) {
            queue(request);
        }
    }

    private IncomingRequest requestOf(HttpRequest head) {
        IncomingRequest request = spare;
        if (request == null) {
            return new IncomingRequest(head, keepsBodies);
        }
        spare = null;
        request.reuse(head);
        return request;
    }

    /** Has been answered, and whoever has answered it has forgotten it. */
    void answered(IncomingRequest request) {
        if (request != incoming && request.isReusable()) {
            spare = request;
        }
    }

    /** Nothing here has a use for bodies, but where the next request begins depends on them. */
    private void content(HttpContent content) {
        IncomingRequest request = incoming;
        boolean failed = content.decoderResult().isFailure();
        ended |= failed; // nobody knows where the next one would begin
        if (request != null) {
            boolean last = content instanceof LastHttpContent;
            if (last) {
                incoming = null;
                watch.end();
            } else {
                watch.received(content.content().readableBytes());
            }
            if (request.isHandedOver()) {
                request.add(content); // follows what is before it
            } else if (request.isPassedOn()) {
                request.came(content);
                ctx.fireChannelRead(content.retain());
            } else {
                skip(request, content, last);
            }
        }
        if (failed) {
            end();
        }
    }

    private void skip(IncomingRequest request, HttpContent content, boolean last) {
        request.add(content);
        if (!request.isQueued()) {
            if (last || request.bodyBytes() > mostAwaited()) {
                queue(request);
            }
        } else if (request.isLimited() && !mayBeForNext(request) && request.bodyBytes() > limits.maxBytes()) {
            refuse(request, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE);
        }
        if (holdsMuch()) {
            pause(); // until it is known whose it is
        }
    }

    private boolean mayBeForNext(IncomingRequest request) {
        return keepsBodies && !request.isOurs() && !request.isAnswered();
    }

    /** Bytes of a body that are waited for before its request is answered. */
    private long mostAwaited() {
        return Math.min(MAX_AWAITED_BODY, limits.maxBytes());
    }

    private boolean holdsMuch() {
        if (!keepsBodies) {
            return false;
        }
        long bytes = incoming != null && !incoming.isQueued() ? incoming.keptBytes() : 0;
        for (IncomingRequest request : waiting) {
            bytes += request.keptBytes();
        }
        if (incoming != null && incoming.isQueued() && !waiting.contains(incoming)) {
            bytes += incoming.keptBytes(); // it is being decided whose it is
        }
        return bytes > MAX_AWAITED_BODY;
    }

    private void tooSlow() {
        IncomingRequest request = incoming;
        if (request != null && request.isLimited()) {
            onSlowBody.run();
            refuse(request, HttpResponseStatus.REQUEST_TIMEOUT);
        }
    }

    /** Whoever sends a body too slowly, or too much of it, is told so if nothing else was said yet. */
    private void refuse(IncomingRequest request, HttpResponseStatus status) {
        request.refuse(status);
        if (request.isAnswered()) {
            end();
        } else if (!request.isQueued()) {
            queue(request);
        } // else whoever is about to answer it says so
    }

    private void queue(IncomingRequest request) {
        request.queued();
        waiting.add(request);
        listener.requestWaits();
        if (waiting.size() > MAX_WAITING) {
            pause();
        }
    }

    private void pause() {
        if (!paused) {
            paused = true;
            watch.end();
            ctx.channel().config().setAutoRead(false);
        }
    }

    /** Reads on, if nothing speaks against it. */
    void resume() {
        if (paused && waiting.isEmpty() && !holdsMuch()) {
            readOn();
        }
    }

    private void readOn() {
        paused = false;
        watchIncoming();
        ctx.channel().config().setAutoRead(true);
    }

    /** All that has come in this turn is here. */
    void readComplete() {
        if (!paused) {
            watchIncoming();
        }
    }

    private void watchIncoming() {
        if (incoming != null && incoming.isLimited() && incoming.refusal() == null) {
            watch.await();
        }
    }

    /** The next one to answer, or null; its body may still be on its way. */
    @Nullable
    IncomingRequest poll() {
        return waiting.poll();
    }

    /** Whether none waits for its answer. */
    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Whether there is one that waits for its body. */
    private boolean isArriving() {
        return incoming != null && !incoming.isQueued();
    }

    /** Whether there is a body, or a part of one, that has not come. */
    boolean isBodyToCome() {
        return incoming != null;
    }

    /** Whether nothing will follow what was polled. */
    boolean isOver() {
        return ended && waiting.isEmpty() && !isArriving();
    }

    /** Takes no more requests; what has begun is waited for. */
    void close() {
        ended = true;
    }

    /** The same, and says so. */
    private void end() {
        ended = true;
        listener.requestsEnd();
    }

    /** The client sends no more: what has no end will not have one. */
    void endOfInput() {
        if (isArriving()) {
            dropIncoming();
        }
        end();
    }

    /** The client sends no more, and the next handler, which has heard of it, still waits for a body: it has a bad end. */
    void endOfPassedOn() {
        IncomingRequest request = incoming;
        if (request != null && request.isPassedOn() && !request.isHandedOver()) {
            LastHttpContent end = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER, EmptyHttpHeaders.INSTANCE);
            end.setDecoderResult(DecoderResult.failure(new PrematureChannelClosureException("end of input in a body")));
            content(end);
        }
    }

    /** The request is the next handler's, as far as it has come and as it comes; from now on it decides when to read. */
    void passOn(IncomingRequest request) {
        if (request == incoming) {
            watch.end();
            if (paused) {
                paused = false;
                request.handingOver();
                ctx.channel().config().setAutoRead(true);
            }
        }
        request.passOn(ctx);
    }

    /** The request is ours: nothing of its body is kept any more. */
    void takeOver(IncomingRequest request) {
        request.takeOver();
        resume();
    }

    /** Takes no more requests, and gives up those that are here. */
    void drop() {
        ended = true;
        waiting.forEach(IncomingRequest::release);
        waiting.clear();
        if (incoming != null) {
            dropIncoming();
        }
    }

    private void dropIncoming() {
        incoming.release();
        incoming = null;
        watch.end();
    }

    /** Drops what is here and discards whatever comes. */
    void drain() {
        drop();
        resume();
    }
}
