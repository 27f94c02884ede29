package dev.aio.netty.http;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Requests as nobody sends them, and some as everybody does; the same for the same seed. */
final class RandomRequest {

    private static final CharSequence[] FIELDS = {
        HttpHeaderNames.RANGE,
        HttpHeaderNames.RANGE,
        HttpHeaderNames.RANGE,
        HttpHeaderNames.IF_RANGE,
        HttpHeaderNames.IF_MATCH,
        HttpHeaderNames.IF_NONE_MATCH,
        HttpHeaderNames.IF_MODIFIED_SINCE,
        HttpHeaderNames.IF_UNMODIFIED_SINCE,
        HttpHeaderNames.ACCEPT_ENCODING,
    };

    private static final String ODD = "0123456789-,- \t=x\"W/*;bytes:qGMT\u0000\r\n\u00ff\u0660";
    private static final String[] CODINGS = {"gzip", "br", "zstd", "identity", "*", "x-gzip", "deflate", ""};
    private static final String[] PATHS = {
        "/", "//", ".", "..", "%2e", "%2f", "%5c", "\\", "%00", "a", "evil", "?", "#", "%", "%zz", ";", "\u00ff", "~",
        "http://", "h", ":", "@", "%c3%a5", "%c0%af", " ", "*",
    };

    private final Random random;
    private final FileHead file;

    RandomRequest(Random random, FileHead file) {
        this.random = random;
        this.file = file;
    }

    HttpMethod method() {
        return random.nextInt(4) == 0 ? HttpMethod.HEAD : HttpMethod.GET;
    }

    HttpHeaders headers() {
        HttpHeaders headers =
                DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
        for (int n = random.nextInt(4); n > 0; n--) {
            CharSequence name = FIELDS[random.nextInt(FIELDS.length)];
            headers.add(name, value(name));
        }
        return headers;
    }

    String target() {
        StringBuilder target = new StringBuilder(random.nextInt(8) == 0 ? "" : "/");
        for (int n = random.nextInt(9); n > 0; n--) {
            target.append(PATHS[random.nextInt(PATHS.length)]);
        }
        return target.toString();
    }

    private String value(CharSequence name) {
        if (random.nextInt(8) == 0) {
            return odd(random.nextInt(30));
        }
        String value;
        if (name == HttpHeaderNames.RANGE) {
            value = ranges();
        } else if (name == HttpHeaderNames.ACCEPT_ENCODING) {
            value = codings();
        } else if (name == HttpHeaderNames.IF_MATCH || name == HttpHeaderNames.IF_NONE_MATCH) {
            value = tags();
        } else if (name == HttpHeaderNames.IF_RANGE) {
            value = random.nextBoolean() ? date() : tag();
        } else {
            value = date();
        }
        return random.nextInt(10) == 0 ? damaged(value) : value;
    }

    private String odd(int length) {
        StringBuilder odd = new StringBuilder();
        for (int i = 0; i < length; i++) {
            odd.append(ODD.charAt(random.nextInt(ODD.length())));
        }
        return odd.toString();
    }

    private String damaged(String value) {
        int at = random.nextInt(value.length() + 1);
        return value.substring(0, at) + odd(1 + random.nextInt(3)) + value.substring(at);
    }

    private String ranges() {
        StringBuilder ranges = new StringBuilder("bytes=");
        int count = random.nextInt(20) == 0 ? random.nextInt(400) : 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            String first = random.nextInt(6) == 0 ? "" : Long.toString(position());
            String last = random.nextInt(4) == 0 ? "" : Long.toString(position());
            ranges.append(i == 0 ? "" : ",").append(first).append('-').append(last);
        }
        return ranges.toString();
    }

    private long position() {
        long size = file.facts().size();
        switch (random.nextInt(8)) {
            case 0:
                return Math.max(0, size - 2 + random.nextInt(4));
            case 1:
                return random.nextLong() & Long.MAX_VALUE;
            case 2:
                return random.nextInt(5);
            default:
                return size == 0 ? 0 : Math.floorMod(random.nextLong(), size);
        }
    }

    private String tags() {
        if (random.nextInt(8) == 0) {
            return "*";
        }
        StringBuilder tags = new StringBuilder(tag());
        for (int n = random.nextInt(3); n > 0; n--) {
            tags.append(random.nextBoolean() ? ", " : ",").append(tag());
        }
        return tags.toString();
    }

    private String tag() {
        EntityTag own = file.entityTag();
        String opaque = own == null || random.nextBoolean() ? "\"other\"" : own.opaque();
        return random.nextInt(4) == 0 ? "W/" + opaque : opaque;
    }

    private String date() {
        long second = file.lastModifiedSecond() + random.nextInt(5) - 2;
        if (random.nextInt(10) == 0) {
            second = random.nextInt();
        }
        return new String(HttpDates.format(second), StandardCharsets.US_ASCII);
    }

    private String codings() {
        StringBuilder codings = new StringBuilder();
        for (int n = random.nextInt(5); n > 0; n--) {
            codings.append(CODINGS[random.nextInt(CODINGS.length)]);
            if (random.nextBoolean()) {
                codings.append(";q=").append(random.nextInt(1_200) / 1_000.0);
            }
            codings.append(n > 1 ? ", " : "");
        }
        return codings.toString();
    }
}
