package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PersistenceTest {

    @ParameterizedTest(name = "RFC 9112 9.3: {0} with Connection {1} is {2}")
    @CsvSource({
        "HTTP/1.1, , KEEP_ALIVE",
        "HTTP/1.1, keep-alive, KEEP_ALIVE",
        "HTTP/1.1, upgrade, KEEP_ALIVE",
        "HTTP/1.1, '', KEEP_ALIVE",
        "HTTP/1.1, close, CLOSE",
        "HTTP/1.1, Close, CLOSE",
        "HTTP/1.1, 'te , CLOSE', CLOSE",
        "HTTP/1.1, 'keep-alive, close', CLOSE",
        "HTTP/1.1, closed, KEEP_ALIVE",
        "HTTP/1.2, , KEEP_ALIVE",
        "HTTP/1.0, , CLOSE",
        "HTTP/1.0, keep-alive, KEEP_ALIVE_SAID",
        "HTTP/1.0, Keep-Alive, KEEP_ALIVE_SAID",
        "HTTP/1.0, 'te, keep-alive', KEEP_ALIVE_SAID",
        "HTTP/1.0, 'keep-alive, close', CLOSE",
        "HTTP/1.0, close, CLOSE",
        "HTTP/1.0, upgrade, CLOSE",
    })
    void theClientDecides(String version, String connection, Persistence expected) {
        HttpHeaders headers = new DefaultHttpHeaders();
        if (connection != null) {
            headers.add("connection", connection);
        }

        assertThat(Persistence.of(HttpVersion.valueOf(version), headers)).isEqualTo(expected);
    }

    @Test
    void everyLineCounts_rfc9110_5_3() {
        HttpHeaders headers =
                new DefaultHttpHeaders().add("Connection", "keep-alive").add("Connection", "close");

        assertThat(Persistence.of(HttpVersion.HTTP_1_1, headers)).isEqualTo(Persistence.CLOSE);
    }

    @ParameterizedTest(name = "RFC 9112 9.6: after {0} the connection is closed")
    @ValueSource(ints = {400, 408, 413, 414, 431, 505})
    void someAnswersEndTheConnection(int status) {
        ResponsePlan plan = ResponsePlan.of(HttpResponseStatus.valueOf(status));

        assertThat(Persistence.KEEP_ALIVE.after(plan)).isEqualTo(Persistence.CLOSE);
    }

    @ParameterizedTest(name = "RFC 9112 9.3: after {0} the connection goes on")
    @ValueSource(ints = {403, 404, 405, 412, 416, 500, 501, 503})
    void othersDoNot(int status) {
        ResponsePlan plan = ResponsePlan.of(HttpResponseStatus.valueOf(status));

        assertThat(Persistence.KEEP_ALIVE_SAID.after(plan)).isEqualTo(Persistence.KEEP_ALIVE_SAID);
        assertThat(Persistence.CLOSE.after(plan)).isEqualTo(Persistence.CLOSE);
    }

    @ParameterizedTest
    @EnumSource
    void noFieldLineIsLongerThanSaid(Persistence persistence) {
        byte[] line = persistence.fieldLine();

        assertThat(line).hasSizeLessThanOrEqualTo(Persistence.MAX_LENGTH);
        assertThat(new String(line, StandardCharsets.US_ASCII)).matches("|Connection: [a-z-]+\r\n");
    }
}
