package dev.aio.netty.http1;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * Why a request was refused, and what to answer. The connection is of no use afterwards: nobody knows
 * where the next request would begin. The message names the rule in words that may be shown to the client;
 * it repeats nothing of the request.
 */
public final class RefusedRequestException extends DecoderException {

    private static final long serialVersionUID = 1L;

    private final int status;

    RefusedRequestException(HttpResponseStatus status, String reason) {
        super(reason);
        this.status = status.code();
    }

    static RefusedRequestException badRequest(String reason) {
        return new RefusedRequestException(HttpResponseStatus.BAD_REQUEST, reason);
    }

    /** 400, 408, 414, 431, 501 or 505. */
    public HttpResponseStatus status() {
        return HttpResponseStatus.valueOf(status);
    }

    /** Whoever sends bad requests decides how many there are: no stack is walked for them. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
