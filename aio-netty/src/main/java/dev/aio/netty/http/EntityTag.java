package dev.aio.netty.http;

/**
 * An entity tag, RFC 9110 8.8.3.
 *
 * @param opaque the opaque tag with its quotes
 * @param weak whether equal tags promise no more than equivalent content
 */
record EntityTag(String opaque, boolean weak) {

    /**
     * The tag of a file: mtime in ns, size and inode, in hex. It is weak as long as a second change
     * could hide behind the same mtime, and turns strong without its opaque part changing.
     */
    static EntityTag of(FileFacts file, long nowMillis) {
        String opaque = '"'
                + Long.toHexString(file.modifiedNanos())
                + '-'
                + Long.toHexString(file.size())
                + '-'
                + Long.toHexString(file.inode())
                + '"';
        return new EntityTag(opaque, !file.isSettled(nowMillis));
    }

    /**
     * Strong comparison with a field value that is one tag, as If-Range has it (RFC 9110 13.1.5).
     */
    boolean isStronglyEqualTo(String fieldValue) {
        return !weak && opaque.equals(fieldValue);
    }

    /** Whether If-Match's condition holds: any tag, or this one by strong comparison (13.1.1). */
    boolean isStronglyIn(Iterable<String> fieldLines) {
        return isIn(fieldLines, true);
    }

    /** Whether If-None-Match names this tag: any, or this one by weak comparison (13.1.2). */
    boolean isWeaklyIn(Iterable<String> fieldLines) {
        return isIn(fieldLines, false);
    }

    private boolean isIn(Iterable<String> fieldLines, boolean strongly) {
        for (String line : fieldLines) {
            if (line.equals("*") || isListedIn(line, strongly)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Walks {@code #entity-tag}. What follows a malformed element is not looked at: no match is the
     * safe answer for both fields, a full response for one and 412 for the other.
     */
    private boolean isListedIn(String line, boolean strongly) {
        int at = skipSeparators(line, 0);
        while (at < line.length()) {
            boolean weakElement = line.startsWith("W/", at);
            int start = weakElement ? at + 2 : at;
            int end = closingQuote(line, start);
            if (end < 0) {
                return false;
            }
            boolean same = line.startsWith(opaque, start);
            if (same && !(strongly && (weak || weakElement))) {
                return true;
            }
            at = skipSeparators(line, end + 1);
        }
        return false;
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
