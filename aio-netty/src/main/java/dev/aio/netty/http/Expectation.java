package dev.aio.netty.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;

/** What a client expects before it sends its body, RFC 9110 10.1.1. */
enum Expectation {
    NONE,
    /** It waits for a while whether its body is wanted. */
    CONTINUE,
    /** Nobody knows what it means. */
    UNKNOWN;

    static Expectation of(HttpRequest request) {
        if (!request.headers().contains(HttpHeaderNames.EXPECT)) {
            return NONE;
        }
        for (String line : request.headers().getAll(HttpHeaderNames.EXPECT)) {
            for (String member : line.split(",")) {
                if (!member.strip().equalsIgnoreCase("100-continue")) {
                    return UNKNOWN;
                }
            }
        }
        boolean body = HttpUtil.isTransferEncodingChunked(request) || HttpUtil.getContentLength(request, 0L) > 0;
        // Of a client of 1.0, or without a body, it must be ignored.
        return body && HttpVersion.HTTP_1_0.compareTo(request.protocolVersion()) < 0 ? CONTINUE : NONE;
    }
}
