package dev.aio.netty.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request of a connection, from its head on until it is answered, with what has come of its body. The body is thrown
 * away as it comes, unless the next handler might want it. Confined to its loop.
 */
final class IncomingRequest {

    private final HttpRequest head;
    private final List<HttpContent> kept;
    private boolean keeping; // head and contents are retained
    private long bodyBytes;
    private boolean complete;
    private boolean queued;
    private boolean passedOn;
    private @Nullable HttpResponseStatus refusal;

    /**
     * @param keep whether the next handler may be given it; then it must be passed on or {@linkplain #release released}
     */
    IncomingRequest(HttpRequest head, boolean keep) {
        this.head = head;
        keeping = keep;
        kept = keep ? new ArrayList<>(2) : List.of();
        if (keep) {
            ReferenceCountUtil.retain(head);
        }
    }

    HttpRequest head() {
        return head;
    }

    /** Takes in a part of the body; the caller's reference stays the caller's. */
    void add(HttpContent content) {
        if (content != head) {
            bodyBytes += content.content().readableBytes();
            if (keeping) {
                kept.add(content.retain());
            }
        } else {
            bodyBytes = content.content().readableBytes(); // a whole request in one object
        }
        complete = content instanceof LastHttpContent;
        if (content.decoderResult().isFailure()) {
            head.setDecoderResult(content.decoderResult());
        }
    }

    long bodyBytes() {
        return bodyBytes;
    }

    /** Bytes of the body that are kept now. */
    long keptBytes() {
        return keeping ? bodyBytes : 0;
    }

    /** Whether all of it has come, or nothing more will. */
    boolean isComplete() {
        return complete;
    }

    /** Bytes that the body will have at least, as far as the head says. */
    long announcedBytes() {
        if (HttpUtil.isTransferEncodingChunked(head) || !head.headers().contains(HttpHeaderNames.CONTENT_LENGTH)) {
            return bodyBytes;
        }
        try {
            return HttpUtil.getContentLength(head);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
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

    boolean isPassedOn() {
        return passedOn;
    }

    /** Gives the next handler what has come; the rest is for the caller to hand on. */
    void passOn(ChannelHandlerContext ctx) {
        keeping = false;
        passedOn = true;
        List<HttpContent> contents = List.copyOf(kept);
        kept.clear();
        ctx.fireChannelRead(head);
        contents.forEach(ctx::fireChannelRead);
    }

    /** Gives back what is kept of it, if it still is; what comes from now on is not kept. */
    void release() {
        if (keeping) {
            keeping = false;
            kept.forEach(ReferenceCountUtil::release);
            kept.clear();
            ReferenceCountUtil.release(head);
        }
    }
}
