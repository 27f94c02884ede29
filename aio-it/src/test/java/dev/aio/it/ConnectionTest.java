package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** How connections live and end. */
@ParameterizedClass(name = "engine {0}")
@ValueSource(strings = {"aio", "blocking"})
@Timeout(60)
class ConnectionTest {

    private static final int LARGE = 16 << 20;

    @TempDir(factory = WorkDirectory.class)
    static Path directory;

    private static ServerProcess server;
    private static byte[] hot;
    private static byte[] cold;
    private static byte[] large;

    @Parameter
    String engine;

    @BeforeParameterizedClassInvocation
    static void start(String engine) {
        hot = Content.write(directory.resolve("hot.bin"), 1, 1_000);
        cold = Content.write(directory.resolve("cold.bin"), 2, 200_001);
        large = Content.write(directory.resolve("large.bin"), 3, LARGE);
        server = ServerProcess.serving(directory).engine(engine).start();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    @Test
    void shouldAnswerManyRequestsOnOneConnection() {
        try (Client client = Client.connect(server)) {
            for (int i = 0; i < 50; i++) {
                Response response = client.get("/hot.bin");
                assertThat(response.body()).isEqualTo(hot);
                assertThat(response.closes()).isFalse();
            }
        }
    }

    @Test
    void shouldAnswerPipelinedRequestsInOrder() throws IOException {
        Host.makeCold(directory.resolve("cold.bin"));
        Files.readAllBytes(directory.resolve("hot.bin"));
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            requests.append(Client.message("GET", pipelined(i)));
        }
        try (Client client = Client.connect(server)) {
            client.send(requests.toString());

            for (int i = 0; i < 200; i++) {
                assertThat(summary(client.read()))
                        .as("answer %d, to %s", i, pipelined(i))
                        .isEqualTo(expected(i));
            }
        }
    }

    private static String pipelined(int i) {
        return switch (i % 3) {
            case 0 -> "/hot.bin";
            case 1 -> "/cold.bin";
            default -> "/missing-" + i;
        };
    }

    private static String expected(int i) {
        return switch (i % 3) {
            case 0 -> "200 " + Content.sha256(hot);
            case 1 -> "200 " + Content.sha256(cold);
            default -> "404";
        };
    }

    private static String summary(Response response) {
        return response.status() == 200 ? "200 " + Content.sha256(response.body()) : "" + response.status();
    }

    @Test
    void shouldCloseAfterHttp10() {
        try (Client client = Client.connect(server)) {
            client.send("GET /hot.bin HTTP/1.0\r\n\r\n");

            assertThat(client.read().body()).isEqualTo(hot);
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void shouldKeepHttp10ConnectionThatAsksForIt() {
        try (Client client = Client.connect(server)) {
            client.send("GET /hot.bin HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertThat(client.read().header("Connection")).isEqualTo("keep-alive");

            assertThat(client.get("/hot.bin").body()).isEqualTo(hot);
        }
    }

    @Test
    void shouldCloseWhenAskedTo() {
        try (Client client = Client.connect(server)) {
            Response response = client.get("/hot.bin", "Connection: close");

            assertThat(response.body()).isEqualTo(hot);
            assertThat(response.closes()).isTrue();
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void shouldAnswerAllThatWasPipelinedBeforeHalfClose() {
        try (Client client = Client.connect(server)) {
            client.send(Client.message("GET", "/hot.bin").repeat(20));
            client.halfClose();

            for (int i = 0; i < 20; i++) {
                assertThat(client.read().body()).as("answer %d", i).isEqualTo(hot);
            }
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void shouldGoOnAfterClientResetsHotTransfer() throws IOException {
        Files.readAllBytes(directory.resolve("large.bin"));
        resetInTransfer();
    }

    @Test
    void shouldGoOnAfterClientResetsColdTransfer() {
        Host.makeCold(directory.resolve("large.bin"));
        resetInTransfer();
    }

    private static void resetInTransfer() {
        long sockets = server.tasks().descriptors("socket:");
        for (int i = 0; i < 10; i++) {
            Client client = Client.slow(server);
            client.send(Client.message("GET", "/large.bin"));
            client.readHead();
            client.readBytes(10_000);
            client.reset();
        }

        await("sockets closed")
                .atMost(Duration.ofSeconds(20))
                .until(() -> server.tasks().descriptors("socket:") <= sockets);
        try (Client client = Client.connect(server)) {
            assertThat(client.get("/hot.bin").body()).isEqualTo(hot);
        }
    }
}
