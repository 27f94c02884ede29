package dev.aio.it;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * @param headers by name, whatever its case; repeated fields do not occur in what we send
 * @param body as long as Content-Length says; empty where there is none to come
 */
record Response(String version, int status, Map<String, String> headers, byte[] body) {

    String header(String name) {
        return headers.get(name);
    }

    long contentLength() {
        return Long.parseLong(headers.get("Content-Length"));
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    boolean closes() {
        return "close".equalsIgnoreCase(header("Connection"));
    }
}
