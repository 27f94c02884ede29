package dev.aio.netty.http1;

import static dev.aio.netty.http1.Rule.post;
import static dev.aio.netty.http1.Rule.refused;
import static dev.aio.netty.http1.SmugglingCorpus.CHUNKED;
import static dev.aio.netty.http1.SmugglingCorpus.POST;
import static dev.aio.netty.http1.SmugglingCorpus.SMUGGLED;
import static dev.aio.netty.http1.SmugglingCorpus.bad;

import java.util.stream.Stream;

/** Permutations that HTTP Request Smuggler tries, by its names. */
final class SmugglerForms {

    private SmugglerForms() {}

    static Stream<Rule> permutations() {
        String chunks = "0\r\n\r\n" + SMUGGLED;
        return Stream.of(
                bad("9112 6.1", "Smuggler underjoin1", post("Transfer_Encoding: chunked", chunks)),
                bad("9112 5.1", "Smuggler spacejoin1", post("Transfer Encoding: chunked", chunks)),
                bad("9112 5.1", "Smuggler space1", post("Transfer-Encoding : chunked", chunks)),
                bad("9112 5.2", "Smuggler nameprefix1", post("Foo: bar\r\n Transfer-Encoding: chunked", chunks)),
                bad("9112 5.2", "Smuggler nameprefix2", post("Foo: bar\r\n\tTransfer-Encoding: chunked", chunks)),
                bad("9112 6.1", "Smuggler valueprefix1", post("Transfer-Encoding:  chunked", chunks)),
                bad("9112 5.2", "Smuggler linewrapped1", post("Transfer-Encoding:\n chunked", chunks)),
                bad("9112 5.2", "Smuggler doublewrapped", post("Transfer-Encoding:\r\n \r\n chunked", chunks)),
                bad("9112 5", "Smuggler gareth1", post("Transfer-Encoding\n : chunked", chunks)),
                bad("9112 2.2", "Smuggler badsetupCR", post("Foo: bar\rTransfer-Encoding: chunked", chunks)),
                bad("9112 2.2", "Smuggler badsetupLF", post("Foo: bar\nTransfer-Encoding: chunked", chunks)),
                bad("9112 2.2", "Smuggler vertwrap", post("Transfer-Encoding: \n\u000bchunked", chunks)),
                bad("9112 5.2", "Smuggler tabwrap", post("Transfer-Encoding: \r\n\tchunked", chunks)),
                bad("9112 2.2", "Smuggler 0dwrap", post("Foo: bar\r\n\rTransfer-Encoding: chunked", chunks)),
                bad("9112 2.2", "Smuggler 0dspam", post("Tra\rnsfer-Encoding: chunked", chunks)),
                bad(
                        "9110 7.6.1",
                        "Smuggler connection",
                        post("Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked", chunks)),
                bad("9112 5.1", "Smuggler spjunk", post("Transfer-Encoding x: chunked", chunks)),
                bad("9110 5.1", "Smuggler backslash", post("Transfer\\Encoding: chunked", chunks)),
                bad("9110 5.1", "Smuggler nel", post("Transfer-Encoding\u0085: chunked", chunks)),
                bad("9110 5.1", "Smuggler nbsp", post("Transfer-Encoding\u00a0: chunked", chunks)),
                bad("9110 5.1", "Smuggler shy", post("Transfer\u00adEncoding: chunked", chunks)),
                bad("9110 5.1", "Smuggler shy2", post("Transfer-Encoding\u00ad: chunked", chunks)),
                bad(
                        "9112 5.2",
                        "Smuggler badwrap",
                        "POST / HTTP/1.1\r\n Transfer-Encoding: chunked\r\nHost: a\r\n\r\n" + chunks),
                bad("9112 6.1", "Smuggler spaceFF", post("Transfer-Encoding:\u00ffchunked", chunks)),
                bad("9112 6.1", "Smuggler unispace", post("Transfer-Encoding:\u00a0chunked", chunks)),
                bad("9112 6.1", "Smuggler http1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks),
                bad("9112 2.2", "Smuggler 0dsuffix", post("Transfer-Encoding: chunked\r", chunks)),
                bad("9112 6.1", "Smuggler tabsuffix", post("Transfer-Encoding: chunked\t", chunks)),
                bad("9112 6.1", "Smuggler commaCow", post("Transfer-Encoding: chunked, identity", chunks)),
                refused("9112 6.1", "Smuggler cowComma", 501, post("Transfer-Encoding: identity, chunked", chunks)),
                bad("9112 6.1", "Smuggler quoted", post("Transfer-Encoding: \"chunked\"", chunks)),
                refused("9112 6.1", "Smuggler aposed", 501, post("Transfer-Encoding: 'chunked'", chunks)),
                bad(
                        "9112 6.1",
                        "Smuggler dualchunk",
                        post("Transfer-Encoding: chunked\r\nTransfer-encoding: identity", chunks)),
                refused("9112 6.1", "Smuggler lazygrep", 501, post("Transfer-Encoding: chunk", chunks)),
                bad(
                        "9112 6.1",
                        "Smuggler revdualchunk",
                        post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked", chunks)),
                bad("9112 2.2", "Smuggler bodysplit", post("Foo: barn\n\nTransfer-Encoding: chunked", chunks)),
                bad("9112 6.1", "Smuggler nested", post("Transfer-Encoding: identity, chunked, identity", chunks)),
                bad("9110 5.1", "Smuggler accentTE", post("Transf\u0082r-Encoding: chunked", chunks)),
                bad("9112 6.1", "Smuggler accentCH", post("Transfer-Encoding: ch\u0096nked", chunks)),
                bad("9112 6.1", "Smuggler qencode", post("Transfer-Encoding: =?iso-8859-1?B?Y2h1bmtlZA==?=", chunks)),
                bad("9112 6.1", "Smuggler qencodeutf", post("Transfer-Encoding: =?UTF-8?B?Y2h1bmtlZA==?=", chunks)),
                bad(
                        "9112 6.3",
                        "Smuggler vanilla CL.TE",
                        post("Content-Length: 6\r\nTransfer-Encoding: chunked", "0\r\n\r\nX")),
                bad(
                        "9112 6.3",
                        "Smuggler vanilla TE.CL",
                        post("Transfer-Encoding: chunked\r\nContent-Length: 3", "1\r\nZ\r\n0\r\n\r\n")),
                bad("9112 3.2", "Smuggler Host-invalid", "GET / HTTP/1.1\r\nHost: foo/bar\r\n\r\n"),
                bad("9112 5", "Smuggler namesplit", POST + "Nil\r\n\r\n" + SMUGGLED),
                bad("9112 5.1", "Smuggler invalidsplit", POST + "Bad name:\r\n\r\n" + SMUGGLED),
                bad("9110 5.1", "Smuggler nonamesplit", POST + ":\r\n\r\n" + SMUGGLED),
                bad("9112 2.2", "Smuggler nsplit1", POST + "X-Foo: foo\n\n" + CHUNKED + "\r\n"),
                bad("9112 2.2", "Smuggler nsplit2", POST + "X-Foo: foo\n \n" + CHUNKED + "\r\n"),
                bad("9112 2.2", "Smuggler nsplit3", POST + "X-Foo: foo\n\r\n" + CHUNKED + "\r\n"),
                bad("9112 2.2", "Smuggler nsplit4", POST + "X-Foo: foo\r\n\n" + CHUNKED + "\r\n"),
                bad("9112 5.2", "Smuggler spacesplit", POST + "X-Foo: foo\r\n \r\n" + CHUNKED + "\r\n"),
                bad("9112 2.2", "Smuggler rsplit", POST + "Arrr: foo\r\rbar\r\n\r\n"),
                bad("9112 2.2", "Smuggler r2split", POST + "Arrr: foo\r\r\nbar\r\n\r\n"),
                bad("9112 2.2", "Smuggler null-split", POST + "X-Null: foo\r\0\n\r\n" + CHUNKED + "\r\n"),
                bad("9110 5.5", "Smuggler null-term", POST + "X-Null: foo\0\r\n" + CHUNKED + "\r\n"));
    }

    static Stream<Rule> lengths() {
        return Stream.of(
                        "CL-plus +5",
                        "CL-minus -5",
                        "CL-pad 05",
                        "CL-bigpad 000000000005",
                        "CL-spacepad 0 5",
                        "CL-e 5e0",
                        "CL-dec 5.0",
                        "CL-commaprefix 0, 5",
                        "CL-commasuffix 5, 0",
                        "CL-invalid Z")
                .map(form -> form.split(" ", 2))
                .map(form -> bad("9110 8.6", "Smuggler " + form[0], post("Content-Length: " + form[1], "hello")));
    }

    /** Each special character in each of the places that are tried. */
    static Stream<Rule> bytes() {
        return Stream.of(0, 9, 11, 12, 13, 127).flatMap(code -> {
            char c = (char) (int) code;
            return Stream.of(
                    bad(
                            "9112 6.1",
                            "Smuggler spacefix1:" + code,
                            post("Transfer-Encoding:" + c + "chunked", "0\r\n\r\n")),
                    bad(
                            "9112 6.1",
                            "Smuggler prefix1:" + code,
                            post("Transfer-Encoding: " + c + "chunked", "0\r\n\r\n")),
                    bad("9112 6.1", "Smuggler suffix1:" + code, post("Transfer-Encoding: chunked" + c, "0\r\n\r\n")),
                    bad(
                            "9112 5.1",
                            "Smuggler namesuffix1:" + code,
                            post("Transfer-Encoding" + c + ": chunked", "0\r\n\r\n")));
        });
    }
}
