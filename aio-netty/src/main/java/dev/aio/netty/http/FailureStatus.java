package dev.aio.netty.http;

import dev.aio.core.AioException;
import dev.aio.core.internal.Linux;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.concurrent.RejectedExecutionException;

/** The status that tells a client why its file could not be opened or read. */
final class FailureStatus {

    private FailureStatus() {}

    static HttpResponseStatus of(Throwable cause) {
        if (cause instanceof RejectedExecutionException) {
            return HttpResponseStatus.SERVICE_UNAVAILABLE;
        }
        if (!(cause instanceof AioException)) {
            return HttpResponseStatus.INTERNAL_SERVER_ERROR;
        }
        switch (((AioException) cause).errno()) {
            case Linux.ENOENT:
            case Linux.ENOTDIR:
            case Linux.ENAMETOOLONG:
                return HttpResponseStatus.NOT_FOUND;
            case Linux.EACCES:
            case Linux.EPERM:
            case Linux.EXDEV:
            case Linux.ELOOP:
                return HttpResponseStatus.FORBIDDEN;
            case Linux.EMFILE:
            case Linux.ENFILE:
            case Linux.ENOMEM:
            case Linux.EAGAIN:
            case Linux.ETIMEDOUT:
                return HttpResponseStatus.SERVICE_UNAVAILABLE;
            default:
                return HttpResponseStatus.INTERNAL_SERVER_ERROR;
        }
    }
}
