package dev.aio.netty;

import dev.aio.core.AioCompletion;
import dev.aio.core.AioException;
import dev.aio.core.AioFile;
import dev.aio.core.internal.Linux;
import io.netty.buffer.ByteBuf;

/**
 * One window being read: which bytes, into which buffer, for whom. Confined to its loop, but for
 * {@link #completed} when the loop is gone. The buffer stays with the operation until the kernel is
 * done with it, whatever becomes of the listener.
 */
public final class WindowRead extends Unanswered implements AioCompletion {

    final AioLoop loop;
    final AioFile file;
    final long position;
    final int length;

    /** When it was asked for, as {@link System#nanoTime}. */
    final long requestedNanos = System.nanoTime();

    /** It was failed because the disk did not answer, and the disk still has its buffer. */
    private boolean lost;

    /** {@code null} once the result was delivered or is no longer wanted. */
    private WindowListener listener;

    /** The aligned superset of the window, while the kernel or the lane fills it. */
    ByteBuf buffer;

    /** Preparation was tried: it is not tried twice for one window. */
    boolean prepared;

    /** The buffer was found; from here on nobody waits for one. */
    boolean started;

    /** Its submission might wait, so the lane submits it. */
    boolean byHelper;

    /** Requests for which it holds a place in the disk's queue; 0: none. */
    int diskRequests;

    /** It has left the disk's queue of those that wait. */
    boolean submitted;

    /** The kernel and the lane are done with it. */
    boolean ended;

    WindowRead(AioLoop loop, AioFile file, long position, int length, WindowListener listener) {
        this.loop = loop;
        this.file = file;
        this.position = position;
        this.length = length;
        this.listener = listener;
    }

    /** Where the aligned superset begins. */
    long alignedPosition() {
        return position & -(long) file.directOffsetAlignment();
    }

    /** Bytes of the aligned superset. */
    int alignedLength() {
        long alignment = file.directOffsetAlignment();
        long end = (position + length + alignment - 1) & -alignment;
        return (int) (end - alignedPosition());
    }

    /** Whether somebody still waits for the result. */
    boolean isWanted() {
        return listener != null;
    }

    /**
     * Nobody waits any more: the buffer is released as soon as the kernel is done with it. Loop
     * thread only.
     */
    public void cancel() {
        if (listener != null) {
            listener = null;
            loop.answered(this);
        }
    }

    @Override
    public void completed(long token, long result) {
        leaveDiskQueue();
        loop.kernelDone(this, (int) result);
    }

    /** Any thread, but only one at a time has the read. */
    void leaveDiskQueue() {
        int held = diskRequests;
        if (held > 0) {
            diskRequests = 0;
            file.diskQueue().end(held);
        }
    }

    void releaseBuffer() {
        ByteBuf held = buffer;
        buffer = null;
        if (held != null) {
            held.release();
        }
    }

    /** Delivers {@code buffer}, cut to the bytes that were asked for. */
    void succeed(long bufferPosition, int filled) {
        ByteBuf window = buffer;
        WindowListener to = listener;
        if (to == null) {
            releaseBuffer();
            return;
        }
        buffer = null;
        listener = null;
        loop.answered(this);
        int skip = (int) (position - bufferPosition);
        int available = Math.max(0, Math.min(filled - skip, length));
        window.setIndex(Math.min(skip, window.capacity()), Math.min(skip + available, window.capacity()));
        try {
            to.windowRead(window);
        } catch (Throwable t) {
            loop.listenerFailed(t);
        }
    }

    void fail(Throwable cause) {
        releaseBuffer();
        detach(cause);
    }

    @Override
    void detach(Throwable cause) {
        WindowListener to = listener;
        if (to != null) {
            listener = null;
            loop.answered(this);
            try {
                to.windowFailed(cause);
            } catch (Throwable t) {
                loop.listenerFailed(t);
            }
        }
    }

    /**
     * Waiting for a buffer does not count as long as it is clients who have them. But while there is a disk that
     * does not answer, nobody knows whether one will come back.
     */
    @Override
    long movedNanos() {
        boolean waitsForClients =
                buffer == null && loop.transport().stalledReads().get() == 0;
        return waitsForClients ? System.nanoTime() : sinceNanos;
    }

    @Override
    AioException stalled() {
        if (buffer != null && !lost) {
            lost = true;
            loop.transport().stalledReads().incrementAndGet();
        }
        loop.transport().tell(listener -> listener.stalled(file.path(), position, length));
        return AioException.of(Linux.ETIMEDOUT, "read", file.path(), position, length);
    }

    @Override
    TransportSnapshot.Waiting describe(long now) {
        String state =
                buffer == null ? "waits for a buffer" : submitted ? "with the disk" : "waits for the disk's queue";
        return new TransportSnapshot.Waiting(file.path(), position, length, now - requestedNanos, state);
    }

    /** The disk or the lane has given it back. */
    void found() {
        if (lost) {
            lost = false;
            loop.transport().stalledReads().decrementAndGet();
        }
    }
}
