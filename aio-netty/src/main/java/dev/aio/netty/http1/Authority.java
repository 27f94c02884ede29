package dev.aio.netty.http1;

/** The grammar of {@code uri-host [ ":" port ]}, RFC 3986 3.2.2 and RFC 9110 7.2. */
final class Authority {

    private static final int MAX_PORT = 65_535;

    private Authority() {}

    /** Host: may be empty, since a target URI may have no authority; a port without a host may not be. */
    static boolean isHostField(byte[] bytes, int start, int end) {
        return start == end || isHostAndPort(bytes, start, end, false);
    }

    /** The authority of an http or https URI. User information is not allowed, RFC 9110 4.2.4. */
    static boolean isOfUri(byte[] bytes, int start, int end) {
        return isHostAndPort(bytes, start, end, false);
    }

    /** What CONNECT asks for: there is no default port, RFC 9110 9.3.6. */
    static boolean isOfTunnel(byte[] bytes, int start, int end) {
        return isHostAndPort(bytes, start, end, true);
    }

    private static boolean isHostAndPort(byte[] bytes, int start, int end, boolean portNeeded) {
        int host = start < end && bytes[start] == '[' ? IpLiteral.end(bytes, start, end) : endOfName(bytes, start, end);
        if (host <= start) {
            return false;
        }
        if (host == end) {
            return !portNeeded;
        }
        boolean empty = host + 1 == end;
        return bytes[host] == ':' && (empty ? !portNeeded : isPort(bytes, host + 1, end));
    }

    private static boolean isPort(byte[] bytes, int start, int end) {
        int port = 0;
        for (int i = start; i < end; i++) {
            if (!Octets.is(bytes[i], Octets.DIGIT)) {
                return false;
            }
            port = port * 10 + bytes[i] - '0';
            if (port > MAX_PORT) {
                return false;
            }
        }
        return true;
    }

    /** @return where the name ends, or -1 if there is a percent sign without two digits */
    private static int endOfName(byte[] bytes, int start, int end) {
        int i = Octets.skip(bytes, start, end, Octets.HOST);
        while (i < end && bytes[i] == '%') {
            if (i + 2 >= end || Octets.hex(bytes[i + 1]) < 0 || Octets.hex(bytes[i + 2]) < 0) {
                return -1;
            }
            i = Octets.skip(bytes, i + 3, end, Octets.HOST);
        }
        return i;
    }
}
