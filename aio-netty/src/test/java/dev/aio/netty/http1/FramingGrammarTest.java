package dev.aio.netty.http1;

import static dev.aio.netty.http1.Rule.accepted;
import static dev.aio.netty.http1.Rule.chunked;
import static dev.aio.netty.http1.Rule.get;
import static dev.aio.netty.http1.Rule.post;
import static dev.aio.netty.http1.Rule.refused;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule for what a request is for and where it ends, however the bytes come in. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FramingGrammarTest {

    static Stream<Rule> hosts() {
        Stream<Rule> good = Stream.of(
                        "a",
                        "a:80",
                        "a:",
                        "",
                        "A.example",
                        "a_b",
                        "0.0.0.0=5000",
                        "127.0.0.1:8080",
                        "[::1]",
                        "[::1]:80",
                        "[2001:db8::1:2]:",
                        "[::ffff:1.2.3.4]",
                        "[v1.a:b]",
                        "%41b",
                        "a,b",
                        "xn--bcher-kva.example.",
                        "a:65535")
                .map(host -> accepted("9112 3.2", "Host: " + host, "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n"));
        Stream<Rule> bad = Stream.of(
                        "a b",
                        "a, b",
                        "a/b",
                        "a\\b",
                        "u@a",
                        "u:p@a",
                        "a:b",
                        "a:-1",
                        "a:+80",
                        "a:80:80",
                        "a:65536",
                        "a:99999999999",
                        ":80",
                        ":",
                        "a?b",
                        "a#b",
                        "a%",
                        "a%4",
                        "a%zz",
                        "\"a\"",
                        "[::1",
                        "::1",
                        "[]",
                        "[::1]a",
                        "[::1%25eth0]",
                        "[::1/64]",
                        "[1.2.3.4]",
                        "[[::1]]",
                        "[g::1]",
                        "[:::1]",
                        "[1:2:3:4:5:6:7:8:9]",
                        "[v.a]",
                        "[v1.]",
                        "[v1.a b]",
                        "<script>",
                        "\u00e4",
                        "a\u00a0")
                .map(host -> refused("9112 3.2", "Host: " + host, 400, "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n"));
        Stream<Rule> counted = Stream.of(
                refused("9112 3.2", "no Host", 400, "GET / HTTP/1.1\r\n\r\n"),
                refused("9112 3.2", "two Hosts", 400, get("Host: b")),
                refused("9112 3.2", "the same Host twice", 400, get("host: a")),
                refused("9112 3.2", "an empty Host beside another", 400, get("Host:")),
                refused("9112 3.2", "two Hosts in HTTP/1.0", 400, "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"),
                refused("9112 3.2", "a malformed Host in HTTP/1.0", 400, "GET / HTTP/1.0\r\nHost: a b\r\n\r\n"),
                refused(
                        "9112 3.2.2",
                        "a malformed Host beside absolute-form",
                        400,
                        "GET http://a/ HTTP/1.1\r\nHost: /\r\n\r\n"));
        return Stream.of(good, bad, counted).flatMap(rules -> rules);
    }

    static Stream<Rule> lengths() {
        List<String> bad = List.of(
                "",
                " ",
                "+5",
                "-5",
                "-0",
                "5,5",
                "5, 5",
                "5 5",
                "0 5",
                "0x5",
                "5e0",
                "5.0",
                "5_0",
                "5;",
                "\"5\"",
                "five",
                "05",
                "00",
                "005",
                "9223372036854775808",
                "18446744073709551616",
                "18446744073709551621",
                "100000000000000000000",
                "5\u00a0",
                "\u0085" + "5",
                "\u00d9\u00a5",
                "5h",
                "NaN",
                ",5",
                "5,",
                "0, 5",
                "5, 0");
        Stream<Rule> refusals = bad.stream()
                .map(value -> refused(
                        "9110 8.6", "Content-Length: " + value, 400, post("Content-Length: " + value, "hello")));
        return Stream.concat(
                refusals,
                Stream.of(
                        accepted("9110 8.6", "a length", post("Content-Length: 5", "hello")),
                        accepted("9110 8.6", "a length of 0", post("Content-Length: 0", "")),
                        accepted("9110 5.5", "a length with blanks around it", post("Content-Length: \t5 \t", "hello")),
                        accepted("9112 6.3", "a length with GET", get("Content-Length: 5") + "hello"),
                        accepted(
                                "9112 6.3",
                                "a length in HTTP/1.0",
                                "POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello"),
                        refused(
                                "9112 6.3",
                                "two lengths",
                                400,
                                post("Content-Length: 5\r\nContent-Length: 6", "hello")),
                        refused(
                                "9112 6.3",
                                "the same length twice",
                                400,
                                post("Content-Length: 5\r\nContent-Length: 5", "hello")),
                        refused(
                                "9112 6.3",
                                "an empty length before another",
                                400,
                                post("Content-Length:\r\nContent-Length: 5", "hello")),
                        refused("9110 8.6", "Content_Length", 400, post("Content_Length: 5", "hello")),
                        refused(
                                "9110 7.6.1",
                                "Connection: content-length",
                                400,
                                post("Connection: a, content-length\r\nContent-Length: 5", "hello")),
                        refused("9110 7.6.1", "Connection: Host", 400, get("Connection: Host")),
                        refused(
                                "9110 7.6.1",
                                "Connection: transfer-encoding",
                                400,
                                post(
                                        "Connection: close,Transfer-Encoding\r\nTransfer-Encoding: chunked",
                                        "0\r\n\r\n"))));
    }

    static Stream<Rule> codings() {
        Stream<Rule> unknown = Stream.of(
                        "gzip",
                        "gzip, chunked",
                        "gzip,chunked",
                        "identity",
                        "identity, chunked",
                        "pigeons",
                        "chunkedchunked",
                        "xchunked",
                        "chunke",
                        "gzip, deflate",
                        "'chunked'",
                        "CHUNKEDCHUNKED")
                .map(value -> refused(
                        "9112 6.1",
                        "Transfer-Encoding: " + value,
                        501,
                        post("Transfer-Encoding: " + value, "0\r\n\r\n")));
        Stream<Rule> bad = Stream.of(
                        "",
                        "chunked, chunked",
                        "chunked,chunked",
                        "chunked, gzip",
                        "chunked, identity",
                        "gzip, chunked, chunked",
                        "identity, chunked, identity",
                        ",chunked",
                        "chunked,",
                        " chunked",
                        "\tchunked",
                        "chunked ",
                        "chunked\t",
                        "Chunked",
                        "CHUNKED",
                        "chunKed",
                        "\"chunked\"",
                        "chunked;q=1",
                        "chunked ;",
                        "chunked x",
                        "x chunked",
                        "chunked\u000b",
                        "\u000bchunked",
                        "chunked\0",
                        "chunked\u00a0",
                        "\u00a0chunked",
                        "\u0085chunked",
                        "\u00ffchunked",
                        "ch\u0096nked",
                        "gzip;q=1, chunked")
                .map(value -> refused(
                        "9112 6.1",
                        "Transfer-Encoding: " + value,
                        400,
                        post("Transfer-Encoding: " + value, "0\r\n\r\n")));
        Stream<Rule> beside = Stream.of(
                accepted("9112 6.1", "chunked", chunked("0\r\n\r\n")),
                accepted("9110 5.1", "a name in another case", post("TRANSFER-ENCODING:chunked", "0\r\n\r\n")),
                refused(
                        "9112 6.1",
                        "a length beside it",
                        400,
                        post("Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n")),
                refused(
                        "9112 6.1",
                        "a length before it",
                        400,
                        post("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n")),
                refused(
                        "9112 6.1",
                        "a length beside an unknown one",
                        400,
                        post("Transfer-Encoding: x\r\nContent-Length: 5", "hello")),
                refused("9112 6.1", "HTTP/1.0", 400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                refused(
                        "9112 6.1",
                        "two lines",
                        400,
                        post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n")),
                refused(
                        "9112 6.1",
                        "two lines, the first unknown",
                        400,
                        post("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", "0\r\n\r\n")),
                refused("9112 6.1", "Transfer_Encoding", 400, post("Transfer_Encoding: chunked", "0\r\n\r\n")));
        return Stream.of(unknown, bad, beside).flatMap(rules -> rules);
    }

    static Stream<Rule> chunks() {
        Stream<Rule> good = Stream.of(
                        "0\r\n\r\n",
                        "000\r\n\r\n",
                        "5\r\nhello\r\n0\r\n\r\n",
                        "A\r\n0123456789\r\n0\r\n\r\n",
                        "a\r\n0123456789\r\n0\r\n\r\n",
                        "00005\r\nhello\r\n0\r\n\r\n",
                        "2\r\n\r\n\r\n0\r\n\r\n",
                        "0;a\r\n\r\n",
                        "1;a=b;c=\"d e;\\\"\\\\\u00ff\t\"\r\nx\r\n0\r\n\r\n",
                        "1;a;b\r\nx\r\n0\r\n\r\n",
                        "0\r\nA: b\r\n\r\n",
                        "0\r\nA: b\r\nC:d\r\n\r\n")
                .map(body -> accepted("9112 7.1", "chunks " + body, chunked(body)));
        Stream<Rule> bad = Stream.of(
                        "\r\n",
                        "\r\n0\r\n\r\n",
                        " 0\r\n\r\n",
                        "0 \r\n\r\n",
                        "0\t\r\n\r\n",
                        "0x0\r\n\r\n",
                        "0X5\r\nhello\r\n",
                        "+5\r\nhello\r\n",
                        "-5\r\n",
                        "5_0\r\n",
                        "0_2e\r\n",
                        "5,\r\n",
                        "5.0\r\n",
                        "Z\r\n",
                        "5Z\r\nhello\r\n",
                        "\"5\"\r\n",
                        "5\nhello\r\n",
                        "5\rhello\r\n",
                        "5\r\rhello",
                        "5\r\nhello\n0\r\n\r\n",
                        "5\r\nhello\r0\r\n\r\n",
                        "5\r\nhello0\r\n\r\n",
                        "5\r\nhello!\r\n0\r\n\r\n",
                        "5\r\nhello\r\n\r\n",
                        "5\r\nhello\rX0\r\n",
                        "10000000000000000\r\n",
                        "8000000000000000\r\n",
                        "ffffffffffffffff\r\n",
                        "00000000000000005\r\nhello\r\n",
                        "5;\r\nhello\r\n",
                        "5;a=\r\nhello\r\n",
                        "5;=b\r\nhello\r\n",
                        "5 ;a\r\nhello\r\n",
                        "5; a\r\nhello\r\n",
                        "5;a =b\r\n",
                        "5;a= b\r\n",
                        "5;a b\r\n",
                        "5;a=\"b\r\nhello\r\n",
                        "5;a=\"b\"c\r\n",
                        "5;a\nhello\r\n",
                        "5;a\rhello\r\n",
                        "5;a\0\r\n",
                        "5;a=\"\n\"\r\n",
                        "5;\u0085\r\n",
                        "5 a\r\n",
                        "0\r\nX\r\n",
                        "0\r\n\rX",
                        "0\r\n\n",
                        "0\n\r\n",
                        "0\r\nA\r\n\r\n",
                        "0\r\n A: b\r\n\r\n",
                        "0\r\nA : b\r\n\r\n",
                        "0\r\nA: b\n\r\n",
                        "0\r\nA: b\r\n c\r\n\r\n",
                        "0\r\nContent-Length: 5\r\n\r\n",
                        "0\r\nTransfer-Encoding: chunked\r\n\r\n",
                        "0\r\nHost: b\r\n\r\n",
                        "0\r\nA: \0\r\n\r\n")
                .map(body -> refused("9112 7.1", "chunks " + body, 400, chunked(body)));
        return Stream.concat(good, bad);
    }

    @ParameterizedTest
    @MethodSource({"hosts", "lengths", "codings", "chunks"})
    void theRuleHolds(Rule rule) {
        Decoding decoding = Decoding.inEveryWay(rule.bytes());
        assertThat(decoding.status()).as("%s", decoding).isEqualTo(rule.status());
        assertThat(decoding.requests().isEmpty()).as("%s", decoding).isEqualTo(rule.status() != 0);
        assertThat(decoding.unfinished() != null)
                .as("begun: %s", decoding)
                .isEqualTo(rule.status() != 0 && rule.section().equals("9112 7.1"));
    }
}
