package dev.aio.netty.http;

import org.jspecify.annotations.Nullable;

/**
 * An entity tag, RFC 9110 8.8.3.
 *
 * @param opaque the opaque tag with its quotes
 * @param weak whether equal tags promise no more than equivalent content
 */
record EntityTag(String opaque, boolean weak) {

    EntityTag {
        for (int i = 1; i < opaque.length() - 1; i++) {
            char c = opaque.charAt(i);
            if (c <= ' ' || c > '~' || c == '"') {
                throw new IllegalArgumentException(String.format(
                        "character U+%04X at %d in entity tag %s (expected: visible ASCII, no quotes)",
                        (int) c, i - 1, opaque));
            }
        }
    }

    /** Mtime in ns, size and inode, in hex: what the tag of a file is made of. */
    static String opaqueOf(FileFacts file) {
        return Long.toHexString(file.modifiedNanos())
                + '-'
                + Long.toHexString(file.size())
                + '-'
                + Long.toHexString(file.inode());
    }

    /**
     * Strong comparison with a field value that is one tag, as If-Range has it (RFC 9110 13.1.5).
     */
    boolean isStronglyEqualTo(String fieldValue) {
        return !weak && opaque.equals(fieldValue);
    }

    /**
     * Whether If-Match's condition holds for a representation: any tag, or its own by strong
     * comparison (RFC 9110 13.1.1).
     *
     * @param tag null if it has none
     */
    static boolean isStronglyIn(Iterable<String> fieldLines, @Nullable EntityTag tag) {
        return isIn(fieldLines, tag, true);
    }

    /** Whether If-None-Match names a representation: any, or its tag by weak comparison (13.1.2). */
    static boolean isWeaklyIn(Iterable<String> fieldLines, @Nullable EntityTag tag) {
        return isIn(fieldLines, tag, false);
    }

    private static boolean isIn(Iterable<String> fieldLines, @Nullable EntityTag tag, boolean strongly) {
        for (String line : fieldLines) {
            if (line.equals("*") || (tag != null && tag.isListedIn(line, strongly))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Walks {@code #entity-tag}. What is no tag is passed over to the next comma, as Jetty does; behind
     * a quote that nobody closes there is nothing. No match is the safe answer for both fields, a full
     * response for one and 412 for the other.
     */
    private boolean isListedIn(String line, boolean strongly) {
        int at = skipSeparators(line, 0);
        while (at < line.length()) {
            boolean weakElement = line.startsWith("W/", at);
            int start = weakElement ? at + 2 : at;
            int end = closingQuote(line, start);
            if (end >= 0) {
                boolean same = line.startsWith(opaque, start) && isEndOfElement(line, end + 1);
                if (same && !(strongly && (weak || weakElement))) {
                    return true;
                }
                start = end + 1;
            } else if (start < line.length() && line.charAt(start) == '"') {
                return false;
            }
            int comma = line.indexOf(',', start);
            at = comma < 0 ? line.length() : skipSeparators(line, comma);
        }
        return false;
    }

    private static boolean isEndOfElement(String line, int from) {
        int at = from;
        while (at < line.length() && (line.charAt(at) == ' ' || line.charAt(at) == '\t')) {
            at++;
        }
        return at == line.length() || line.charAt(at) == ',';
    }

    private static int skipSeparators(String line, int from) {
        int at = from;
        while (at < line.length() && (line.charAt(at) == ',' || line.charAt(at) == ' ' || line.charAt(at) == '\t')) {
            at++;
        }
        return at;
    }

    private static int closingQuote(String line, int start) {
        boolean opened = start < line.length() && line.charAt(start) == '"';
        return opened ? line.indexOf('"', start + 1) : -1;
    }

    /** The tag as a header field carries it. */
    @Override
    public String toString() {
        return weak ? "W/" + opaque : opaque;
    }
}
