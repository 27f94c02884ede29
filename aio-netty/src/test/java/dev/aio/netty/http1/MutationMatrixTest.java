package dev.aio.netty.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What defparam's smuggler sends: a byte that is no blank to everybody, in each place around Transfer-Encoding, beside a
 * Content-Length and without. It must be refused, unless it lies within the value of another field.
 */
class MutationMatrixTest {

    private static final int[] ODD = {0x1, 0x4, 0x8, 0x9, 0xa, 0xb, 0xc, 0xd, 0x1f, 0x20, 0x7f, 0xa0, 0xff};

    private final Map<String, String> mutations = new LinkedHashMap<>();

    @Test
    void everyFormOfOneByteIsRefused_rfc9112_6_1() {
        bytes().forEach(code -> {
            char c = (char) code;
            add("midspace", code, "Transfer-Encoding:" + c + "chunked");
            add("postspace", code, "Transfer-Encoding" + c + ": chunked");
            add("prespace", code, c + "Transfer-Encoding: chunked");
            add("endspace", code, "Transfer-Encoding: chunked" + c);
        });
        checkAll(4 * 161);
    }

    @Test
    void everyFormOfTwoBytesIsRefused_rfc9112_6_1() {
        bytes().forEach(code -> {
            char c = (char) code;
            add("i-i-XX-XX", code, c + "Transfer-Encoding" + c + ": chunked");
            add("i-XX-i-XX", code, c + "Transfer-Encoding:" + c + "chunked");
            add("i-XX-XX-i", code, c + "Transfer-Encoding: chunked" + c);
            add("XX-i-i-XX", code, "Transfer-Encoding" + c + ":" + c + "chunked");
            add("XX-i-XX-i", code, "Transfer-Encoding" + c + ": chunked" + c);
            add("XX-XX-i-i", code, "Transfer-Encoding:" + c + "chunked" + c);
        });
        checkAll(6 * 161);
    }

    @Test
    void formsWithAnotherFieldAreRefused_rfc9112_5() {
        for (int code : ODD) {
            char c = (char) code;
            if (c != '\t' && c < 0x80 && c != ' ') { // else they are part of the value of X
                add("xprespace", code, "X: X" + c + "Transfer-Encoding: chunked");
            }
            add("endspacex", code, "Transfer-Encoding: chunked" + c + "X: X");
            add("rxprespace", code, "X: X\r" + c + "Transfer-Encoding: chunked");
            add("xnprespace", code, "X: X" + c + "\nTransfer-Encoding: chunked");
            add("endspacerx", code, "Transfer-Encoding: chunked\r" + c + "X: X");
            add("endspacexn", code, "Transfer-Encoding: chunked" + c + "\nX: X");
        }
        mutations.values().removeIf(line -> line.contains("\r\n")); // a line as it should be
        checkAll(9 + 5 * 13 - 4);
    }

    @Test
    void formsOfWordsAreRefused_rfc9112_6_1() {
        String[] lines = {
            " Transfer-Encoding: chunked",
            "Transfer-Encoding:\tchunked",
            "Transfer-Encoding\t:\tchunked",
            "Transfer Encoding: chunked",
            "Transfer_Encoding: chunked",
            "Transfer Encoding:chunked",
            "Transfer-Encoding : chunked",
            "Transfer-Encoding:  chunked",
            "Transfer-Encoding:\u000bchunked",
            "Transfer-Encoding: chunked, cow",
            "Transfer-Encoding: cow, chunked",
            "Transfer-Encoding:\n chunked",
            "Transfer-Encoding: \"chunked\"",
            "Transfer-Encoding: 'chunked'",
            "Transfer-Encoding: chunk",
            "TrAnSFer-EnCODinG: cHuNkeD",
            "TRANSFER-ENCODING: CHUNKED",
            "Transfer-Encoding: chunked\r",
            "Transfer-Encoding: chunked\t",
            "Transfer-Encoding: cow\r\nTransfer-Encoding: chunked",
            "Transfer\r-Encoding: chunked",
            "Transfer-Encoding: cow chunked bar",
            "Transfer-Encoding:\u00ffchunked",
            "Transfer-Encoding: ch\u0096nked",
            "Transf\u0082r-Encoding: chunked",
            "X:X\rTransfer-Encoding: chunked",
            "X:X\nTransfer-Encoding: chunked",
        };
        for (int i = 0; i < lines.length; i++) {
            add("words", i, lines[i]);
        }
        checkAll(lines.length);
    }

    private static IntStream bytes() {
        return IntStream.concat(IntStream.range(0x1, 0x21), IntStream.range(0x7f, 0x100));
    }

    private void add(String name, int code, String line) {
        mutations.put(String.format("%s-%02x", name, code), line);
    }

    private void checkAll(int expected) {
        assertThat(mutations).hasSize(expected);
        mutations.forEach((name, line) -> {
            String with = "POST / HTTP/1.1\r\n" + line + "\r\nHost: a\r\nContent-Length: 5\r\n\r\n0\r\n\r\n";
            assertRefused(name, Decoding.of(with));
            if (!line.equals("Transfer-Encoding: chunked")) {
                assertRefused(name + " without length", Decoding.of(with.replace("Content-Length: 5\r\n", "")));
            }
        });
    }

    private static void assertRefused(String name, Decoding decoding) {
        assertThat(decoding.status()).as(name).isIn(400, 501);
        assertThat(decoding.requests()).as(name).isEmpty();
    }
}
