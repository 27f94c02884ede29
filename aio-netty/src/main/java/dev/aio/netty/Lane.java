package dev.aio.netty;

import io.netty.util.internal.ThreadExecutorMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * The few threads that may wait for a disk, so that event loops never do: cold opens, preparation,
 * closes, and reads that asynchronous I/O declined. Bounded: beyond the limit a task is refused at
 * once, which its user turns into an overload answer. Closes are never refused; there can be no more
 * of them than open files.
 *
 * <p>Any thread may call. Threads start when they are needed, one where no other is free, and end after {@link
 * #IDLE_MILLIS} without work: reads that asynchronous I/O answers need none.
 */
public final class Lane {

    /** A start takes some 0.1 ms: next to nothing once in so long. */
    private static final long IDLE_MILLIS = 3_000;

    private final LaneThreads threads;
    private final ThreadPoolExecutor late;
    private final int limit;

    private final Consumer<RejectedExecutionException> onRefusal;
    private final LongAdder rejections = new LongAdder();

    /**
     * @param onRefusal told of tasks that are refused because too many wait
     */
    Lane(int threads, int limit, Consumer<RejectedExecutionException> onRefusal) {
        this.threads = new LaneThreads("aio-lane", threads, IDLE_MILLIS);
        this.limit = limit;
        this.onRefusal = onRefusal;
        late = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "aio-late-close");
            thread.setDaemon(true);
            return thread;
        });
        late.allowCoreThreadTimeOut(true); // has no thread unless there is something to close
    }

    /**
     * Runs a task on a lane thread.
     *
     * @throws RejectedExecutionException if too many tasks wait already, or after the transport was
     *     closed
     */
    public void execute(Runnable task) {
        if (threads.queued() >= limit) {
            throw refusal("the lane is full: " + limit + " tasks wait for " + threads.limit()
                    + " threads (the disk is slower than the requests for it)");
        }
        try {
            threads.execute(task);
        } catch (OutOfMemoryError noThread) {
            if (threads.remove(task)) {
                throw refusal("the lane has no thread and cannot start one: " + noThread.getMessage());
            }
        }
    }

    private RejectedExecutionException refusal(String message) {
        RejectedExecutionException overload = new RejectedExecutionException(message);
        rejections.increment();
        onRefusal.accept(overload);
        return overload;
    }

    /** Runs closes: on a lane thread, however many tasks wait; after shutdown where nobody else has to wait. */
    public Executor closer() {
        return this::executeClose;
    }

    private void executeClose(Runnable close) {
        try {
            threads.execute(close);
        } catch (RejectedExecutionException shutDown) {
            closeLate(close);
        } catch (OutOfMemoryError noThread) {
            // It is kept, for the next thread that there is or for the end of the transport.
        }
    }

    /** Of files that outlive the transport; an event loop may not wait for the disk then either. */
    private void closeLate(Runnable close) {
        if (ThreadExecutorMap.currentExecutor() == null) {
            close.run();
        } else {
            late.execute(close);
        }
    }

    TransportSnapshot.LaneState snapshot() {
        return new TransportSnapshot.LaneState(threads.limit(), threads.active(), queued(), rejections.sum());
    }

    /** When a task last ended, as {@link System#nanoTime}. */
    long movedNanos() {
        return threads.movedNanos();
    }

    /** Tasks that wait for a thread. */
    public int queued() {
        return threads.queued();
    }

    /** Runs what was accepted, then ends the threads. */
    void shutdown() {
        threads.shutdown();
    }

    /** Not for event loops. */
    void awaitTermination() throws InterruptedException {
        threads.awaitTermination();
    }
}
