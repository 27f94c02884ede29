package dev.aio.netty;

import dev.aio.core.AioException;

/** What an {@link AioLoop} owes an answer: a node of its {@link Watchdog}'s list. Confined to the loop. */
abstract class Unanswered {

    Unanswered previous;
    Unanswered next;
    boolean listed;

    /** When it last moved, as {@link System#nanoTime}. */
    long sinceNanos;

    /** The same, or when that last moved which this one waits for. */
    long movedNanos() {
        return sinceNanos;
    }

    /** Answers now, while the kernel may still hold the buffer, and leaves the list. */
    abstract void detach(Throwable cause);

    /** For whoever looks for what hangs. */
    abstract TransportSnapshot.Waiting describe(long now);

    /** The answer when the disk does not give one in time. */
    abstract AioException stalled();
}
