package dev.aio.core;

/**
 * Holds syncs back until the writes accepted before them have ended: the kernel runs a sync at once,
 * beside writes that are still in flight (fs/aio.c, aio_fsync).
 */
final class Barriers {

    private final SlotTable slots;
    private int writes; // accepted and not ended
    private int held;

    Barriers(SlotTable slots) {
        this.slots = slots;
    }

    void accept(Operation write) {
        write.awaited = true;
        writes++;
    }

    /** Counts what the sync has to wait for; whether that is anything. */
    boolean hold(Operation sync) {
        if (writes == 0) {
            return false;
        }
        for (Operation other : slots.all()) {
            if (isWriteBefore(other, sync)) {
                sync.waitsFor++;
            }
        }
        if (sync.waitsFor == 0) {
            return false;
        }
        sync.state = Operation.State.HELD;
        held++;
        return true;
    }

    private static boolean isWriteBefore(Operation other, Operation sync) {
        return other.awaited && other.order < sync.order && other.file.sameInode(sync.file);
    }

    /** An operation is about to end: queues the syncs that have waited for it alone. */
    void end(Operation write, Submission submission) {
        if (!write.awaited) {
            return;
        }
        writes--;
        if (held == 0) {
            write.awaited = false;
            return;
        }
        for (Operation other : slots.all()) {
            if (other.state == Operation.State.HELD && isWriteBefore(write, other) && --other.waitsFor == 0) {
                held--;
                submission.queueFirst(other);
            }
        }
        write.awaited = false;
    }

    void dropped(Operation sync) {
        held--;
    }

    int held() {
        return held;
    }
}
