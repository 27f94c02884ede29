package dev.aio.netty.http;

import static dev.aio.netty.http.RawRow.raw;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What Go's net/http asserts of requests, whatever they ask for: readrequest_test.go, transfer_test.go (lengths, codings)
 * and of serve_test.go TestServerValidatesHostHeader, TestServerValidatesHeaders, TestStarRequest,
 * TestTolerateCRLFBeforeRequestLine, TestHTTP10*, TestServeHTTP10Close, TestFileServerZeroByte of fs_test.go.
 *
 * <p>Not here: clients, handlers, hijacking, timeouts, TLS, HTTP/2.
 */
@Timeout(60)
class GoRequestsTest extends RequestsSuite {

    private static final String GET = "GET / HTTP/1.1\r\nHost: foo\r\n";

    private static RawRow with(String version, String lines, String statuses) {
        return raw("GET / " + version + "\r\n" + lines + "\r\n", statuses);
    }

    static Stream<RawRow> hosts() {
        return Stream.of(
                with("HTTP/0.9", "", "505"),
                with("HTTP/1.1", "", "400"),
                with("HTTP/1.1", "Host: \r\n", "200"),
                with("HTTP/1.1", "Host: 1.2.3.4\r\n", "200"),
                with("HTTP/1.1", "Host: foo.com\r\n", "200"),
                with("HTTP/1.1", "Host: foo-bar_baz.com\r\n", "200"),
                with("HTTP/1.1", "Host: foo.com:80\r\n", "200"),
                // 200 in Go: RFC 3986 3.2.2 has brackets around it
                with("HTTP/1.1", "Host: ::1\r\n", "400"),
                with("HTTP/1.1", "Host: [::1]\r\n", "200"),
                with("HTTP/1.1", "Host: [::1]:80\r\n", "200"),
                // 200 in Go: zones are of one host alone, RFC 6874 1, and nothing to name a server by from elsewhere
                with("HTTP/1.1", "Host: [::1%25en0]:80\r\n", "400"),
                with("HTTP/1.1", "Host: \u0006\r\n", "400"),
                with("HTTP/1.1", "Host: \u00ff\r\n", "400"),
                with("HTTP/1.1", "Host: {\r\n", "400"),
                with("HTTP/1.1", "Host: }\r\n", "400"),
                with("HTTP/1.1", "Host: first\r\nHost: second\r\n", "400"),
                with("HTTP/1.0", "", "200"),
                with("HTTP/1.0", "Host: first\r\nHost: second\r\n", "400"),
                with("HTTP/1.0", "Host: \u00ff\r\n", "400"),
                // 200 in Go: RFC 9112 3.2 makes no exception
                raw("CONNECT golang.org:443 HTTP/1.1\r\n\r\n", "400"),
                raw("CONNECT golang.org:443 HTTP/1.1\r\nHost: golang.org:443\r\n\r\n", "405"),
                raw("PRI / HTTP/2.0\r\n\r\n", "505"),
                with("HTTP/2.0", "", "505"),
                with("HTTP/3.0", "", "505"));
    }

    private static RawRow line(String line, String statuses) {
        return raw(GET + line + "\r\n", statuses);
    }

    static Stream<RawRow> fields() {
        return Stream.of(
                line("", "200"),
                line("Foo: bar\r\n", "200"),
                line("X-Foo: bar\r\n", "200"),
                line("Foo: a space\r\n", "200"),
                line("A space: foo\r\n", "400"),
                line("foo\u00ffbar: foo\r\n", "400"),
                line("foo\0bar: foo\r\n", "400"),
                line("Foo: " + "x".repeat(1 << 21) + "\r\n", "431"),
                line("Foo : bar\r\n", "400"),
                line("Foo\t: bar\r\n", "400"),
                line(": empty key\r\n", "400"),
                line("Content-Length: notdigits\r\n", "400"),
                line("Content-Length: notdigits\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "400"),
                line("foo: foo foo\r\n", "200"),
                line("foo: foo\tfoo\r\n", "200"),
                line("foo: foo\0foo\r\n", "400"),
                line("foo: foo\u007ffoo\r\n", "400"),
                line("foo: foo\u00fffoo\r\n", "200"));
    }

    static Stream<RawRow> requests() {
        String post = "POST / HTTP/1.1\r\nHost: foo.com\r\n";
        return Stream.of(
                raw(
                        "GET http://www.techcrunch.com/ HTTP/1.1\r\nHost: www.techcrunch.com\r\nUser-Agent: Fake\r\n"
                                + "Accept: text/html,*/*;q=0.8\r\nAccept-Encoding: gzip,deflate\r\nKeep-Alive: 300\r\n"
                                + "Content-Length: 7\r\nProxy-Connection: keep-alive\r\n\r\nabcdef\n",
                        "200"),
                raw("GET //user@host/is/actually/a/path/ HTTP/1.1\r\nHost: test\r\n\r\n", "404"),
                raw("GET ../../../../etc/passwd HTTP/1.1\r\nHost: test\r\n\r\n", "400"),
                raw("GET  HTTP/1.1\r\nHost: test\r\n\r\n", "400"),
                raw(
                        post
                                + "Transfer-Encoding: chunked\r\n\r\n3\r\nfoo\r\n3\r\nbar\r\n0\r\nTrailer-Key: Trailer-Value\r\n\r\n"
                                + GET + "\r\n",
                        "405 200"),
                // the length is dropped in Go: RFC 9112 6.3 lets it be refused, as it ought to be
                raw(post + "Transfer-Encoding: chunked\r\nContent-Length: 9999\r\n\r\n0\r\n\r\n", "400"),
                raw("CONNECT www.google.com:443 HTTP/1.1\r\nHost: www.google.com:443\r\n\r\n", "405"),
                raw("CONNECT 127.0.0.1:6060 HTTP/1.1\r\nHost: 127.0.0.1:6060\r\n\r\n", "405"),
                // Go's own RPC: RFC 9110 9.3.6 has host and port
                raw("CONNECT /_goRPC_ HTTP/1.1\r\nHost: foo\r\n\r\n", "400"),
                // RFC 9112 3.2.4: the asterisk is for OPTIONS alone
                raw("NOTIFY * HTTP/1.1\r\nHost: foo\r\n\r\n", "400"),
                raw("OPTIONS * HTTP/1.1\r\nHost: foo\r\n\r\n", "200"),
                raw("GET * HTTP/1.1\r\nHost: foo\r\n\r\n", "400"),
                raw(GET + "Connection: close\r\n\r\n" + GET + "\r\n", "200"),
                raw("HEAD / HTTP/1.1\r\nHost: foo\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", "200"),
                raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"),
                // TestReadRequest_Bad
                raw(
                        "CONNECT []%20%48%54%54%50%2f%31%2e%31%0a%4d%79%48%65%61%64%65%72%3a%20%31%32%33%0a%0a HTTP/1.0\r\n\r\n",
                        "400"),
                raw("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", "400"),
                raw("HEAD / HTTP/1.1\r\nHost: foo\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n1234", "400"),
                raw("HEAD / HTTP/1.1\r\n Host: foo\r\nContent-Length: 5\r\n\r\n", "400"),
                raw("HEAD / HTTP/1.1\r\n\tHost: foo\r\nContent-Length: 5\r\n\r\n", "400"),
                // TestFileServerZeroByte
                raw("GET /..\0 HTTP/1.0\r\n\r\n", "400"),
                // TestTolerateCRLFBeforeRequestLine
                raw(post + "Content-Length: 3\r\n\r\nABC\r\n" + GET + "\r\n", "405 200"),
                // TestHTTP10KeepAlive*, TestServeHTTP10Close
                raw(
                        "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\nGET / HTTP/1.0\r\n\r\n",
                        "200 200"));
    }

    private static RawRow coding(String lines, String statuses) {
        return raw("POST / HTTP/1.1\r\nHost: foo\r\n" + lines + "\r\n\r\n0\r\n\r\n", statuses);
    }

    private static RawRow length(String value, String statuses) {
        return raw("POST / HTTP/1.1\r\nHost: foo\r\nContent-Length: " + value + "\r\n\r\nabc", statuses);
    }

    static Stream<RawRow> framing() {
        return Stream.of(
                coding("Transfer-Encoding: fugazi", "501"),
                coding(
                        "Transfer-Encoding: chunked, chunked\r\nTransfer-Encoding: identity\r\nTransfer-Encoding: chunked",
                        "400"),
                coding("Transfer-Encoding: ", "400"),
                coding("Transfer-Encoding: chunked, identity", "400"),
                coding("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "400"),
                coding("Transfer-Encoding: \u000bchunked", "400"),
                coding("Transfer-Encoding: chunked", "405"),
                // taken for one in Go: RFC 9112 6.1, "MUST NOT apply it more than once"
                coding("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "400"),
                length("", "400"),
                length("3", "405"),
                length("+3", "400"),
                length("-3", "400"),
                length("9223372036854775808", "400"));
    }

    @ParameterizedTest(name = "RFC 9110 7.2: Go, TestServerValidatesHostHeader: {0}")
    @MethodSource("hosts")
    void hostIsAnswered(RawRow row) throws Exception {
        assertThat(site.statuses(row.bytes())).isEqualTo(row.statuses());
    }

    @ParameterizedTest(name = "RFC 9112 5: Go, TestServerValidatesHeaders: {0}")
    @MethodSource("fields")
    void fieldIsAnswered(RawRow row) throws Exception {
        assertThat(site.statuses(row.bytes())).isEqualTo(row.statuses());
    }

    @ParameterizedTest(name = "RFC 9112 3: Go, readrequest_test.go: {0}")
    @MethodSource("requests")
    void requestIsAnswered(RawRow row) throws Exception {
        assertThat(site.statuses(row.bytes())).isEqualTo(row.statuses());
    }

    @ParameterizedTest(name = "RFC 9112 6: Go, transfer_test.go: {0}")
    @MethodSource("framing")
    void framingIsAnswered(RawRow row) throws Exception {
        assertThat(site.statuses(row.bytes())).isEqualTo(row.statuses());
    }
}
