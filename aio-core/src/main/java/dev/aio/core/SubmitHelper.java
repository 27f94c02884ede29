package dev.aio.core;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiFunction;

/**
 * The thread of one context that makes submissions which may wait. Started with the first of them,
 * ends after a while without any. No allocation per operation.
 */
final class SubmitHelper implements Executor {

    private static final System.Logger LOGGER = System.getLogger(AioContext.class.getName());

    private static final long IDLE_MILLIS = 10_000;

    private final Runnable[] queue; // a ring with room for every operation of the context
    private final BiFunction<Runnable, String, Thread> threads;
    private final String name;
    private int head;
    private int count;
    private boolean running;

    SubmitHelper(int capacity, BiFunction<Runnable, String, Thread> threads, String name) {
        queue = new Runnable[capacity];
        this.threads = threads;
        this.name = name;
    }

    @Override
    public synchronized void execute(Runnable task) {
        if (running) {
            queue(task);
            notify();
            return;
        }
        try {
            threads.apply(this::run, name).start(); // waits for the monitor
        } catch (OutOfMemoryError e) { // the system has no thread left, or this process no memory for one
            throw new RejectedExecutionException("no thread can be started: " + e.getMessage(), e);
        }
        running = true;
        queue(task); // only now: what was refused must not run later
    }

    private void queue(Runnable task) {
        int at = head + count++;
        queue[at >= queue.length ? at - queue.length : at] = task;
    }

    private void run() {
        for (Runnable task = next(); task != null; task = next()) {
            try {
                task.run();
            } catch (Throwable t) { // those behind it have only this thread
                LOGGER.log(System.Logger.Level.ERROR, "a submission by the helper has failed", t);
            }
        }
    }

    private synchronized Runnable next() {
        long deadline = System.nanoTime() + IDLE_MILLIS * 1_000_000;
        while (count == 0) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                running = false;
                return null;
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                // Nobody has reason to: the thread is ours.
                continue;
            }
        }
        Runnable task = queue[head];
        queue[head] = null;
        head = head + 1 == queue.length ? 0 : head + 1;
        count--;
        return task;
    }
}
