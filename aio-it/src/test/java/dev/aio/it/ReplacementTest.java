package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A file that is replaced by rename while it is read: each response is one version, whole, under that
 * version's entity tag. A version is a file all of whose bytes are the same, as long as its number says.
 */
@Timeout(600)
class ReplacementTest {

    private static final long SEED = Long.getLong("aio.seed", 20261123);
    private static final int READERS = 32;
    private static final int MANY_VERSIONS = 10_000;
    private static final int VERSIONS = 500;

    @TempDir(factory = WorkDirectory.class)
    Path directory;

    @Test
    void shouldServeOneVersionWhole() throws Exception {
        replace(VERSIONS);
    }

    @Test
    @Tag("long")
    void shouldServeOneVersionWholeTenThousandTimes() throws Exception {
        replace(MANY_VERSIONS);
    }

    private void replace(int versions) throws Exception {
        putVersion(0);
        Map<String, Integer> versionOfTag = new ConcurrentHashMap<>();
        AtomicBoolean done = new AtomicBoolean();
        AtomicLong responses = new AtomicLong();
        ExecutorService readers = Executors.newFixedThreadPool(READERS);
        try (ServerProcess server = ServerProcess.serving(directory).start()) {
            List<Future<?>> reading = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                int reader = i;
                reading.add(readers.submit(() -> readUntil(done, server, reader, versionOfTag, responses)));
            }
            // An open file is trusted for a second: go on until another version was seen.
            for (int version = 1; version <= versions || versionOfTag.size() < 2; version++) {
                putVersion(version);
            }
            done.set(true);
            for (Future<?> each : reading) {
                each.get(); // fails with what the reader saw
            }
        } finally {
            done.set(true);
            readers.shutdown();
        }
        System.out.printf(
                "%d responses of %d versions seen during %d replacements (seed %d)%n",
                responses.get(), versionOfTag.size(), versions, SEED);
        assertThat(responses.get()).isGreaterThan(READERS);
        assertThat(versionOfTag).as("versions seen").hasSizeGreaterThan(1);
    }

    private Void readUntil(
            AtomicBoolean done,
            ServerProcess server,
            int reader,
            Map<String, Integer> versionOfTag,
            AtomicLong responses) {
        Random random = new Random(SEED + reader);
        while (!done.get()) {
            try (Client client = Client.connect(server)) {
                for (int i = random.nextInt(20); i >= 0; i--) {
                    check(client.get("/file.bin"), versionOfTag);
                    responses.incrementAndGet();
                }
            }
        }
        return null;
    }

    private static void check(Response response, Map<String, Integer> versionOfTag) {
        assertThat(response.status()).isEqualTo(200);
        byte[] body = response.body();
        int version = body.length - SMALLEST;
        byte[] expected = new byte[body.length];
        Arrays.fill(expected, (byte) version);
        assertThat(Arrays.mismatch(body, expected))
                .as("first byte of another version than %s", version)
                .isEqualTo(-1);
        Integer before = versionOfTag.putIfAbsent(response.header("etag"), version);
        assertThat(before).as("version of the same entity tag before").isIn(null, version);
    }

    /** Both small and large ones: the first is sent with the head, the second by sendfile. */
    private static final int SMALLEST = 60_000;

    private void putVersion(int version) throws IOException {
        byte[] content = new byte[SMALLEST + version];
        Arrays.fill(content, (byte) version);
        Path made = Files.write(directory.resolve("next"), content);
        Files.move(made, directory.resolve("file.bin"), StandardCopyOption.ATOMIC_MOVE);
    }
}
