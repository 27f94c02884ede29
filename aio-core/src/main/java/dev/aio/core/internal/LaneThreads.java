package dev.aio.core.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * The threads of a lane and the bounded queue of slots that they work off. They start as work arrives
 * and stay until {@link #stop}.
 *
 * <p>Memory ordering: who submits enters the monitor after it wrote the control block, a lane leaves
 * it before it reads the block.
 */
final class LaneThreads {

    private static final int NONE = -1;

    private final IocbSlab iocbs;
    private final LaneEvents events;
    private final int limit;
    private final String name;

    // all of this under the monitor
    private final List<Thread> threads = new ArrayList<>();
    private final int[] queue;
    private int head;
    private int queued;
    private int busy; // threads that make a call
    private boolean stopped;

    LaneThreads(IocbSlab iocbs, LaneEvents events, int slots, int limit, String name) {
        this.iocbs = iocbs;
        this.events = events;
        this.limit = limit;
        this.name = name;
        queue = new int[slots];
    }

    /** Queues a slot: 0; {@code -EAGAIN} if not one thread can be had; {@code -EINVAL} if this has stopped. */
    synchronized int put(int slot) {
        if (stopped) {
            return -Linux.EINVAL;
        }
        if (threads.isEmpty() && !start()) {
            return -Linux.EAGAIN;
        }
        int at = head + queued;
        queue[at < queue.length ? at : at - queue.length] = slot;
        queued++;
        int idle = threads.size() - busy; // or about to be
        if (queued > idle && threads.size() < limit) {
            start(); // or else those that run get to it
        } else {
            notify();
        }
        return 0;
    }

    private boolean start() {
        try {
            Thread thread = DaemonThreads.of(this::work, name + '-' + (threads.size() + 1));
            thread.start();
            threads.add(thread);
            return true;
        } catch (OutOfMemoryError e) { // what Thread.start says when the system has no thread left
            return false;
        }
    }

    private void work() {
        LaneCall call = new LaneCall(iocbs);
        int slot = NONE;
        while ((slot = take(slot)) != NONE) {
            int result = call.make(slot);
            events.put(call.data(), result);
        }
    }

    private synchronized int take(int finished) {
        if (finished != NONE) {
            busy--;
        }
        while (queued == 0) {
            if (stopped) {
                return NONE;
            }
            try {
                wait();
            } catch (InterruptedException e) {
                // Nobody has a reason to interrupt a lane, and stop() is how it ends.
            }
        }
        int slot = queue[head];
        head = head + 1 == queue.length ? 0 : head + 1;
        queued--;
        busy++;
        return slot;
    }

    /** Ends the threads and waits for it: not long, as long as nothing is in flight. */
    void stop() {
        List<Thread> ended;
        synchronized (this) {
            stopped = true;
            notifyAll();
            ended = new ArrayList<>(threads);
        }
        ended.forEach(LaneThreads::join);
    }

    /** Joins; an interrupt is kept for the caller. */
    static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
