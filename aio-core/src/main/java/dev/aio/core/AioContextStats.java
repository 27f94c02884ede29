package dev.aio.core;

import org.jspecify.annotations.Nullable;

/**
 * Counters of one context. Written by its owner only, as plain fields; another thread may see a value a
 * little late, never a wrong order of magnitude. Times are those of the owner's submissions; nobody waits
 * for a helper's.
 */
public final class AioContextStats {

    /** How long the slowest submission is remembered at least, in ns. */
    private static final long RECENT_NANOS = 60_000_000_000L;

    private static final int BUCKETS = 40;

    long completions;
    long rejections;
    long staleEvents;
    private long submitCalls;
    private long submittedOperations;
    private long helperSubmits;
    private long submitNanos;
    private long slowestSubmitNanos;
    private final long[] submitHistogram = new long[BUCKETS];

    // The slowest of the present period and of the one before it.
    private final Slowest present = new Slowest();
    private final Slowest former = new Slowest();
    private long presentSince = System.nanoTime();

    AioContextStats() {}

    void submitted(long begin, long nanos, int operations, int batch, Operation first) {
        submitCalls++;
        submittedOperations += operations;
        submitNanos += nanos;
        slowestSubmitNanos = Math.max(slowestSubmitNanos, nanos);
        submitHistogram[bucket(nanos)]++;
        if (begin - presentSince > RECENT_NANOS) {
            former.copy(present);
            present.nanos = 0;
            presentSince = begin;
        }
        if (nanos > present.nanos) {
            present.set(nanos, batch, first);
        }
    }

    void helped() {
        submittedOperations++;
        helperSubmits++;
    }

    private static int bucket(long nanos) {
        return Math.min(BUCKETS - 1, Long.SIZE - Long.numberOfLeadingZeros(nanos));
    }

    /** Calls of {@code io_submit}. */
    public long submitCalls() {
        return submitCalls;
    }

    /** Operations handed over, each piece of a split one counted. */
    public long submittedOperations() {
        return submittedOperations;
    }

    /** Those among them that the submit helper has submitted, because it could have to wait. */
    public long helperSubmits() {
        return helperSubmits;
    }

    /** Time spent inside {@code io_submit} in all, in ns: the owner waits that long. */
    public long submitNanos() {
        return submitNanos;
    }

    /** The longest single {@code io_submit}, in ns. */
    public long slowestSubmitNanos() {
        return slowestSubmitNanos;
    }

    /** Calls of {@code io_submit} by duration: element {@code i} counts those under {@code 1 << i} ns. */
    public long[] submitHistogram() {
        return submitHistogram.clone();
    }

    /** The slowest submission of the last one to two minutes; {@code null} if there was none. */
    public @Nullable SlowSubmit slowestRecentSubmit() {
        Slowest slowest = former.nanos > present.nanos ? former : present;
        return slowest.nanos == 0 ? null : slowest.toRecord();
    }

    /** Operations that have ended, whichever way. */
    public long completions() {
        return completions;
    }

    /** Operations refused because depth and pending queue were full. */
    public long rejections() {
        return rejections;
    }

    /** Events that belonged to no operation in flight; anything but 0 is a bug. */
    public long staleEvents() {
        return staleEvents;
    }

    /**
     * A call of {@code io_submit} that took long.
     *
     * @param nanos how long
     * @param batch operations it was given
     * @param operation the first of them
     * @param path of its file
     * @param position in bytes, -1 if it has none
     * @param length in bytes, -1 if it has none
     */
    public record SlowSubmit(long nanos, int batch, AioOperation operation, String path, long position, long length) {}

    private static final class Slowest {

        private long nanos;
        private int batch;
        private AioOperation operation;
        private String path;
        private long position;
        private long length;

        private void set(long slowestNanos, int submitted, Operation first) {
            nanos = slowestNanos;
            batch = submitted;
            operation = first.kind;
            path = first.file == null ? "" : first.file.path();
            position = first.position;
            length = first.length;
        }

        private void copy(Slowest other) {
            nanos = other.nanos;
            batch = other.batch;
            operation = other.operation;
            path = other.path;
            position = other.position;
            length = other.length;
        }

        private SlowSubmit toRecord() {
            return new SlowSubmit(nanos, batch, operation, path, position, length);
        }
    }
}
