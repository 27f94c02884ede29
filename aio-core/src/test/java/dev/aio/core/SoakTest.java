package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A million operations, shared by the carriers, leave the process and the host as they were. */
@Tag("long")
@Timeout(value = 60, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SoakTest extends ContextSuite {

    private static final int OPERATIONS = Integer.getInteger("aio.soak.operations", 350_000);
    private static final int WARM_UP = Math.min(OPERATIONS, 30_000);

    /** One run's file is compared in the end, so that what was wrong is known of no later than that. */
    private static final int RUN = 50_000;

    /** Compiled code, the collector and the allocator's arenas grow by less; 150 bytes of each operation show. */
    private static final long RSS_SLACK = 48L << 20;

    private static final int AIO_NR_SLACK = 2_000;

    @BeforeEach
    void warmUp() throws IOException {
        perform(WARM_UP, 0);
    }

    @Test
    void shouldLeaveNothingBehind() throws Exception {
        await("what earlier tests have left").atMost(Duration.ofSeconds(60)).until(() -> ownThreads() == 0);
        long aioNr = Aio.aioNr();
        long descriptors = descriptors();
        long rings = OpenDescriptors.aioContexts();
        long threads = ownThreads();
        long direct = directMemory();
        long rss = rss();
        for (int done = 0; done < OPERATIONS; done += RUN) {
            perform(Math.min(RUN, OPERATIONS - done), done);
        }
        assertThat(OpenDescriptors.aioContexts()).as("rings").isEqualTo(rings);
        assertThat(descriptors()).as("descriptors").isEqualTo(descriptors);
        // Others on this host have contexts too, and those come and go; ours were many more than the slack.
        await("fs.aio-nr about as before: " + aioNr)
                .atMost(Duration.ofMinutes(2))
                .until(() -> Aio.aioNr() <= aioNr + AIO_NR_SLACK);
        await("no more threads than before: " + threads)
                .atMost(Duration.ofSeconds(60))
                .until(() -> ownThreads() <= threads);
        await("no more direct memory than before: " + direct)
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(directMemory()).isLessThanOrEqualTo(direct + (1 << 20)));
        assertThat(rss())
                .as("resident bytes outside of the heap, %s before", rss)
                .isLessThan(rss + RSS_SLACK);
    }

    private void perform(int operations, long seed) throws IOException {
        try (ModelRun run = new ModelRun(this::builder, seed, directory.resolve("soak"), index -> 0)) {
            run.run(operations);
        }
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }

    /** Threads that contexts have started; an idle helper stays for a while. */
    private static long ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("aio-"))
                .count();
    }

    private static long directMemory() {
        System.gc(); // what frees it
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    /** Resident bytes outside of the Java heap, which HotSpot puts below 32 GiB and grows as it likes. */
    private static long rss() throws IOException {
        long sum = 0;
        boolean counts = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            int dash = line.indexOf('-');
            if (dash > 0 && line.substring(0, dash).matches("[0-9a-f]+")) {
                counts = Long.parseUnsignedLong(line.substring(0, dash), 16) >= 64L << 30;
            } else if (counts && line.startsWith("Rss:")) {
                sum += Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        return sum;
    }
}
