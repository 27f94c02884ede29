package dev.aio.core.internal;

/**
 * What lanes have ended and the reaper has not taken: a bounded ring of (data, result) under its
 * own monitor. Any thread puts, one thread at a time takes.
 *
 * <p>Memory ordering: a lane leaves the monitor after its system call, the reaper enters it before it
 * looks at an event. What the call wrote into the operation's memory is therefore seen by whoever
 * takes the event.
 */
final class LaneEvents {

    private static final int NOBODY = Integer.MAX_VALUE;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final long[] data;
    private final long[] results;
    private final int eventFd;
    private int head;
    private volatile int count; // changes under the monitor only
    private int wanted = NOBODY; // what the reaper waits for

    /**
     * @param capacity as many as there are slots: each has one event at most, so that none is lost
     * @param eventFd signalled once for each event, as the kernel does it; or -1
     */
    LaneEvents(int capacity, int eventFd) {
        data = new long[capacity];
        results = new long[capacity];
        this.eventFd = eventFd;
    }

    void put(long eventData, long result) {
        synchronized (this) {
            int at = head + count;
            at = at < data.length ? at : at - data.length;
            data[at] = eventData;
            results[at] = result;
            int now = count + 1;
            count = now;
            if (now >= wanted) {
                notify();
            }
        }
        if (eventFd >= 0) {
            Native.eventfdSignal(eventFd); // after the event is there: who is woken must find it
        }
    }

    int count() {
        return count;
    }

    /** Moves the oldest events to the arrays and returns how many. */
    synchronized int take(long[] toData, long[] toResults) {
        int n = Math.min(count, toData.length);
        for (int i = 0; i < n; i++) {
            toData[i] = data[head];
            toResults[i] = results[head];
            head = head + 1 == data.length ? 0 : head + 1;
        }
        count -= n;
        return n;
    }

    /**
     * Waits until {@code min} events are there or the time is over, and returns how many are. An
     * interrupt does not end the wait, as it would not end a system call's; it is kept for the caller.
     * Times are rounded up to milliseconds, which is all that {@link Object#wait} knows.
     */
    synchronized int await(int min, long timeoutNanos) {
        if (count >= min || timeoutNanos == 0) {
            return count;
        }
        long begin = System.nanoTime();
        boolean interrupted = false;
        wanted = min;
        try {
            while (count < min) {
                long left = timeoutNanos - (System.nanoTime() - begin);
                if (timeoutNanos > 0 && left <= 0) {
                    break;
                }
                try {
                    wait(timeoutNanos < 0 ? 0 : (left - 1) / NANOS_PER_MILLI + 1);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            return count;
        } finally {
            wanted = NOBODY;
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
