package dev.aio.netty.http1;

import static dev.aio.netty.http1.Rule.chunked;
import static dev.aio.netty.http1.Rule.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every limit holds to the byte, however the bytes come in, and also while no end of a line is in sight. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LimitsTest {

    private static StrictHttpRequestDecoderBuilder limits() {
        return StrictHttpRequestDecoder.builder();
    }

    private static int status(StrictHttpRequestDecoderBuilder limits, String stream) {
        Decoding decoding = Decoding.inEveryWay(limits, stream);
        if (decoding.refusal() == null) {
            assertThat(decoding.unfinished()).isNull();
        }
        return decoding.status();
    }

    @Test
    void rfc9112_3_aRequestLineTooLongGets414() {
        String request = "GET /aaa HTTP/1.1\r\nHost: a\r\n\r\n";
        assertThat(status(limits().maxRequestLine(17), request)).isZero();
        assertThat(status(limits().maxRequestLine(16), request)).isEqualTo(414);
        assertThat(status(limits().maxRequestLine(3), request)).isEqualTo(414);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /aaaaaaaaaaaaa", "GETTTTTTTTTTTTTTTT", "GET / HTTP/1.11111"})
    void rfc9112_3_aRequestLineThatNeverEndsGets414(String begin) {
        assertThat(status(limits().maxRequestLine(17), begin)).isEqualTo(414);
    }

    @Test
    void rfc6585_5_aFieldLineTooLongGets431() {
        assertThat(status(limits().maxFieldLine(12), get("AAAA: 789012"))).isZero();
        assertThat(status(limits().maxFieldLine(12), get("AAAA: 7890123"))).isEqualTo(431);
        assertThat(status(limits().maxFieldLine(12), get("AAAA: 789012 "))).isEqualTo(431);
        assertThat(status(limits().maxFieldLine(12), get("AAAAAAAAAAAAA: b"))).isEqualTo(431);
    }

    @Test
    void rfc6585_5_aFieldLineThatNeverEndsGets431() {
        String begin = "GET / HTTP/1.1\r\nHost: a\r\n";
        assertThat(status(limits().maxFieldLine(12), begin + "A: " + "b".repeat(10)))
                .isEqualTo(431);
        assertThat(status(limits().maxFieldLine(12), begin + "A".repeat(13))).isEqualTo(431);
    }

    @Test
    void rfc6585_5_aHeadTooLargeGets431() {
        String request = get("A: b\r\nC: d");
        assertThat(status(limits().maxHead(request.length()), request)).isZero();
        for (int max = 18; max < request.length(); max++) {
            assertThat(status(limits().maxHead(max), request))
                    .as("%s bytes", max)
                    .isEqualTo(431);
        }
    }

    @Test
    void rfc6585_5_tooManyFieldsGet431() {
        assertThat(status(limits().maxFields(3), get("A: b\r\nC: d"))).isZero();
        assertThat(status(limits().maxFields(2), get("A: b\r\nC: d"))).isEqualTo(431);
    }

    @Test
    void rfc9110_6_5_trailersHaveTheirLimits() {
        String trailers = "A: b\r\nCC: d\r\n\r\n";
        String request = chunked("0\r\n" + trailers);
        assertThat(status(limits().maxTrailers(trailers.length()), request)).isZero();
        assertThat(status(limits().maxTrailers(trailers.length() - 1), request)).isEqualTo(431);
        assertThat(status(limits().maxFieldLine(26).maxFields(2), request)).isZero();
        assertThat(status(limits().maxFields(2), chunked("0\r\nA: b\r\nC: d\r\nE: f\r\n\r\n")))
                .isEqualTo(431);
        assertThat(status(limits().maxFieldLine(26), chunked("0\r\nA: " + "b".repeat(30))))
                .isEqualTo(431);
    }

    @Test
    void rfc9112_7_1_1_chunkExtensionsHaveTheirLimit() {
        String request = chunked("1;a=b\r\nx\r\n1;cd\r\ny\r\n0;e\r\n\r\n");
        assertThat(status(limits().maxChunkExtensions(9), request)).isZero();
        assertThat(status(limits().maxChunkExtensions(8), request)).isEqualTo(400);
        assertThat(status(limits().maxChunkExtensions(0), request)).isEqualTo(400);
        assertThat(status(limits().maxChunkExtensions(4), chunked("1;abcd"))).isEqualTo(400);
        assertThat(status(limits().maxChunkExtensions(0), chunked("1\r\nx\r\n0\r\n\r\n")))
                .isZero();
    }

    @Test
    void largeHeadsWithinTheLimitsAreDecoded() {
        String request = get(("Cookie: " + "c".repeat(8000) + "\r\n").repeat(3) + "A: b");
        assertThat(Decoding.of(request).only().fields()).hasSize(5).endsWith("A: b");
        assertThat(Decoding.of(limits(), request.split("(?<=\\G.{1000})"))
                        .only()
                        .fields())
                .hasSize(5)
                .endsWith("A: b");
    }

    @Test
    void valuesThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> limits().maxHead(0)).hasMessage("maxHead: 0 (expected: >= 1)");
        assertThatThrownBy(() -> limits().maxFields(-1)).hasMessage("maxFields: -1 (expected: >= 1)");
        assertThatThrownBy(() -> limits().maxChunkExtensions(-1)).hasMessage("maxChunkExtensions: -1 (expected: >= 0)");
    }
}
