package dev.aio.netty.http;

import dev.aio.netty.http1.StrictHttpRequestDecoder;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What one client sends: many requests, most of them in order, all of them up to something; a char is a byte. */
final class RandomStream {

    private static final int REQUESTS = 24;

    private static final String[] NAMES = {
        "b.txt",
        "b.txt",
        "sub",
        "sub",
        "index.html",
        "secret",
        "a",
        "outside",
        "secret",
        "up",
        "out",
        "outfile",
        ".secret",
        ".git",
        "config",
        "etc",
        "passwd",
        "secret.gz",
        "fifo",
        "%73ecret",
        "\u00c3\u00a5",
        "%c3%a5",
        "locked"
    };

    private static final String[] ODD_JOINTS = {
        "//",
        "/./",
        "/../",
        "/..",
        "/.",
        "/%2e%2e/",
        "/%2E/",
        "%2f",
        "%5c",
        "\\",
        ";",
        "?",
        "%00",
        "/..;/",
        "/%252e%252e/",
        "/%c0%ae%c0%ae/",
        "..%2f",
        "%",
        "/....//",
        "/\u00ff",
        "%0d%0a",
        "/~"
    };

    private static final String[] PREFIXES = {"http://h", "http://h:80", "https://h/..", "*", "..", "//h", "/sub/.."};

    private static final String[] METHODS = {
        "GET", "GET", "GET", "GET", "GET", "GET", "GET", "GET", "HEAD", "HEAD", "OPTIONS", "POST", "get", "TRACE"
    };

    private static final String[] FIELDS = {
        "Accept-Encoding: gzip",
        "Accept-Encoding: br;q=0.5, gzip, *;q=0",
        "Range: bytes=0-0",
        "Range: bytes=1-2,4-",
        "Range: bytes=-1,999999-",
        "Range: bytes=999999-",
        "If-None-Match: *",
        "If-Match: \"x\"",
        "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT",
        "If-Range: \"x\"",
        "Connection: keep-alive",
        "X-Forwarded-Host: evil",
        "User-Agent: some/1.0",
        "Cookie: a=b; c=\"d\"",
    };

    private static final String[] PIECES = {
        "\r",
        "\n",
        "\r\n",
        "\0",
        " ",
        "\t",
        ":",
        "\u007f",
        "\u00ff",
        "%",
        "/../",
        "HTTP/1.1",
        "Host: b\r\n",
        "Content-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\n",
        "0\r\n\r\n",
        "5\r\nhello\r\n",
        "Connection: close\r\n"
    };

    private final Random random;
    private final RandomRequest headers;

    RandomStream(Random random, RandomRequest headers) {
        this.random = random;
        this.headers = headers;
    }

    String next() {
        StringBuilder stream = new StringBuilder();
        for (int i = 0; i < REQUESTS; i++) {
            StringBuilder request = request();
            if (random.nextInt(16) == 0) {
                damage(request);
            }
            stream.append(request);
        }
        return stream.toString();
    }

    private StringBuilder request() {
        StringBuilder request = new StringBuilder(pick(METHODS)).append(' ');
        request.append(random.nextInt(16) == 0 ? pick(PREFIXES) : "");
        for (int n = random.nextInt(8) / 3; n >= 0; n--) {
            request.append(random.nextInt(8) == 0 ? pick(ODD_JOINTS) : "/");
            request.append(random.nextInt(8) == 0 ? "" : pick(NAMES));
        }
        request.append(random.nextInt(32) == 0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n")
                .append("Host: a\r\n");
        for (int n = random.nextInt(4); n > 0; n--) {
            request.append(pick(FIELDS)).append("\r\n");
        }
        if (random.nextInt(32) == 0) {
            for (Map.Entry<String, String> field : headers.headers()) {
                request.append(field.getKey())
                        .append(": ")
                        .append(field.getValue())
                        .append("\r\n");
            }
        }
        switch (random.nextInt(12)) {
            case 0 -> request.append("Content-Length: 5\r\n\r\nhello");
            case 1 -> request.append("Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n");
            default -> request.append("\r\n");
        }
        return request;
    }

    private void damage(StringBuilder request) {
        int at = random.nextInt(request.length());
        int end = Math.min(request.length(), at + 1 + random.nextInt(6));
        switch (random.nextInt(5)) {
            case 0 -> request.setCharAt(at, (char) random.nextInt(256));
            case 1 -> request.insert(at, pick(PIECES));
            case 2 -> request.replace(at, end, pick(PIECES));
            case 3 -> request.delete(at, end);
            default -> request.insert(at, request.substring(at, end));
        }
    }

    private String pick(String[] of) {
        return of[random.nextInt(of.length)];
    }

    /** The methods of the requests that a stream has for our decoder, the one that it refuses included. */
    static List<HttpMethod> methods(String stream) {
        List<HttpMethod> methods = new ArrayList<>();
        EmbeddedChannel channel =
                new EmbeddedChannel(StrictHttpRequestDecoder.builder().build());
        channel.writeInbound(Unpooled.copiedBuffer(stream, StandardCharsets.ISO_8859_1));
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        for (Object message; (message = channel.readInbound()) != null; ReferenceCountUtil.release(message)) {
            if (message instanceof HttpRequest) {
                methods.add(((HttpRequest) message).method());
            }
        }
        channel.finishAndReleaseAll();
        return methods;
    }
}
