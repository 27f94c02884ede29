package dev.aio.netty;

import dev.aio.core.AioException;
import dev.aio.core.AioFile;
import dev.aio.core.DiskQueue;
import dev.aio.core.internal.Linux;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * How the windows of one loop come from the disk: preparation on the lane if the file needs it, a place in the
 * disk's queue, a direct {@code RWF_NOWAIT} read by Linux AIO, and where that declines, a blocking read on the lane.
 * Confined to the loop, except where noted.
 */
final class ColdReads {

    private final AioLoop loop;
    private final AioTransport transport;
    private final @Nullable LoopEngine engine; // null: everything goes through the lane

    ColdReads(AioLoop loop) {
        this.loop = loop;
        transport = loop.transport();
        engine = loop.engine();
    }

    /**
     * See {@link AioLoop#read}.
     *
     * @param file retained for the read
     * @param counted whether the read was entered in the loop's load, and leaves it in the end
     */
    WindowRead begin(AioFile file, long position, int length, WindowListener listener, boolean counted) {
        WindowRead read = new WindowRead(this, loop, file, position, length, listener);
        read.enter(counted);
        if (loop.isClosed()) {
            failed(read, AioLoop.closedFailure());
        } else {
            proceed(read);
        }
        return read;
    }

    /** The next step of a read. Whatever goes wrong with it, the read is answered and gives back what it holds. */
    void proceed(WindowRead read) {
        if (!read.isWanted()) {
            read.endAnywhere();
            return;
        }
        try {
            step(read);
        } catch (RuntimeException | OutOfMemoryError e) {
            failed(read, e);
        }
    }

    private void step(WindowRead read) {
        if (read.buffer == null && (read.buffer = read.allocate(read.alignedLength())) == null) {
            return; // comes back here when there is a buffer
        }
        AioFile file = read.file;
        if (engine == null || file.isLaneOnly() || !file.mayReadDirect()) {
            readOnLane(read);
        } else if (!file.isDirectOpen() || file.needsPreparation(System.nanoTime())) {
            prepareOnLane(read);
        } else if (enterDiskQueue(read)) {
            submitToEngine(read);
        } // else it comes back here when another read has ended
    }

    private void prepareOnLane(WindowRead read) {
        if (read.prepared) {
            // Prepared a moment ago, yet not fit for this loop: the lane can read it in any case.
            readOnLane(read);
            return;
        }
        read.prepared = true;
        read.stage(Unanswered.Stage.LANE);
        transport.preparations().prepare(read.file, true, read);
    }

    /** On the lane. */
    void prepared(WindowRead read, Throwable failure) {
        onLoop(read, () -> {
            loop.watchdog().renew(read);
            if (failure == null) {
                proceed(read);
            } else {
                failed(read, failure);
            }
        });
    }

    private boolean enterDiskQueue(WindowRead read) {
        if (read.diskRequests > 0) {
            return true;
        }
        DiskQueue queue = read.file.diskQueue();
        int requests = read.file.diskRequests(read.alignedLength());
        read.askedRequests = requests;
        if (!queue.tryBegin(requests)) {
            queue.onEnd(requests, () -> read.wake(() -> diskFreed(read, requests)));
            if (!queue.tryBegin(requests)) {
                read.stage(Unanswered.Stage.DISK_QUEUE);
                return false;
            }
        }
        read.diskRequests = requests;
        return true;
    }

    private void diskFreed(WindowRead read, int requests) {
        read.askedRequests = 0;
        if (read.stage() == Unanswered.Stage.DISK_QUEUE && !read.isEnded()) {
            read.stage(Unanswered.Stage.LOOP);
            proceed(read);
        }
        boolean used = read.askedRequests > 0 && DiskQueue.isMany(read.askedRequests) == DiskQueue.isMany(requests);
        if (!used) {
            read.file.diskQueue().announce(requests); // meant for somebody who still waits
        }
    }

    private void submitToEngine(WindowRead read) {
        read.stage(Unanswered.Stage.DISK);
        if (engine.eventLoop() == loop.eventLoop()) {
            if (!engine.submit(read)) {
                readOnLane(read);
            }
            return;
        }
        try {
            engine.eventLoop().execute(() -> submitElsewhere(read));
        } catch (RejectedExecutionException terminated) {
            readOnLane(read);
        }
    }

    /** On the engine's loop. */
    private void submitElsewhere(WindowRead read) {
        try {
            if (!engine.submit(read)) {
                onLoop(read, () -> readOnLane(read));
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            onLoop(read, () -> failed(read, e));
        }
    }

    private void readOnLane(WindowRead read) {
        read.leaveDiskQueue();
        read.stage(Unanswered.Stage.LANE);
        try {
            transport.lane().execute(() -> readHere(read));
        } catch (RejectedExecutionException overload) {
            failed(read, overload);
        }
    }

    /** On the lane. */
    private void readHere(WindowRead read) {
        read.begun();
        int result = 0;
        Throwable failure = null;
        if (read.isWanted()) {
            try {
                transport.preparations().prepareForLoop(read.file, engine);
                result = readFully(read);
                if (result >= 0) {
                    count(read, Rung.LANE_READ, result);
                }
            } catch (AioException | RuntimeException | Error e) {
                failure = e; // whatever it was, somebody waits for an answer
            }
        }
        int filled = result;
        Throwable cause = failure;
        onLoop(read, () -> laneHasRead(read, filled, cause));
    }

    /** Bytes, or {@code -errno} if there were none. */
    private static int readFully(WindowRead read) {
        AlignedByteBuf target = AlignedByteBuf.unwrap(read.buffer);
        int done = 0;
        int n;
        do {
            n = read.file.read(read.position + done, target.memory(), target.memoryOffset() + done, read.length - done);
            done += Math.max(n, 0);
        } while (n > 0 && done < read.length);
        return n < 0 && done == 0 ? n : done;
    }

    private void laneHasRead(WindowRead read, int result, Throwable failure) {
        if (failure != null) {
            failed(read, failure);
        } else if (result < 0) {
            failed(read, result);
        } else {
            read.succeed(read.position, result);
            read.endAnywhere();
        }
    }

    private void count(WindowRead read, Rung rung, long bytes) {
        transport.counters().add(rung, bytes);
        transport.tell(listener -> listener.windowRead(rung, read.length, System.nanoTime() - read.requestedNanos));
    }

    /** Runs on the loop, or, if that has ended, frees what the read holds right here. Any thread. */
    private void onLoop(WindowRead read, Runnable task) {
        try {
            loop.eventLoop().execute(task);
        } catch (RejectedExecutionException terminated) {
            read.endAnywhere(); // its listener was told when the loop was closed
        }
    }

    /** The kernel is done with a read's buffer. On the engine's loop, or on the closer. */
    void kernelDone(WindowRead read, int result) {
        if (loop.eventLoop().inEventLoop()) {
            aioCompleted(read, result);
        } else {
            onLoop(read, () -> aioCompleted(read, result));
        }
    }

    private void aioCompleted(WindowRead read, int result) {
        read.stage(Unanswered.Stage.LOOP);
        if (!read.isWanted()) {
            read.endAnywhere();
        } else if (result == -Linux.EAGAIN || result == -Linux.EOPNOTSUPP) {
            declined(read, result);
        } else if (result < 0) {
            failed(read, result);
        } else if (result < read.alignedLength()
                && (read.file.isWritable() || read.alignedPosition() + result < read.file.size())) {
            // Truncated, or grown, or stopped by an error further on: a second look tells which.
            readOnLane(read);
        } else {
            count(read, read.byHelper ? Rung.AIO_HELPED : Rung.AIO_READ, result);
            read.succeed(read.alignedPosition(), result);
            read.endAnywhere();
        }
    }

    private void declined(WindowRead read, int result) {
        transport.counters().add(Rung.AIO_DECLINED);
        if (result == -Linux.EOPNOTSUPP) {
            read.file.directNowaitRefused();
        }
        if (read.byHelper) {
            readOnLane(read);
        } else {
            read.byHelper = true;
            proceed(read);
        }
    }

    private void failed(WindowRead read, int error) {
        failed(read, AioException.of(error, "read", read.file.path(), read.position, read.length));
    }

    private void failed(WindowRead read, Throwable cause) {
        read.releaseBuffer();
        read.detach(cause);
        read.endAnywhere();
    }
}
