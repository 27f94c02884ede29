package dev.aio.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * This process's share of a device's request queue. {@code RWF_NOWAIT} does not keep io_submit from
 * waiting there for a free request (blk_mq_get_tag), so reads in flight are counted in requests, and
 * those beyond the share wait here instead of in the kernel. Reads of fragmented files, which need a
 * request per extent, have a share of their own, so that they cannot hold up all others.
 *
 * <p>Any thread may call.
 */
public final class DiskQueue {

    private static final System.Logger LOGGER = System.getLogger(DiskQueue.class.getName());

    /** Share until the device's queue is looked up, and where it cannot be. */
    private static final int UNLEARNED = 32;

    private volatile int share = UNLEARNED;
    private volatile boolean learned;
    private final Share few = new Share();
    private final Share many = new Share();

    /** Requests in flight of one kind of read, and who waits. */
    private static final class Share {
        private final AtomicInteger inFlight = new AtomicInteger();
        private final Queue<BooleanSupplier> waiters = new ConcurrentLinkedQueue<>();
    }

    private Share shareOf(int requests) {
        return requests <= FEW ? few : many;
    }

    /** Requests of a read up to which an event loop may submit it. */
    static final int FEW = 4;

    DiskQueue() {}

    /** Whether so many requests are better submitted by another thread than by an event loop. */
    public static boolean isMany(int requests) {
        return requests > FEW;
    }

    /**
     * Claims the place for a direct read or overwrite; one always has a place. {@link #end} must follow if there is
     * one.
     *
     * @param requests see {@link AioFile#diskRequests(int)}
     * @return whether there is a place
     */
    public boolean tryBegin(int requests) {
        AtomicInteger inFlight = shareOf(requests).inFlight;
        while (true) {
            int n = inFlight.get();
            if (n > 0 && n + requests > share) {
                return false;
            }
            if (inFlight.compareAndSet(n, n + requests)) {
                return true;
            }
        }
    }

    /** Gives back what {@link #tryBegin} claimed. */
    public void end(int requests) {
        shareOf(requests).inFlight.addAndGet(-requests);
        announce(requests);
    }

    /** Passes a call from {@link #onEnd} on that found its receiver no longer waiting. */
    public void announce(int requests) {
        Queue<BooleanSupplier> waiters = shareOf(requests).waiters;
        BooleanSupplier waiter;
        do {
            waiter = waiters.poll();
        } while (waiter != null && !isUseful(waiter));
    }

    /** Whoever gives a place back has nothing to do with who takes it, and must not be kept from going on. */
    private static boolean isUseful(BooleanSupplier waiter) {
        try {
            return waiter.getAsBoolean();
        } catch (Throwable t) {
            LOGGER.log(System.Logger.Level.ERROR, "who waited for a place in a disk's queue has failed", t);
            return false;
        }
    }

    /**
     * Calls {@code retry} once, after some read of that kind has ended, on whatever thread that is, in the middle of
     * what that does with its own {@link AioContext}: it may only pass the news on, to another thread or a later
     * turn, and answers whether it can use them; {@code false}, or an exception, and they go to the next. Whoever was refused a place asks once more after this call:
     * what ended before it announces nothing.
     */
    public void onEnd(int requests, BooleanSupplier retry) {
        shareOf(requests).waiters.add(retry);
    }

    /** Looks up how long the device's queue is. Reads sysfs. */
    void learn(long device) {
        if (!learned) {
            learned = true;
            int requests = nrRequests((int) (device >>> 32), (int) device);
            share = requests > 0 ? Math.max(FEW, requests / 4) : UNLEARNED;
        }
    }

    private static int nrRequests(int major, int minor) {
        Path block = Path.of("/sys/dev/block/" + major + ":" + minor);
        for (String queue : new String[] {"queue/nr_requests", "../queue/nr_requests"}) { // disk, partition
            try {
                return Integer.parseInt(Files.readString(block.resolve(queue)).trim());
            } catch (IOException | NumberFormatException e) {
                continue; // the other one, or a file system without a device of its own
            }
        }
        return 0;
    }
}
