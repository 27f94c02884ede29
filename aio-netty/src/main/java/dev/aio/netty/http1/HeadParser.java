package dev.aio.netty.http1;

import static dev.aio.netty.http1.RefusedRequestException.badRequest;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.Arrays;

/**
 * Finds the lines of a head, or of a trailer section, and where their parts are. Refuses at the first byte
 * that is wrong, so that what comes out does not depend on how the bytes came in.
 *
 * <p>Works on a copy: an array is read several times as fast as a direct buffer is, and the copy of a few
 * hundred bytes is cheap. A thread keeps one parser for all its connections; a connection whose head has
 * come in part holds the one that has begun with it.
 */
final class HeadParser {

    /** More bytes must come first. */
    static final int INCOMPLETE = -1;

    /** Ints of a field line in the index: where name and value begin and end. */
    static final int STRIDE = 4;

    private static final int WINDOW = 1024;

    private static final FastThreadLocal<HeadParser> IDLE = new FastThreadLocal<>();

    private byte[] bytes = new byte[WINDOW];
    private int available;
    private int[] index = new int[STRIDE * 24];
    private int fields;
    private int lineStart;
    private boolean inRequestLine;

    private Limits limits;
    private int maxTotal;
    private ByteBuf source;

    private int methodEnd;
    private int targetEnd;
    private int versionEnd;

    private HeadParser() {}

    static HeadParser ofHead(Limits limits) {
        return take(limits, limits.head(), true);
    }

    static HeadParser ofTrailers(Limits limits) {
        return take(limits, limits.trailers(), false);
    }

    private static HeadParser take(Limits limits, int maxTotal, boolean head) {
        HeadParser parser = IDLE.getIfExists();
        if (parser == null) {
            parser = new HeadParser();
        } else {
            IDLE.set(null);
        }
        parser.limits = limits;
        parser.maxTotal = maxTotal;
        parser.inRequestLine = head;
        parser.available = 0;
        parser.fields = 0;
        parser.lineStart = 0;
        return parser;
    }

    /** Ends the use of this parser; its bytes are another's soon. */
    void recycle() {
        if (bytes.length <= 8 * WINDOW) {
            IDLE.set(this);
        }
    }

    /**
     * Goes on with what has come; nothing is taken from the buffer.
     *
     * @param in begins, at its reader index, with the same bytes in each call
     * @return bytes up to the end of the empty line, or {@link #INCOMPLETE}
     */
    int parse(ByteBuf in) {
        source = in;
        try {
            int next = lineStart;
            if (inRequestLine) {
                next = requestLine();
                if (next == INCOMPLETE) {
                    return INCOMPLETE;
                }
                lineStart = next;
                inRequestLine = false;
            }
            return fieldLines(next);
        } finally {
            source = null;
        }
    }

    byte[] bytes() {
        return bytes;
    }

    int fields() {
        return fields;
    }

    /** Begin of a name, at {@code field * STRIDE}; its end, begin and end of the value behind it. */
    int[] index() {
        return index;
    }

    /** Whether what has come begins like a HEAD request. */
    boolean isOfHead() {
        return available > 4
                && bytes[0] == 'H'
                && bytes[1] == 'E'
                && bytes[2] == 'A'
                && bytes[3] == 'D'
                && bytes[4] == ' ';
    }

    int methodEnd() {
        return methodEnd;
    }

    int targetStart() {
        return methodEnd + 1;
    }

    int targetEnd() {
        return targetEnd;
    }

    int versionStart() {
        return targetEnd + 1;
    }

    int versionEnd() {
        return versionEnd;
    }

    private int requestLine() {
        int method = skip(0, Octets.TOKEN);
        if (method == available) {
            return incomplete(method);
        }
        if (method == 0 || bytes[method] != ' ') {
            throw wrong(method, "malformed method");
        }
        int target = skip(method + 1, Octets.TARGET);
        if (target == available) {
            return incomplete(target);
        }
        if (target == method + 1 || bytes[target] != ' ') {
            throw wrong(target, "malformed request-target");
        }
        int version = skip(target + 1, Octets.VERSION);
        if (version == available) {
            return incomplete(version);
        }
        methodEnd = method;
        targetEnd = target;
        versionEnd = version;
        if (version == target + 1 || bytes[version] != '\r') {
            throw wrong(version, "malformed protocol version");
        }
        return endOfLine(version);
    }

    private int fieldLines(int from) {
        int next = from;
        while (true) {
            lineStart = next;
            if (next == available && !fill()) {
                return incomplete(next);
            }
            if (bytes[next] == '\r') {
                int end = endOfLine(next);
                if (end > maxTotal) {
                    throw tooLarge();
                }
                return end;
            }
            if (fields == limits.fields()) {
                throw wrong(next, HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "too many field lines");
            }
            next = fieldLine(next);
            if (next == INCOMPLETE) {
                return INCOMPLETE;
            }
        }
    }

    private int fieldLine(int start) {
        int name = skip(start, Octets.TOKEN);
        if (name == available) {
            return incomplete(name);
        }
        if (name == start || bytes[name] != ':') {
            throw wrong(name, wrongName(start, name));
        }
        int value = skip(name + 1, Octets.BLANK);
        int end = skip(value, Octets.VALUE);
        if (end == available) {
            return incomplete(end);
        }
        if (bytes[end] != '\r') {
            throw wrong(end, bytes[end] == '\n' ? "line ended by LF alone" : "control character in a field value");
        }
        int next = endOfLine(end);
        if (next != INCOMPLETE) {
            while (end > value && Octets.is(bytes[end - 1], Octets.BLANK)) {
                end--;
            }
            add(start, name, value, end);
        }
        return next;
    }

    private String wrongName(int start, int end) {
        boolean blank = Octets.is(bytes[end], Octets.BLANK);
        if (end == start) {
            return blank ? "folded field line, or blanks before the first" : "malformed field name";
        }
        if (blank) {
            return "blank in or behind a field name";
        }
        return bytes[end] == '\r' || bytes[end] == '\n' ? "field line without colon" : "malformed field name";
    }

    private void add(int name, int nameEnd, int value, int valueEnd) {
        int at = fields * STRIDE;
        if (at == index.length) {
            index = Arrays.copyOf(index, 2 * at);
        }
        index[at] = name;
        index[at + 1] = nameEnd;
        index[at + 2] = value;
        index[at + 3] = valueEnd;
        fields++;
    }

    /** @param cr where there is a CR */
    private int endOfLine(int cr) {
        if (cr + 1 == available && !fill()) {
            return incomplete(cr);
        }
        if (bytes[cr + 1] != '\n') {
            throw wrong(cr + 1, "CR that ends no line");
        }
        check(cr);
        return cr + 2;
    }

    private int skip(int from, byte mask) {
        int i = from;
        do {
            i = Octets.skip(bytes, i, available, mask);
        } while (i == available && fill());
        return i;
    }

    /** Most heads fit into one window; whole buffers would be copied again for each pipelined request. */
    private boolean fill() {
        int rest = source.readableBytes() - available;
        if (rest == 0) {
            return false;
        }
        int count = Math.min(rest, Math.max(available, WINDOW));
        if (available + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, available + count));
        }
        source.getBytes(source.readerIndex() + available, bytes, available, count);
        available += count;
        return true;
    }

    /** @param position all bytes before it belong to the line */
    private int incomplete(int position) {
        check(position);
        if (available >= maxTotal) {
            throw tooLarge();
        }
        return INCOMPLETE;
    }

    private RefusedRequestException wrong(int position, String reason) {
        check(position);
        return badRequest(reason);
    }

    private RefusedRequestException wrong(int position, HttpResponseStatus status, String reason) {
        check(position);
        return new RefusedRequestException(status, reason);
    }

    /** A limit that was passed before the byte at that position has been seen comes first. */
    private void check(int position) {
        int maxLine = inRequestLine ? limits.requestLine() : limits.fieldLine();
        boolean lineTooLong = position - lineStart > maxLine;
        if (position < maxTotal && !lineTooLong) {
            return;
        }
        if (lineTooLong && lineStart + maxLine < maxTotal) {
            throw inRequestLine
                    ? new RefusedRequestException(HttpResponseStatus.REQUEST_URI_TOO_LONG, "request line too long")
                    : new RefusedRequestException(
                            HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "field line too long");
        }
        throw tooLarge();
    }

    private RefusedRequestException tooLarge() {
        return inRequestLine
                ? new RefusedRequestException(HttpResponseStatus.REQUEST_URI_TOO_LONG, "request line too long")
                : new RefusedRequestException(
                        HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "field lines too large in all");
    }
}
