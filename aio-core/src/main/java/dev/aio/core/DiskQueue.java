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
final class DiskQueue {

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

    /** Claims the place for a read of that many requests, if there is one; one read always has. */
    boolean tryBegin(int requests) {
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

    void end(int requests) {
        shareOf(requests).inFlight.addAndGet(-requests);
        announce(requests);
    }

    /** Calls one of those that wait to read as much. */
    void announce(int requests) {
        Queue<BooleanSupplier> waiters = shareOf(requests).waiters;
        BooleanSupplier waiter;
        do {
            waiter = waiters.poll();
        } while (waiter != null && !waiter.getAsBoolean());
    }

    /** Calls {@code retry} once, after a read of that kind has ended; see {@link AioFile}. */
    void onEnd(int requests, BooleanSupplier retry) {
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
