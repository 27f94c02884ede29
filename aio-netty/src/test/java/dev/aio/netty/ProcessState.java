package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.core.Aio;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.management.JMException;
import javax.management.ObjectName;
import org.awaitility.Awaitility;

/**
 * What this process and the host had at one moment: threads of ours, descriptors, rings, memory outside of the heap.
 *
 * @param aioNr of the host, {@code fs.aio-nr}
 * @param rss resident bytes outside of the Java heap
 */
record ProcessState(long threads, long descriptors, long rings, long aioNr, long direct, long rss) {

    /** Others on this host have contexts too, and those come and go; a test has to use more than this. */
    static final int AIO_NR_SLACK = 2_000;

    /** What Netty's allocators keep, by thread and by size. */
    private static final long DIRECT_SLACK = 48L << 20;

    /** Compiled code, the collector and the allocator's arenas grow by less. */
    private static final long RSS_SLACK = 128L << 20;

    private static final Duration DEADLINE = Duration.ofSeconds(60);

    static ProcessState now() throws IOException {
        return new ProcessState(
                ownThreads(),
                OpenDescriptors.count(),
                OpenDescriptors.aioContexts(),
                Aio.aioNr(),
                directNow(),
                rssNow());
    }

    /** Waits for all to be as it was then, and fails if it does not become so. */
    void assertAsNow() throws IOException {
        soon("threads, before: " + threads, () -> assertThat(ownThreads()).isLessThanOrEqualTo(threads));
        soon(
                "descriptors, before: " + descriptors,
                () -> assertThat(OpenDescriptors.count()).isLessThanOrEqualTo(descriptors));
        assertThat(OpenDescriptors.aioContexts()).as("rings").isEqualTo(rings);
        soon("fs.aio-nr, before: " + aioNr, () -> assertThat(Aio.aioNr()).isLessThanOrEqualTo(aioNr + AIO_NR_SLACK));
        soon("direct memory, before: " + direct, () -> assertThat(directNow()).isLessThan(direct + DIRECT_SLACK));
        soon(
                "resident bytes outside of the heap, before: " + rss,
                () -> assertThat(rssNow()).isLessThan(rss + RSS_SLACK));
    }

    private interface Check {
        void run() throws IOException;
    }

    private static void soon(String what, Check check) {
        Awaitility.await(what)
                .atMost(DEADLINE)
                .pollInterval(10, TimeUnit.MILLISECONDS)
                .untilAsserted(check::run);
    }

    /** Of transports and of test groups. */
    private static long ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("aio-") || name.startsWith("test-loop"))
                .count();
    }

    /** What buffers have that know a cleaner, and what Netty takes from the JVM by itself. */
    private static long directNow() {
        System.gc(); // what frees it
        long known = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        return known + Math.max(0, PlatformDependent.usedDirectMemory());
    }

    /** HotSpot puts the heap below 32 GiB, and grows it as it likes. */
    private static long rssNow() throws IOException {
        trimNativeHeap();
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

    /** What was freed is kept by the C library otherwise, in as many arenas as there were threads. */
    private static void trimNativeHeap() {
        try {
            ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "systemTrimNativeHeap",
                            new Object[0],
                            new String[0]);
        } catch (JMException notInThisJvm) {
            // then it counts
        }
    }
}
