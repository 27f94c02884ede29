package dev.aio.core;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * The thread of one context that makes submissions which may wait. Started with the first of them,
 * ends after a while without any. No allocation per operation.
 */
final class SubmitHelper implements Executor {

    private static final long IDLE_MILLIS = 10_000;

    private final Runnable[] queue; // a ring with room for every operation of the context
    private final String name;
    private int head;
    private int count;
    private boolean running;

    SubmitHelper(int capacity, String name) {
        queue = new Runnable[capacity];
        this.name = name;
    }

    @Override
    public synchronized void execute(Runnable task) {
        int at = head + count++;
        queue[at >= queue.length ? at - queue.length : at] = task;
        if (running) {
            notify();
            return;
        }
        Thread thread = new Thread(this::run, name);
        thread.setDaemon(true);
        try {
            thread.start();
            running = true;
        } catch (OutOfMemoryError e) { // the system has no thread left
            queue[at >= queue.length ? at - queue.length : at] = null;
            count--;
            throw new RejectedExecutionException("no thread can be started: " + e.getMessage(), e);
        }
    }

    private void run() {
        for (Runnable task = next(); task != null; task = next()) {
            task.run();
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
