package dev.aio.netty.http;

import static dev.aio.netty.http.RawRow.authority;
import static dev.aio.netty.http.RawRow.host;
import static dev.aio.netty.http.RawRow.raw;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What nginx-tests asserts of requests, whatever they ask for: http_method.t, http_host.t, body.t, body_chunked.t,
 * http_headers_multi.t, ignore_invalid_headers.t, http_header_buffers.t, http_max_headers.t, http_keepalive.t (what does
 * not wait), http_uri.t (blanks, controls).
 *
 * <p>Not here: what bodies contain, keep-alive by browser, timeouts (the server's tests have them).
 */
@Timeout(60)
class NginxRequestsTest extends RequestsSuite {

    private static final String GET = "GET / HTTP/1.1\r\nHost: localhost\r\n";
    private static final String LAST = GET + "Connection: close\r\n\r\n";
    private static final String DIGITS = "0123456789";

    @BeforeAll
    static void addOddName() throws Exception {
        TestSite.file(directory, "\u0002", "x");
    }

    static Stream<RawRow> methods() {
        return Stream.of(
                raw("TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n", "405"),
                raw("CONNECT localhost:8080 HTTP/1.1\r\nHost: localhost\r\n\r\n", "405"),
                raw("CONNECT / HTTP/1.1\r\nHost: localhost\r\n\r\n", "400"),
                raw("CONNECT localhost HTTP/1.1\r\nHost: localhost\r\n\r\n", "400"));
    }

    static Stream<RawRow> hosts() {
        return Stream.of(
                // 400 in nginx: RFC 9110 7.2 has it empty where the target URI has no authority
                host("", "200"),
                authority("", "400"),
                host("l", "200"),
                authority("l", "200"),
                host("L", "200"),
                host("abcd-ef.g02.xyz:", "200"),
                authority("abcd-ef.g02.xyz:", "200"),
                host("123.40.56.78:", "200"),
                authority("123.49.0.78:", "200"),
                host("www.abcd-ef.g02.xyz", "200"),
                host("abcd-ef.g02.xyz:8080", "200"),
                authority("abcd-ef.g02.xyz", "200"),
                authority("www.abcd-ef.g02.xyz:10", "200"),
                host("www.abcd-ef.g02.xyz.", "200"),
                host("abcd-ef.g02.xyz.:88", "200"),
                authority("abcd-ef.g02.xyz.:2", "200"),
                host("example.com.:1.2", "400"),
                authority("example.com.:1.2", "400"),
                // 400 in nginx, which looks names up: RFC 3986 3.2.2 lets a reg-name be nothing but dots
                host(".", "200"),
                authority(".", "200"),
                host("..examp-LE.com", "200"),
                authority("com.exa-m.45..:", "200"),
                authority("AbC-d93.0.34ZhGt-s.nk.Ru", "200"),
                host("AbC-d93.0.34ZhGt-s.nk.Ru:88", "200"),
                host("123.40.56.78", "200"),
                host("123.49.0.78:987", "200"),
                host("123.49.0.78:98777", "400"),
                host("123.40.56.78:9000:80", "400"),
                authority("123.40.56.78:123", "200"),
                authority("123.40.56.78:123456", "400"),
                authority("123.40.56.78:9000:80", "400"),
                host("[abcd::ef98:0:7654:321]", "200"),
                host("[abcd::ef98:0:7654:321]:80", "200"),
                authority("[abcd::ef98:0:7654:321]", "200"),
                authority("[abcd::ef98:0:7654:321]:5", "200"),
                host("[::ffff:12.30.67.89]", "200"),
                host("[::123.45.67.89]:4321", "200"),
                authority("[::123.45.67.89]", "200"),
                authority("[::ffff:12.30.67.89]:4321", "200"),
                host("example.com/\\:552", "400"),
                authority("\\e/xample.com", "400"),
                host("[abcd::e\\f98:0/:7654:321]", "400"),
                authority("[abcd\\::ef98:0:7654:321/]:12", "400"),
                host("[abcd::ef98:0:7654:321].", "400"),
                host("[abcd::ef98:0:7654:321].:98", "400"),
                authority("[abcd::ef98:0:7654:321].", "400"),
                authority("[abcd::ef98:0:7654:321].:98", "400"),
                host("[abcd::ef98:0:7654:321]..:98", "400"),
                authority("[ab..cd::ef98:0:7654:321]", "400"),
                host("extra[abcd::ef98:0:7654:321]:98", "400"),
                authority("extra[abcd::ef98:0:7654:321]", "400"),
                host("[abcd::ef98:0:7654:321", "400"),
                authority("[abcd::ef98:0:7654:321", "400"),
                // RFC 3986 3.2.2 has a version, a dot and at least one character, as here it has
                host("[vF.!$&'()*+,;=-._~AbCdEfGhIjKlMnOpQrStUvWxYz0123456789:]", "200"),
                authority("[vF.!$&'()*+,;=-._~AbCdEfGhIjKlMnOpQrStUvWxYz0123456789:]", "200"),
                host("localhost\r\nHost: again", "400"),
                host("localhost\u0002", "400"));
    }

    private static RawRow body(String body, String statuses) {
        return raw(GET + "Content-Length: " + body.length() + "\r\n\r\n" + body + LAST, statuses);
    }

    private static RawRow chunked(String body, String statuses) {
        return raw(
                GET + "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(body.length()) + "\r\n" + body
                        + "\r\n0\r\n\r\n" + LAST,
                statuses);
    }

    private static RawRow coding(String lines, String statuses) {
        return raw(GET + "Transfer-Encoding: " + lines + "\r\n\r\n0\r\n\r\n", statuses);
    }

    static Stream<RawRow> bodies() {
        return Stream.of(
                raw(LAST, "200"),
                body(DIGITS, "200 200"),
                body(DIGITS.repeat(128), "200 200"),
                body(DIGITS.repeat(512), "200 200"),
                chunked(DIGITS, "200 200"),
                chunked(DIGITS.repeat(128), "200 200"),
                chunked(DIGITS.repeat(512), "200 200"),
                raw(
                        "POST /redirect HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n" + DIGITS
                                + "GET / HTTP/1.0\r\n\r\n",
                        "405 200"),
                raw(GET + "Transfer-Encoding: chunked\r\n\r\n4\r\nSEE-THIS\r\n0\r\n\r\n", "400"),
                coding("identity", "501"),
                coding("chunked\r\nTransfer-Encoding: chunked", "400"),
                // 501 in nginx: nothing may stand behind chunked, RFC 9112 6.1
                coding("chunked, identity", "400"),
                coding("chunked\r\nContent-Length: 5", "400"),
                raw("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"),
                // http_keepalive.t: the end within a body that nobody wants
                raw("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n", "400"));
    }

    private static RawRow lines(String lines, String statuses) {
        return raw(GET + "Connection: close\r\n" + lines + "\r\n\r\n", statuses);
    }

    static Stream<RawRow> fields() {
        return Stream.of(
                lines("Host: bar", "400"),
                lines("Content-Length: 0", "200"),
                lines("Content-Length: 0\r\nContent-Length: 0", "400"),
                lines("User-Agent: foo\r\nUser-Agent: bar", "200"),
                lines("X-Forwarded-For: foo\r\nX-Forwarded-For: bar", "200"),
                // 400 in nginx; none of these means anything to files, and lists may come in lines (RFC 9110 5.3)
                lines("Authorization: a\r\nAuthorization: b", "200"),
                lines("If-Match: *\r\nIf-Match: *", "200"),
                lines("x_foo: x-bar", "200"),
                lines("_foo: x-bar", "200"),
                lines("x.foo: x-bar", "200"),
                lines(".foo: x-bar", "200"),
                // the line alone is passed over in nginx: RFC 9112 5 has a token
                lines("</kie>: x-bar", "400"),
                lines(":foo: x-bar", "400"),
                raw(GET + " foo: x-bar\r\n\r\n", "400"),
                lines("foo\u0002: x-bar", "400"),
                lines("X-Foo: foo" + "1234567890".repeat(20) + "bar", "200"),
                lines("X-Foo: " + "1234567890".repeat(2000), "431"),
                lines("X-Blah: x\r\n".repeat(50) + "X-Blah: x", "200"),
                // 400 in nginx: RFC 6585 5
                lines("X-Blah: x\r\n".repeat(500) + "X-Blah: x", "431"),
                raw("GET /foo" + "1234567890".repeat(20) + "bar HTTP/1.0\r\n\r\n", "404"),
                raw("GET /" + "1".repeat(20_000) + " HTTP/1.0\r\n\r\n", "414"),
                raw("GET /\u0002 HTTP/1.0\r\n\r\n", "400"),
                raw("GET /%02 HTTP/1.0\r\n\r\n", "200"),
                raw("GET / / HTTP/1.0\r\n\r\n", "400"),
                raw(GET + "\r\n" + GET + "\r\n" + LAST + LAST, "200 200 200"));
    }

    @ParameterizedTest(name = "RFC 9110 9: nginx-tests, http_method.t: {0}")
    @MethodSource("methods")
    void methodIsAnswered(RawRow row) throws Exception {
        assertThat(site.statuses(row.bytes())).isEqualTo(row.statuses());
    }

    @ParameterizedTest(name = "RFC 9110 7.2: nginx-tests, http_host.t: {0}")
    @MethodSource("hosts")
    void hostIsAnswered(RawRow row) throws Exception {
        assertThat(site.statuses(row.bytes())).isEqualTo(row.statuses());
    }

    @ParameterizedTest(name = "RFC 9112 6: nginx-tests, body*.t: {0}")
    @MethodSource("bodies")
    void bodyIsAnswered(RawRow row) throws Exception {
        assertThat(site.statuses(row.bytes())).isEqualTo(row.statuses());
    }

    @ParameterizedTest(name = "RFC 9112 5: nginx-tests, http_headers_multi.t and others: {0}")
    @MethodSource("fields")
    void fieldIsAnswered(RawRow row) throws Exception {
        assertThat(site.statuses(row.bytes())).isEqualTo(row.statuses());
    }
}
