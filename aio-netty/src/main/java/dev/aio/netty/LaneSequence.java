package dev.aio.netty;

import io.netty.util.internal.logging.InternalLogger;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Steps that are carried out on the lane in the order they came, by one task at a time: they take one thread of it at most,
 * and one place among what waits for it. Any thread may add to it, and never waits.
 */
final class LaneSequence implements Executor {

    private final Lane lane;
    private final InternalLogger logger;
    private final String failure;
    private final Queue<Runnable> steps = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile boolean closed;

    /**
     * @param failure what is logged of a step that throws
     */
    LaneSequence(Lane lane, InternalLogger logger, String failure) {
        this.lane = lane;
        this.logger = logger;
        this.failure = failure;
    }

    /**
     * A step, after those before it.
     *
     * @throws RejectedExecutionException after {@link #close}
     */
    @Override
    public void execute(Runnable step) {
        if (closed) {
            throw new RejectedExecutionException("closed");
        }
        steps.add(step);
        start();
    }

    private void start() {
        if (running.compareAndSet(false, true)) {
            lane.closer().execute(this::run); // one task, however many steps wait
        }
    }

    private void run() {
        try {
            Runnable step;
            while ((step = steps.poll()) != null) {
                runStep(step);
            }
        } finally {
            running.set(false);
        }
        if (!steps.isEmpty()) {
            start(); // of who has found this running still
        }
    }

    private void runStep(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            logger.warn(failure, e);
        }
    }

    /** Whether nothing is being done. */
    boolean isIdle() {
        return !running.get() && steps.isEmpty();
    }

    /** Takes no more steps. Those that are there are carried out, before the lane ends. */
    void close() {
        closed = true;
    }
}
