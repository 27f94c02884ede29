package dev.aio.netty.http;

import static dev.aio.netty.http.RawRow.host;
import static dev.aio.netty.http.RawRow.raw;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What Apache httpd's suites assert of requests, whatever they ask for: t/apache/http_strict (its strict column, also
 * test_007_strict.py), headers, chunkinput, contentlength, teclchunk, limits, hostcheck, t/security/CVE-2004-0942.
 *
 * <p>Not here: responses of scripts, names of servers, bodies that somebody wants.
 */
@Timeout(60)
class ApacheRequestsTest extends RequestsSuite {

    static Stream<RawRow> strict() {
        return Stream.of(
                raw("GET / HTTP/1.0\r\n\r\n", "200"),
                raw("GET / HTTP/1.0\n\n", "400"),
                raw("get / HTTP/1.0\r\n\r\n", "501"),
                raw("G ET / HTTP/1.0\r\n\r\n", "400"),
                raw("G\0ET / HTTP/1.0\r\n\r\n", "400"),
                raw("G/T / HTTP/1.0\r\n\r\n", "400"),
                raw("GET /\0 HTTP/1.0\r\n\r\n", "400"),
                raw("GET / HTTP/1.0\0\r\n\r\n", "400"),
                raw("GET\f/ HTTP/1.0\r\n\r\n", "400"),
                raw("GET\r/ HTTP/1.0\r\n\r\n", "400"),
                raw("GET\t/ HTTP/1.0\r\n\r\n", "400"),
                raw("GET / HTT/1.0\r\n\r\n", "400"),
                raw("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n", "200"),
                // 200 in Apache, which answers in 1.1: RFC 9110 15.6.6 has a status for it
                raw("GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", "505"),
                raw("GET / HTTP/1.2\r\nHost: localhost\r\n\r\n", "200"),
                // 400 in Apache
                raw("GET / HTTP/1.11\r\nHost: localhost\r\n\r\n", "505"),
                raw("GET / HTTP/10.0\r\nHost: localhost\r\n\r\n", "505"),
                raw("GET / HTTP/1.0  \r\nHost: localhost\r\n\r\n", "400"),
                raw("GET / HTTP/1.0 x\r\nHost: localhost\r\n\r\n", "400"),
                raw("GET / HTTP/\r\nHost: localhost\r\n\r\n", "400"),
                raw("GET / HTTP/0.9\r\n\r\n", "505"),
                raw("GET / HTTP/0.8\r\n\r\n", "505"),
                raw("GET /\u0001 HTTP/1.0\r\n\r\n", "400"),
                raw("GET / HTTP/1.0\r\nFoo: bar\r\n\r\n", "200"),
                raw("GET / HTTP/1.0\r\nFoo:bar\r\n\r\n", "200"),
                raw("GET / HTTP/1.0\r\nFoo: b\0ar\r\n\r\n", "400"),
                raw("GET / HTTP/1.0\r\nFoo: b\u0001ar\r\n\r\n", "400"),
                raw("GET / HTTP/1.0\r\nFoo\r\n\r\n", "400"),
                raw("GET / HTTP/1.0\r\nFoo bar\r\n\r\n", "400"),
                raw("GET / HTTP/1.0\r\n: bar\r\n\r\n", "400"),
                raw("GET / HTTP/1.0\r\nX: bar\r\n\r\n", "200"),
                raw("GET / HTTP/1.0\r\nFoo bar:bash\r\n\r\n", "400"),
                raw("GET / HTTP/1.0\r\nFoo :bar\r\n\r\n", "400"),
                raw("GET / HTTP/1.0\r\n Foo:bar\r\n\r\n", "400"),
                raw("GET / HTTP/1.0\r\nF\u0001o: bar\r\n\r\n", "400"),
                raw("GET / HTTP/1.0\r\nF\ro: bar\r\n\r\n", "400"),
                raw("GET / HTTP/1.0\r\nF\to: bar\r\n\r\n", "400"),
                raw("GET / HTTP/1.0\r\nFo: b\tar\r\n\r\n", "200"),
                raw("GET / HTTP/1.0\r\nFo: bar\r\r\n\r\n", "400"),
                // dropped without a word in Apache
                raw("GET / HTTP/1.0\r\r", "400"),
                // HTTP/0.9: dropped without a word in Apache
                raw("GET /\r\n", "400"),
                raw("GET /#frag HTTP/1.0\r\n", "400"),
                raw("GET / HTTP/1.0\r\nHost: localhost\r\nHost: localhost\r\n\r\n", "400"),
                raw("GET / HTTP/1.0\r\nHost: localhost:80\r\nHost: localhost:80\r\n\r\n", "400"),
                raw("GET / HTTP/1.0\r\nHost: localhost:80 x\r\n\r", "400"));
    }

    private static RawRow target(String target, String statuses) {
        return raw("GET " + target + " HTTP/1.0\r\n\r\n", statuses);
    }

    /** RFC 9112 3.2.2: what Host says does not count beside an absolute-form. */
    private static RawRow both(String target, String host) {
        return raw("GET " + target + " HTTP/1.0\r\nHost: " + host + "\r\n\r\n", "200");
    }

    static Stream<RawRow> authorities() {
        return Stream.of(
                // 400 in Apache, as addresses that only some read so; RFC 3986 3.2.2 makes names of them, and ours are
                // looked up nowhere
                target("http://017700000001/", "200"),
                target("http://0x7f.1/", "200"),
                target("http://127.01.0.1/", "200"),
                target("http://%3127.0.0.1/", "200"),
                target("http://127.0.0.1/", "200"),
                target("http://localhost:80/", "200"),
                target("http://localhost:80x/", "400"),
                target("http://localhost:80:80/", "400"),
                target("http://localhost::80/", "400"),
                target("http://foo@localhost:80/", "400"),
                target("http://[::1]/", "200"),
                target("http://[::1:2]/", "200"),
                target("http://[4712::abcd]/", "200"),
                target("http://[4712::abcd:1]/", "200"),
                target("http://[4712::abcd::]/", "400"),
                target("http://[4712:abcd::]/", "200"),
                // a comma is no part of an address, RFC 3986 3.2.2
                target("http://[4712:abcd::,]/", "400"),
                target("http://[4712::abcd]:8000/", "200"),
                target("http://4713::abcd:8001/", "400"),
                target("http://foo_bar/", "200"),
                host("[::1]", "200"),
                host("[::1:2]", "200"),
                host("[4711::abcd]", "200"),
                host("[4711::abcd:1]", "200"),
                host("[4711:abcd::]", "200"),
                host("[4711::abcd]:8000", "200"),
                host("4714::abcd:8001", "400"),
                host("abc\u00a0", "400"),
                host("abc\\foo", "400"),
                both("http://foo/", "bar"),
                both("http://foo:81/", "bar"),
                both("http://[::1]:81/", "bar"),
                both("http://10.0.0.1:81/", "bar"),
                host("foo-bar.example.com", "200"),
                host("foo_bar.example.com", "200"),
                // hostcheck.t: 400 where the names are listed, which they are not here
                host("localhost", "200"),
                host("localhost:1", "200"),
                host("notlisted", "200"),
                host("127.0.0.1", "200"));
    }

    private static RawRow line(String line, String statuses) {
        return raw("GET / HTTP/1.0\r\n" + line + "\r\n\r\n", statuses);
    }

    static Stream<RawRow> fields() {
        return Stream.of(
                line("Hello:World", "200"),
                line("Hello:  World", "200"),
                line("Hello:  World   ", "200"),
                line("Hello:  World \t ", "200"),
                // unfolded in Apache: RFC 9112 5.2 lets a server refuse
                line("Hello: Foo\r\n Bar", "400"),
                line("Hello: Foo\r\n\tBar", "400"),
                line("Hello: Foo\r\n    Bar", "400"),
                line("Hello: Foo \t \r\n Bar", "400"),
                line("Hello: Foo\r\n  \t Bar", "400"),
                // CVE-2004-0942
                line("Hello:\r\n" + (" ".repeat(500) + "\r\n").repeat(100), "400"),
                // limits.t has 400 for fields, RFC 6585 5 has 431
                line("X-overflow-field: " + "a".repeat(20_000), "431"),
                line("X-Field: x\r\n".repeat(2_000) + "A: b", "431"),
                raw("GET /" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: a\r\n\r\n", "414"));
    }

    private static RawRow length(String value, String statuses) {
        return raw("POST / HTTP/1.0\r\nContent-Length: " + value + "\r\n\r\n\r\n", statuses);
    }

    /** In 1.1, for 1.0 has no chunks; Apache reads them there as well. */
    private static RawRow chunks(String chunks, String statuses) {
        return raw(
                "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
                        + "\r\nX-Chunk-Trailer: 1\r\n\r\n",
                statuses);
    }

    static Stream<RawRow> bodies() {
        return Stream.of(
                length("", "400"),
                length("0", "405"),
                // 200 in Apache: leading zeros are read in two ways somewhere
                length("0000000000000000000000000000000000", "400"),
                length("1000000000000000000000000000000000", "400"),
                length("-1", "400"),
                length("123abc", "400"),
                chunks("0", "405"),
                chunks("A\r\n1234567890\r\n0", "405"),
                chunks("A;ext=val\r\n1234567890\r\n0", "405"),
                // taken in Apache: a blank that RFC 9112 7.1.1 forbids to send; recipients differ in what they make of
                // it
                chunks("A; ext=val\r\n1234567890\r\n0", "400"),
                // up to ten blanks in Apache: RFC 9112 7.1 has none without an extension
                chunks("A    \r\n1234567890\r\n0", "400"),
                chunks("A           \r\n1234567890\r\n0", "400"),
                // 413 in Apache
                chunks("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n", "400"),
                chunks("A; ext=\u007fval\r\n1234567890\r\n0", "400"),
                chunks(" A", "400"),
                raw("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"),
                // teclchunk.t: chunks win in Apache, and the connection ends; RFC 9112 6.1 lets a server refuse
                raw(
                        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 77\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + "0\r\nX-Chunk-Trailer: 1\r\n\r\nGET /missing HTTP/1.1\r\nHost: localhost\r\n\r\n",
                        "400"));
    }

    @ParameterizedTest(name = "RFC 9112 3: Apache, http_strict.t: {0}")
    @MethodSource("strict")
    void requestIsAnswered(RawRow row) throws Exception {
        assertThat(site.statuses(row.bytes())).isEqualTo(row.statuses());
    }

    @ParameterizedTest(name = "RFC 9110 7.2: Apache, http_strict.t, hostcheck.t: {0}")
    @MethodSource("authorities")
    void authorityIsAnswered(RawRow row) throws Exception {
        assertThat(site.statuses(row.bytes())).isEqualTo(row.statuses());
    }

    @ParameterizedTest(name = "RFC 9112 5: Apache, headers.t, limits.t: {0}")
    @MethodSource("fields")
    void fieldIsAnswered(RawRow row) throws Exception {
        assertThat(site.statuses(row.bytes())).isEqualTo(row.statuses());
    }

    @ParameterizedTest(name = "RFC 9112 6: Apache, contentlength.t, chunkinput.t, teclchunk.t: {0}")
    @MethodSource("bodies")
    void bodyIsAnswered(RawRow row) throws Exception {
        assertThat(site.statuses(row.bytes())).isEqualTo(row.statuses());
    }
}
