package dev.aio.core;

/**
 * Holds syncs back until the writes accepted before them have ended: the kernel runs a sync at once,
 * beside writes that are still in flight (fs/aio.c, aio_fsync).
 */
final class Barriers {

    private final Operation[] writes; // accepted and not ended, in no order
    private int writeCount;

    private final Operation[] held; // in no order
    private int heldCount;

    /**
     * @param slots operations that there are at a time, at most
     */
    Barriers(int slots) {
        writes = new Operation[slots];
        held = new Operation[slots];
    }

    void accept(Operation write) {
        write.awaited = true;
        write.barrierIndex = writeCount;
        writes[writeCount++] = write;
    }

    /** Counts what the sync has to wait for; whether that is anything. */
    boolean hold(Operation sync) {
        for (int i = 0; i < writeCount; i++) {
            if (isWriteBefore(writes[i], sync)) {
                sync.waitsFor++;
            }
        }
        if (sync.waitsFor == 0) {
            return false;
        }
        sync.state = Operation.State.HELD;
        sync.barrierIndex = heldCount;
        held[heldCount++] = sync;
        return true;
    }

    private static boolean isWriteBefore(Operation write, Operation sync) {
        return write.order < sync.order && write.file.sameInode(sync.file);
    }

    /** An operation is about to end: queues the syncs that have waited for it alone. */
    void end(Operation write, Submission submission) {
        if (!write.awaited) {
            return;
        }
        write.awaited = false;
        writeCount = remove(writes, writeCount, write);
        for (int i = heldCount - 1; i >= 0; i--) { // the one that takes a place was looked at already
            Operation sync = held[i];
            if (isWriteBefore(write, sync) && --sync.waitsFor == 0) {
                dropped(sync);
                submission.queueFirst(sync);
            }
        }
    }

    /** The sync waits no longer. */
    void dropped(Operation sync) {
        heldCount = remove(held, heldCount, sync);
    }

    /** The last one takes the place; returns how many are left. */
    private static int remove(Operation[] from, int count, Operation operation) {
        Operation last = from[count - 1];
        from[operation.barrierIndex] = last;
        last.barrierIndex = operation.barrierIndex;
        from[count - 1] = null;
        return count - 1;
    }

    int held() {
        return heldCount;
    }
}
