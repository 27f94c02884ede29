package dev.aio.netty.http;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import java.nio.charset.StandardCharsets;

/**
 * The Date field (RFC 9110 6.6.1), rendered once a second, with the status line that is commonest before it. Not
 * thread-safe: each event loop has its own.
 */
final class DateHeader {

    private static final byte[] STATUS_LINE = "HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NAME = "Date: ".getBytes(StandardCharsets.US_ASCII);

    /** Bytes of the whole field line. */
    static final int LENGTH = NAME.length + HttpDates.LENGTH + 2;

    private static final FastThreadLocal<DateHeader> OF_THREAD = new FastThreadLocal<>() {
        @Override
        protected DateHeader initialValue() {
            return new DateHeader();
        }
    };

    private final byte[] lines = new byte[STATUS_LINE.length + LENGTH];
    private long renderedSecond = Long.MIN_VALUE;

    DateHeader() {
        System.arraycopy(STATUS_LINE, 0, lines, 0, STATUS_LINE.length);
        System.arraycopy(NAME, 0, lines, STATUS_LINE.length, NAME.length);
        lines[lines.length - 2] = '\r';
        lines[lines.length - 1] = '\n';
    }

    /** The one of this thread. */
    static DateHeader ofThread() {
        return OF_THREAD.get();
    }

    /** Appends the field line; allocates only when the second has changed. */
    void write(ByteBuf out, long nowMillis) {
        render(nowMillis);
        out.writeBytes(lines, STATUS_LINE.length, LENGTH);
    }

    /** Appends the status line of 200 and the field line. */
    void writeBehindOk(ByteBuf out, long nowMillis) {
        render(nowMillis);
        out.writeBytes(lines);
    }

    private void render(long nowMillis) {
        long second = Math.floorDiv(nowMillis, 1_000L);
        if (second != renderedSecond) {
            HttpDates.format(second, lines, STATUS_LINE.length + NAME.length);
            renderedSecond = second;
        }
    }
}
