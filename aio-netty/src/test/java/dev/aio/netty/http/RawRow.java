package dev.aio.netty.http;

/**
 * Bytes, a char for each, and the statuses of all that is answered to them.
 */
record RawRow(String bytes, String statuses) {

    static RawRow raw(String bytes, String statuses) {
        return new RawRow(bytes, statuses);
    }

    /** The same for a request with that Host, the only line besides. */
    static RawRow host(String host, String statuses) {
        return raw("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n", statuses);
    }

    /** The same for the authority of an absolute-form. */
    static RawRow authority(String authority, String statuses) {
        return raw("GET http://" + authority + "/ HTTP/1.1\r\nHost: a\r\n\r\n", statuses);
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        for (char c : bytes.toCharArray()) {
            out.append(c >= ' ' && c < 0x7f ? String.valueOf(c) : String.format("\\x%02x", (int) c));
        }
        int shown = Math.min(out.length(), 200);
        return out.substring(0, shown) + " is " + statuses;
    }
}
