package dev.aio.netty.http1;

import static dev.aio.netty.http1.Rule.chunked;
import static dev.aio.netty.http1.Rule.post;
import static dev.aio.netty.http1.SmugglingCorpus.SMUGGLED;
import static dev.aio.netty.http1.SmugglingCorpus.bad;

import java.util.stream.Stream;

/**
 * What the scans of HTTP Request Smuggler send beside its permutations, by their names: fields that are hidden from one of
 * two recipients, and ends of chunk lines and chunks that only one of them takes for one (RFC 9112 7.1).
 */
final class ScannerForms {

    private static final String REST = "XX\r\n10\r\n1f\r\nAAAABBBBCCCC\r\n0\r\n\r\nDDDDEEEEFFFF\r\n0\r\n\r\n";

    private ScannerForms() {}

    /** Ends of lines, and of chunks, that are none. */
    static Stream<Rule> chunks() {
        Stream<Rule> inExtensions = Stream.of("\n", "\r", "\rX", "\r\r")
                .flatMap(end -> Stream.of(
                        bad("9112 7.1.1", "Smuggler TERM.EXT with " + hex(end), chunked("2;" + end + REST)),
                        bad(
                                "9112 7.1.1",
                                "Smuggler TERM.EXT with a name and " + hex(end),
                                chunked("2;a" + end + REST))));
        Stream<Rule> behindChunks = Stream.of("\n", "\r", "", "XX", "\rX", "\r\r")
                .flatMap(end -> Stream.of(
                        bad(
                                "9112 7.1",
                                "Smuggler TERM.SPILL with " + hex(end),
                                chunked("5\r\nAAAAA" + end + "c\r\n17\r\nAAAABBBB\r\n0\r\n\r\nCCCCDDDD\r\n0\r\n\r\n")),
                        bad(
                                "9112 7.1",
                                "Smuggler SPILL.TERM with " + hex(end),
                                chunked("5\r\nAAAAA" + end
                                        + "1a\r\n8\r\nAAAABBBB\r\n0\r\n\r\nCCCCDDDD\r\n0\r\n\r\n"))));
        Stream<Rule> shorter = Stream.of("\n", "\r", "")
                .flatMap(end -> Stream.of(
                        bad(
                                "9112 7.1",
                                "Smuggler ONE.TWO with " + hex(end),
                                chunked("2\r\nXX" + end
                                        + "12\r\nXX\r\n19\r\nXXAAAABBBB\r\n0\r\n\r\nCCCCDDDD\r\n0\r\n\r\n")),
                        bad(
                                "9112 7.1",
                                "Smuggler TWO.ONE with " + hex(end),
                                chunked("2\r\nXX" + end + "10\r\n\r\nAAAABBBBCCCCDD\r\n0\r\n\r\n")),
                        bad(
                                "9112 7.1",
                                "Smuggler ZERO.TWO with " + hex(end),
                                chunked("2\r\nXX" + end + "012\r\nXX\r\n19\r\nXXAAAABBBB\r\n0\r\n\r\n")),
                        bad(
                                "9112 7.1",
                                "Smuggler TWO.ZERO with " + hex(end),
                                chunked("2\r\nxx" + end + "010\r\n\r\nAAAABBBBCCCCDD\r\n0\r\n\r\n"))));
        return Stream.of(inExtensions, behindChunks, shorter).flatMap(rules -> rules);
    }

    private static String hex(String end) {
        StringBuilder out = new StringBuilder();
        end.chars().forEach(c -> out.append(String.format("%02x", c)));
        return out.isEmpty() ? "nothing" : out.toString();
    }

    /** A field of framing, or Host, in each of the ways that hide one. */
    static Stream<Rule> hidden() {
        return Stream.of("Content-Length|5", "Transfer-Encoding|chunked", "Host|b")
                .flatMap(field -> {
                    String name = field.substring(0, field.indexOf('|'));
                    String value = field.substring(field.indexOf('|') + 1);
                    String dash = name.contains("-") ? name.replace('-', '_') + ": " + value : name + " : " + value;
                    return Stream.of(
                                    "SPACE|" + name + " : " + value,
                                    "WRAP|" + name + ": \r\n " + value,
                                    "TAB|" + name + "\t: " + value,
                                    "LPAD|X-Junk: x\r\n " + name + ": " + value,
                                    "HOP|" + name + ": " + value + "\r\nConnection: " + name,
                                    "SKIPHOP|" + name + ": " + value + "\r\nConnection : " + name,
                                    "DUPE|" + name + ": " + value + "\r\n" + name + ": " + value,
                                    "UNDER|" + dash,
                                    "NWRAP|X-Junk: x\n" + name + ": " + value,
                                    "RWRAP|X-Junk: x\r" + name + ": " + value)
                            .map(form -> form.split("\\|"))
                            .map(form -> bad(
                                    "9112 5",
                                    "Smuggler " + form[0] + " of " + name,
                                    post(form[1], "0\r\n\r\n" + SMUGGLED)));
                });
    }

    /** What stands before a length, or is expected, in the hope that somebody stops there. */
    static Stream<Rule> lengths() {
        return Stream.of(
                bad("9112 5.1", "Smuggler CL-error", post("X-Invalid Y: \r\nContent-Length: 5", "hello")),
                bad("9112 6.3", "Smuggler dual content: T-T", post("Content-Length: 5\r\nContent-Length: 5", "hello")),
                bad(
                        "9112 6.3",
                        "Smuggler dual content, lower case",
                        post("Content-Length: 5\r\ncontent-length: 5", "hello")),
                bad("9112 5.1", "Smuggler h2space", post("Transfer-Encoding chunked : chunked", "0\r\n\r\n")),
                bad("9112 5.1", "Smuggler h2colon", post("Transfer-Encoding`chunked : chunked", "0\r\n\r\n")),
                bad("9110 5.1", "Smuggler h2prefix", post(":transfer-encoding: chunked", "0\r\n\r\n")),
                bad("9110 5.1", "Smuggler h2auth, as it is after a downgrade", post(":authority: a:443", "")));
    }
}
