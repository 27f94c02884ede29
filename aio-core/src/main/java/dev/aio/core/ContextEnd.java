package dev.aio.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;

/**
 * How a context ends: it cancels, waits, reports what has not ended, and leaves that to a thread which waits for
 * the kernel and gives everything back.
 */
final class ContextEnd {

    private static final System.Logger LOGGER = System.getLogger(AioContext.class.getName());

    /**
     * All that were not given back yet. Else the memory of operations would be freed with a context that was
     * forgotten, while the disk still writes there.
     */
    private static final Set<ContextEnd> OPEN = ConcurrentHashMap.newKeySet();

    private final ContextParts parts;
    private final Ownership ownership;
    private final SlotTable slots;
    private final Preparation preparation;
    private final Submission submission;
    private final Completions completions;
    private final Reaper reaper;
    private final BiFunction<Runnable, String, Thread> threads;
    private final long timeoutNanos;
    private final CompletableFuture<Void> destroyed = new CompletableFuture<>();
    private CloseReport lastReport = new CloseReport(List.of());
    private boolean closing;

    ContextEnd(
            AioContextBuilder builder,
            ContextParts parts,
            Ownership ownership,
            SlotTable slots,
            Preparation preparation,
            Submission submission,
            Completions completions,
            Reaper reaper) {
        this.parts = parts;
        this.ownership = ownership;
        this.slots = slots;
        this.preparation = preparation;
        this.submission = submission;
        this.completions = completions;
        this.reaper = reaper;
        threads = builder.threads;
        timeoutNanos = builder.closeTimeoutNanos;
    }

    /** The context is open: whatever becomes of it, its operations' memory stays. */
    void opened() {
        OPEN.add(this);
    }

    boolean isClosing() {
        return closing || ownership.isClosed();
    }

    CompletableFuture<Void> destroyed() {
        return destroyed;
    }

    /** See {@link AioContext#close()}. */
    void close() {
        CloseReport report = close(timeoutNanos);
        if (!report.isComplete()) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "an AIO context was closed while the kernel had operations, and waited {0} ms for them: {1}",
                    timeoutNanos / 1_000_000,
                    report);
        }
    }

    /** See {@link AioContext#close(long)}. */
    CloseReport close(long waitNanos) {
        if (isClosing()) {
            return lastReport;
        }
        ownership.check();
        closing = true;
        preparation.stop();
        submission.stop();
        completions.stopGoingOn();
        waitForAll(waitNanos);
        CloseReport report = report();
        for (Operation operation : slots.all()) {
            if (operation.state == Operation.State.IN_FLIGHT && !operation.detached) {
                completions.cancel(operation);
            }
        }
        cancelUnsubmitted();
        Thread closer = closer();
        ownership.close(closer == null ? Thread.currentThread() : closer);
        // Not beside a completion that closes: what is done when it returns is done on this thread.
        completions.whenNoneIsCalled(() -> start(closer));
        return report;
    }

    private void waitForAll(long waitNanos) {
        long begin = System.nanoTime();
        long left = waitNanos;
        cancelUnsubmitted();
        while (reaper.isBusy() && left != 0) {
            reaper.reapAny(left);
            cancelUnsubmitted(); // what is to go on
            if (waitNanos > 0) {
                left = Math.max(0, waitNanos - (System.nanoTime() - begin));
            }
        }
        reaper.reap(0, Integer.MAX_VALUE, 0); // what has ended is told as it ended, even if there was no time
        cancelUnsubmitted();
    }

    private void cancelUnsubmitted() {
        for (Operation operation : slots.all()) {
            boolean waits = operation.state == Operation.State.HELD || operation.state == Operation.State.PREPARED;
            boolean polls = operation.state == Operation.State.IN_FLIGHT && operation.kind == AioOperation.POLL;
            if (waits || polls && !operation.detached) {
                completions.cancel(operation);
            }
        }
    }

    private CloseReport report() {
        List<CloseReport.InFlight> inFlight = new ArrayList<>();
        for (Operation one : slots.all()) {
            if (one.state == Operation.State.IN_FLIGHT) {
                inFlight.add(new CloseReport.InFlight(one.kind, one.path(), one.position, one.length));
            }
        }
        lastReport = new CloseReport(List.copyOf(inFlight));
        return lastReport;
    }

    /** A daemon: the kernel does all this for a process that ends. {@code null} if there is no memory for one. */
    private Thread closer() {
        try {
            return threads.apply(this::destroy, "aio-close-" + parts.number());
        } catch (OutOfMemoryError e) {
            return null;
        }
    }

    private void start(Thread closer) {
        try {
            if (closer != null) {
                closer.start();
                return;
            }
        } catch (OutOfMemoryError e) { // the system has no thread left
            ownership.close(Thread.currentThread());
        }
        LOGGER.log(System.Logger.Level.WARNING, "no thread can be started to destroy an AIO context: waiting for it");
        destroy();
    }

    /** Waits for the kernel, on the closer's thread: the context is its own now. */
    private void destroy() {
        try {
            while (reaper.isBusy()) {
                reaper.reapAny(-1);
            }
            parts.giveBack();
            OPEN.remove(this);
            destroyed.complete(null);
        } catch (Throwable t) {
            destroyed.completeExceptionally(t);
            throw t;
        }
    }
}
