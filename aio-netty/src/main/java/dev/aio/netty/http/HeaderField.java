package dev.aio.netty.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;

/**
 * A response header field.
 *
 * @param value visible ASCII and blanks; anything else could end the line and begin a forged one
 */
record HeaderField(AsciiString name, String value) {

    private static final int SEPARATORS = 4;

    HeaderField {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c > '~') {
                throw new IllegalArgumentException(String.format(
                        "character U+%04X at %d in field %s (expected: visible ASCII)", (int) c, i, name));
            }
        }
    }

    void write(ByteBuf out) {
        ByteBufUtil.writeAscii(out, name);
        out.writeByte(':').writeByte(' ');
        ByteBufUtil.writeAscii(out, value);
        out.writeByte('\r').writeByte('\n');
    }

    /** As Netty's objects have it; one of that name that is there already is replaced. */
    void addTo(HttpHeaders headers) {
        headers.set(name, value);
    }

    /** Bytes of the field line. */
    int length() {
        return name.length() + value.length() + SEPARATORS;
    }
}
