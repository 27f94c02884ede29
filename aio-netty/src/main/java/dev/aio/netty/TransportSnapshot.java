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
 * @param pinned files that are locked in the page cache
 * @param mapped files that are mapped, so that what is in memory of them is asked cheaply
 * @param lane threads that may wait for the disk
 * @param engines each once, however many event loops share it
 * @param loops one for each event loop that has used the transport
 */
public record TransportSnapshot(
        Map<Rung, Long> counts,
        Map<Rung, Long> bytes,
        Pool pool,
        Pinned pinned,
        Mapped mapped,
        LaneState lane,
        List<EngineState> engines,
        List<Loop> loops) {

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
     * Files that are locked in the page cache.
     *
     * @param limitBytes what may be locked: what was asked for, or what this process is allowed
     * @param bytes what is locked
     * @param files how many are
     */
    public record Pinned(long limitBytes, long bytes, int files) {}

    /**
     * Files that are mapped.
     *
     * @param limitBytes what may be mapped
     * @param bytes what has been, of files that are open
     */
    public record Mapped(long limitBytes, long bytes) {}

    /**
     * The lane.
     *
     * @param threads that the lane may have
     * @param active threads that are at work
     * @param queued tasks that wait for one
     * @param rejections tasks refused so far because too many waited
     */
    public record LaneState(int threads, int active, int queued, long rejections) {}

    /**
     * What carries out the reads and operations of one or several event loops.
     *
     * @param name of the thread that an AIO context belongs to; {@code lane} for the lane, where there is none
     * @param kind {@code aio} or {@code lane}
     * @param accepted reads and operations that have not ended, of all event loops
     * @param depth operations that may be in the kernel, 0 for the lane
     * @param inFlight operations in the kernel; 0 for the lane, see {@link LaneState}
     * @param pending operations that wait for a place there
     * @param submitted operations handed to the kernel so far
     * @param helperSubmits those among them that the lane has submitted
     * @param rejections operations refused so far
     * @param submitNanos time inside {@code io_submit} so far: the loop waits that long
     * @param submitHistogram calls of {@code io_submit}; element {@code i} counts those under {@code 1 << i} ns
     * @param slowestRecentSubmit of the last one to two minutes
     */
    public record EngineState(
            String name,
            String kind,
            int accepted,
            int depth,
            int inFlight,
            int pending,
            long submitted,
            long helperSubmits,
            long rejections,
            long submitNanos,
            long[] submitHistogram,
            @Nullable SlowSubmit slowestRecentSubmit) {

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
     * One event loop.
     *
     * @param name of its thread
     * @param engine what it uses, by itself or with others: one of {@link TransportSnapshot#engines}
     * @param lagNanos how late its timer was when it was last looked at
     * @param waiting what is not answered yet and has waited for a second, oldest first, a few of them
     */
    public record Loop(String name, EngineState engine, long lagNanos, List<Waiting> waiting) {}

    /**
     * A read or another operation that is not answered yet, or was cancelled and the disk still has.
     *
     * @param operation {@code read}, {@code write}, {@code sync}, …
     * @param path of the file
     * @param position in bytes; -1 for what has none, as a sync
     * @param length in bytes, in all; -1 for what has none
     * @param nanos since it was asked for
     * @param state what it waits for now
     */
    public record Waiting(String operation, String path, long position, long length, long nanos, String state) {

        @Override
        public String toString() {
            String range = length < 0 ? "" : " of " + length + " bytes at " + position;
            return TimeUnit.NANOSECONDS.toMillis(nanos) + " ms: " + operation + range + " of " + path + ", " + state;
        }
    }

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
        line(out, "pinned: %d of %d KiB, %d files", pinned.bytes >> 10, pinned.limitBytes >> 10, pinned.files);
        line(out, "mapped: %d of %d KiB", mapped.bytes >> 10, mapped.limitBytes >> 10);
        line(
                out,
                "lane: %d of %d threads at work, %d tasks wait, %d rejected",
                lane.active,
                lane.threads,
                lane.queued,
                lane.rejections);
        for (EngineState engine : engines) {
            describe(out, engine);
        }
        for (Loop loop : loops) {
            line(
                    out,
                    "loop %s: by engine %s, lag %d us",
                    loop.name,
                    loop.engine.name,
                    TimeUnit.NANOSECONDS.toMicros(loop.lagNanos));
            for (Waiting one : loop.waiting) {
                line(out, "  %s", one);
            }
        }
        counts.forEach((rung, n) -> line(out, "%s: %d times, %d bytes", rung, n, bytes.getOrDefault(rung, 0L)));
        return out.toString();
    }

    private static void describe(StringBuilder out, EngineState engine) {
        line(
                out,
                "engine %s: %s, %d accepted, %d of %d in flight, %d pending, %d rejected",
                engine.name,
                engine.kind,
                engine.accepted,
                engine.inFlight,
                engine.depth,
                engine.pending,
                engine.rejections);
        line(
                out,
                "  io_submit: %d operations, %d by the lane; %d us in all, half within %d ns, 99 %% within %d ns",
                engine.submitted,
                engine.helperSubmits,
                TimeUnit.NANOSECONDS.toMicros(engine.submitNanos),
                engine.submitNanosWithin(0.5),
                engine.submitNanosWithin(0.99));
        SlowSubmit slow = engine.slowestRecentSubmit;
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
    }

    private static void line(StringBuilder out, String format, Object... arguments) {
        out.append(String.format(format, arguments)).append('\n');
    }
}
