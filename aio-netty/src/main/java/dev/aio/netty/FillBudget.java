package dev.aio.netty;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much filling the page cache may add to what a busy disk reads for clients anyway: an eighth. If every second miss
 * filled, all that a scan reads twice would queue up, and be read a third time long after anybody asked for it. Any thread.
 */
final class FillBudget {

    private static final int SHARE = 8;

    /** What may be saved up, in bytes: more would be a burst of fills. */
    static final long MOST = 16L << 20;

    private final AtomicLong left = new AtomicLong();

    /** So much is read for a client. */
    void read(long bytes) {
        left.accumulateAndGet(bytes / SHARE, (before, more) -> Math.min(before + more, MOST));
    }

    /** Takes what a fill costs; {@code false} if earlier ones have not been earned yet. Large fills leave a debt. */
    boolean tryFill(long bytes) {
        long now = left.get();
        while (now > 0) {
            if (left.compareAndSet(now, now - bytes)) {
                return true;
            }
            now = left.get();
        }
        return false;
    }
}
