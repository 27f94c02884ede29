package dev.aio.netty;

import dev.aio.core.AioContextStats.SlowSubmit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A transport at one moment; numbers of different loops are not of exactly the same moment. {@link
 * #toString()} is the dump for whoever is called at night.
 *
 * @param counts how often each rung answered, rungs never used left out
 * @param bytes bytes that each rung moved, rungs that moved none left out
 * @param pool aligned buffers
 * @param lane threads that may wait for the disk
 * @param loops one for each event loop that has used the transport
 */
public record TransportSnapshot(
        Map<Rung, Long> counts, Map<Rung, Long> bytes, Pool pool, LaneState lane, List<Loop> loops) {

    /**
     * The buffer pool.
     *
     * @param limitBytes what it may allocate
     * @param allocatedBytes what it has allocated, and keeps
     * @param usedBytes what is handed out
     * @param usedBuffers how many are handed out
     */
    public record Pool(long limitBytes, long allocatedBytes, long usedBytes, int usedBuffers) {}

    /**
     * The lane.
     *
     * @param threads of the lane
     * @param active threads that are at work
     * @param queued tasks that wait for one
     */
    public record LaneState(int threads, int active, int queued) {}

    /**
     * One event loop.
     *
     * @param name of its thread
     * @param engine {@code aio} or {@code lane}
     * @param depth operations that may be in the kernel, 0 for the lane
     * @param inFlight operations in the kernel
     * @param pending operations that wait for a place there
     * @param submitted operations handed to the kernel so far
     * @param helperSubmits those among them that the lane has submitted
     * @param rejections operations refused so far
     * @param submitNanos time inside {@code io_submit} so far: the loop waits that long
     * @param submitHistogram calls of {@code io_submit}; element {@code i} counts those under {@code 1 << i} ns
     * @param slowestRecentSubmit of the last one to two minutes
     * @param lagNanos how late its timer was when it was last looked at
     * @param waiting reads that are not answered yet, oldest first, a few of them
     */
    public record Loop(
            String name,
            String engine,
            int depth,
            int inFlight,
            int pending,
            long submitted,
            long helperSubmits,
            long rejections,
            long submitNanos,
            long[] submitHistogram,
            @Nullable SlowSubmit slowestRecentSubmit,
            long lagNanos,
            List<Waiting> waiting) {

        /**
         * Upper bound of the time within which a share of all {@code io_submit} calls ended.
         *
         * @param share 0 to 1, such as 0.99
         * @return ns, a power of two; 0 if there were no calls
         */
        public long submitNanosWithin(double share) {
            long all = 0;
            for (long n : submitHistogram) {
                all += n;
            }
            long sought = (long) Math.ceil(all * share);
            long passed = 0;
            for (int i = 0; i < submitHistogram.length && sought > 0; i++) {
                passed += submitHistogram[i];
                if (passed >= sought) {
                    return 1L << i;
                }
            }
            return 0;
        }
    }

    /**
     * A read that is not answered yet.
     *
     * @param path of the file
     * @param position in bytes
     * @param length in bytes
     * @param nanos since it was asked for
     * @param state what it waits for
     */
    public record Waiting(String path, long position, int length, long nanos, String state) {}

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(1024);
        line(
                out,
                "pool: %d of %d KiB handed out in %d buffers, %d KiB allocated",
                pool.usedBytes >> 10,
                pool.limitBytes >> 10,
                pool.usedBuffers,
                pool.allocatedBytes >> 10);
        line(out, "lane: %d of %d threads at work, %d tasks wait", lane.active, lane.threads, lane.queued);
        for (Loop loop : loops) {
            describe(out, loop);
        }
        counts.forEach((rung, n) -> line(out, "%s: %d times, %d bytes", rung, n, bytes.getOrDefault(rung, 0L)));
        return out.toString();
    }

    private static void describe(StringBuilder out, Loop loop) {
        line(
                out,
                "%s: %s, %d of %d in flight, %d pending, %d rejected, lag %d us",
                loop.name,
                loop.engine,
                loop.inFlight,
                loop.depth,
                loop.pending,
                loop.rejections,
                TimeUnit.NANOSECONDS.toMicros(loop.lagNanos));
        line(
                out,
                "  io_submit: %d operations, %d by the lane; %d us in all, half within %d ns, 99 %% within %d ns",
                loop.submitted,
                loop.helperSubmits,
                TimeUnit.NANOSECONDS.toMicros(loop.submitNanos),
                loop.submitNanosWithin(0.5),
                loop.submitNanosWithin(0.99));
        SlowSubmit slow = loop.slowestRecentSubmit;
        if (slow != null) {
            line(
                    out,
                    "  slowest of late: %d us for %d operations, the first a %s of %d bytes at %d of %s",
                    TimeUnit.NANOSECONDS.toMicros(slow.nanos()),
                    slow.batch(),
                    slow.operation().label(),
                    slow.length(),
                    slow.position(),
                    slow.path());
        }
        for (Waiting read : loop.waiting) {
            line(
                    out,
                    "  %d ms: %d bytes at %d of %s, %s",
                    TimeUnit.NANOSECONDS.toMillis(read.nanos),
                    read.length,
                    read.position,
                    read.path,
                    read.state);
        }
    }

    private static void line(StringBuilder out, String format, Object... arguments) {
        out.append(String.format(format, arguments)).append('\n');
    }
}
