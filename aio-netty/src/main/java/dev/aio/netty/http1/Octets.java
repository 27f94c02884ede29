package dev.aio.netty.http1;

/** Which bytes may stand where: the character classes of RFC 9110, RFC 9112 and RFC 3986. */
final class Octets {

    /** {@code tchar}, RFC 9110 5.6.2: methods, field names, names of chunk extensions. */
    static final byte TOKEN = 1;

    /** What a field value is made of, RFC 9110 5.5: visible characters, blanks, tabs, bytes above ASCII. */
    static final byte VALUE = 2;

    /** {@code OWS}, RFC 9110 5.6.3. */
    static final byte BLANK = 4;

    /**
     * A request-target: visible characters except the {@code #} of a fragment. Wider than RFC 3986 by
     * what browsers send as it is, like {@code |} and {@code "}, and by bytes above ASCII.
     */
    static final byte TARGET = 8;

    /** {@code HTTP-version}, RFC 9112 2.3. */
    static final byte VERSION = 16;

    /** {@code unreserved} or {@code sub-delims}, RFC 3986: names of hosts. */
    static final byte HOST = 32;

    static final byte DIGIT = 64;

    private static final byte[] CLASSES = new byte[256];

    private static final byte[] HEX = new byte[256];

    static {
        for (int c = 0; c < 256; c++) {
            HEX[c] = -1;
            if (c >= ' ' && c != 0x7f || c == '\t') {
                CLASSES[c] |= VALUE;
            }
            if (c > ' ' && c != 0x7f && c != '#') {
                CLASSES[c] |= TARGET;
            }
        }
        mark(" \t", BLANK);
        mark("!#$%&'*+-.^_`|~", TOKEN);
        mark("HTP/.", VERSION);
        mark("-._~!$&'()*+,;=", HOST);
        mark("0123456789", (byte) (TOKEN | VERSION | HOST | DIGIT));
        mark("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", (byte) (TOKEN | HOST));
        for (int i = 0; i < 16; i++) {
            HEX["0123456789abcdef".charAt(i)] = (byte) i;
            HEX["0123456789ABCDEF".charAt(i)] = (byte) i;
        }
    }

    private Octets() {}

    private static void mark(String characters, byte mask) {
        for (int i = 0; i < characters.length(); i++) {
            CLASSES[characters.charAt(i)] |= mask;
        }
    }

    static boolean is(byte octet, byte mask) {
        return (CLASSES[octet & 0xff] & mask) != 0;
    }

    /** The first index from {@code from} on whose byte is not of that class, or {@code end}. */
    static int skip(byte[] bytes, int from, int end, byte mask) {
        byte[] classes = CLASSES;
        int i = from;
        while (i < end && (classes[bytes[i] & 0xff] & mask) != 0) {
            i++;
        }
        return i;
    }

    /** The value of a hexadecimal digit, or -1. */
    static int hex(byte octet) {
        return HEX[octet & 0xff];
    }

    static byte lower(byte octet) {
        return octet >= 'A' && octet <= 'Z' ? (byte) (octet | 0x20) : octet;
    }

    /** @param lowerCase ASCII, as long as the bytes that are compared */
    static boolean equalsIgnoringCase(byte[] bytes, int from, byte[] lowerCase) {
        for (int i = 0; i < lowerCase.length; i++) {
            if (lower(bytes[from + i]) != lowerCase[i]) {
                return false;
            }
        }
        return true;
    }
}
