package dev.aio.netty.http1;

/**
 * The grammar of {@code IP-literal}, RFC 3986 3.2.2. Netty's own check of addresses does not follow it: it
 * knows scopes, and refuses some addresses that end like those of IPv4.
 */
final class IpLiteral {

    private static final int GROUPS = 8;

    private final byte[] bytes;
    private final int end;
    private int position;

    private IpLiteral(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.end = end;
        position = start;
    }

    /** @return where the literal that begins with this bracket ends, its bracket included, or -1 */
    static int end(byte[] bytes, int start, int end) {
        int close = start + 1;
        while (close < end && bytes[close] != ']') {
            close++;
        }
        if (close == end) {
            return -1;
        }
        IpLiteral literal = new IpLiteral(bytes, start + 1, close);
        return literal.isFuture() || literal.isIpV6() ? close + 1 : -1;
    }

    /** {@code "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" )}. */
    private boolean isFuture() {
        if (position == end || Octets.lower(bytes[position]) != 'v') {
            return false;
        }
        int dot = position + 1;
        while (dot < end && Octets.hex(bytes[dot]) >= 0) {
            dot++;
        }
        if (dot == position + 1 || dot + 1 >= end || bytes[dot] != '.') {
            return false;
        }
        for (int i = dot + 1; i < end; i++) {
            if (bytes[i] != ':' && !Octets.is(bytes[i], Octets.HOST)) {
                return false;
            }
        }
        return true;
    }

    /** Groups of hexadecimal digits; two colons, once, stand for one or more of them. */
    private boolean isIpV6() {
        boolean compressed = isAt("::");
        if (compressed) {
            position += 2;
        }
        int groups = 0;
        while (position < end) {
            int start = position;
            while (position < end && position < start + 4 && Octets.hex(bytes[position]) >= 0) {
                position++;
            }
            if (position == start) {
                return false;
            }
            if (isAt(".")) {
                position = start;
                return isIpV4() && isComplete(groups + 2, compressed);
            }
            groups++;
            if (isAt("::")) {
                if (compressed) {
                    return false;
                }
                compressed = true;
                position += 2;
            } else if (position < end && (!isAt(":") || ++position == end)) {
                return false;
            }
        }
        return isComplete(groups, compressed);
    }

    private static boolean isComplete(int groups, boolean compressed) {
        return compressed ? groups < GROUPS : groups == GROUPS;
    }

    private boolean isAt(String text) {
        boolean same = end - position >= text.length();
        for (int i = 0; same && i < text.length(); i++) {
            same = bytes[position + i] == text.charAt(i);
        }
        return same;
    }

    /** Four numbers up to 255 without leading zeros, and nothing behind them. */
    private boolean isIpV4() {
        for (int number = 0; number < 4; number++) {
            if (number > 0 && (position == end || bytes[position++] != '.')) {
                return false;
            }
            int start = position;
            int value = 0;
            while (position < end && position < start + 3 && Octets.is(bytes[position], Octets.DIGIT)) {
                value = value * 10 + bytes[position++] - '0';
            }
            boolean leadingZero = position > start + 1 && bytes[start] == '0';
            if (position == start || leadingZero || value > 255) {
                return false;
            }
        }
        return position == end;
    }
}
