package dev.aio.netty.http1;

/**
 * A row of a table: what becomes of some bytes, and where it is written.
 *
 * @param status 0 if they are accepted
 */
public record Rule(String section, String name, int status, String bytes) {

    static final String HOST = "Host: a\r\n";

    static Rule refused(String section, String name, int status, String bytes) {
        return new Rule(section, name, status, bytes);
    }

    static Rule accepted(String section, String name, String bytes) {
        return new Rule(section, name, 0, bytes);
    }

    /** A request with that field line, or those. */
    static String get(String fieldLine) {
        return "GET / HTTP/1.1\r\nHost: a\r\n" + fieldLine + "\r\n\r\n";
    }

    /** A request with that field line, or those, and what follows the head. */
    static String post(String fieldLine, String body) {
        return "POST / HTTP/1.1\r\nHost: a\r\n" + fieldLine + "\r\n\r\n" + body;
    }

    static String chunked(String body) {
        return post("Transfer-Encoding: chunked", body);
    }

    @Override
    public String toString() {
        return "RFC " + section + ": " + name + (status == 0 ? " is accepted" : " gets " + status);
    }
}
