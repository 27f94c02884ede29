package dev.aio.netty.http;

import static dev.aio.netty.http.RawRow.host;
import static dev.aio.netty.http.RawRow.raw;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What Jetty asserts of requests, whatever they ask for: HttpParserTest, PartialRFC2616Test, RFC2616BaseTest. Its tests
 * are run with LF as well as CRLF, of old compliance; RFC 9112 2.2 lets us refuse LF alone, and the smuggling tables do.
 *
 * <p>Not here: responses, what is handed on in which parts, Expect (the server's tests), virtual hosts, TE, HTTP/2.
 */
@Timeout(60)
class JettyRequestsTest extends RequestsSuite {

    private static final String GET = "GET / HTTP/1.1\r\nHost: localhost\r\n";
    private static final String LAST = GET + "Connection: close\r\n\r\n";
    private static final String POST = "POST / HTTP/1.1\r\nHost: localhost\r\n";

    static Stream<RawRow> lines() {
        return Stream.of(
                raw("POST /foo HTTP/1.0\r\n\r\n", "405"),
                // HTTP/0.9
                raw("GET /999\r\n", "400"),
                raw("POST /222  \r\n", "400"),
                raw("POST /fo\u00c3\u00b6 HTTP/1.0\r\n\r\n", "405"),
                raw("GET /foo?param=\u00c3\u00b6 HTTP/1.0\r\n\r\n", "404"),
                raw("GET /ctx/testLoginPage;jsessionid=123456789;other HTTP/1.0\r\n\r\n", "404"),
                raw("POST /123456789abcdef/" + "123456789abcdef/".repeat(16) + " HTTP/1.0\r\n\r\n", "405"),
                // testAllowedLinePreamble: any number of empty lines in Jetty
                raw("\r\nGET / HTTP/1.0\r\n\r\n", "200"),
                raw("\r\n \r\nGET / HTTP/1.0\r\n\r\n", "400"),
                raw("CONNECT 192.168.1.2:80 HTTP/1.1\r\nHost: a\r\n\r\n", "405"),
                // in lower case the version is of old compliance only
                raw("GET / http/1.1\r\nHost: localhost\r\n\r\n", "400"),
                raw(" GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "400"),
                raw("G\u00e4T / HTTP/1.0\r\nHeader0: value0\r\n\r\n", "400"),
                raw("GET / H\u00e4\u00e4P/1.0\r\n\r\n", "400"),
                raw("gEt / HTTP/1.0\r\nHost: localhost\r\n\r\n", "501"),
                raw("GET HTTP/1.0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "400"),
                raw("GET\r\n\r\n", "400"),
                raw("GET / HPPT/7.7\r\nContent-Length: 0\r\n\r\n", "400"),
                raw("GET / HTTP/1.01\r\nContent-Length: 0\r\n\r\n", "505"),
                raw("GET / HTTP/1.\r\n\r\n", "400"),
                raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"),
                raw("GET /long/nested/path/" + "uri/".repeat(5_000) + " HTTP/1.0\r\n\r\n", "414"),
                raw("GET /foo HTTP/1.0\r\nContent-Length: 20\r\n\r\n0123456789", "400"),
                raw("", ""),
                raw(LAST + GET, "200"));
    }

    private static RawRow line(String line, String statuses) {
        return raw("GET / HTTP/1.0\r\n" + line + "\r\n\r\n", statuses);
    }

    static Stream<RawRow> fields() {
        return Stream.of(
                line("Header1: value1\r\nHeader2  :   value 2a  ", "400"),
                line("Header4: \tvalue4", "200"),
                line("Header5:value5", "200"),
                line("Header6: ", "200"),
                line("Header7: \r\nHeader8:", "200"),
                line("Name: value\r\n extra", "400"),
                line("Name: value\r\n\textra", "400"),
                line("N ame: value", "400"),
                line("Name : value", "400"),
                line("Name\t: value", "400"),
                line("Other", "400"),
                line("Header: \"quoted, value\"", "200"),
                line("name0: \"value\t0\"", "200"),
                line("H\u00e4der0: value0", "400"),
                line("Header1: \u00e6 \u00e6", "200"),
                line("Header: one\t", "200"),
                line("cONNECTION: cLOSE", "200"),
                line("Foo\\Bar: value", "400"),
                line("Foo@Bar: value", "400"),
                line("Foo,Bar: value", "400"),
                line("Foo}Bar: value", "400"),
                line("Foo{Bar: value", "400"),
                line("Foo=Bar: value", "400"),
                line("Foo>Bar: value", "400"),
                line("Foo<Bar: value", "400"),
                line("Foo)Bar: value", "400"),
                line("Foo(Bar: value", "400"),
                line("Foo?Bar: value", "400"),
                line("Foo\"Bar: value", "400"),
                line("Foo/Bar: value", "400"),
                line("Foo]Bar: value", "400"),
                line("Foo[Bar: value", "400"),
                // testBadCR
                raw("GET / HTTP/1.0\r\nContent-Length: 0\rConnection: close\r\r", "400"),
                raw("GET / HTTP/1.0\rContent-Length: 0\rConnection: close\r\r", "400"));
    }

    static Stream<RawRow> hosts() {
        return Stream.of(
                raw("GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "400"),
                raw("GET http://host:8080/ HTTP/1.1\r\n\r\n", "400"),
                raw("GET http://host:8080/ HTTP/1.0\r\n\r\n", "200"),
                raw("GET / HTTP/1.0\r\n\r\n", "200"),
                host("host", "200"),
                host("192.168.0.1", "200"),
                host("[::1]", "200"),
                host("myhost:8888", "200"),
                host("192.168.0.1:8888", "200"),
                host("[::1]:8888", "200"),
                host(" testhost ", "200"),
                host("\ttesthost\t", "200"),
                host(" \t \t \t testhost", "200"),
                host("whatever.com:123", "200"),
                host("a-b-c-d", "200"),
                host("hosta,hostb,hostc", "200"),
                host("[fde3:827b:ea49:0:893:8016:e3ac:9778]:444", "200"),
                host("[fde3:827b:ea49:0:893:8016:e3ac:9778]", "200"),
                // taken in Jetty as an address without its brackets
                host("::", "400"),
                host("[xxx", "400"),
                host(":80", "400"),
                // refused in Jetty; RFC 3986 3.2.3 lets a port be empty
                host("host:", "200"),
                host("127.0.0.1:", "200"),
                host("[0::0::0::0::1", "400"),
                host("0::0::0::0::1]", "400"),
                host("[0::0::0::0::1]:", "400"),
                host("[0::0::0::1]", "400"),
                host("[0::0::0::1]:80", "400"),
                host("0:1:2:3:4:5:6", "400"),
                host("host:xxx", "400"),
                host("127.0.0.1:xxx", "400"),
                host("[0::0::0::0::1]:xxx", "400"),
                host("host:-80", "400"),
                host("127.0.0.1:-80", "400"),
                host("[0::0::0::0::1]:-80", "400"),
                host("127.0.0.1:65536", "400"),
                host("a b c d", "400"),
                host("a\to\tz", "400"),
                host("hosta, hostb, hostc", "400"),
                host("[ab:cd:ef:gh:ij:kl:mn]", "400"),
                host("Group - Machine", "400"),
                host("<calculated when request is sent>", "400"),
                host("[link](https://example.org/)", "400"),
                host("example.org/zed", "400"),
                host("| ping 127.0.0.1 -n 10", "400"),
                host("%uf%80%ff%xx%uffff", "400"),
                host("[${jndi${:-:}ldap${:-:}]", "400"),
                host("[${jndi:ldap://example.org:59377/nessus}]", "400"),
                host("${ip}", "400"),
                host("' *; host xyz.hacking.pro; '", "400"),
                host("'/**/OR/**/1/**/=/**/1", "400"),
                host(
                        "AND (SELECT 1 FROM(SELECT COUNT(*))x FROM INFORMATION_SCHEMA.CHARACTER_SETS GROUP BY x)a)",
                        "400"),
                host("hosta\r\nHost: hostb\r\nHost: hostc", "400"),
                host("foo\r\nHost: foo", "400"),
                host("bar\r\nX-Zed: zed\r\nHost: bar", "400"));
    }

    private static RawRow length(String value, String statuses) {
        return raw(POST + "Content-Length: " + value + "\r\n\r\n1234567890", statuses);
    }

    private static RawRow coding(String value, String statuses) {
        return raw(POST + "Transfer-Encoding:" + value + "\r\n\r\n1\r\nX\r\n0\r\n\r\n", statuses);
    }

    private static RawRow chunks(String chunks, String statuses) {
        return raw(POST + "Transfer-Encoding: chunked\r\n\r\n" + chunks + LAST, statuses);
    }

    static Stream<RawRow> bodies() {
        return Stream.of(
                length("abc", "400"),
                length("1.5", "400"),
                length("9999999999999999999999999999999999999999999999", "400"),
                length("-10", "400"),
                length("+10", "400"),
                length("1.0", "400"),
                length("1,0", "400"),
                length("10,", "400"),
                length("10A", "400"),
                length(" 10 ", "405"),
                length("10 ", "405"),
                length("\t10", "405"),
                length("\t10\t", "405"),
                length(" \t \t \t 10", "405"),
                coding(" chunked", "405"),
                // read in Jetty; others than us read other things into a coding with blanks around it
                coding(" chunked ", "400"),
                coding("\tchunked", "400"),
                coding("\tchunked\t", "400"),
                coding(" \t \t \t chunked", "400"),
                coding(" chunked, identity", "400"),
                coding(" identity", "501"),
                chunks("a\r\n0123456789\r\n1a\r\nABCDEFGHIJKLMNOPQRSTUVWXYZ\r\n0\r\n\r\n", "405 200"),
                chunks("a\r\n0123456789\r\n1a\r\nABCDEFGHIJKLMNOPQRSTUVWXYZ\r\n0\r\nTrailer: value\r\n\r\n", "405 200"),
                chunks("0\r\nTrailer: value\r\nFoo: bar\r\n\r\n", "405 200"),
                // read in Jetty: RFC 9112 7.1.1 has a name behind the semicolon
                chunks("a;\r\n0123456789\r\n0\r\n\r\n", "400"),
                chunks("a\r\n0123456789\r\nxx\r\nABCDEFGHIJKLMNOPQRSTUVWXYZ\r\n0\r\n\r\n", "400"),
                raw(POST + "Transfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n", "400"),
                raw(POST + "Content-Length: 10\r\nContent-Length: 1\r\n\r\n1", "400"),
                raw(POST + "Content-Length: 1\r\nContent-Length: 10\r\n\r\n1", "400"),
                // chunks win in old Jetty; it and we refuse
                raw(POST + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n1\r\nX\r\n0\r\n\r\n", "400"),
                raw(POST + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nX\r\n0\r\n\r\n", "400"),
                raw(GET + "Transfer-Encoding: identity\r\nContent-Length: 5\r\n\r\n123\r\n", "400"));
    }

    static Stream<RawRow> connections() {
        return Stream.of(
                // 8.1: what stands behind Connection: close is not answered
                raw(GET + "\r\n" + LAST + LAST, "200 200"),
                raw(GET + "\r\n" + GET + "\r\n", "200 200"),
                // 3.6.1: bodies are passed over, requests behind them answered
                raw(GET + "Content-Length: 5\r\n\r\n12345" + GET + "\r\n" + LAST, "200 200 200"),
                raw(
                        POST + "Transfer-Encoding: chunked\r\n\r\n3\r\nfgh\r\n3\r\nIjk\r\n0\r\n\r\n" + POST
                                + "Transfer-Encoding: chunked\r\n\r\n4\r\nlmno\r\n5\r\nPqrst\r\n0\r\n\r\n" + LAST,
                        "405 405 200"),
                // 4.4: 411 in Jetty where a body is wanted; what follows is a request here, and a bad one
                raw(GET + "\r\n123456", "200 400"),
                // 9.2
                raw("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n" + LAST, "200 200"),
                raw("OPTIONS /missing HTTP/1.1\r\nHost: localhost\r\n\r\n" + LAST, "200 200"),
                raw("GET * HTTP/1.1\r\nHost: localhost\r\n\r\n", "400"),
                // 9.8: answered in Jetty: what came would be shown to whoever made a browser send it
                raw("TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n", "405"),
                // 19.6
                raw("GET / HTTP/1.0\r\n\r\nGET / HTTP/1.0\r\n\r\n", "200"),
                raw("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n", "200 200"),
                raw(
                        "GET / HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive, close\r\n\r\nGET / HTTP/1.0\r\n\r\n",
                        "200"));
    }

    @ParameterizedTest(name = "RFC 9112 3: Jetty, HttpParserTest: {0}")
    @MethodSource("lines")
    void requestIsAnswered(RawRow row) throws Exception {
        assertThat(site.statuses(row.bytes())).isEqualTo(row.statuses());
    }

    @ParameterizedTest(name = "RFC 9112 5: Jetty, HttpParserTest: {0}")
    @MethodSource("fields")
    void fieldIsAnswered(RawRow row) throws Exception {
        assertThat(site.statuses(row.bytes())).isEqualTo(row.statuses());
    }

    @ParameterizedTest(name = "RFC 9110 7.2: Jetty, HttpParserTest: {0}")
    @MethodSource("hosts")
    void hostIsAnswered(RawRow row) throws Exception {
        assertThat(site.statuses(row.bytes())).isEqualTo(row.statuses());
    }

    @ParameterizedTest(name = "RFC 9112 6: Jetty, HttpParserTest: {0}")
    @MethodSource("bodies")
    void bodyIsAnswered(RawRow row) throws Exception {
        assertThat(site.statuses(row.bytes())).isEqualTo(row.statuses());
    }

    @ParameterizedTest(name = "RFC 9112 9: Jetty, PartialRFC2616Test, RFC2616BaseTest: {0}")
    @MethodSource("connections")
    void connectionIsAnswered(RawRow row) throws Exception {
        assertThat(site.statuses(row.bytes())).isEqualTo(row.statuses());
    }
}
