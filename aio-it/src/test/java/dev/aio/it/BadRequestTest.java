package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is no request gets a 400 and the end of the connection. */
@Timeout(60)
class BadRequestTest {

    @TempDir(factory = WorkDirectory.class)
    static Path directory;

    private static ServerProcess server;

    @BeforeAll
    static void start() {
        Content.write(directory.resolve("a.txt"), 1, 100);
        server = ServerProcess.serving(directory).start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "garbage\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n",
                "GET a.txt HTTP/1.1\r\nHost: test\r\n\r\n",
                "GET /a.txt HTTP/1.1\r\n\r\n",
                "GET /a.txt HTTP/1.1\r\nHost: test\r\nContent-Length: x\r\n\r\n",
                "GET /a.txt HTTP/1.1\r\nHost: test\r\nBad\u0000Name: x\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: test\r\n\r\n",
                "GET /a.txt%00 HTTP/1.1\r\nHost: test\r\n\r\n",
                "GET /a.txt\u0000 HTTP/1.1\r\nHost: test\r\n\r\n",
                "GET /%ff HTTP/1.1\r\nHost: test\r\n\r\n"
            })
    void shouldRefuseMalformedRequestAndClose(String request) {
        try (Client client = Client.connect(server)) {
            client.send(request + Client.message("GET", "/a.txt"));

            Response response = client.read();

            assertThat(response.status()).isEqualTo(400);
            assertThat(response.closes()).isTrue();
            assertThat(client.readToEnd())
                    .as("what follows a request of unknown length")
                    .isEmpty();
        }
    }

    @Test
    void shouldRefuseEndlessRequestLine() {
        try (Client client = Client.connect(server)) {
            client.send("GET /" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: test\r\n\r\n");

            assertThat(client.read().status()).isEqualTo(414);
        }
    }

    @Test
    void shouldRefuseEndlessHeader() {
        try (Client client = Client.connect(server)) {
            client.send(Client.message("GET", "/a.txt", "X: " + "a".repeat(20_000)));

            assertThat(client.read().status()).isEqualTo(431);
        }
    }

    @Test
    void shouldServeOthersMeanwhile() {
        try (Client half = Client.connect(server);
                Client other = Client.connect(server)) {
            half.send("GET /a.txt HTTP/1.1\r\nHo");

            assertThat(other.get("/a.txt").status()).isEqualTo(200);
        }
    }
}
