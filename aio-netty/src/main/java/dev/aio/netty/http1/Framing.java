package dev.aio.netty.http1;

import static dev.aio.netty.http1.RefusedRequestException.badRequest;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/**
 * Where a request ends, and whose it is: the fields that smuggling plays with (RFC 9112 3.2, 6.1 to 6.3).
 * Stricter than the RFC where it lets a recipient choose, and where two recipients are known to differ:
 * repeated equal lengths, leading zeros, other spellings of {@code chunked}, names that only look like
 * one of these fields, and Connection options that would make a proxy drop one of them.
 */
final class Framing {

    /** The body is chunked; otherwise a length of 0 or more. */
    static final long CHUNKED = -1;

    private static final byte[] HOST = ascii("host");
    private static final byte[] CONNECTION = ascii("connection");
    private static final byte[] CONTENT_LENGTH = ascii("content-length");
    private static final byte[] TRANSFER_ENCODING = ascii("transfer-encoding");
    private static final byte[] CHUNKED_CODING = ascii("chunked");

    private final byte[] bytes;
    private final int[] index;
    private int hosts;
    private int lengths;
    private int codings;
    private int host = -1;
    private int length = -1;
    private int coding = -1;

    private Framing(byte[] bytes, int[] index) {
        this.bytes = bytes;
        this.index = index;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Finds the fields of a header section. Does not outlive the parser's bytes. */
    static Framing of(HeadParser head) {
        Framing framing = new Framing(head.bytes(), head.index());
        int end = head.fields() * HeadParser.STRIDE;
        for (int at = 0; at < end; at += HeadParser.STRIDE) {
            framing.look(at);
        }
        return framing;
    }

    /** Refuses trailers that say what only a header may, RFC 9110 6.5.1. */
    static void checkTrailers(HeadParser trailers) {
        Framing framing = of(trailers);
        if (framing.hosts + framing.lengths + framing.codings > 0) {
            throw badRequest("field in a trailer section that belongs to the header");
        }
    }

    private void look(int at) {
        int start = index[at];
        switch (index[at + 1] - start) {
            case 4:
                if (Octets.equalsIgnoringCase(bytes, start, HOST)) {
                    hosts++;
                    host = at;
                }
                break;
            case 10:
                if (Octets.equalsIgnoringCase(bytes, start, CONNECTION)) {
                    checkOptions(index[at + 2], index[at + 3]);
                }
                break;
            case 14:
                if (resembles(start, CONTENT_LENGTH)) {
                    lengths++;
                    length = at;
                }
                break;
            case 17:
                if (resembles(start, TRANSFER_ENCODING)) {
                    codings++;
                    coding = at;
                }
                break;
            default:
                break;
        }
    }

    /** Gateways turn {@code -} into {@code _}, so that {@code Content_Length} is taken for the real one. */
    private boolean resembles(int start, byte[] name) {
        boolean same = true;
        for (int i = 0; i < name.length; i++) {
            byte b = Octets.lower(bytes[start + i]);
            if (b != name[i]) {
                if (name[i] != '-' || b != '_') {
                    return false;
                }
                same = false;
            }
        }
        if (!same) {
            throw badRequest("field name that resembles one of message framing");
        }
        return true;
    }

    /** An option makes the next recipient remove the field it names, RFC 9110 7.6.1. */
    private void checkOptions(int start, int end) {
        int option = start;
        while (option < end) {
            int next = Octets.skip(bytes, option, end, Octets.TOKEN);
            if (names(option, next, HOST)
                    || names(option, next, CONTENT_LENGTH)
                    || names(option, next, TRANSFER_ENCODING)) {
                throw badRequest("Connection names a field that must not be removed");
            }
            option = Math.max(next, option + 1);
        }
    }

    private boolean names(int start, int end, byte[] name) {
        return end - start == name.length && Octets.equalsIgnoringCase(bytes, start, name);
    }

    /** Where the value of Host is, checked: begin and end are the next two ints of the index; or -1. */
    int checkHost(int minorVersion) {
        if (hosts > 1) {
            throw badRequest("more than one Host");
        }
        if (hosts == 0) {
            if (minorVersion > 0) {
                throw badRequest("no Host");
            }
            return -1;
        }
        if (!Authority.isHostField(bytes, index[host + 2], index[host + 3])) {
            throw badRequest("malformed Host");
        }
        return host + 2;
    }

    /** How long the body is, or {@link #CHUNKED}. */
    long bodyLength(int minorVersion) {
        if (codings > 0) {
            checkCoding(minorVersion);
            return CHUNKED;
        }
        if (lengths == 0) {
            return 0;
        }
        if (lengths > 1) {
            throw badRequest("more than one Content-Length");
        }
        return contentLength(index[length + 2], index[length + 3]);
    }

    private long contentLength(int start, int end) {
        if (start == end || Octets.skip(bytes, start, end, Octets.DIGIT) < end) {
            throw badRequest("Content-Length that is no number");
        }
        if (bytes[start] == '0' && end - start > 1) {
            throw badRequest("Content-Length with leading zeros");
        }
        long value = 0;
        for (int i = start; i < end; i++) {
            int digit = bytes[i] - '0';
            if (value > (Long.MAX_VALUE - digit) / 10) {
                throw badRequest("Content-Length too large");
            }
            value = value * 10 + digit;
        }
        return value;
    }

    private void checkCoding(int minorVersion) {
        if (lengths > 0) {
            throw badRequest("Transfer-Encoding beside Content-Length");
        }
        if (minorVersion == 0) {
            throw badRequest("Transfer-Encoding in HTTP/1.0");
        }
        if (codings > 1) {
            throw badRequest("more than one Transfer-Encoding");
        }
        int start = index[coding + 2];
        int end = index[coding + 3];
        boolean padded = start > index[coding + 1] + 2
                || start == index[coding + 1] + 2 && bytes[start - 1] != ' '
                || bytes[end] != '\r';
        if (padded) {
            throw badRequest("Transfer-Encoding with unusual blanks");
        }
        boolean chunked = end - start == CHUNKED_CODING.length;
        for (int i = 0; chunked && i < CHUNKED_CODING.length; i++) {
            chunked = bytes[start + i] == CHUNKED_CODING[i];
        }
        if (!chunked) {
            throw unusual(start, end);
        }
    }

    /** 501 for codings that may exist somewhere, 400 for what has a second meaning. */
    private RefusedRequestException unusual(int start, int end) {
        boolean chunkedSeen = false;
        int element = start;
        while (true) {
            int next = Octets.skip(bytes, element, end, Octets.TOKEN);
            if (next == element) {
                return badRequest("malformed Transfer-Encoding");
            }
            if (chunkedSeen) {
                return badRequest("transfer coding behind chunked");
            }
            chunkedSeen = names(element, next, CHUNKED_CODING);
            if (next == end) {
                break;
            }
            next = Octets.skip(bytes, next, end, Octets.BLANK);
            if (next == end || bytes[next] != ',') {
                return badRequest("malformed Transfer-Encoding");
            }
            element = Octets.skip(bytes, next + 1, end, Octets.BLANK);
        }
        if (chunkedSeen && end - start == CHUNKED_CODING.length) {
            return badRequest("chunked not in lower case");
        }
        return new RefusedRequestException(HttpResponseStatus.NOT_IMPLEMENTED, "unknown transfer coding");
    }
}
