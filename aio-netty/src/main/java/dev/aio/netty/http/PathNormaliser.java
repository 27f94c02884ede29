package dev.aio.netty.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Turns segments of decoded bytes into a path beneath a root: drops empty and {@code .} segments,
 * lets {@code ..} take back the one before it.
 *
 * <p>Dot segments are found after decoding, since {@code %2e} and {@code .} are the same URI (RFC
 * 3986 6.2.2.2).
 */
final class PathNormaliser {

    /** Each kept segment with a slash behind it, then the present one. */
    private final byte[] bytes;

    private int length;
    private int segment;
    private boolean keptLast;

    /**
     * @param capacity bytes that will be appended at most, slashes included
     */
    PathNormaliser(int capacity) {
        bytes = new byte[capacity];
    }

    void append(int b) {
        bytes[length++] = (byte) b;
    }

    /** Ends the present segment; false if it is {@code ..} and would leave the root. */
    boolean endSegment() {
        int size = length - segment;
        keptLast = false;
        if (size == 1 && bytes[segment] == '.') {
            length = segment;
        } else if (size == 2 && bytes[segment] == '.' && bytes[segment + 1] == '.') {
            if (segment == 0) {
                return false;
            }
            length = startOfSegmentBefore(segment);
        } else if (size > 0) {
            bytes[length++] = '/';
            keptLast = true;
        }
        segment = length;
        return true;
    }

    private int startOfSegmentBefore(int at) {
        int start = at - 1;
        while (start > 0 && bytes[start - 1] != '/') {
            start--;
        }
        return start;
    }

    /** The kept segments without a slash at the end; empty for the root itself. */
    String path() throws CharacterCodingException {
        // A new decoder reports malformed input, which includes overlong forms and surrogates.
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes, 0, size()))
                .toString();
    }

    /** Whether what came last was not a name but a slash or a dot segment. */
    boolean endsInDirectory() {
        return !keptLast;
    }

    /** Bytes of the path. */
    int size() {
        return Math.max(segment - 1, 0);
    }

    /** Bytes of the longest kept segment. */
    int longestSegment() {
        int longest = 0;
        int start = 0;
        for (int i = 0; i < segment; i++) {
            if (bytes[i] == '/') {
                longest = Math.max(longest, i - start);
                start = i + 1;
            }
        }
        return longest;
    }
}
