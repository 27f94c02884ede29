package dev.aio.core.internal;

/**
 * Threads that make the blocking calls which the control blocks stand for: where the kernel's AIO is
 * missing, forbidden or exhausted. Allocates nothing per operation.
 *
 * <p>A block is read by a lane, some time after {@link #submit} has returned: it must stay as it is
 * until its event was taken.
 */
public final class LaneEngine implements IoEngine {

    private static final int DRAIN = 64;

    private final IocbSlab iocbs;
    private final LaneEvents events;
    private final LaneThreads threads;
    private final LanePoller poller;
    private volatile boolean destroyed;

    // Of the reaper: events that were drained from the ring under one lock, and not taken yet.
    private final long[] data;
    private final long[] results;
    private int drained;
    private int next;

    /**
     * Starts nothing yet.
     *
     * @param slots blocks in the slab
     * @param depth operations in flight at most, which the caller sees to
     * @param threads that wait for disks, at most; polls have one of their own
     * @param eventFd signalled for each event, or -1; stays the caller's
     * @param name of the threads, which get a number behind it
     */
    public LaneEngine(IocbSlab iocbs, int slots, int depth, int threads, int eventFd, String name) {
        if (threads < 1) {
            throw new IllegalArgumentException("lane threads: " + threads + " (expected: >= 1)");
        }
        this.iocbs = iocbs;
        events = new LaneEvents(slots, eventFd);
        this.threads = new LaneThreads(iocbs, events, slots, Math.min(threads, depth), name);
        poller = new LanePoller(iocbs, events, slots, name);
        data = new long[Math.min(depth, DRAIN)];
        results = new long[data.length];
    }

    /**
     * Takes all of them, always: what the kernel refuses while it submits comes as an event here.
     *
     * @return {@code count}, or {@code -EINVAL} if destroyed
     */
    @Override
    public int submit(int count) {
        if (destroyed) {
            return -Linux.EINVAL;
        }
        for (int i = 0; i < count; i++) {
            accept(iocbs.pointed(i));
        }
        return count;
    }

    @Override
    public int submitAlone(int slot) {
        if (destroyed) {
            return -Linux.EINVAL;
        }
        accept(slot);
        return 1;
    }

    private void accept(int slot) {
        long eventData = iocbs.data(slot); // before a lane has the slot
        int result = iocbs.opcode(slot) == Linux.IOCB_CMD_POLL ? poller.add(slot) : threads.put(slot);
        if (result < 0) {
            events.put(eventData, result);
        }
    }

    @Override
    public int cancel(int slot) {
        return poller.cancel(slot);
    }

    @Override
    public boolean next() {
        if (destroyed) {
            return false;
        }
        if (next + 1 < drained) {
            next++;
            return true;
        }
        if (events.count() == 0) { // without the lock
            drained = 0;
            return false;
        }
        drained = events.take(data, results);
        next = 0;
        return true;
    }

    @Override
    public long data() {
        return data[next];
    }

    @Override
    public long result() {
        return results[next];
    }

    /** Waits for lanes. Is ended by no interrupt; times are rounded up to milliseconds. */
    @Override
    public int fetch(int min, int max, long timeoutNanos) {
        if (destroyed) {
            return -Linux.EINVAL;
        }
        int here = Math.max(drained - next - 1, 0);
        int missing = Math.min(min, max) - here;
        return Math.min(here + (missing > 0 ? events.await(missing, timeoutNanos) : events.count()), Math.max(max, 0));
    }

    /** There is no kernel's ring. */
    @Override
    public boolean reapsInUserSpace() {
        return false;
    }

    /** Waits for the threads to end; they have nothing to do by then. */
    @Override
    public void destroy() {
        if (destroyed) {
            return;
        }
        destroyed = true;
        threads.stop();
        poller.stop();
    }
}
