package dev.aio.netty.http1;

import static dev.aio.netty.http1.Rule.accepted;
import static dev.aio.netty.http1.Rule.get;
import static dev.aio.netty.http1.Rule.refused;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule for request lines and field lines, however the bytes come in. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HeadGrammarTest {

    private static final String TARGETS = " HTTP/1.1\r\nHost: a\r\n\r\n";

    static Stream<Rule> requestLines() {
        return Stream.of(
                accepted("9112 3", "the simplest request line", get("A: b")),
                accepted("9110 9.1", "an unknown method of token characters", "!#$%&'*+-.^_`|~0aZ /" + TARGETS),
                accepted("9110 9.1", "a method in lower case, which is another", "get /" + TARGETS),
                refused("9110 9.1", "an empty method", 400, " / HTTP/1.1\r\nHost: a\r\n\r\n"),
                refused("9110 5.6.2", "a method with a delimiter", 400, "GET{} /" + TARGETS),
                refused("9110 5.6.2", "a method with a byte above ASCII", 400, "GE\u00ca /" + TARGETS),
                refused("9112 3", "two blanks behind the method", 400, "GET  /" + TARGETS),
                refused("9112 3", "a tab behind the method", 400, "GET\t/" + TARGETS),
                refused("9112 3", "two blanks before the version", 400, "GET /  HTTP/1.1\r\nHost: a\r\n\r\n"),
                refused("9112 3", "a tab before the version", 400, "GET /\tHTTP/1.1\r\nHost: a\r\n\r\n"),
                refused("9112 3", "a blank behind the version", 400, "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"),
                refused("9112 3", "a vertical tab between the parts", 400, "GET\u000b/" + TARGETS),
                refused("9112 2.2", "a request line ended by LF", 400, "GET / HTTP/1.1\nHost: a\r\n\r\n"),
                refused("9112 2.2", "a request line ended by CR", 400, "GET / HTTP/1.1\rHost: a\r\n\r\n"),
                refused("9112 2.2", "CR CR LF behind the request line", 400, "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n"),
                accepted("9112 2.2", "one empty line before the request line", "\r\n" + get("A: b")),
                accepted("9112 2.2", "one empty line before each", ("\r\n" + get("A: b")).repeat(3)),
                refused("9112 2.2", "two empty lines before the request line", 400, "\r\n\r\n" + get("A: b")),
                refused("9112 2.2", "LF before the request line", 400, "\n" + get("A: b")),
                refused("9112 2.2", "CR before the request line", 400, "\r" + get("A: b")),
                refused("9112 2.2", "a blank before the request line", 400, " " + get("A: b")),
                refused("9112 2.2", "an empty line and a blank before", 400, "\r\n " + get("A: b")),
                refused("9112 2.2", "NUL before the request line", 400, "\0" + get("A: b")),
                refused("9112 2.2", "a TLS record", 400, "\u0016\u0003\u0001\u0002\0\u0001\0"));
    }

    static Stream<Rule> versions() {
        return Stream.of(
                accepted("9112 2.3", "HTTP/1.0", "GET / HTTP/1.0\r\n\r\n"),
                accepted("9110 6.2", "HTTP/1.2, to be taken as 1.1", "GET / HTTP/1.2\r\nHost: a\r\n\r\n"),
                accepted("9110 6.2", "HTTP/1.9, to be taken as 1.1", "GET / HTTP/1.9\r\nHost: a\r\n\r\n"),
                refused("9110 6.2", "HTTP/1.2 without Host", 400, "GET / HTTP/1.2\r\n\r\n"),
                refused("9112 2.3", "HTTP/1.11", 505, "GET / HTTP/1.11\r\nHost: a\r\n\r\n"),
                refused("9112 2.3", "HTTP/1.01", 505, "GET / HTTP/1.01\r\nHost: a\r\n\r\n"),
                refused("9112 2.3", "HTTP/11.1", 505, "GET / HTTP/11.1\r\nHost: a\r\n\r\n"),
                refused("9112 2.3", "HTTP/01.1", 505, "GET / HTTP/01.1\r\nHost: a\r\n\r\n"),
                refused("9112 2.3", "HTTP/0.9", 505, "GET / HTTP/0.9\r\n\r\n"),
                refused("9112 2.3", "HTTP/2.0", 505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
                refused("9112 2.3", "HTTP/2", 505, "GET / HTTP/2\r\nHost: a\r\n\r\n"),
                refused("9112 2.3", "HTTP/4294967297.1", 505, "GET / HTTP/4294967297.1\r\nHost: a\r\n\r\n"),
                refused("9113 3.4", "the preface of HTTP/2", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
                refused("9112 2.3", "http/1.1", 400, "GET / http/1.1\r\nHost: a\r\n\r\n"),
                refused("9112 2.3", "HTTP/1.", 400, "GET / HTTP/1.\r\nHost: a\r\n\r\n"),
                refused("9112 2.3", "HTTP/.1", 400, "GET / HTTP/.1\r\nHost: a\r\n\r\n"),
                refused("9112 2.3", "HTTP/", 400, "GET / HTTP/\r\nHost: a\r\n\r\n"),
                refused("9112 2.3", "HTTP/1.1.1", 400, "GET / HTTP/1.1.1\r\nHost: a\r\n\r\n"),
                refused("9112 2.3", "HTTPS/1.1", 400, "GET / HTTPS/1.1\r\nHost: a\r\n\r\n"),
                refused("9112 2.3", "HTTP 1.1", 400, "GET / HTTP 1.1\r\nHost: a\r\n\r\n"),
                refused("9112 2.3", "RTSP/1.0", 400, "GET / RTSP/1.0\r\nHost: a\r\n\r\n"),
                refused("9112 2.3", "no version, as in HTTP/0.9", 400, "GET /\r\n\r\n"),
                refused("9112 2.3", "a blank and no version", 400, "GET / \r\n\r\n"),
                refused("9112 3", "no target", 400, "GET HTTP/1.1\r\nHost: a\r\n\r\n"),
                refused("9112 3", "a method alone", 400, "GET\r\n\r\n"));
    }

    static Stream<Rule> targets() {
        return Stream.of(
                accepted("9112 3.2.1", "a path with query", "GET /a/b?c=d&e=%20" + TARGETS),
                accepted("9112 3.2.1", "what browsers do not encode", "GET /a|b?c=\"{}\\^`<>|'[]" + TARGETS),
                accepted("9112 3.2.1", "a path with bytes above ASCII", "GET /\u00c3\u00a4" + TARGETS),
                refused("9112 3.2.1", "a relative path", 400, "GET a" + TARGETS),
                refused("9112 3.2.1", "a query alone", 400, "GET ?a" + TARGETS),
                refused("9112 3.2.1", "a fragment", 400, "GET /a#b" + TARGETS),
                refused("9112 3.2", "a blank in the target", 400, "GET /a b" + TARGETS),
                refused("9112 3.2", "NUL in the target", 400, "GET /a\0" + TARGETS),
                refused("9112 3.2", "a control in the target", 400, "GET /a\u0001" + TARGETS),
                refused("9112 3.2", "DEL in the target", 400, "GET /a\u007f" + TARGETS),
                refused("9112 3.2", "CR in the target", 400, "GET /a\rb" + TARGETS),
                refused("9112 3.2", "LF in the target", 400, "GET /a\nb" + TARGETS),
                accepted("9112 3.2.2", "absolute-form", "GET http://a/b" + TARGETS),
                accepted("9112 3.2.2", "absolute-form of https", "GET https://a:443/b" + TARGETS),
                accepted("9110 4.2.3", "a scheme in another case", "GET HTTP://a/" + TARGETS),
                accepted("9112 3.2.2", "absolute-form without path", "GET http://a" + TARGETS),
                accepted("9112 3.2.2", "absolute-form with query and no path", "GET http://a?b" + TARGETS),
                accepted("9112 3.2.2", "absolute-form in HTTP/1.0 without Host", "GET http://a/ HTTP/1.0\r\n\r\n"),
                refused("9112 3.2.2", "absolute-form without Host", 400, "GET http://a/ HTTP/1.1\r\n\r\n"),
                refused("9110 4.2.1", "an empty authority", 400, "GET http:///b" + TARGETS),
                refused("9110 4.2.1", "a port without host", 400, "GET http://:80/b" + TARGETS),
                refused("9110 4.2.4", "user information", 400, "GET http://u:p@a/b" + TARGETS),
                refused("9112 3.2.2", "a backslash in the authority", 400, "GET http://a\\b/" + TARGETS),
                refused("9112 3.2.2", "a byte above ASCII in the authority", 400, "GET http://\u00e4/" + TARGETS),
                refused("9112 3.2.2", "another scheme", 400, "GET ftp://a/b" + TARGETS),
                refused("9112 3.2.2", "one slash", 400, "GET http:/a/b" + TARGETS),
                accepted("9112 3.2.3", "authority-form of CONNECT", "CONNECT a:443" + TARGETS),
                accepted("9112 3.2.3", "an IPv6 address of CONNECT", "CONNECT [::1]:443" + TARGETS),
                refused("9110 9.3.6", "CONNECT without port", 400, "CONNECT a" + TARGETS),
                refused("9110 9.3.6", "CONNECT with an empty port", 400, "CONNECT a:" + TARGETS),
                refused("9110 9.3.6", "CONNECT with a port too large", 400, "CONNECT a:65536" + TARGETS),
                refused("9112 3.2.3", "CONNECT with a path", 400, "CONNECT /a" + TARGETS),
                refused("9112 3.2.3", "CONNECT with absolute-form", 400, "CONNECT http://a:80/" + TARGETS),
                refused("9112 3.2.3", "authority-form of another method", 400, "GET a:443" + TARGETS),
                accepted("9112 3.2.4", "asterisk-form of OPTIONS", "OPTIONS *" + TARGETS),
                refused("9112 3.2.4", "asterisk-form of GET", 400, "GET *" + TARGETS),
                refused("9112 3.2.4", "an asterisk and more", 400, "OPTIONS *a" + TARGETS));
    }

    static Stream<Rule> fieldLines() {
        return Stream.of(
                accepted("9112 5", "no blank behind the colon", get("A:b")),
                accepted("9112 5.1", "blanks and tabs around a value", get("A: \t b\t ")),
                accepted("9110 5.5", "an empty value", get("A:")),
                accepted("9110 5.5", "a value of blanks", get("A: \t ")),
                accepted("9110 5.5", "a tab within a value", get("A: b\tc")),
                accepted("9110 5.5", "bytes above ASCII in a value", get("A: \u0080\u00ff")),
                accepted("9110 5.6.2", "all characters of a token", get("!#$%&'*+-.^_`|~09azAZ: b")),
                refused("9112 5.1", "a blank before the colon", 400, get("A : b")),
                refused("9112 5.1", "a tab before the colon", 400, get("A\t: b")),
                refused("9112 5.1", "a blank in a name", 400, get("A b: c")),
                refused("9112 5", "a line without colon", 400, get("A")),
                refused("9112 5", "a line without colon, with a blank", 400, get("A b")),
                refused("9112 5", "an empty name", 400, get(": b")),
                refused("9112 5.2", "a folded line", 400, get("A: b\r\n c")),
                refused("9112 5.2", "a line folded by a tab", 400, get("A: b\r\n\tc")),
                refused("9112 5.2", "a fold without content", 400, get("A: b\r\n ")),
                refused("9112 2.2", "a blank before the first field", 400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
                refused("9112 2.2", "a tab before the first field", 400, "GET / HTTP/1.1\r\n\tHost: a\r\n\r\n"),
                refused("9112 2.2", "a field line ended by LF", 400, get("A: b\nC: d")),
                refused("9112 2.2", "a field line ended by CR", 400, get("A: b\rC: d")),
                refused("9112 2.2", "CR in a name", 400, get("A\rB: c")),
                refused("9112 2.2", "CR CR LF behind a field line", 400, get("A: b\r")),
                refused("9112 2.2", "a head ended by LF", 400, "GET / HTTP/1.1\r\nHost: a\r\n\n"),
                refused("9112 2.2", "a head ended by CR and another byte", 400, "GET / HTTP/1.1\r\nHost: a\r\n\rX"),
                refused("9112 2.2", "LF alone everywhere", 400, "GET / HTTP/1.1\nHost: a\n\n"),
                refused("9110 5.5", "NUL in a value", 400, get("A: b\0c")),
                refused("9110 5.5", "NUL behind a value", 400, get("A: b\0")),
                refused("9110 5.5", "a control in a value", 400, get("A: b\u001fc")),
                refused("9110 5.5", "a vertical tab in a value", 400, get("A: \u000bb")),
                refused("9110 5.5", "a form feed in a value", 400, get("A: b\u000c")),
                refused("9110 5.5", "DEL in a value", 400, get("A: b\u007f")),
                refused("9110 5.1", "NUL in a name", 400, get("A\0: b")),
                refused("9110 5.1", "a delimiter in a name", 400, get("A(: b")),
                refused("9110 5.1", "an at sign in a name", 400, get("A@: b")),
                refused("9110 5.1", "a byte above ASCII in a name", 400, get("A\u0085: b")));
    }

    @ParameterizedTest
    @MethodSource({"requestLines", "versions", "targets", "fieldLines"})
    void theRuleHolds(Rule rule) {
        Decoding decoding = Decoding.inEveryWay(rule.bytes());
        assertThat(decoding.status()).as("%s", decoding).isEqualTo(rule.status());
        assertThat(decoding.requests().isEmpty()).as("%s", decoding).isEqualTo(rule.status() != 0);
        assertThat(decoding.unfinished()).isNull();
    }
}
