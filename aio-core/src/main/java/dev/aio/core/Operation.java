package dev.aio.core;

import dev.aio.core.internal.Linux;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One operation of a context, from when it is accepted until its last event; the object is then used
 * for another. FREE → PREPARED (queued for submission) → IN_FLIGHT → FREE; a sync that has writes to wait for
 * is HELD before it is queued, and a transfer in pieces is PREPARED anew for each. One that a helper
 * submits is IN_FLIGHT from when the helper is told, since its event may come at any time.
 */
final class Operation {

    enum State {
        FREE,
        HELD,
        PREPARED,
        IN_FLIGHT,
        /** Its completion is being called. */
        ENDING
    }

    final int slot;

    /** Counts the uses of the slot, so that an event of an earlier use is recognised. Never 0. */
    private int generation;

    State state = State.FREE;

    /** Accepted operations before this one. */
    long order;

    AioOperation kind;

    /** {@code null} for a poll. */
    @Nullable
    AioFile file;

    int fd;

    /** Whether that is the {@code O_DIRECT} description: the file may have got one since. */
    boolean direct;

    /** Of the file, also of one that was closed already; {@code null} for a poll. */
    @Nullable
    String path;

    OperationOptions options = OperationOptions.NONE;

    @Nullable
    AioCompletion completion;

    long token;

    /** In bytes; -1 for what has none. */
    long position;

    /** Bytes asked for in all; -1 for what has none. */
    long length;

    /** Address of the first byte; of a poll its events. */
    long address;

    /** Keeps the memory reachable until the last event. */
    @Nullable
    Object memory;

    @Nullable
    IoVectors vectors;

    /** Its position is moved by the result. */
    @Nullable
    ByteBuffer buffer;

    int bufferPosition;

    /** Bytes of pieces that have ended. */
    long done;

    /** Bytes asked for in the piece that is prepared or in flight. */
    long piece;

    /** Where the next piece of vectored memory begins: vector, and bytes of it that are done. */
    int vector;

    int vectorSkip;

    /** A direct read that is not aligned: goes through aligned memory. */
    boolean bounces;

    /** That memory, from when the first piece is prepared. */
    @Nullable
    AlignedMemory bounce;

    /** Bytes in front of the piece that are read for the alignment's sake. */
    int bounceSkip;

    /** A positive errno if it must not reach the kernel. */
    int refused;

    /** What is wrong, in words. */
    @Nullable
    String detail;

    /** Submitted by a helper, because submitting might wait. */
    boolean byHelper;

    /** What a helper runs; made when first needed. */
    @Nullable
    Runnable submitAlone;

    /** The helper has to read in the file's map of blocks first. */
    boolean prepareFile;

    /** {@code RWF_NOWAIT} was added by the context: its refusals are the context's business. */
    boolean nowaitAdded;

    /** Places claimed in the disk's queue. */
    int diskRequests;

    /** Cancelled while in flight: its completion was called, its last event is awaited. */
    boolean detached;

    /** A write that later syncs wait for. */
    boolean awaited;

    /** Where it is among the writes, or the syncs, that barriers know. */
    int barrierIndex;

    /** Writes that a sync still waits for. */
    int waitsFor;

    /**
     * @param generations where to begin counting: elsewhere in every context, so that one does not take
     *     another's ids for its own
     */
    Operation(int slot, int generations) {
        this.slot = slot;
        generation = generations;
    }

    void begin(long acceptedBefore) {
        generation = generation == Integer.MAX_VALUE ? 1 : generation + 1;
        order = acceptedBefore;
        position = -1;
        length = -1;
        done = 0;
        vector = 0;
        vectorSkip = 0;
        refused = 0;
        bounces = false;
        direct = false;
        detached = false;
        byHelper = false;
        nowaitAdded = false;
        diskRequests = 0;
        awaited = false;
        waitsFor = 0;
    }

    /** Forgets what would keep objects alive. */
    void end() {
        state = State.FREE;
        file = null;
        path = null;
        memory = null;
        vectors = null;
        buffer = null;
        bounce = null;
        completion = null;
        detail = null;
    }

    /** {@code aio_data}: positive, and another one for each use of the slot. */
    long id() {
        return (long) generation << 32 | slot;
    }

    void refuse(int errno, String why) {
        if (refused == 0) {
            refused = errno;
            detail = why;
        }
    }

    String path() {
        return path == null ? "descriptor " + fd : path;
    }

    /** Polls never wait, and one that a helper still has could not be cancelled. */
    boolean isHelperAskedFor() {
        return options.isHelperSubmits() && kind != AioOperation.POLL;
    }

    boolean isAppending() {
        return options.isAppend() || file.isAppending();
    }

    int rwFlags() {
        return nowaitAdded ? options.rwFlags | Linux.RWF_NOWAIT : options.rwFlags;
    }
}
