package dev.aio.netty.http;

import java.nio.charset.StandardCharsets;

/** Percent-encoding, RFC 3986 2.1. */
final class PercentEncoding {

    private static final String HEX = "0123456789ABCDEF";

    /** What RFC 3986 3.3 lets stand in a path besides letters and digits. */
    private static final String PATH_MARKS = "-._~!$&'()*+,;=:@/";

    /** And in a query (3.4), where escapes that are there already stay. */
    private static final String QUERY_MARKS = PATH_MARKS + "?%";

    private PercentEncoding() {}

    /**
     * The byte that {@code %XX} stands for, or -1 if there are no two hex digits.
     *
     * @param percent index of the percent sign
     * @param end index behind the last character that belongs to the path
     */
    static int decode(String text, int percent, int end) {
        if (end - percent < 3) {
            return -1;
        }
        int high = digit(text.charAt(percent + 1));
        int low = digit(text.charAt(percent + 2));
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    /** Unlike Character.digit it knows ASCII only. */
    private static int digit(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        char lower = (char) (c | 0x20);
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    /** Appends a path in UTF-8; slashes stay. */
    static void appendPath(StringBuilder out, String path) {
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            append(out, b, PATH_MARKS);
        }
    }

    /** Appends a query as it came, but for what may not stand in a header field. */
    static void appendQuery(StringBuilder out, String query) {
        for (int i = 0; i < query.length(); i++) {
            append(out, (byte) query.charAt(i), QUERY_MARKS);
        }
    }

    private static void append(StringBuilder out, byte b, String marks) {
        char c = (char) (b & 0xff);
        boolean letterOrDigit = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (letterOrDigit || marks.indexOf(c) >= 0) {
            out.append(c);
        } else {
            out.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xf));
        }
    }
}
