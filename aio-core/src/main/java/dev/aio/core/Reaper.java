package dev.aio.core;

import dev.aio.core.internal.IoEngine;

/** Takes what has ended, waits for it, and has the completions called. */
final class Reaper {

    /** How often a wait for events is interrupted to look for what helpers could not submit. */
    private static final long HELPER_POLL_NANOS = 10_000_000;

    private final IoEngine engine;
    private final Ownership ownership;
    private final Submission submission;
    private final Completions completions;

    Reaper(IoEngine engine, Ownership ownership, Submission submission, Completions completions) {
        this.engine = engine;
        this.ownership = ownership;
        this.submission = submission;
        this.completions = completions;
    }

    /** See {@link AioContext#getEvents}. */
    int reap(int min, int max, long timeoutNanos) {
        int reaped = reapReady(max);
        if (!engine.reapsInUserSpace() && reaped < max && submission.inFlight() > 0 && ownership.isMine()) {
            engine.fetch(0, max - reaped, 0);
            reaped += reapReady(max - reaped);
        }
        int wanted = Math.min(min, max);
        if (reaped >= wanted || timeoutNanos == 0) {
            return reaped;
        }
        long begin = timeoutNanos > 0 ? System.nanoTime() : 0;
        long left = timeoutNanos;
        while (reaped < wanted && submission.inFlight() > 0 && ownership.isMine()) {
            await(wanted - reaped, max - reaped, left);
            reaped += reapReady(max - reaped);
            if (timeoutNanos > 0) {
                left = timeoutNanos - (System.nanoTime() - begin);
                if (left <= 0) {
                    break;
                }
            }
        }
        return reaped;
    }

    private void await(int missing, int max, long timeoutNanos) {
        // A helper whose operation is refused cannot end a wait for events.
        boolean bounded = submission.isHelped() && (timeoutNanos < 0 || timeoutNanos > HELPER_POLL_NANOS);
        if (submission.refusals().isEmpty()) {
            // An error is EINTR: the caller's loop waits again.
            engine.fetch(Math.min(missing, submission.inFlight()), max, bounded ? HELPER_POLL_NANOS : timeoutNanos);
        }
    }

    /** Calls the completions of events that can be had without a system call. */
    private int reapReady(int max) {
        int reaped = 0;
        while (reaped < max && ownership.isMine() && !submission.refusals().isEmpty()) {
            long id = submission.refusals().take();
            reaped += id == 0 ? 0 : completions.event(id, submission.refusals().result());
        }
        // Asked anew for each event: a completion may itself reap, or close the context.
        while (reaped < max && ownership.isMine() && engine.next()) {
            reaped += completions.event(engine.data(), engine.result());
        }
        if (submission.isDue() && ownership.isMine()) {
            submission.flush();
        }
        return reaped;
    }

    boolean isBusy() {
        return submission.inFlight() > 0 || submission.isHelped();
    }

    /** Waits until anything ends, if anything is busy, or the time is over. */
    void reapAny(long timeoutNanos) {
        if (submission.inFlight() > 0) {
            // Not for all of them: one that hangs must not hold up the others' completions.
            await(1, Integer.MAX_VALUE, timeoutNanos);
            reapReady(Integer.MAX_VALUE);
        } else {
            Thread.onSpinWait(); // its event came before io_submit returned to the helper
        }
    }
}
