package dev.aio.core;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;

/**
 * Decides which submissions the owner of a context makes itself, and which a helper makes because they
 * may wait: {@code io_submit} is asynchronous only for direct reads, and for direct overwrites of blocks
 * that are written, and then only with {@code RWF_NOWAIT}. What a device refuses is remembered.
 */
final class SubmitPolicy {

    /** An io_submit that takes longer has waited for something, if only for its CPU. */
    private static final long SLOW_NANOS = 2_000_000;

    /** How long helpers submit after that: somebody else has filled the disk's queue. */
    private static final long CONGESTION_NANOS = 1_000_000_000;

    private boolean congested;
    private long congestedUntil; // System.nanoTime

    /** Sets who submits the next piece. To be undone by {@link #ended}. */
    void route(Operation operation) {
        operation.nowaitAdded = false;
        operation.prepareFile = false;
        if (operation.isHelperAskedFor()) {
            operation.byHelper = true;
            return;
        }
        if (operation.options.isNowait() || operation.kind.isSync() || operation.kind == AioOperation.POLL) {
            operation.byHelper = false; // raw, or asynchronous by nature
            return;
        }
        operation.byHelper = operation.byHelper || !mayOwnerSubmit(operation);
        operation.nowaitAdded = !operation.byHelper;
    }

    private boolean mayOwnerSubmit(Operation operation) {
        if (isCongested()) {
            return false;
        }
        AioFile file = operation.file;
        if (!operation.direct) {
            // A resident read ends in its submission; a write copies, and may have to wait for others'.
            return operation.kind.isRead() && file.canTellResidency() && isPrepared(operation);
        }
        if (operation.kind.isWrite()) {
            boolean overwrite = !operation.isAppending()
                    && file.isOverwrite(operation.position, operation.length)
                    && file.traits().nowaitDirectWrite;
            return overwrite && claim(operation);
        }
        return file.mayReadDirectNowait() && isPrepared(operation) && claim(operation);
    }

    private static boolean isPrepared(Operation operation) {
        operation.prepareFile = operation.file.isReadable() && operation.file.needsPreparation(System.nanoTime());
        return !operation.prepareFile;
    }

    /** {@code RWF_NOWAIT} does not keep io_submit from waiting for a request of the disk's queue. */
    private static boolean claim(Operation operation) {
        int requests = operation.file.diskRequests((int) Math.min(operation.length, Integer.MAX_VALUE));
        if (DiskQueue.isMany(requests) || !operation.file.diskQueue().tryBegin(requests)) {
            return false;
        }
        operation.diskRequests = requests;
        return true;
    }

    /** The piece has ended, or was refused. */
    void ended(Operation operation) {
        if (operation.diskRequests > 0) {
            int requests = operation.diskRequests;
            operation.diskRequests = 0; // first: who waited for them is called now
            operation.file.diskQueue().end(requests);
        }
    }

    /** Whether it was the context's own {@code RWF_NOWAIT} that was refused: a helper then goes on. */
    boolean isDeclined(Operation operation, long result) {
        if (!operation.nowaitAdded) {
            return false;
        }
        if (result == -Linux.EOPNOTSUPP) {
            learnRefusal(operation);
            return true;
        }
        return result == -Linux.EAGAIN;
    }

    private static void learnRefusal(Operation operation) {
        DeviceTraits traits = operation.file.traits();
        if (operation.options.rwFlags != 0) {
            return; // it may be another flag that is not known
        }
        if (!operation.direct) {
            traits.nowaitBuffered = false;
        } else if (operation.kind.isWrite()) {
            traits.nowaitDirectWrite = false;
        } else {
            traits.nowaitDirect = false;
        }
    }

    /**
     * Whether a piece that came back short may go on: without waiting less can be had than there is.
     *
     * @param result bytes of the piece
     */
    boolean mayGoOn(Operation operation, long result) {
        if (!operation.nowaitAdded) {
            return false;
        }
        // A direct transfer that ends within a block has met the end of the file.
        return !operation.direct || (result & operation.file.directOffsetAlignment() - 1) == 0;
    }

    /** To be asked for before each io_submit. */
    long switches() {
        return Native.voluntarySwitches();
    }

    /**
     * An io_submit has come back. Where others share its CPU a thread is slow without having waited for a disk: then
     * its CPU was taken from it, and it has not given it up.
     *
     * @param before {@link #switches()} before it
     */
    void submitted(long nanos, long before) {
        if (nanos > SLOW_NANOS && (before < 0 || switches() != before)) {
            congested = true;
            congestedUntil = System.nanoTime() + CONGESTION_NANOS;
        }
    }

    /** Whether an io_submit of the last second has waited. */
    boolean isCongested() {
        congested = congested && System.nanoTime() - congestedUntil < 0;
        return congested;
    }
}
