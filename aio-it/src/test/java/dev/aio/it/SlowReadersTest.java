package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Thousands of clients that take a few bytes a second must cost little, and nobody else's throughput. */
@Tag("alone")
@Tag("long")
@Timeout(300)
class SlowReadersTest {

    private static final int SLOW = 2_000;
    private static final int FILES = 20;
    private static final int FILE_SIZE = 64 << 20;
    private static final int BYTES_PER_SECOND = 4096;
    private static final int SECONDS = 10;

    /** Of the pool, the heap and the rest together. */
    private static final long MOST_GROWTH = 160L << 20;

    @TempDir(factory = WorkDirectory.class)
    Path directory;

    @Test
    void shouldServeTheFastOneBesideTwoThousandSlowOnes() throws Exception {
        Path[] files = new Path[FILES];
        for (int i = 0; i < FILES; i++) {
            files[i] = directory.resolve("cold-" + i + ".bin");
            Content.writeLarge(files[i], i, FILE_SIZE);
        }
        Content.write(directory.resolve("fast.bin"), 1, 1 << 20);
        try (ServerProcess server = ServerProcess.serving(directory).start()) {
            fastBytes(server, 1); // warms up
            double alone = fastBytes(server, 3) / 3.0;
            Host.makeCold(files);
            long before = residentBytes(server);
            List<SocketChannel> slow = new ArrayList<>();
            AtomicBoolean done = new AtomicBoolean();
            Thread dripping = new Thread(() -> drip(slow, done), "slow-readers");
            try {
                for (int i = 0; i < SLOW; i++) {
                    slow.add(ask(server, "/cold-" + i % FILES + ".bin"));
                }
                dripping.start();
                double beside = fastBytes(server, SECONDS) / (double) SECONDS;
                long growth = residentBytes(server) - before;
                System.out.printf(
                        "fast reader: %.0f MB/s alone, %.0f MB/s beside %d slow ones (%.2f); RSS grew by %d MiB%n",
                        alone / 1e6, beside / 1e6, SLOW, beside / alone, growth >> 20);
                assertThat(growth).as("growth of RSS in bytes").isLessThan(MOST_GROWTH);
                assertThat(beside).as("bytes a second beside them").isPositive();
            } finally {
                done.set(true);
                dripping.join();
                for (SocketChannel channel : slow) {
                    channel.close();
                }
            }
        }
    }

    private static SocketChannel ask(ServerProcess server, String path) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.SO_RCVBUF, BYTES_PER_SECOND);
        channel.connect(server.address());
        channel.write(ByteBuffer.wrap(Client.message("GET", path).getBytes(StandardCharsets.US_ASCII)));
        channel.configureBlocking(false);
        return channel;
    }

    /** One thread is all of them: a second's bytes from each, each second. */
    private static void drip(List<SocketChannel> slow, AtomicBoolean done) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(BYTES_PER_SECOND);
        long next = System.nanoTime();
        try {
            while (!done.get()) {
                for (SocketChannel channel : slow) {
                    bytes.clear();
                    channel.read(bytes);
                }
                next += TimeUnit.SECONDS.toNanos(1);
                LockSupport.parkNanos(next - System.nanoTime());
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Bytes that one client gets in so many seconds, of a file that is in memory. */
    private static long fastBytes(ServerProcess server, int seconds) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        long total = 0;
        byte[] sink = new byte[64 << 10];
        try (Client client = Client.connect(server)) {
            while (System.nanoTime() < end) {
                client.send(Client.message("GET", "/fast.bin"));
                long left = client.readHead().contentLength();
                InputStream body = client.body();
                while (left > 0) {
                    int n = body.read(sink, 0, (int) Math.min(sink.length, left));
                    assertThat(n).as("bytes of the body").isPositive();
                    left -= n;
                    total += n;
                }
            }
        }
        return total;
    }

    private static long residentBytes(ServerProcess server) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + server.pid() + "/status"))) {
            if (line.startsWith("RssAnon:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        throw new IllegalStateException("no RssAnon in /proc/" + server.pid() + "/status");
    }
}
