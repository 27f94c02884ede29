package dev.aio.netty.http1;

import static dev.aio.netty.http1.Rule.chunked;
import static dev.aio.netty.http1.Rule.get;
import static dev.aio.netty.http1.Rule.post;
import static dev.aio.netty.http1.Rule.refused;
import static dev.aio.netty.http1.SmugglingCorpus.SMUGGLED;
import static dev.aio.netty.http1.SmugglingCorpus.bad;

import java.util.stream.Stream;

/**
 * Bugs that the HTTP Garden has found, by the numbers of its list; T for those of proxies. Not here: what is refused
 * behind a request that is right (45, and 3 of its crashes, see {@link SmugglingCorpus#behindARequest}), crashes that
 * need no form of their own, and translations from HTTP/2.
 */
final class GardenForms {

    private GardenForms() {}

    static Stream<Rule> heads() {
        return Stream.of(
                bad("9110 5.5", "Garden 2: NUL and CR in a value", get("Header: v\0\ralue")),
                bad("9112 5.1", "Garden 3: blank behind Content-Length", get("Content-Length : 34") + SMUGGLED),
                bad(
                        "9112 2.2",
                        "Garden 4: tab before the first name",
                        "GET / HTTP/1.1\r\n\tContent-Length: 1\r\n\r\nX"),
                refused(
                        "9112 2.3",
                        "Garden 5: version as its longest prefix",
                        505,
                        "GET /test HTTP/1.32\r\nHost: a\r\n\r\n"),
                bad(
                        "9110 9.1",
                        "Garden 6: method as its longest prefix",
                        "G=\":<>(e),[T];?\" /get HTTP/1.1\r\nHost: a\r\n\r\n"),
                bad("9112 3.2", "Garden 7: URI not validated", "GET ! HTTP/1.1\r\nHost: a\r\n\r\n"),
                bad("9110 5.1", "Garden 8: byte above ASCII in a name", get("\u00efoo: bar")),
                bad("9112 3", "Garden 9: LF as separator in the request line", "GET /\nHTTP/1.1\r\nHost: a\r\n\r\n"),
                bad("9110 8.6", "Garden 10: Content-Length of +1_0", get("Content-Length: +1_0") + "0123456789"),
                bad(
                        "9112 6.1",
                        "Garden 11: chunked twice",
                        post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "1\r\nZ\r\n0\r\n\r\n")),
                bad(
                        "9112 6.1",
                        "Garden 12: a0 around chunked",
                        post("Transfer-Encoding: \u00a0chunked\u00a0", "0\r\n\r\n")),
                bad("9112 2.2", "Garden 13: CR as line end", get("Visible: :/\rSmuggled: :)")),
                bad("9110 5.1", "Garden 14: controls in a name", get("\0\1\2 \"(),/;<=>?@[/]{}: whatever")),
                bad("9112 2.3", "Garden 15: CR in the version", "GET / HTTP/\r\r1.1\r\nHost: a\r\n\r\n"),
                bad("9110 8.6", "Garden 16: empty Content-Length", get("Content-Length: ")),
                bad("9112 7.1", "Garden 17: empty chunk size", chunked("\r\n\r\n")),
                bad("9110 5.1", "Garden 18: empty name", "GET / HTTP/1.1\r\n: ignored\r\nHost: a\r\n\r\n"),
                bad("9112 2.2", "Garden 19: LF stripped before a value", get("Useless:\n\nGET / HTTP/1.1")),
                bad("9110 5.1", "Garden 20: 85 behind a name", get("Content-Length\u0085: 10") + "0123456789"),
                bad(
                        "9112 6.1",
                        "Garden 21: ,chunked",
                        post("Transfer-Encoding: ,chunked\r\nContent-Length: 5", "0\r\n\r\n")),
                bad("9112 6.3", "Garden 23: first of two lengths", get("Content-Length: 1\r\nContent-Length: 0") + "Z"),
                refused(
                        "9112 2.3",
                        "Garden 24: overflowing version",
                        505,
                        "GET / HTTP/4294967295.255\r\nHost: a\r\n\r\n"),
                bad("9110 8.6", "Garden 26: negative length", get("Content-Length: -48")),
                bad(
                        "9110 5.1",
                        "Garden 27: neither name nor value",
                        "GET / HTTP/1.1\r\n:\r\nI: am chopped off\r\n\r\n"),
                bad("9112 5", "Garden 28: no colon", get("Content-Length 10") + "0123456789"),
                bad("9110 8.6", "Garden 29: length as its longest prefix", get("Content-Length: 1Z") + "Z"),
                bad(
                        "9112 2.2",
                        "Garden 30: head ended by CR and any byte",
                        "GET / HTTP/1.1\r\nHost: a\r\n\rZGET /evil: HTTP/1.1\r\nHost: a\r\n\r\n"),
                bad("9110 8.6", "Garden 32: octal length", get("Content-Length: 010") + "01234567"),
                bad("9112 6.3", "Garden 33: last of two lengths", get("Content-Length: 0\r\nContent-Length: 1") + "Z"),
                bad("9110 5.5", "Garden 34: CR in a value", get("Header: va\rlue")),
                bad("9110 5.5", "Garden 35: value cut at NUL", get("Test: test\0THESE BYTES GET DROPPED")),
                bad(
                        "9112 5",
                        "Garden 37: name over two lines",
                        post("Transfer-\r\nEncoding: chunked\r\nContent-Length: 5", "0\r\n\r\n")),
                bad("9110 8.6", "Garden 38: empty length, read until timeout", get("Content-Length: ") + SMUGGLED),
                bad("9112 3", "Garden 40: NUL as method", "\0 / HTTP/............0596.7407.\r\n\r\n"),
                bad(
                        "9112 6.3",
                        "Garden 42: empty length before another",
                        get("Content-Length: \r\nContent-Length: 43") + SMUGGLED),
                bad("9110 5.5", "Garden 43: NUL behind a value", get("Evil: evil\0")),
                refused(
                        "9112 6.1",
                        "Garden 44: unknown coding taken for chunked",
                        501,
                        post("Transfer-Encoding: blegh", "1\r\nZ\r\n0\r\n\r\n")),
                bad(
                        "9112 6.1",
                        "Garden 46: ff around chunked",
                        post("Transfer-Encoding: \u00ffchunked\u00ff", "1\r\nZ\r\n0\r\n\r\n")),
                bad("9112 3.2", "Garden 46: ff around Host", "GET / HTTP/1.1\r\nHost: \u00ffa\u00ff\r\n\r\n"),
                bad("9110 8.6", "Garden T1: hexadecimal length", post("Content-Length: 0x10", "Z")),
                bad(
                        "9112 3",
                        "Garden T4: two blanks in the request line",
                        "POST /  HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r0\n"),
                bad("9110 8.6", "Garden T5: empty length in lower case", get("content-length: ")),
                bad("9110 5.1", "Garden T6: 85 behind a name", get("Header\u0085: value")),
                bad("9112 6.1", "Garden T9: ,chunked alone", post("Transfer-Encoding: ,chunked", "0\r\n\r\n")),
                bad("9110 5.5", "Garden T10: CRs in a value", get("Invalid-Header: this\rvalue\ris\rinvalid")),
                bad(
                        "9112 6.3",
                        "Garden T11: empty length before another, in lower case",
                        get("content-length: \r\ncontent-length: 59") + SMUGGLED),
                bad("9110 5.5", "Garden T12: NUL in Host", "GET / HTTP/1.1\r\nHost: google.com\0.kallus.org\r\n\r\n"),
                bad("9112 5", "Garden T14: line without colon", get("Te\nst: test")),
                bad(
                        "9112 6.1",
                        "Garden T15, T18: ,chunked and a length",
                        get("Transfer-Encoding: ,chunked\r\nContent-Length: 5\r\nConnection: close") + "0\r\n\r\n"),
                bad("9112 2.2", "Garden T16: LF everywhere", "GET / HTTP/1.1\nHost: whatever\nConnection: close\n\n"),
                bad("9110 5.5", "Garden T20: NUL behind a name without colon", get("a:b\r\nc\0")),
                bad(
                        "9112 6.3",
                        "Garden T22: two lengths, a request within",
                        post("Content-Length: 0\r\nContent-Length: 31", SMUGGLED)),
                bad(
                        "9112 6.3",
                        "Garden T23: length and chunked",
                        post("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n")),
                bad(
                        "9112 6.1",
                        "Garden T25: chunked twice, last chunk alone",
                        post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n")),
                bad("9110 5.1", "Garden 14: BEL in a name", get("A\7b: whatever")),
                bad("9110 8.6", "Garden 32: octal length with a plus", get("Content-Length: +010") + "01234567"));
    }

    static Stream<Rule> chunks() {
        return Stream.of(
                bad("9112 7.1", "Garden 1, 22: chunk size of 0_2e", chunked("0_2e\r\n\r\n" + SMUGGLED)),
                bad("9112 7.1", "Garden 25: chunk size of 0x", chunked("0x5\r\nhello\r\n0\r\n\r\n")),
                bad(
                        "9112 7.1",
                        "Garden 31: chunk line ended by CR and any byte",
                        chunked("5\r\r;ABCD\r\n34\r\nE\r\n0\r\n\r\n" + SMUGGLED)),
                bad("9112 7.1", "Garden 36: CR in the blanks of an extension", chunked("41;a=b\r\rXXX\r\n0\r\n\r\n")),
                bad(
                        "9112 7.1",
                        "Garden 47: search for the next request behind a bad chunk",
                        chunked("INVALID!!!\r\n" + SMUGGLED)),
                bad("9112 7.1", "Garden T2: chunk sizes of Z", chunked("Z\r\nZZ\r\nZZZ\r\n\r\n")),
                bad(
                        "9112 7.1",
                        "Garden T3: CR before the semicolon",
                        chunked("2\r\r;a\r\n02\r\n41\r\n0\r\n\r\n" + SMUGGLED)),
                bad(
                        "9112 7.1",
                        "Garden T7: bytes behind a chunk size",
                        chunked("1these-bytes-never-get-validated\r\nZ\r\n0\r\n\r\n")),
                bad("9112 7.1", "Garden T13: LF as end of a chunk", chunked("a\r\n0123456789\n0\r\n\r\n")),
                bad(
                        "9112 7.1",
                        "Garden T17: CRLF before the last chunk",
                        chunked("17\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n\r\n\r\n0\r\n\r\n")),
                bad("9112 7.1", "Garden T19: chunk size of -0x0", chunked("-0x0\r\n\r\n")),
                bad("9112 7.1", "Garden T24: blanks before a chunk size", chunked("           0\r\n\r\n")),
                bad("9112 7.1", "Garden README: last chunk ended by LF", chunked("0\n\r\n")));
    }
}
