package dev.aio.netty;

import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.internal.ThreadExecutorMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * The few threads that may wait for a disk, so that event loops never do: cold opens, preparation,
 * closes, and reads that asynchronous I/O declined. Bounded: beyond the limit a task is refused at
 * once, which its user turns into an overload answer. Closes are never refused; there can be no more
 * of them than open files.
 *
 * <p>Any thread may call. All threads are started at once, so that their number never changes.
 */
public final class Lane {

    private final ThreadPoolExecutor executor;
    private final ThreadPoolExecutor late;
    private final int limit;

    private final Consumer<RejectedExecutionException> onRefusal;
    private final LongAdder rejections = new LongAdder();
    private volatile long movedNanos = System.nanoTime();

    /**
     * @param onRefusal told of tasks that are refused because too many wait
     */
    Lane(int threads, int limit, Consumer<RejectedExecutionException> onRefusal) {
        this.limit = limit;
        this.onRefusal = onRefusal;
        AtomicInteger number = new AtomicInteger();
        ThreadFactory factory = task -> {
            Thread thread = new FastThreadLocalThread(task, "aio-lane-" + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        };
        executor =
                new ThreadPoolExecutor(
                        threads, threads, 0, TimeUnit.NANOSECONDS, new LinkedBlockingQueue<>(), factory) {
                    @Override
                    protected void afterExecute(Runnable task, Throwable failure) {
                        movedNanos = System.nanoTime();
                    }
                };
        executor.prestartAllCoreThreads();
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
        if (executor.getQueue().size() >= limit) {
            RejectedExecutionException overload = new RejectedExecutionException("the lane is full: "
                    + limit
                    + " tasks wait for "
                    + executor.getCorePoolSize()
                    + " threads (the disk is slower than the requests for it)");
            rejections.increment();
            onRefusal.accept(overload);
            throw overload;
        }
        executor.execute(task);
    }

    /** Runs closes: on a lane thread, however many tasks wait; after shutdown where nobody else has to wait. */
    public Executor closer() {
        return this::executeClose;
    }

    private void executeClose(Runnable close) {
        try {
            executor.execute(close);
        } catch (RejectedExecutionException shutDown) {
            closeLate(close);
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
        return new TransportSnapshot.LaneState(
                executor.getCorePoolSize(), executor.getActiveCount(), queued(), rejections.sum());
    }

    /** When a task last ended, as {@link System#nanoTime}. */
    long movedNanos() {
        return movedNanos;
    }

    /** Tasks that wait for a thread. */
    public int queued() {
        return executor.getQueue().size();
    }

    /** Runs what was accepted, then ends the threads. */
    void shutdown() {
        executor.shutdown();
    }

    boolean awaitTermination(long nanos) throws InterruptedException {
        return executor.awaitTermination(nanos, TimeUnit.NANOSECONDS);
    }
}
