package dev.aio.core.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Polls of a lane, all by one thread and {@code poll(2)}, so that none keeps a lane from its reads. The
 * thread starts with the first poll; an eventfd of its own wakes it for those that follow.
 *
 * <p>A poll watches a duplicate of its descriptor, because the kernel's holds the file as well: the
 * number may be closed and given to another file while the poll is in flight.
 */
final class LanePoller {

    private static final int ENTRY = 8; // struct pollfd: int fd, short events, short revents
    private static final int EVENTS = 4;
    private static final int REVENTS = 6;
    private static final int STOP = -1;
    private static final int LOWEST = 3; // of duplicates: 0 to 2 may be closed, and are no numbers to take

    private final IocbSlab iocbs;
    private final LaneEvents events;
    private final String name;

    // all of this under the monitor; by slot, but for the first
    private final int[] watched; // slots in order of arrival
    private int count;
    private final int[] fds; // -1: no poll
    private final long[] data;
    private final short[] masks;
    private final boolean[] canceled;
    private int wakeFd = -1;
    private boolean waking;
    private boolean stopped;
    private Thread thread;

    // of the polling thread
    private ByteBuffer entries; // the first is wakeFd
    private final int[] endedFds;
    private final long[] endedData;
    private final int[] endedResults;
    private int ended;

    LanePoller(IocbSlab iocbs, LaneEvents events, int slots, String name) {
        this.iocbs = iocbs;
        this.events = events;
        this.name = name;
        watched = new int[slots];
        fds = new int[slots];
        Arrays.fill(fds, -1);
        data = new long[slots];
        masks = new short[slots];
        canceled = new boolean[slots];
        endedFds = new int[slots];
        endedData = new long[slots];
        endedResults = new int[slots];
    }

    /** Takes a poll: 0, or {@code -errno} if that is not possible. */
    int add(int slot) {
        long mask = iocbs.address(slot);
        // as aio_poll refuses what is no mask, and fields that mean nothing to it
        if ((mask & 0xffff) != mask || (iocbs.length(slot) | iocbs.position(slot) | iocbs.rwFlags(slot)) != 0) {
            return -Linux.EINVAL;
        }
        int fd = Native.dupfd(iocbs.fd(slot), LOWEST);
        if (fd < 0) {
            return fd;
        }
        int result = watch(slot, iocbs.data(slot), fd, (short) mask);
        if (result < 0) {
            Native.close(fd);
        }
        return result;
    }

    private synchronized int watch(int slot, long eventData, int fd, short mask) {
        int started = start();
        if (started < 0) {
            return started;
        }
        fds[slot] = fd;
        data[slot] = eventData;
        masks[slot] = mask;
        canceled[slot] = false;
        watched[count++] = slot;
        wake();
        return 0;
    }

    private int start() {
        if (stopped) {
            return -Linux.EINVAL;
        }
        if (wakeFd < 0) {
            wakeFd = Native.eventfd();
            if (wakeFd < 0) {
                return wakeFd;
            }
        }
        if (thread == null) {
            try {
                entries =
                        ByteBuffer.allocateDirect((watched.length + 1) * ENTRY).order(ByteOrder.nativeOrder());
                Thread made = DaemonThreads.of(this::work, name + "-poll");
                made.start();
                thread = made;
            } catch (OutOfMemoryError e) {
                return -Linux.EAGAIN;
            }
        }
        return 0;
    }

    /** Under the monitor, so that a signal never comes after the turn that deals with it. */
    private void wake() {
        if (!waking) {
            waking = true;
            Native.eventfdSignal(wakeFd);
        }
    }

    /** Has a poll end with 0; {@code -EINVAL} if it has ended. */
    synchronized int cancel(int slot) {
        if (fds[slot] < 0 || canceled[slot]) {
            return -Linux.EINVAL;
        }
        canceled[slot] = true;
        wake();
        return 0;
    }

    private void work() {
        long address = Native.bufferAddress(entries);
        int polled = 0;
        int outcome = 0;
        while ((polled = turn(polled, outcome)) != STOP) {
            for (int i = 0; i < ended; i++) {
                Native.close(endedFds[i]); // before the event: who takes it finds nothing open
                events.put(endedData[i], endedResults[i]);
            }
            outcome = Native.poll(address, polled + 1, -1);
        }
    }

    /**
     * Sorts out what has ended from what is to be polled next.
     *
     * @param polled how many of the watched were polled; later ones came meanwhile
     * @param outcome of that poll
     * @return how many to poll
     */
    private synchronized int turn(int polled, int outcome) {
        if (outcome > 0 && entries.getShort(REVENTS) != 0) {
            Native.eventfdDrain(wakeFd);
            waking = false;
        }
        if (stopped) {
            return STOP;
        }
        int kept = 0;
        ended = 0;
        for (int i = 0; i < count; i++) {
            int slot = watched[i];
            int result = i < polled ? resultOf(i + 1, outcome) : 0;
            if (canceled[slot] || result != 0) {
                end(slot, canceled[slot] ? 0 : result);
            } else {
                watched[kept++] = slot;
                entry(kept, fds[slot], masks[slot]);
            }
        }
        count = kept;
        entry(0, wakeFd, (short) Linux.POLLIN);
        return kept;
    }

    /** The mask or {@code -errno} that ends a poll, or 0. */
    private int resultOf(int index, int outcome) {
        if (outcome <= 0) {
            // Without memory for the call nothing can be watched: trying again and again would not help.
            return outcome == -Linux.EINTR ? 0 : outcome;
        }
        int ready = entries.getShort(index * ENTRY + REVENTS) & 0xffff;
        return (ready & Linux.POLLNVAL) != 0 ? -Linux.EBADF : ready;
    }

    private void end(int slot, int result) {
        endedFds[ended] = fds[slot];
        endedData[ended] = data[slot];
        endedResults[ended] = result;
        ended++;
        fds[slot] = -1;
    }

    private void entry(int index, int fd, short mask) {
        int at = index * ENTRY;
        entries.putInt(at, fd);
        entries.putShort(at + EVENTS, mask);
        entries.putShort(at + REVENTS, (short) 0);
    }

    /** Ends the thread, waits for that, and closes what it used. */
    void stop() {
        Thread running;
        synchronized (this) {
            stopped = true;
            running = thread;
            if (running != null) {
                wake();
            }
        }
        if (running != null) {
            LaneThreads.join(running);
        }
        close();
    }

    private synchronized void close() {
        for (int i = 0; i < count; i++) { // none, if nothing was in flight
            Native.close(fds[watched[i]]);
        }
        count = 0;
        if (wakeFd >= 0) {
            Native.close(wakeFd);
            wakeFd = -1;
        }
    }
}
