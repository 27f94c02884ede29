package dev.aio.netty.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.Await;
import dev.aio.netty.http.AccessEntry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AccessLogWriterTest {

    @TempDir
    Path directory;

    private static AccessEntry entry(int number) throws IOException {
        return AccessLogFormatTest.entry("/" + number, null, null);
    }

    private static String[] targets(String lines) {
        return lines.lines()
                .map(line -> line.replaceAll(".*GET /(\\d+) .*", "$1"))
                .toArray(String[]::new);
    }

    @Test
    void entriesAreAppendedInOrderAndAllOfThemBeforeTheEnd() throws Exception {
        Path file = Files.writeString(directory.resolve("log"), "GET /0 before\n");
        AccessLogWriter log = AccessLogWriter.open(AccessLogFormat.COMMON, file.toString(), 2000);
        for (int i = 1; i <= 1000; i++) {
            log.answered(entry(i));
        }
        log.close();
        assertThat(log.dropped()).isZero();
        String[] targets = targets(Files.readString(file));
        assertThat(targets).hasSize(1001);
        for (int i = 1; i <= 1000; i++) {
            assertThat(targets[i]).isEqualTo(String.valueOf(i));
        }
    }

    /** What the writer cannot keep up with is lost, not waited for; and it is counted. */
    @Test
    void aSlowDiskDropsEntriesAndCountsThem() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        Semaphore disk = new Semaphore(0);
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        AccessLogWriter.Sink slow = new AccessLogWriter.Sink() {
            @Override
            public void write(byte[] lines) {
                started.countDown();
                disk.acquireUninterruptibly();
                written.writeBytes(lines);
            }

            @Override
            public void close() {}
        };
        AccessLogWriter log = new AccessLogWriter(AccessLogFormat.COMMON, slow, 4);
        log.answered(entry(0));
        started.await();
        for (int i = 1; i <= 10; i++) {
            log.answered(entry(i));
        }
        assertThat(log.dropped()).isEqualTo(6);
        disk.release(100);
        log.close();
        assertThat(targets(written.toString(StandardCharsets.US_ASCII))).containsExactly("0", "1", "2", "3", "4");
    }

    @Test
    void aFullDiskLosesLinesUntilThereIsRoomAgain() throws Exception {
        boolean[] full = {true};
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        AccessLogWriter.Sink sink = new AccessLogWriter.Sink() {
            @Override
            public synchronized void write(byte[] lines) throws IOException {
                synchronized (full) {
                    if (full[0]) {
                        throw new IOException("No space left on device");
                    }
                }
                written.writeBytes(lines);
            }

            @Override
            public void close() {}
        };
        AccessLogWriter log = new AccessLogWriter(AccessLogFormat.COMMON, sink, 100);
        log.answered(entry(1));
        log.answered(entry(2));
        Await.until("both lost", () -> log.dropped() == 2);
        synchronized (full) {
            full[0] = false;
        }
        log.answered(entry(3));
        log.close();
        assertThat(targets(written.toString(StandardCharsets.US_ASCII))).containsExactly("3");
        log.answered(entry(4));
        assertThat(log.dropped()).as("after the end, too").isEqualTo(3);
    }
}
