package dev.aio.netty.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.Locale;
import java.util.Set;

/**
 * A response header field.
 *
 * @param value visible ASCII and blanks; anything else could end the line and begin a forged one
 */
record HeaderField(AsciiString name, String value) {

    private static final int SEPARATORS = 4;

    /** What depends on the answer, and what frames it. */
    private static final Set<String> OURS = Set.of(
            "accept-ranges",
            "allow",
            "connection",
            "content-encoding",
            "content-length",
            "content-range",
            "content-type",
            "date",
            "etag",
            "keep-alive",
            "last-modified",
            "location",
            "retry-after",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "x-content-type-options");

    HeaderField {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c > '~') {
                throw new IllegalArgumentException(String.format(
                        "character U+%04X at %d in field %s (expected: visible ASCII)", (int) c, i, name));
            }
        }
    }

    /**
     * A field that a user wants said.
     *
     * @throws IllegalArgumentException if it cannot be one, or if it is for the handler to say
     */
    static HeaderField ofUser(String name, String value) {
        if (!isToken(name)) {
            throw new IllegalArgumentException(
                    "header name: '" + name + "' (expected: a token, such as X-Frame-Options)");
        }
        if (OURS.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException(
                    "header " + name + ": '" + value + "' (expected: a name that the handler does not set itself)");
        }
        return new HeaderField(AsciiString.of(name), value);
    }

    /** RFC 9110 5.6.2. */
    private static boolean isToken(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (!isTokenChar(name.charAt(i))) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    private static boolean isTokenChar(int c) {
        return c >= '0' && c <= '9'
                || c >= 'A' && c <= 'Z'
                || c >= 'a' && c <= 'z'
                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }

    void write(ByteBuf out) {
        ByteBufUtil.writeAscii(out, name);
        out.writeByte(':').writeByte(' ');
        ByteBufUtil.writeAscii(out, value);
        out.writeByte('\r').writeByte('\n');
    }

    /** As Netty's objects have it; there is one Content-Type, the last that was added. */
    void addTo(HttpHeaders headers) {
        if (name == FieldNames.CONTENT_TYPE) {
            headers.set(name, value);
        } else {
            headers.add(name, value);
        }
    }

    /** Bytes of the field line. */
    int length() {
        return name.length() + value.length() + SEPARATORS;
    }
}
