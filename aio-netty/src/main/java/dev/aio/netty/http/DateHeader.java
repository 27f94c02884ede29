package dev.aio.netty.http;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * The Date field (RFC 9110 6.6.1), rendered once a second. Not thread-safe: each event loop has its
 * own.
 */
final class DateHeader {

    private static final byte[] NAME = "Date: ".getBytes(StandardCharsets.US_ASCII);

    /** Bytes of the whole field line. */
    static final int LENGTH = NAME.length + HttpDates.LENGTH + 2;

    private final byte[] line = new byte[LENGTH];
    private long renderedSecond = Long.MIN_VALUE;

    DateHeader() {
        System.arraycopy(NAME, 0, line, 0, NAME.length);
        line[LENGTH - 2] = '\r';
        line[LENGTH - 1] = '\n';
    }

    /** Appends the field line; allocates only when the second has changed. */
    void write(ByteBuf out, long nowMillis) {
        long second = Math.floorDiv(nowMillis, 1_000L);
        if (second != renderedSecond) {
            HttpDates.format(second, line, NAME.length);
            renderedSecond = second;
        }
        out.writeBytes(line);
    }
}
