package dev.aio.core;

/**
 * Counters of one context. Written by its owner only, as plain fields; another thread may see a
 * value a little late, never a wrong order of magnitude.
 */
public final class AioContextStats {

    long submitCalls;
    long submittedOperations;
    long submitNanos;
    long slowestSubmitNanos;
    long slowestOfTurnNanos;
    long completions;
    long rejections;
    long staleEvents;

    AioContextStats() {}

    void submitted(long nanos, int operations) {
        submitCalls++;
        submittedOperations += operations;
        submitNanos += nanos;
        slowestSubmitNanos = Math.max(slowestSubmitNanos, nanos);
        slowestOfTurnNanos = Math.max(slowestOfTurnNanos, nanos);
    }

    /** Calls of {@code io_submit}. */
    public long submitCalls() {
        return submitCalls;
    }

    /** Operations that the kernel took. */
    public long submittedOperations() {
        return submittedOperations;
    }

    /** Time spent inside {@code io_submit} in all, in ns: the owner waits that long. */
    public long submitNanos() {
        return submitNanos;
    }

    /** The longest single {@code io_submit}, in ns. */
    public long slowestSubmitNanos() {
        return slowestSubmitNanos;
    }

    /** The longest {@code io_submit} since this was last called, in ns. For the owner only. */
    public long takeSlowestSubmitNanos() {
        long slowest = slowestOfTurnNanos;
        slowestOfTurnNanos = 0;
        return slowest;
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
}
