package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.core.AioFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that is asked for once what a client wants, and nothing else. */
@Tag("alone")
@Timeout(120)
class ColdReadTest {

    private static final int PAGE = 4096;

    @TempDir(factory = WorkDirectory.class)
    Path directory;

    /** Of a user who owns no file: only by beginning to read can he ask whether something is in memory. */
    @ParameterizedTest
    @ValueSource(ints = {100, PAGE + 1, 16_000, 20_000, 300_000, 3 << 20})
    void shouldLeaveNothingInMemoryOfAFileThatIsAskedForOnce(int size) throws IOException {
        Host.assumeAsynchronousFileSystem(directory);
        Path file = directory.resolve("file");
        Content.write(file, size, size);
        Content.write(directory.resolve("other"), 1, 1_000);
        try (ServerProcess server = ServerProcess.serving(directory)
                        .engine("aio")
                        .wrappedIn(Host.asNobody())
                        .start();
                Client client = Client.connect(server)) {
            client.get("/other");
            Host.makeCold(file);

            assertThat(client.get("/file").body()).isEqualTo(Content.random(size, size));
        }
        assertThat(residentPages(file, size)).isEmpty();
    }

    /** As the owner sees them, who can ask without reading. */
    private static int[] residentPages(Path path, int size) throws IOException {
        try (AioFile file = AioFile.open(path, Runnable::run)) {
            return IntStream.range(0, (size + PAGE - 1) / PAGE)
                    .filter(page -> file.isResident((long) page * PAGE, 1))
                    .toArray();
        }
    }
}
