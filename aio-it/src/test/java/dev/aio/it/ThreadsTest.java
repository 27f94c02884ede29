package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Threads: known by name, no more of them for more files, and none of the lane without work for it. */
@Tag("alone")
@Timeout(120)
class ThreadsTest {

    private static final int FILES = 1_000;

    /** More than socket buffers take; only the begin is written, the rest is a hole that costs no disk. */
    private static final long LENGTH = 16L << 20;

    private static final int WRITTEN = 64 << 10;

    private static final String LANE = "aio-lane-";

    @TempDir(factory = WorkDirectory.class)
    static Path directory;

    private static ServerProcess server;

    @BeforeAll
    static void start() throws IOException {
        byte[] content = Content.random(1, WRITTEN);
        for (int i = 0; i < FILES; i++) {
            try (RandomAccessFile file = new RandomAccessFile(file(i).toFile(), "rw")) {
                file.setLength(LENGTH);
                file.write(content);
            }
        }
        Program.succeed("sync", "--file-system", directory.toString());
        server = ServerProcess.serving(directory)
                .with("--loops", "3")
                // the JVM's own come and go otherwise
                .jvm("-XX:-UseDynamicNumberOfCompilerThreads")
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Path file(int i) {
        return directory.resolve("f" + i + ".bin");
    }

    @Test
    void shouldHaveNamesThatOperatorsCanRead() {
        List<String> names = new ArrayList<>(server.tasks().names().values());

        assertThat(names)
                .filteredOn(n -> n.startsWith("aio-loop-"))
                .containsExactlyInAnyOrder("aio-loop-0", "aio-loop-1", "aio-loop-2");
        assertThat(names)
                .filteredOn(n -> n.startsWith("aio-"))
                .allMatch(n -> n.matches("aio-(loop-\\d|lane-[0-7]|preload.*)"));
    }

    @Test
    void shouldNotGrowWithFilesInFlight() {
        Host.makeCold();
        List<Client> clients = new ArrayList<>();
        try {
            clients.add(begin(0));
            List<String> withOne = threads();

            for (int i = 1; i < FILES; i++) {
                clients.add(begin(i));
            }

            assertThat(threads())
                    .as("threads with %d files in flight", FILES)
                    .containsExactlyInAnyOrderElementsOf(withOne);
            assertThat(lane()).doesNotHaveDuplicates().hasSizeLessThanOrEqualTo(8);
        } finally {
            clients.forEach(Client::close);
        }
    }

    /** By name, but for the lane's, and the one that loads classes after the start and then ends. */
    private static List<String> threads() {
        return server.tasks().names().values().stream()
                .filter(name -> !name.equals("aio-preload") && !name.startsWith(LANE))
                .toList();
    }

    private static List<String> lane() {
        return server.tasks().names().values().stream()
                .filter(name -> name.startsWith(LANE))
                .toList();
    }

    /** Nobody asks for anything: none of the threads that wait for the disk is left, nor one that closes contexts. */
    @Test
    void shouldNeedNoLaneWithoutWork() {
        begin(0).close();

        await("no thread but loops")
                .atMost(Duration.ofSeconds(30))
                .until(() -> server.tasks().names().values().stream()
                        .noneMatch(name -> name.startsWith(LANE) || name.startsWith("aio-close")));
    }

    /** A transfer that has begun and waits for its client. */
    private static Client begin(int file) {
        Client client = Client.slow(server);
        client.send(Client.message("GET", "/" + file(file).getFileName()));
        assertThat(client.readHead().contentLength())
                .as("length of file %d", file)
                .isEqualTo(LENGTH);
        assertThat(client.readBytes(1_000)).isEqualTo(Content.random(1, 1_000));
        return client;
    }
}
