package dev.aio.netty.http1;

import static dev.aio.netty.http1.RefusedRequestException.badRequest;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What a request line says, RFC 9112 3. */
final class RequestForm {

    private static final byte[] HTTP = ascii("http://");
    private static final byte[] HTTPS = ascii("https://");
    private static final byte[] PROTOCOL = ascii("HTTP/");

    private RequestForm() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * The minor version of an HTTP/1 request. Those after 1.1 are to be taken as 1.1 (RFC 9110 6.2).
     *
     * @throws RefusedRequestException 505 for other versions, in whatever number of digits
     */
    static int minorVersion(byte[] bytes, int start, int end) {
        boolean http = end - start > PROTOCOL.length;
        for (int i = 0; http && i < PROTOCOL.length; i++) {
            http = bytes[start + i] == PROTOCOL[i];
        }
        int major = start + PROTOCOL.length;
        int dot = http ? Octets.skip(bytes, major, end, Octets.DIGIT) : end;
        boolean one = dot == major + 1 && bytes[major] == '1';
        if (one && dot + 2 == end && bytes[dot] == '.' && Octets.is(bytes[end - 1], Octets.DIGIT)) {
            return bytes[end - 1] - '0';
        }
        boolean version = http
                && dot > major
                && (dot == end
                        || bytes[dot] == '.' && dot + 1 < end && Octets.skip(bytes, dot + 1, end, Octets.DIGIT) == end);
        throw version
                ? new RefusedRequestException(HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "not a version of HTTP/1")
                : badRequest("malformed protocol version");
    }

    static HttpMethod method(byte[] bytes, int end) {
        if (end == 3 && bytes[0] == 'G' && bytes[1] == 'E' && bytes[2] == 'T') {
            return HttpMethod.GET;
        }
        return HttpMethod.valueOf(new String(bytes, 0, end, StandardCharsets.US_ASCII));
    }

    /**
     * Checks that the target has a form the method allows, RFC 9112 3.2.
     *
     * @return the authority of an absolute-form, or null
     */
    static @Nullable String authority(HttpMethod method, byte[] bytes, int start, int end) {
        if (method.equals(HttpMethod.CONNECT)) {
            if (!Authority.isOfTunnel(bytes, start, end)) {
                throw badRequest("CONNECT without host and port");
            }
            return null;
        }
        if (bytes[start] == '/') {
            return null;
        }
        if (bytes[start] == '*' && end - start == 1) {
            if (!method.equals(HttpMethod.OPTIONS)) {
                throw badRequest("asterisk-form with another method than OPTIONS");
            }
            return null;
        }
        int authority = endOfScheme(bytes, start, end);
        if (authority < 0) {
            throw badRequest("request-target of no form");
        }
        int path = authority;
        while (path < end && bytes[path] != '/' && bytes[path] != '?') {
            path++;
        }
        if (!Authority.isOfUri(bytes, authority, path)) {
            throw badRequest("malformed authority in the request-target");
        }
        return new String(bytes, authority, path - authority, StandardCharsets.US_ASCII);
    }

    private static int endOfScheme(byte[] bytes, int start, int end) {
        if (startsWith(HTTP, bytes, start, end)) {
            return start + HTTP.length;
        }
        return startsWith(HTTPS, bytes, start, end) ? start + HTTPS.length : -1;
    }

    private static boolean startsWith(byte[] prefix, byte[] bytes, int start, int end) {
        return end - start >= prefix.length && Octets.equalsIgnoringCase(bytes, start, prefix);
    }
}
