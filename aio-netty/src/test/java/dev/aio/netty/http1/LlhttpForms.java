package dev.aio.netty.http1;

import static dev.aio.netty.http1.Rule.HOST;
import static dev.aio.netty.http1.Rule.chunked;
import static dev.aio.netty.http1.Rule.get;
import static dev.aio.netty.http1.Rule.post;
import static dev.aio.netty.http1.Rule.refused;
import static dev.aio.netty.http1.SmugglingCorpus.POST;
import static dev.aio.netty.http1.SmugglingCorpus.SMUGGLED;
import static dev.aio.netty.http1.SmugglingCorpus.bad;

import java.util.stream.Stream;

/**
 * What llhttp's tests refuse, by their titles, and what they take leniently. {@code Connection: close} ends nothing for a
 * decoder: what stands behind it is the handler's affair.
 */
final class LlhttpForms {

    private LlhttpForms() {}

    static Stream<Rule> heads() {
        return Stream.of(
                bad("9112 2.3", "llhttp: ICE protocol", "GET /music/sweet/music ICE/1.0\r\nHost: a\r\n\r\n"),
                bad(
                        "9112 2.3",
                        "llhttp: ICE protocol, but not really",
                        "GET /music/sweet/music IHTTP/1.0\r\nHost: a\r\n\r\n"),
                bad("9112 2.3", "llhttp: RTSP protocol", "PUT /music/sweet/music RTSP/1.0\r\nHost: a\r\n\r\n"),
                bad("9112 2.2", "llhttp: headers separated by CR", get("Foo: 1\rBar: 2")),
                bad(
                        "9112 2.2",
                        "llhttp: headers separated by LF",
                        post("x:x\nTransfer-Encoding: chunked", "1\r\nA\r\n0\r\n\r\n")),
                bad(
                        "9112 2.2",
                        "llhttp: headers separated by dummy characters",
                        "GET / HTTP/1.1\r\n" + HOST + "\rZGET /evil: HTTP/1.1\r\n" + HOST + "\r\n"),
                bad(
                        "9112 2.2",
                        "llhttp: empty headers separated by CR",
                        post("x:\rTransfer-Encoding: chunked", "1\r\nA\r\n0\r\n\r\n")),
                bad(
                        "9112 2.2",
                        "llhttp: empty headers separated by LF",
                        post("x:\nTransfer-Encoding: chunked", "1\r\nA\r\n0\r\n\r\n")),
                bad("9110 5.1", "llhttp: invalid header token 1", get("Fo@: Failure")),
                bad("9110 5.1", "llhttp: invalid header token 2", get("Foo\1test: Bar")),
                bad("9110 5.1", "llhttp: invalid header token 3", get(": Bar")),
                bad("9112 5.2", "llhttp: illegal folding of a name", get("name\r\n : value")),
                bad("9112 2.2", "llhttp: corrupted Connection header", get("Connection\r\u001b5\u00d5eep-Alive")),
                bad("9112 2.2", "llhttp: missing CR between headers", get("Dummy: x\nContent-Length: 23") + SMUGGLED),
                refused("9112 2.3", "llhttp: invalid HTTP version", 505, "GET / HTTP/5.6\r\nHost: a\r\n\r\n"),
                bad("9112 2.2", "llhttp: space after start line", "GET / HTTP/1.1\r\n Host: foo\r\n\r\n"),
                bad(
                        "9112 5.2",
                        "llhttp: spaces before headers",
                        "POST /hello HTTP/1.1\r\nHost: a\r\nFoo: bar\r\n Content-Length: 38\r\n\r\n" + SMUGGLED),
                bad("9110 8.6", "llhttp: Content-Length overflow", post("Content-Length: 1000000000000000000000", "")),
                bad("9112 6.3", "llhttp: duplicate Content-Length", post("Content-Length: 1\r\nContent-Length: 2", "")),
                bad(
                        "9112 6.3",
                        "llhttp: Content-Length with identity",
                        post("Content-Length: 1\r\nTransfer-Encoding: identity", "")),
                bad("9112 5.1", "llhttp: whitespace behind Content-Length", post("Content-Length : 4", "abcdefgh")),
                bad("9110 8.6", "llhttp: spaces in Content-Length 2", post("Content-Length: 4 2", "")),
                bad("9110 8.6", "llhttp: spaces in Content-Length 3", post("Content-Length: 13 37", "")),
                bad("9110 8.6", "llhttp: empty Content-Length", post("Content-Length:", "")),
                bad("9112 2.2", "llhttp: Content-Length with CR instead of dash", post("Content\rLength: 003", "abc")),
                bad("9112 2.2", "llhttp: missing CRLF before body", POST + "Content-Length: 3\r\n\rabc"),
                refused("9112 6.1", "llhttp: pigeons", 501, post("Transfer-Encoding: pigeons", "")),
                bad(
                        "9112 6.1",
                        "llhttp: empty Transfer-Encodings with length",
                        post("Content-Length: 10\r\nTransfer-Encoding:\r\nTransfer-Encoding:", "2\r\nAA\r\n0\r\n")),
                bad("9112 6.1", "llhttp: chunked before deflate", post("Transfer-Encoding: chunked, deflate", "World")),
                bad(
                        "9112 6.1",
                        "llhttp: chunked and a line of deflate",
                        post("Transfer-Encoding: chunked\r\nTransfer-Encoding: deflate", "World")),
                refused(
                        "9112 6.1",
                        "llhttp: chunkedchunked",
                        501,
                        post("Transfer-Encoding: chunkedchunked", "5\r\nWorld\r\n0\r\n\r\n")),
                bad(
                        "9112 5.2",
                        "llhttp: fold after chunked",
                        post("Transfer-Encoding: chunked\r\n  abc", "5\r\nWorld\r\n0\r\n\r\n")),
                bad("9112 3", "llhttp: no HTTP version", "GET /\r\n\r\n"),
                bad("9112 2.2", "llhttp: no LF after CR", "GET / HTTP/1.1\rLine: 1\r\n\r\n"),
                bad("9112 3.2", "llhttp: space in URI", "GET /foo bar/ HTTP/1.1\r\nHost: a\r\n\r\n"),
                bad(
                        "9112 3.2.1",
                        "llhttp: fragment in URI",
                        "GET /forums/1?page=1#posts-17408 HTTP/1.1\r\nHost: a\r\n\r\n"),
                bad(
                        "9110 4.2.4",
                        "llhttp: host:port and basic auth",
                        "GET http://a%12:b!&*$@hypnotoad.org:1234/toto HTTP/1.1\r\nHost: a\r\n\r\n"),
                bad("9112 2.2", "llhttp: CR in a value of Connection", get("Connection: keep\ralive")),
                bad("9112 2.2", "llhttp: corrupted header name", get("X-Some-Header\r\u001b5\u00d5eep-Alive")),
                bad(
                        "9112 2.2",
                        "llhttp: only LFs present",
                        "POST / HTTP/1.1\nTransfer-Encoding: chunked\nTrailer: Baz\n\n1\nA\n0\n\n"),
                bad("9112 2.2", "llhttp: line folding with LF", "GET / HTTP/1.1\r\nLine1:   abc\n\tdef\n ghi\n\r\n"),
                bad("9112 5.2", "llhttp: line folding with CRLF (lenient)", get("Line1:   abc\r\n\tdef\r\n ghi")),
                bad("9112 5.2", "llhttp: options with folding (lenient)", get("Connection: Upgrade,\r\n keep-alive")),
                bad("9112 5.2", "llhttp: X-SSL-Nonsense (lenient)", get("X-SSL-Nonsense:   -----BEGIN\r\n\tMIIF")),
                bad("9112 5.1", "llhttp: whitespace behind Connection", get("Connection : upgrade")),
                bad("9110 8.6", "llhttp: Content-Length with zeros", post("Content-Length: 003", "abc")),
                bad(
                        "9112 6.3",
                        "llhttp: Transfer-Encoding and Content-Length",
                        post("Content-Length: 1\r\nTransfer-Encoding: chunked", "2\r\nAA\r\n0\r\n\r\n")),
                refused(
                        "9112 6.1",
                        "llhttp: chunked as the last coding, which needs the first to be known",
                        501,
                        post("Transfer-Encoding: deflate, chunked", "5\r\nWorld\r\n0\r\n\r\n")),
                bad(
                        "9112 6.1",
                        "llhttp: chunked as the last coding in two lines",
                        post("Transfer-Encoding: deflate\r\nTransfer-Encoding: chunked", "5\r\nWorld\r\n0\r\n\r\n")),
                bad("9112 3.2.4", "llhttp: PRI with HTTP/1.1", "PRI * HTTP/1.1\r\nHost: a\r\n\r\nSM\r\n\r\n"));
    }

    static Stream<Rule> chunks() {
        return Stream.of(
                bad(
                        "9112 7.1",
                        "llhttp: no semicolon before extensions",
                        chunked("2 erfrferferf\r\naa\r\n0 rrrr\r\n\r\n")),
                bad("9112 7.1", "llhttp: no extension after semicolon", chunked("2;\r\naa\r\n0\r\n\r\n")),
                bad(
                        "9112 7.1",
                        "llhttp: unbalanced quotes in extensions",
                        chunked("5;ilovew3=\"abc\";somuchlove=\"def; ghi\r\nhello\r\n0\r\n\r\n")),
                bad("9112 7.1", "llhttp: missing last chunk", chunked("3\r\nfoo\r\n\r\n")),
                bad("9112 7.1", "llhttp: chunk parameters", chunked("3 \n  \r\nfoo\r\n")),
                bad(
                        "9112 7.1",
                        "llhttp: chunk header not terminated by CRLF",
                        chunked("5\r\r;ABCD\r\n34\r\nE\r\n0\r\n\r\n")),
                bad("9112 7.1", "llhttp: chunk data not terminated by CRLF", chunked("5\r\nABCDE0\r\n\r\n")),
                bad("9112 7.1", "llhttp: space after chunk header", chunked("a \r\n0123456789\r\n0\r\n\r\n")));
    }
}
