package dev.aio.netty.http;

import static dev.aio.netty.http.RawRow.raw;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What suites assert of Expect: nginx-tests http_expect_100_continue.t, Jetty's PartialRFC2616Test 8.2.3 and 10.4.18,
 * RFC2616BaseTest 8.2. Where a file is asked for nobody waits for leave: the final answer comes at once.
 */
@Timeout(60)
class ExpectSuiteTest extends RequestsSuite {

    private static final String GET = "GET / HTTP/1.1\r\nHost: localhost\r\n";

    static Stream<RawRow> expectations() {
        return Stream.of(
                // the body behind it must not be read as a request
                raw(GET + "Expect: unknown\r\nContent-Length: 8\r\n\r\n12345678", "417"),
                raw(GET + "Expect: token=param\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "417"),
                raw("POST / HTTP/1.1\r\nHost: a\r\nExpect: unknown\r\nContent-Length: 0\r\n\r\n", "417"),
                // in any case of its letters
                raw(GET + "Expect: 100-Continue\r\nContent-Length: 8\r\nConnection: close\r\n\r\n12345678", "200"),
                raw(GET + "Expect: 100-continue\r\nContent-Length: 8\r\nConnection: close\r\n\r\n12345678", "200"),
                raw("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 8\r\n\r\n", "405"),
                // RFC 9110 10.1.1: to be ignored in HTTP/1.0
                raw("GET / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n", "200"));
    }

    @ParameterizedTest(name = "RFC 9110 10.1.1: {0}")
    @MethodSource("expectations")
    void expectationIsAnswered(RawRow row) throws Exception {
        assertThat(site.statuses(row.bytes())).isEqualTo(row.statuses());
    }
}
