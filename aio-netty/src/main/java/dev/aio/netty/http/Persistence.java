package dev.aio.netty.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/** What becomes of a connection after a response, RFC 9112 9.3, and how the response says so. */
enum Persistence {
    /** HTTP/1.1's default, which needs no words. */
    KEEP_ALIVE(""),
    /** HTTP/1.0 clients that asked for it want to hear it. */
    KEEP_ALIVE_SAID("Connection: keep-alive\r\n"),
    CLOSE("Connection: close\r\n");

    /** Bytes of the longest field line. */
    static final int MAX_LENGTH = 24;

    private final byte[] fieldLine;

    Persistence(String fieldLine) {
        this.fieldLine = fieldLine.getBytes(StandardCharsets.US_ASCII);
    }

    /** What the client asks for. */
    static Persistence of(HttpVersion version, HttpHeaders headers) {
        boolean persistent = version.isKeepAliveDefault();
        if (!headers.contains(HttpHeaderNames.CONNECTION)) {
            return persistent ? KEEP_ALIVE : CLOSE;
        }
        if (has(headers, HttpHeaderValues.CLOSE)) {
            return CLOSE;
        }
        if (persistent) {
            return KEEP_ALIVE;
        }
        return has(headers, HttpHeaderValues.KEEP_ALIVE) ? KEEP_ALIVE_SAID : CLOSE;
    }

    /** Looks at every element of every line: {@code Connection: foo, close} closes as well. */
    private static boolean has(HttpHeaders headers, CharSequence option) {
        return headers.containsValue(HttpHeaderNames.CONNECTION, option, true);
    }

    /** What becomes of the connection after this answer. */
    Persistence after(ResponsePlan plan) {
        return plan.mustClose() ? CLOSE : this;
    }

    /** Says so as Netty's objects do. */
    void addTo(HttpHeaders headers) {
        if (this == CLOSE) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (this == KEEP_ALIVE_SAID) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
    }

    /** The Connection field with its line end, or nothing; shared, not to be written to. */
    byte[] fieldLine() {
        return fieldLine;
    }
}
