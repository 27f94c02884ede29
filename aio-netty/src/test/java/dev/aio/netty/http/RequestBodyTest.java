package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.TargetDirectory;
import dev.aio.netty.http1.StrictHttpRequestDecoder;
import io.netty.channel.ChannelHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that nobody wants: skipped, within limits of size and pace. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RequestBodyTest {

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private TestSite site;

    private void start(Consumer<StaticFileHandlerBuilder> options) throws Exception {
        TestSite.file(directory, "a.txt", "file");
        site = new TestSite(directory, options, files ->
                new ChannelHandler[] {StrictHttpRequestDecoder.builder().build(), files});
    }

    @AfterEach
    void close() throws Exception {
        site.close();
    }

    @ParameterizedTest(name = "RFC 9112 9.3: {0} bytes are skipped")
    @ValueSource(ints = {1, 65_536, 65_537, 1_000_000})
    void theNextRequestIsFoundBehindABody(int length) throws Exception {
        start(options -> {});
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("GET", "/a.txt", "Content-Length: " + length)
                    + "x".repeat(length)
                    + TestClient.request("POST", "/a.txt", "Content-Length: " + length)
                    + "x".repeat(length)
                    + TestClient.request("GET", "/a.txt"));
            assertThat(client.response().code()).isEqualTo(200);
            assertThat(client.response().code()).isEqualTo(405);
            assertThat(client.response().code()).isEqualTo(200);
        }
    }

    @ParameterizedTest(name = "RFC 9110 15.5.14: {0} bytes of 1,000 that are allowed: {1}")
    @CsvSource({"999, 200", "1000, 200", "1001, 413", "9223372036854775807, 413"})
    void announcedBodiesAreBounded(long length, int status) throws Exception {
        start(options -> options.maxBody(1_000));
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("GET", "/a.txt", "Content-Length: " + length));
            if (status == 200) {
                client.send("x".repeat((int) length));
            }
            TestClient.Response response = client.response();
            assertThat(response.code()).isEqualTo(status);
            assertThat(response.field("connection")).isEqualTo(status == 413 ? "close" : null);
            if (status == 413) {
                client.assertClosed();
            }
        }
    }

    @Test
    void chunkedBodiesAreBounded_rfc9110_15_5_14() throws Exception {
        start(options -> options.maxBody(1_000));
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("GET", "/a.txt", "Transfer-Encoding: chunked"));
            client.send("3e8\r\n" + "x".repeat(1_000) + "\r\n");
            client.send("1\r\nx\r\n");
            assertThat(client.response().code()).isEqualTo(413);
            client.assertClosed();
        }
    }

    /** The answer has left when the body turns out to be too long: all that is left is to end the connection. */
    @Test
    void whoWasAnsweredIsCut() throws Exception {
        start(options -> options.maxBody(100_000));
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("GET", "/a.txt", "Transfer-Encoding: chunked"));
            client.send("11170\r\n" + "x".repeat(70_000) + "\r\n");
            assertThat(client.response().code()).isEqualTo(200);
            client.send("11170\r\n" + "x".repeat(70_000) + "\r\n");
            client.assertClosed();
        }
    }

    @Test
    void aBodyThatStopsIsTimedOut_rfc9110_15_5_9() throws Exception {
        start(options -> options.bodyTimeout(Duration.ofMillis(200), 0));
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("GET", "/a.txt", "Content-Length: 10") + "123");
            TestClient.Response response = client.response();
            assertThat(response.code()).isEqualTo(408);
            assertThat(response.field("connection")).isEqualTo("close");
            client.assertClosed();
        }
    }

    @Test
    void aBodyThatStopsBehindItsAnswerEndsTheConnection() throws Exception {
        start(options -> options.bodyTimeout(Duration.ofMillis(200), 0));
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("GET", "/a.txt", "Content-Length: 100000") + "123");
            assertThat(client.response().code()).isEqualTo(200);
            client.assertClosed();
        }
    }

    @Test
    void timeBetweenRequestsIsNotTheBodys() throws Exception {
        start(options -> options.bodyTimeout(Duration.ofMillis(50), 1_000_000));
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("GET", "/a.txt", "Content-Length: 3") + "123");
            assertThat(client.response().code()).isEqualTo(200);
            site.t.group.next().schedule(() -> {}, 200, TimeUnit.MILLISECONDS).sync();
            client.send(TestClient.request("GET", "/a.txt"));
            assertThat(client.response().code()).isEqualTo(200);
        }
    }

    @ParameterizedTest(name = "RFC 9110 10.1.1: Expect: {0}")
    @CsvSource({
        "100-continue, 200, close",
        "100-Continue, 200, close",
        "'100-continue, 100-continue', 200, close",
        "something, 417, close",
        "'100-continue, x=y', 417, close",
    })
    void expectations(String value, int status, String connection) throws Exception {
        start(options -> {});
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("GET", "/a.txt", "Content-Length: 5", "Expect: " + value));
            TestClient.Response response = client.response();
            assertThat(response.code()).isEqualTo(status);
            assertThat(response.field("connection")).isEqualTo(connection);
        }
    }

    @Test
    void expectationsWithoutABodyMeanNothing_rfc9110_10_1_1() throws Exception {
        start(options -> {});
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("GET", "/a.txt", "Expect: 100-continue")
                    + TestClient.request("GET", "/a.txt", "Expect: 100-continue", "Content-Length: 0"));
            assertThat(client.response().field("connection")).isNull();
            assertThat(client.response().field("connection")).isNull();
            client.send("GET /a.txt HTTP/1.0\r\nExpect: nonsense\r\n\r\n");
            assertThat(client.response().code()).isEqualTo(200);
        }
    }
}
