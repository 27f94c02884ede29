package dev.aio.netty.http1;

import static dev.aio.netty.http1.Rule.accepted;
import static dev.aio.netty.http1.Rule.chunked;
import static dev.aio.netty.http1.Rule.get;
import static dev.aio.netty.http1.Rule.post;
import static dev.aio.netty.http1.Rule.refused;

import java.util.stream.Stream;

/** Forms of request smuggling that public corpora know, named as there so that they can be looked up. */
public final class SmugglingCorpus {

    static final String POST = "POST / HTTP/1.1\r\nHost: a\r\n";
    static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

    /** What an attacker hides in a body. */
    static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

    private SmugglingCorpus() {}

    public static Stream<Rule> forms() {
        return Stream.of(
                        GardenForms.heads(),
                        GardenForms.chunks(),
                        SmugglerForms.permutations(),
                        SmugglerForms.lengths(),
                        SmugglerForms.bytes(),
                        ScannerForms.chunks(),
                        ScannerForms.hidden(),
                        ScannerForms.lengths(),
                        LlhttpForms.heads(),
                        LlhttpForms.chunks())
                .flatMap(rules -> rules);
    }

    static Rule bad(String section, String name, String bytes) {
        return refused(section, name, 400, bytes);
    }

    /** Bytes behind a request that is right: it is answered, they are refused. */
    static Stream<Rule> behindARequest() {
        String first = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        return Stream.of(
                bad("9112 9.3.2", "Garden 45: an invalid request behind another", first + "Invalid\r\n\r\n"),
                bad("9112 9.3.2", "Garden, crashes 3: a byte behind a chunked body", chunked("0\r\n\r\n\0")),
                bad("9112 9.3.2", "llhttp: body without a length", first + "Hot diggity dogg\r\n"),
                bad("9112 2.2", "two empty lines behind a body", post("Content-Length: 2", "ab\r\n\r\n") + first),
                refused("9112 2.3", "an HTTP/2 preface behind a request", 505, first + "PRI * HTTP/2.0\r\n\r\n"));
    }

    /** Rare, but right, and of one meaning: it would be wrong to refuse them. */
    static Stream<Rule> oddButRight() {
        return Stream.of(
                accepted("9112 2.2", "llhttp: prefix newline", "\r\n" + get("A: b")),
                accepted(
                        "9112 2.2",
                        "llhttp: CRLF between requests",
                        post("Content-Length: 4", "q=42\r\n") + get("A: b")),
                accepted("9112 5", "llhttp: DUMBPACK", get("aaaaaaaaaaaaa:++++++++++")),
                accepted("9110 5.5", "llhttp: extended characters", get("Test: D\u00c3\u00bcsseldorf")),
                accepted("9110 5.5", "llhttp: byte 255 in a value", get("Header2: \u00ffValue2")),
                accepted("9112 5", "llhttp: tab before a value", get("Header2:\t Value2")),
                accepted(
                        "9112 3.2.1",
                        "llhttp: quotes in URI",
                        "GET /with_\"lovely\"_quotes?foo=\\\"bar\\\" HTTP/1.1\r\nHost: a\r\n\r\n"),
                accepted(
                        "9112 3.2.1",
                        "llhttp: question mark in a query",
                        "GET /test.cgi?foo=bar?baz HTTP/1.1\r\nHost: a\r\n\r\n"),
                accepted(
                        "9112 3.2.1",
                        "llhttp: vertical bar in a query",
                        "GET /test.cgi?query=| HTTP/1.1\r\nHost: a\r\n\r\n"),
                accepted(
                        "9112 3.2.1",
                        "llhttp: UTF-8 in a path",
                        "GET /\u00ce\u00b4\u00c2\u00b6/x HTTP/1.1\r\nHost: a\r\n\r\n"),
                accepted(
                        "9112 3.2.2",
                        "llhttp: host terminated by a query",
                        "GET http://hypnotoad.org?hail=all HTTP/1.1\r\nHost: hypnotoad.org\r\n\r\n"),
                accepted(
                        "9112 3.2.2",
                        "llhttp: host and port terminated by a space",
                        "GET http://hypnotoad.org:1234 HTTP/1.1\r\nHost: hypnotoad.org:1234\r\n\r\n"),
                accepted(
                        "9112 3.2.3",
                        "llhttp: underscore in a host name",
                        "CONNECT home_0.netscape.com:443 HTTP/1.0\r\n\r\n"),
                accepted(
                        "9110 9.1",
                        "llhttp: M-SEARCH",
                        "M-SEARCH /x HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\n\r\n"),
                accepted(
                        "9110 8.6",
                        "llhttp: conTENT-Length in HTTP/1.0",
                        "GET /x HTTP/1.0\r\nconTENT-Length: 5\r\n\r\nHELLO"),
                accepted("9110 8.6", "llhttp: blanks around Content-Length", post("Content-Length:\t2\t  ", "ab")),
                accepted("9112 3.2", "llhttp: equals sign in Host", "GET / HTTP/1.1\r\nHost: 0.0.0.0=5000\r\n\r\n"),
                accepted(
                        "9112 7.1",
                        "llhttp: triple zero as last chunk",
                        chunked("5\r\nhello\r\n6\r\n world\r\n000\r\n\r\n")),
                accepted(
                        "9112 7.1.1",
                        "llhttp: chunk extensions",
                        chunked("5;ilovew3;somuchlove=aretheseparametersfor;another=withvalue\r\nhello\r\n0\r\n\r\n")),
                accepted(
                        "9112 7.1.1",
                        "llhttp: chunk extensions quoting",
                        chunked("5;ilovew3=\"I \\\"love\\\"; \\\\extensions\\\\\";blah;foo=bar\r\nhello\r\n0\r\n\r\n")),
                accepted(
                        "9112 7.1.2",
                        "llhttp: trailing headers",
                        chunked("5\r\nhello\r\n0\r\nVary: *\r\nContent-Type: text/plain\r\n\r\n")),
                accepted("9112 6.3", "Garden T21: GET with a length", get("Content-Length: 10") + "1234567890"),
                accepted(
                        "9112 9.3",
                        "Garden 48: a length of 0 and pipelined requests",
                        post("Content-Length: 0", "") + SMUGGLED),
                accepted("9112 5", "Smuggler nospace1", post("Transfer-Encoding:chunked", "0\r\n\r\n")),
                accepted("9110 5.1", "Smuggler UPPERCASE", post("TRANSFER-ENCODING: chunked", "0\r\n\r\n")),
                accepted("9110 5.1", "Smuggler multiCase", post("tRANSFER-ENCODING: chunked", "0\r\n\r\n")),
                accepted("9110 8.4", "Smuggler contentEnc, which frames nothing", get("Content-Encoding: chunked")),
                accepted("9110 5.1", "Smuggler encode, a name of its own", get("Transfer-%45ncoding: chunked")),
                accepted(
                        "9110 10.1.1",
                        "Smuggler CL-expect",
                        post("Content-Length: 5\r\nExpect: 100-continue", "hello")),
                accepted(
                        "9112 7.1.2", "Garden 39: a trailer like a request", chunked("0\r\nX:POST / HTTP/1.1\r\n\r\n")),
                accepted("9110 5.5", "Garden 41: 85 and a0 are no blanks", get("User: \u0085admin\u00a0")),
                accepted(
                        "9110 10.1.1",
                        "Smuggler CL-expect-obfs",
                        post("Content-Length: 5\r\nExpect: x 100-continue", "hello")),
                accepted("9110 5.1", "Smuggler h1case", post("TRANSFER-ENCODING: chunked", "0\r\n\r\n")),
                accepted("9110 9.1", "llhttp: REPORT", "REPORT /test HTTP/1.1\r\nHost: a\r\n\r\n"),
                accepted(
                        "9110 9.1",
                        "llhttp: ANNOUNCE with HTTP, which it knows of RTSP alone",
                        "ANNOUNCE /music/sweet/music HTTP/1.0\r\nHost: example.com\r\n\r\n"),
                accepted("9110 9.1", "llhttp: QUERY", "QUERY /contacts HTTP/1.1\r\nHost: a\r\n\r\n"),
                accepted("9112 9.6", "llhttp: close followed by a tab", get("Connection: close\t")),
                accepted(
                        "9110 5.6.1",
                        "llhttp: several options",
                        get("Connection: close, token, upgrade, token, keep-alive")),
                accepted("9110 7.8", "llhttp: Upgrade with GET", get("Connection: Upgrade\r\nUpgrade: WebSocket")),
                accepted("9112 2.3", "llhttp: no headers", "GET / HTTP/1.0\r\n\r\n"),
                accepted("9112 7.1", "llhttp: chunk size in lower case", chunked("a\r\n0123456789\r\n0\r\n\r\n")),
                accepted("9112 7.1", "llhttp: chunk size in upper case", chunked("A\r\n0123456789\r\n0\r\n\r\n")),
                accepted(
                        "9112 3.2.2",
                        "llhttp: host and port terminated by a query",
                        "GET http://hypnotoad.org:1234?hail=all HTTP/1.1\r\nHost: hypnotoad.org:1234\r\n\r\n"),
                accepted("9110 14.2", "Smuggler range", get("Range: bytes=0-0")),
                accepted(
                        "9110 7.6.1",
                        "options that only contain such names",
                        get("Connection: hosts, x-content-length, TE")));
    }
}
