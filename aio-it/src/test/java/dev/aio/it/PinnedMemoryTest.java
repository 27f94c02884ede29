package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that are asked for often are locked in memory, by a server that owns none of them. */
@Timeout(120)
class PinnedMemoryTest {

    private static final int LARGER_KIB = 100;
    private static final int SMALLER_KIB = 40;

    @TempDir(factory = WorkDirectory.class)
    static Path directory;

    @BeforeAll
    static void write() throws IOException {
        Host.assumeAsynchronousFileSystem(directory);
        Content.write(directory.resolve("larger"), 1, LARGER_KIB << 10);
        Content.write(directory.resolve("smaller"), 2, SMALLER_KIB << 10);
    }

    private static ServerProcess.Options server(String... limits) {
        List<String> command = new ArrayList<>(List.of("prlimit"));
        command.addAll(List.of(limits));
        command.add("--");
        command.addAll(Host.asNobody());
        return ServerProcess.serving(directory).wrappedIn(command);
    }

    static long lockedKib(ServerProcess server) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + server.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmLck:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
                .findFirst()
                .orElseThrow();
    }

    private static void get(Client client, String... names) throws IOException {
        for (String name : names) {
            byte[] expected = Files.readAllBytes(directory.resolve(name));
            for (int i = 0; i < 20; i++) {
                assertThat(client.get('/' + name).body()).isEqualTo(expected);
            }
        }
    }

    @Test
    void shouldNotBecomeColdWhileItIsHot() throws IOException {
        try (ServerProcess server = server("--memlock=1048576").start()) {
            try (Client client = Client.connect(server)) {
                await("lock").until(() -> {
                    get(client, "larger");
                    return lockedKib(server) == LARGER_KIB;
                });
                Host.evict(directory.resolve("larger"));
                get(client, "larger");
            }
            server.terminate();
            server.awaitExit(Duration.ofSeconds(30));
            assertThat(server.servedBy()).containsKey("SENDFILE").doesNotContainKeys("AIO_READ", "LANE_READ");
        }
    }

    @Test
    void shouldLockAsMuchAsIsAllowed() throws IOException {
        try (ServerProcess server = server("--memlock=65536").start();
                Client client = Client.connect(server)) {
            await("lock of the one that fits").until(() -> {
                get(client, "larger", "smaller");
                assertThat(lockedKib(server)).isIn(0L, (long) SMALLER_KIB);
                return lockedKib(server) == SMALLER_KIB;
            });
        }
    }
}
