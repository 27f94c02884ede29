package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every byte of a file arrives, in order, whichever rung carries it. */
@ParameterizedClass(name = "engine {0}")
@ValueSource(strings = {"aio", "blocking"})
@Timeout(120)
class ByteExactTest {

    /** Around the borders of sectors, pages and buffers, and many windows. */
    private static final int[] SIZES = {0, 1, 511, 4095, 4096, 4097, 65537, 16 << 20};

    private static final int CLIENTS = 64;
    private static final Map<Integer, String> DIGESTS = new LinkedHashMap<>();

    @TempDir(factory = WorkDirectory.class)
    static Path directory;

    private static ServerProcess server;

    @Parameter
    String engine;

    @BeforeParameterizedClassInvocation
    static void start(String engine) {
        for (int size : SIZES) {
            DIGESTS.put(size, Content.sha256(Content.write(file(size), size, size)));
        }
        server = ServerProcess.serving(directory).engine(engine).start();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    private static Path file(int size) {
        return directory.resolve("f" + size + ".bin");
    }

    private static void makeCold() {
        Host.makeCold(DIGESTS.keySet().stream().map(ByteExactTest::file).toArray(Path[]::new));
    }

    private static void makeHot() throws IOException {
        for (int size : SIZES) {
            Files.readAllBytes(file(size));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511, 4095, 4096, 4097, 65537, 16 << 20})
    void shouldServeColdFileExactly(int size) {
        makeCold();
        assertServedExactly(size);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511, 4095, 4096, 4097, 65537, 16 << 20})
    void shouldServeHotFileExactly(int size) throws IOException {
        makeHot();
        assertServedExactly(size);
    }

    @Test
    void shouldServeColdFilesExactlyToManyAtOnce() throws Exception {
        makeCold();
        serveAllSizesToManyAtOnce();
    }

    @Test
    void shouldServeHotFilesExactlyToManyAtOnce() throws Exception {
        makeHot();
        serveAllSizesToManyAtOnce();
    }

    private static void serveAllSizesToManyAtOnce() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            CountDownLatch together = new CountDownLatch(1);
            List<Future<?>> gets = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int size = SIZES[i % SIZES.length];
                gets.add(clients.submit(() -> {
                    together.await();
                    assertServedExactly(size);
                    return null;
                }));
            }
            together.countDown();
            for (Future<?> get : gets) {
                get.get(100, TimeUnit.SECONDS);
            }
        } finally {
            clients.shutdownNow();
        }
    }

    private static void assertServedExactly(int size) {
        try (Client client = Client.connect(server)) {
            Response response = client.get("/" + file(size).getFileName());
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.contentLength()).isEqualTo(size);
            assertThat(Content.sha256(response.body()))
                    .as("sha256 of %d bytes", size)
                    .isEqualTo(DIGESTS.get(size));
        }
    }

    @Test
    @Tag("long")
    @Timeout(600)
    void shouldServeFileBeyond2GiBExactly() throws IOException {
        long length = 3L << 30;
        Path file = directory.resolve("huge.bin");
        String digest = Content.writeLarge(file, 3, length);
        try {
            Host.makeCold(file);
            assertServedExactly(file, length, digest);
            assertServedExactly(file, length, digest); // by then most of it may be resident
        } finally {
            Files.delete(file);
        }
    }

    private static void assertServedExactly(Path file, long length, String digest) throws IOException {
        try (Client client = Client.connect(server)) {
            client.send(Client.message("GET", "/" + file.getFileName()));
            assertThat(client.readHead().contentLength()).isEqualTo(length);
            assertThat(Content.sha256(client.body(), length)).isEqualTo(digest);
        }
    }
}
