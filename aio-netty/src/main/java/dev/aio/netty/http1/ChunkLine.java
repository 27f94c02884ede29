package dev.aio.netty.http1;

import static dev.aio.netty.http1.RefusedRequestException.badRequest;

import io.netty.buffer.ByteBuf;

/**
 * Reads {@code chunk-size [ chunk-ext ] CRLF}, RFC 9112 7.1. Blanks, which a recipient may take around the
 * parts of an extension, are refused: nobody sends them, and recipients differ in what they make of them.
 */
final class ChunkLine {

    static final int INCOMPLETE = -1;

    private static final int MAX_DIGITS = 16;

    private ByteBuf in;
    private int position;
    private int end;
    private long size;
    private int extensions;

    /**
     * Takes nothing from the buffer.
     *
     * @param maxExtensions bytes that extensions may have
     * @return bytes of the line with its end, or {@link #INCOMPLETE}
     */
    int parse(ByteBuf source, int maxExtensions) {
        in = source;
        position = source.readerIndex();
        end = source.writerIndex();
        try {
            return size() && extensions(maxExtensions) ? position - source.readerIndex() : INCOMPLETE;
        } finally {
            in = null;
        }
    }

    /** Bytes of the chunk; 0 for the last one. */
    long chunkSize() {
        return size;
    }

    int extensionBytes() {
        return extensions;
    }

    private boolean size() {
        long value = 0;
        int digits = 0;
        while (position < end) {
            int digit = Octets.hex(in.getByte(position));
            if (digit < 0) {
                if (digits == 0) {
                    throw badRequest("chunk without size");
                }
                size = value;
                return true;
            }
            if (digits == MAX_DIGITS || value >>> 59 != 0) {
                throw badRequest("chunk size too large");
            }
            value = value << 4 | digit;
            digits++;
            position++;
        }
        return false;
    }

    private boolean extensions(int max) {
        int start = position;
        while (position < end) {
            byte next = in.getByte(position);
            if (next == '\r') {
                extensions = position - start;
                return lineFeed();
            }
            if (next != ';') {
                throw badRequest(next == '\n' ? "line ended by LF alone" : "malformed chunk size or extension");
            }
            position++;
            boolean whole = extension();
            if (position - start > max) {
                throw badRequest("chunk extensions too large");
            }
            if (!whole) {
                return false;
            }
        }
        return false;
    }

    private boolean lineFeed() {
        if (position + 1 == end) {
            return false;
        }
        if (in.getByte(position + 1) != '\n') {
            throw badRequest("CR that ends no line");
        }
        position += 2;
        return true;
    }

    /** Name and perhaps value; whether it is known where it ends. */
    private boolean extension() {
        if (!token()) {
            return false;
        }
        if (in.getByte(position) != '=') {
            return true;
        }
        position++;
        if (position == end) {
            return false;
        }
        return in.getByte(position) == '"' ? quoted() : token();
    }

    private boolean token() {
        int start = position;
        while (position < end && Octets.is(in.getByte(position), Octets.TOKEN)) {
            position++;
        }
        if (position == end) {
            return false;
        }
        if (position == start) {
            throw badRequest("malformed chunk extension");
        }
        return true;
    }

    private boolean quoted() {
        position++;
        boolean escaped = false;
        while (position < end) {
            byte next = in.getByte(position);
            if (!Octets.is(next, Octets.VALUE)) {
                throw badRequest("control character in a chunk extension");
            }
            position++;
            if (next == '"' && !escaped) {
                return true;
            }
            escaped = next == '\\' && !escaped;
        }
        return false;
    }
}
