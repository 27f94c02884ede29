package dev.aio.netty.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A request of a connection, from its head on until it is answered, with what has come of its body. The body is thrown
 * away as it comes, unless the next handler might want it. Confined to its loop.
 */
final class IncomingRequest {

    private HttpRequest head;
    private Expectation expectation;
    private long declaredBytes;
    private final @Nullable ArrayDeque<HttpContent> kept; // null: the next handler will not be given it
    private boolean keeping; // head and contents are retained
    private long bodyBytes;
    private boolean complete;
    private boolean queued;
    private boolean ours;
    private boolean answered;
    private boolean passedOn;
    private boolean headGone;
    private @Nullable HttpResponseStatus refusal;
    private @Nullable Persistence persistence; // once somebody asked

    /**
     * @param keep whether the next handler may be given it; then it must be passed on or {@linkplain #release released}
     */
    IncomingRequest(HttpRequest head, boolean keep) {
        keeping = keep;
        kept = keep ? new ArrayDeque<>(2) : null;
        begin(head);
        if (keep) {
            ReferenceCountUtil.retain(head);
        }
    }

    private void begin(HttpRequest next) {
        head = next;
        expectation = Expectation.of(next);
        declaredBytes = declaredBytes(next);
    }

    /** Whether nobody will ask this again: it was answered by us, all of it has come, and none of it was for others. */
    boolean isReusable() {
        return kept == null && complete && answered;
    }

    /** Becomes another request, that of this head. */
    void reuse(HttpRequest next) {
        begin(next);
        bodyBytes = 0;
        complete = false;
        queued = false;
        ours = false;
        answered = false;
        passedOn = false;
        headGone = false;
        refusal = null;
        persistence = null;
    }

    HttpRequest head() {
        return head;
    }

    Expectation expectation() {
        return expectation;
    }

    /** Takes in a part of the body; the caller's reference stays the caller's. */
    void add(HttpContent content) {
        came(content);
        if (keeping && content != head) { // else it is a whole request in one object
            kept.add(content.retain());
        }
        if (content.decoderResult().isFailure()) {
            head.setDecoderResult(content.decoderResult());
        }
    }

    /** Counts a part of the body that somebody else takes. */
    void came(HttpContent content) {
        bodyBytes += content.content().readableBytes();
        complete = content instanceof LastHttpContent;
    }

    long bodyBytes() {
        return bodyBytes;
    }

    /** Bytes of the body that are kept now. */
    long keptBytes() {
        return keeping ? bodyBytes : 0;
    }

    /** Whether all of it has come. */
    boolean isComplete() {
        return complete;
    }

    /** Whether all of it has come, and the client has said that it sends nothing after it. */
    boolean isLastOfClient() {
        return complete && head.decoderResult().isSuccess() && persistence() == Persistence.CLOSE;
    }

    /** What the client asks for. */
    Persistence persistence() {
        if (persistence == null) {
            persistence = Persistence.of(head.protocolVersion(), head.headers());
        }
        return persistence;
    }

    /** Bytes that the body will have at least, as far as the head says, or as have come. */
    long announcedBytes() {
        return Math.max(declaredBytes, bodyBytes);
    }

    private static long declaredBytes(HttpRequest head) {
        if (!head.headers().contains(HttpHeaderNames.CONTENT_LENGTH) || HttpUtil.isTransferEncodingChunked(head)) {
            return 0;
        }
        try {
            return HttpUtil.getContentLength(head);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    /** Whether limits are for it: not if the next handler is to have it, or the client waits for leave to go on. */
    boolean isLimited() {
        boolean forNext = keeping && !ResponsePlanner.asksForFile(head.method());
        return answered || !passedOn && !forNext && expectation != Expectation.CONTINUE;
    }

    /** Why it is not to be answered with what it asks for, or null. */
    @Nullable
    HttpResponseStatus refusal() {
        return refusal;
    }

    void refuse(HttpResponseStatus status) {
        refusal = status;
    }

    boolean isQueued() {
        return queued;
    }

    /** It waits for its answer, or has it. */
    void queued() {
        queued = true;
    }

    boolean isAnswered() {
        return answered;
    }

    /** An answer of ours has begun. */
    void answered() {
        answered = true;
    }

    /** Whether we answer it, whatever comes. */
    boolean isOurs() {
        return ours;
    }

    /** We do; what is kept of it is given back, and what comes from now on is not kept. */
    void takeOver() {
        ours = true;
        release();
    }

    boolean isPassedOn() {
        return passedOn;
    }

    /** It is about to be passed on: what comes from now on has to wait its turn. */
    void handingOver() {
        passedOn = true;
    }

    /**
     * Gives the next handler what has come, in order: what comes meanwhile, because it reads on, follows. The rest is for
     * the caller to hand on.
     */
    void passOn(ChannelHandlerContext ctx) {
        passedOn = true;
        headGone = true;
        ctx.fireChannelRead(head);
        for (HttpContent next; (next = kept.poll()) != null; ) {
            ctx.fireChannelRead(next);
        }
        keeping = false;
    }

    /** Whether it is being handed over, so that what comes has to wait its turn. */
    boolean isHandedOver() {
        return passedOn && keeping;
    }

    /** Gives back what is kept of it, if it still is. */
    void release() {
        if (!keeping) {
            return;
        }
        keeping = false;
        kept.forEach(ReferenceCountUtil::release);
        kept.clear();
        if (!headGone) {
            ReferenceCountUtil.release(head);
        }
    }
}
