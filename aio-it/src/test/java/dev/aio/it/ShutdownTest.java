package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM: nothing new, what runs may finish, then the end with code 0. */
@Timeout(60)
class ShutdownTest {

    private static final int SIZE = 16 << 20;

    @TempDir(factory = WorkDirectory.class)
    Path directory;

    private byte[] content;

    @BeforeEach
    void write() {
        content = Content.write(directory.resolve("large.bin"), 1, SIZE);
    }

    @Test
    void shouldFinishTransferButAcceptNothingNew() {
        try (ServerProcess server =
                        ServerProcess.serving(directory).with("--drain", "50").start();
                Client client = transfer(server)) {
            byte[] begin = client.readBytes(100_000);
            server.terminate();
            awaitRefused(server);

            byte[] rest = client.readBytes(SIZE - begin.length);

            assertThat(Content.sha256(rest)).isEqualTo(Content.sha256(Arrays.copyOfRange(content, begin.length, SIZE)));
            assertThat(client.readToEnd())
                    .as("the connection ends with its transfer")
                    .isEmpty();
            assertThat(server.awaitExit(Duration.ofSeconds(30))).isZero();
        }
    }

    @Test
    void shouldEndDespiteStuckClient() {
        try (ServerProcess server =
                        ServerProcess.serving(directory).with("--drain", "1").start();
                Client stuck = transfer(server)) {
            stuck.readBytes(1);
            server.terminate();

            assertThat(server.awaitExit(Duration.ofSeconds(40))).isZero();
            assertThat(server.stderrLines()).anyMatch(line -> line.contains("--drain"));
        }
    }

    @Test
    void shouldCloseIdleConnectionsAtOnce() {
        try (ServerProcess server =
                        ServerProcess.serving(directory).with("--drain", "50").start();
                Client idle = Client.connect(server)) {
            idle.head("/large.bin");
            server.terminate();

            assertThat(idle.readToEnd()).isEmpty();
            assertThat(server.awaitExit(Duration.ofSeconds(30))).isZero();
        }
    }

    @Test
    void shouldEndOnSigintToo() {
        // A shell's background job, as this test run may be, has SIGINT ignored, and children inherit that.
        try (ServerProcess server = ServerProcess.serving(directory)
                .wrappedIn(List.of("env", "--default-signal=INT"))
                .start()) {
            Program.succeed("kill", "-INT", Long.toString(server.pid()));

            assertThat(server.awaitExit(Duration.ofSeconds(30))).isZero();
        }
    }

    private static Client transfer(ServerProcess server) {
        Client client = Client.slow(server);
        client.send(Client.message("GET", "/large.bin"));
        assertThat(client.readHead().contentLength()).isEqualTo(SIZE);
        return client;
    }

    private static void awaitRefused(ServerProcess server) {
        await("new connections refused").atMost(Duration.ofSeconds(20)).until(() -> isRefused(server));
    }

    private static boolean isRefused(ServerProcess server) {
        try (Socket socket = new Socket()) {
            socket.connect(server.address(), 5_000);
            return false;
        } catch (ConnectException refused) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
