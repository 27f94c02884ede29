package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * No thread writes to a file as memory. By default each of a JVM's does, to its performance counters in {@code /tmp}, and
 * may wait for that disk once the kernel has written a page of them back.
 */
@Timeout(60)
class JvmCountersTest {

    private static final String COUNTERS = "/tmp/hsperfdata_";

    @TempDir(factory = WorkDirectory.class)
    Path directory;

    @Test
    void shouldWriteToNoFileAsMemory() {
        try (ServerProcess server = ServerProcess.serving(directory).start();
                Client client = Client.connect(server)) {
            client.get("/");
            assertThat(server.tasks().sharedWritableFiles()).isEmpty();
            assertThat(server.stderrLines()).noneMatch(line -> line.contains(COUNTERS));
        }
    }

    /** Who starts the jar by himself is told. */
    @Test
    void shouldSayThatCountersAreInAFile() throws IOException {
        String type = Files.getFileStore(Path.of("/tmp")).type();
        Host.assume(!type.equals("tmpfs"), "/tmp is in memory");
        try (ServerProcess server =
                ServerProcess.serving(directory).jvm("-XX:+UsePerfData").start()) {
            String file = COUNTERS + System.getProperty("user.name") + '/' + server.pid();
            assertThat(server.tasks().sharedWritableFiles()).containsExactly(file);
            assertThat(server.stderrLines()).anyMatch(line -> line.contains(file) && line.contains("-XX:-UsePerfData"));
        }
    }
}
