package dev.aio.netty.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The content of a response with several ranges: parts of the file, each behind a few lines that say
 * which (RFC 9110 14.6). All but the bytes of the file is rendered here, so its length is known.
 */
final class MultipartRanges {

    /** Bytes of the longest file whose parts' length can be said with all that is around them. */
    static final long LONGEST_FILE = Long.MAX_VALUE >> 1;

    /**
     * @param head the delimiter and the fields of this part, what ends the part before included
     */
    record Part(byte[] head, ByteRange range) {}

    private final String boundary;
    private final List<Part> parts;
    private final byte[] end;
    private final long length;

    private MultipartRanges(String boundary, List<Part> parts, byte[] end, long length) {
        this.boundary = boundary;
        this.parts = parts;
        this.end = end;
        this.length = length;
    }

    /**
     * @param boundary letters and digits that will hardly be in the file
     * @param ranges none of which overlap
     */
    static MultipartRanges of(FileHead file, List<ByteRange> ranges, String boundary) {
        List<Part> parts = new ArrayList<>(ranges.size());
        byte[] end = ascii("\r\n--" + boundary + "--\r\n");
        long length = end.length;
        for (ByteRange range : ranges) {
            byte[] head = ascii((parts.isEmpty() ? "--" : "\r\n--")
                    + boundary
                    + "\r\nContent-Type: "
                    + file.contentType()
                    + "\r\nContent-Range: "
                    + range.contentRange(file.facts().size())
                    + "\r\n\r\n");
            parts.add(new Part(head, range));
            length += head.length + range.length();
        }
        return new MultipartRanges(boundary, List.copyOf(parts), end, length);
    }

    /** 128 bits of chance: nobody has put it into a file beforehand. */
    static String randomBoundary() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return Long.toUnsignedString(random.nextLong(), 36) + Long.toUnsignedString(random.nextLong(), 36);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Value of the response's Content-Type. */
    String contentType() {
        return "multipart/byteranges; boundary=" + boundary;
    }

    List<Part> parts() {
        return parts;
    }

    /** What follows the last part; shared, not to be written to. */
    byte[] end() {
        return end;
    }

    /** Bytes of all parts with all that is around them. */
    long length() {
        return length;
    }
}
