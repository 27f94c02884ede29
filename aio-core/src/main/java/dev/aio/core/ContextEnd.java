package dev.aio.core;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** How a context ends: what it reports, and the thread that waits for the kernel. */
final class ContextEnd {

    private static final System.Logger LOGGER = System.getLogger(AioContext.class.getName());

    private final ContextParts parts;
    private final long timeoutNanos;
    private final CompletableFuture<Void> destroyed = new CompletableFuture<>();
    private CloseReport lastReport = new CloseReport(List.of());

    ContextEnd(AioContextBuilder builder, ContextParts parts) {
        this.parts = parts;
        timeoutNanos = builder.closeTimeoutNanos;
    }

    long timeoutNanos() {
        return timeoutNanos;
    }

    CloseReport lastReport() {
        return lastReport;
    }

    CompletableFuture<Void> destroyed() {
        return destroyed;
    }

    CloseReport reportOf(Operation[] operations) {
        List<CloseReport.InFlight> inFlight = new ArrayList<>();
        for (Operation one : operations) {
            if (one.state == Operation.State.IN_FLIGHT) {
                inFlight.add(new CloseReport.InFlight(one.kind, one.path(), one.position, one.length));
            }
        }
        lastReport = new CloseReport(List.copyOf(inFlight));
        return lastReport;
    }

    void report(CloseReport report) {
        if (!report.isComplete()) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "an AIO context was closed while the kernel had operations, and waited {0} ms for them: {1}",
                    timeoutNanos / 1_000_000,
                    report);
        }
    }

    /**
     * Waits for the kernel on a thread of its own, then gives everything back. A daemon: the kernel does all
     * this for a process that ends.
     */
    void destroy(Runnable drain) {
        Thread closer = new Thread(
                () -> {
                    try {
                        drain.run();
                        parts.giveBack();
                        destroyed.complete(null);
                    } catch (Throwable t) {
                        destroyed.completeExceptionally(t);
                        throw t;
                    }
                },
                "aio-close-" + parts.number());
        closer.setDaemon(true);
        closer.start();
    }
}
