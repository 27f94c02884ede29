package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts of files: the bytes asked for and the header that says so. */
@ParameterizedClass(name = "engine {0}")
@ValueSource(strings = {"aio", "blocking"})
@Timeout(60)
class RangeTest {

    /** Odd, so that the end of the file is aligned to nothing. */
    private static final int SIZE = 3_000_017;

    private static final int RANGES = 100;

    @TempDir(factory = WorkDirectory.class)
    static Path directory;

    private static ServerProcess server;

    @Parameter
    String engine;

    @BeforeParameterizedClassInvocation
    static void start(String engine) {
        Content.write(file(), 2, SIZE);
        server = ServerProcess.serving(directory).engine(engine).start();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    private static Path file() {
        return directory.resolve("ranges.bin");
    }

    @Test
    void shouldServeColdRangesAtOddPositions() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 4; i++) {
            Host.makeCold(file());
            serveRanges(seed, random, RANGES / 4);
        }
    }

    @Test
    void shouldServeHotRangesAtOddPositions() throws IOException {
        Files.readAllBytes(file());
        long seed = new Random().nextLong();
        serveRanges(seed, new Random(seed), RANGES);
    }

    private static void serveRanges(long seed, Random random, int count) throws IOException {
        try (Client client = Client.connect(server);
                RandomAccessFile expected = new RandomAccessFile(file().toFile(), "r")) {
            for (int i = 0; i < count; i++) {
                int first = random.nextInt(SIZE);
                // short and long ones alike: across a page, across a window, to the end
                int last = first + random.nextInt(Math.min(SIZE - first, 1 << (1 + random.nextInt(21))));
                Response response = client.get("/ranges.bin", "Range: bytes=" + first + '-' + last);
                assertThat(response.status()).isEqualTo(206);
                byte[] bytes = new byte[last - first + 1];
                expected.seek(first);
                expected.readFully(bytes);
                assertThat(response.body())
                        .as("bytes %d-%d (range %d of seed %d)", first, last, i, seed)
                        .isEqualTo(bytes);
            }
        }
    }

    @Test
    void shouldSayWhichPartItSends() {
        try (Client client = Client.connect(server)) {
            Response response = client.get("/ranges.bin", "Range: bytes=1-7");

            assertThat(response.status()).isEqualTo(206);
            assertThat(response.header("Content-Range")).isEqualTo("bytes 1-7/" + SIZE);
            assertThat(response.contentLength()).isEqualTo(7);
        }
    }

    @Test
    void shouldServeSuffix() throws IOException {
        byte[] all = Files.readAllBytes(file());
        try (Client client = Client.connect(server)) {
            Response response = client.get("/ranges.bin", "Range: bytes=-4097");

            assertThat(response.header("Content-Range"))
                    .isEqualTo("bytes " + (SIZE - 4097) + '-' + (SIZE - 1) + '/' + SIZE);
            assertThat(response.body()).isEqualTo(Arrays.copyOfRange(all, SIZE - 4097, SIZE));
        }
    }

    @Test
    void shouldCutRangeAtEndOfFile() {
        try (Client client = Client.connect(server)) {
            Response response = client.get("/ranges.bin", "Range: bytes=" + (SIZE - 5) + "-99999999");

            assertThat(response.header("Content-Range"))
                    .isEqualTo("bytes " + (SIZE - 5) + '-' + (SIZE - 1) + '/' + SIZE);
            assertThat(response.contentLength()).isEqualTo(5);
        }
    }

    @Test
    void shouldRefuseRangeBehindEndOfFile() {
        try (Client client = Client.connect(server)) {
            Response response = client.get("/ranges.bin", "Range: bytes=" + SIZE + '-');

            assertThat(response.status()).isEqualTo(416);
            assertThat(response.header("Content-Range")).isEqualTo("bytes */" + SIZE);
        }
    }
}
