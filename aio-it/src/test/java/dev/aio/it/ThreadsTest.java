package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Threads: known by name, and no more of them for more files. */
@Timeout(120)
class ThreadsTest {

    private static final int FILES = 1_000;

    /** More than socket buffers take; only the begin is written, the rest is a hole that costs no disk. */
    private static final long LENGTH = 16L << 20;

    private static final int WRITTEN = 64 << 10;

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
        assertThat(names).contains("aio-lane-0", "aio-closer");
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
        } finally {
            clients.forEach(Client::close);
        }
    }

    /** By name, but for the one that loads classes after the start and then ends. */
    private static List<String> threads() {
        return server.tasks().names().values().stream()
                .filter(name -> !name.equals("aio-preload"))
                .toList();
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
