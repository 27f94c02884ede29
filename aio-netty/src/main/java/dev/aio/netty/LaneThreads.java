package dev.aio.netty;

import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.concurrent.RejectedExecutionException;

/**
 * Threads that start when there is a task that no other is free for, up to a limit, and end when there has been
 * nothing to do for a while: who never needs them has none. Tasks begin in the order in which they came.
 *
 * <p>Any thread may call. The monitor is held for a few instructions only, and never while a thread starts. A {@link
 * java.util.concurrent.ThreadPoolExecutor} either starts threads while others are idle, or fills its queue first.
 */
final class LaneThreads {

    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(LaneThreads.class);

    private final String name;
    private final int limit;
    private final long idleMillis;

    // all of this under the monitor, but for reads of the volatile
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final BitSet numbers; // of threads that have not ended
    private volatile int queued; // tasks that no idle thread is about to take
    private int threads; // that have not ended, those about to start included
    private int idle; // of them: wait for a task, or have not asked for one yet
    private boolean shutDown;

    private volatile long movedNanos = System.nanoTime();

    /**
     * @param name of the threads, before their number
     * @param limit on their number
     * @param idleMillis after which a thread ends
     */
    LaneThreads(String name, int limit, long idleMillis) {
        this.name = name;
        this.limit = limit;
        this.idleMillis = idleMillis;
        numbers = new BitSet(limit);
    }

    /**
     * Has a thread run a task.
     *
     * @throws RejectedExecutionException after {@link #shutdown}
     * @throws OutOfMemoryError if there is no thread and the system has none to give; the task is kept for the next
     *     one that there is
     */
    void execute(Runnable task) {
        int number;
        synchronized (this) {
            if (shutDown) {
                throw new RejectedExecutionException("the transport is closed");
            }
            tasks.add(task);
            if (tasks.size() <= idle || threads == limit) {
                count();
                notify();
                return;
            }
            number = numbers.nextClearBit(0);
            numbers.set(number);
            threads++;
            idle++;
            count();
        }
        try {
            start(number);
        } catch (OutOfMemoryError noThread) {
            if (ended(number)) {
                throw noThread;
            }
        }
    }

    private void count() {
        queued = Math.max(0, tasks.size() - idle);
    }

    private void start(int number) {
        Thread thread = new FastThreadLocalThread(new Worker(number), name + '-' + number);
        thread.setDaemon(true);
        thread.start();
    }

    /** Takes a task back that has not begun; {@code false} if it has. */
    synchronized boolean remove(Runnable task) {
        boolean removed = tasks.remove(task);
        count();
        return removed;
    }

    /** What a thread does. No lambda: the event loop that starts the first thread would make its class. */
    private final class Worker implements Runnable {
        private final int number;

        Worker(int number) {
            this.number = number;
        }

        @Override
        public void run() {
            for (Runnable task = take(number); task != null; task = take(number)) {
                LaneThreads.this.run(task);
                finished();
            }
        }
    }

    private synchronized void finished() {
        idle++;
        count();
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable t) {
            LOGGER.warn("a task of {} failed", name, t);
        }
        movedNanos = System.nanoTime();
    }

    /** The next task, or {@code null} for the end of the thread, which is booked then. */
    private synchronized Runnable take(int number) {
        long begin = System.nanoTime();
        while (tasks.isEmpty()) {
            long left = idleMillis - (System.nanoTime() - begin) / 1_000_000;
            if (shutDown || left <= 0) {
                ended(number);
                return null;
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                // Nobody has a reason to interrupt a lane, and shutdown() is how it ends.
            }
        }
        Runnable task = tasks.poll();
        idle--;
        count();
        return task;
    }

    /** An idle thread has ended, or was not to be had: whether it was the last. */
    private synchronized boolean ended(int number) {
        numbers.clear(number);
        threads--;
        idle--;
        count();
        notifyAll(); // awaitTermination
        return threads == 0;
    }

    /** Tasks that wait until a thread has done something else. */
    int queued() {
        return queued;
    }

    /** Threads that run a task. */
    synchronized int active() {
        return threads - idle;
    }

    /** Most threads that there can be. */
    int limit() {
        return limit;
    }

    /** When a task last ended, as {@link System#nanoTime}. */
    long movedNanos() {
        return movedNanos;
    }

    /** Takes no more tasks; those accepted are run, then the threads end. */
    synchronized void shutdown() {
        shutDown = true;
        notifyAll();
    }

    /** Waits for the end of the last thread, and runs what no thread could be had for. Not for event loops. */
    void awaitTermination() throws InterruptedException {
        for (Runnable left = leftOver(); left != null; left = leftOver()) {
            run(left);
        }
    }

    private synchronized Runnable leftOver() throws InterruptedException {
        while (threads > 0) {
            wait();
        }
        Runnable left = tasks.poll();
        count();
        return left;
    }
}
