package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A file that is written over in place while it is read: how many responses mix two versions and look right, beside
 * nginx in the same run. It cannot be helped altogether: a file has no versions, and sendfile lends pages to the
 * socket. What is noticed ends in a closed connection, by which the client knows.
 */
@Tag("alone")
@Tag("long")
class TornResponsesTest {

    private static final long SEED = Long.getLong("aio.seed", 20261124);
    private static final int READERS = 6;
    private static final long MOST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(60);

    @TempDir(factory = WorkDirectory.class)
    Path directory;

    /** How a response ended. */
    private enum Outcome {
        WHOLE,
        /** As long as announced, of several versions. */
        TORN,
        /** The connection was closed before the end. */
        CUT,
        /** Another status than 200. */
        REFUSED
    }

    private static final class Tally {
        private final Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);

        synchronized void add(Outcome outcome) {
            counts.merge(outcome, 1, Integer::sum);
        }

        int count(Outcome outcome) {
            return counts.getOrDefault(outcome, 0);
        }

        int all() {
            return counts.values().stream().mapToInt(Integer::intValue).sum();
        }

        /** Of all responses. */
        double torn() {
            return count(Outcome.TORN) / (double) all();
        }

        /** Of those that look right. */
        double tornOfFull() {
            return count(Outcome.TORN) / (double) Math.max(1, count(Outcome.TORN) + count(Outcome.WHOLE));
        }

        @Override
        public String toString() {
            return String.format(
                    "%d responses, torn %.2f %% (%.2f %% of those at full length), %s",
                    all(), 100 * torn(), 100 * tornOfFull(), counts);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1 << 20, 8 << 20})
    @Timeout(120)
    void shouldServeFewerTornResponsesThanNginx(int size) throws Exception {
        compare(size, 2, 1_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {200 << 10, 1 << 20, 8 << 20, 32 << 20})
    @Timeout(300)
    void shouldServeFewerTornResponsesThanNginxInManyRounds(int size) throws Exception {
        compare(size, 5, 3_000);
    }

    private void compare(int size, int rounds, int millis) throws Exception {
        Path files = Files.createDirectory(directory.resolve("files"));
        Tally ours = new Tally();
        Tally theirs = new Tally();
        long versions;
        try (Daemon nginx = Nginx.serving(files, directory);
                ServerProcess server = ServerProcess.serving(files).start();
                InPlaceWriter writer = InPlaceWriter.start(files.resolve("file.bin"), size, SEED, MOST_PAUSE_NANOS)) {
            read(
                    server.address(),
                    size,
                    1_000,
                    new Tally()); // warms up; from here on it knows that the file is written to
            for (int round = 0; round < rounds; round++) {
                read(server.address(), size, millis, ours);
                read(nginx.address(), size, millis, theirs);
            }
            versions = writer.versions();
        }
        System.out.printf(
                "%d KiB written over in place %d times (seed %d)%n  ours:  %s%n  nginx: %s%n",
                size >> 10, versions, SEED, ours, theirs);
        assertThat(ours.count(Outcome.WHOLE)).as("whole responses").isPositive();
        if (theirs.count(Outcome.TORN) > 0) {
            assertThat(ours.torn()).as("share of torn responses").isLessThan(theirs.torn());
            assertThat(ours.tornOfFull())
                    .as("share of torn responses among those that look right")
                    .isLessThan(theirs.tornOfFull());
        }
    }

    private static void read(InetSocketAddress server, int size, int millis, Tally tally) throws Exception {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        ExecutorService readers = Executors.newFixedThreadPool(READERS);
        try {
            List<Future<?>> reading = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                reading.add(readers.submit(() -> readUntil(end, server, size, tally)));
            }
            for (Future<?> each : reading) {
                each.get();
            }
        } finally {
            readers.shutdown();
        }
    }

    private static void readUntil(long end, InetSocketAddress server, int size, Tally tally) {
        byte[] body = new byte[size];
        while (System.nanoTime() < end) {
            try (Client client = Client.connect(server)) {
                Outcome outcome = Outcome.WHOLE;
                while (outcome != Outcome.CUT && System.nanoTime() < end) {
                    outcome = read(client, body);
                    tally.add(outcome);
                }
            }
        }
    }

    private static Outcome read(Client client, byte[] body) {
        client.send(Client.message("GET", "/file.bin"));
        Response head = client.readHead();
        int length = Math.toIntExact(head.contentLength());
        if (head.status() != 200) {
            client.readBytes(length);
            return Outcome.REFUSED;
        }
        assertThat(length).as("length announced").isEqualTo(body.length);
        if (!readFully(client.body(), body)) {
            return Outcome.CUT;
        }
        return InPlaceWriter.isOneVersion(body) ? Outcome.WHOLE : Outcome.TORN;
    }

    /** Returns whether all bytes came before the connection ended. */
    private static boolean readFully(InputStream in, byte[] bytes) {
        try {
            return in.readNBytes(bytes, 0, bytes.length) == bytes.length;
        } catch (SocketException reset) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
