package dev.aio.netty;

import dev.aio.core.AioCompletion;
import dev.aio.core.AioFile;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One window being read: which bytes, into which buffer, for whom. Confined to its loop, but for
 * {@link #completed} when the loop is gone. The buffer stays with the operation until the kernel is
 * done with it, whatever becomes of the listener.
 */
public final class WindowRead extends Unanswered implements AioCompletion {

    private final ColdReads reads;
    final long position;
    final int length;

    /** {@code null} once the result was delivered or is no longer wanted. Written on the loop. */
    private volatile @Nullable WindowListener listener;

    /** The aligned superset of the window, while the kernel or the lane fills it. */
    ByteBuf buffer;

    /** Preparation was tried: it is not tried twice for one window. */
    boolean prepared;

    /** Its submission might wait, so the lane submits it. */
    boolean byHelper;

    /** Requests for which it holds a place in the disk's queue; 0: none. */
    int diskRequests;

    /** The same, for which it has asked for one since it was last told of a free one. */
    int askedRequests;

    WindowRead(ColdReads reads, AioLoop loop, AioFile file, long position, int length, WindowListener listener) {
        super(loop, file);
        this.reads = reads;
        this.position = position;
        this.length = length;
        this.listener = listener;
    }

    @Override
    String name() {
        return "read";
    }

    @Override
    long position() {
        return position;
    }

    @Override
    long length() {
        return length;
    }

    @Override
    boolean holdsMemory() {
        return buffer != null;
    }

    @Override
    void proceed() {
        reads.proceed(this);
    }

    @Override
    public void prepared(Throwable failure) {
        reads.prepared(this, failure);
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

    @Override
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
            endIfWaiting();
        }
    }

    /** Before engine or lane have it, there is nothing to wait for. */
    private void endIfWaiting() {
        if (stage() == Stage.BUFFER || stage() == Stage.DISK_QUEUE) {
            endAnywhere();
        }
    }

    @Override
    public void completed(long token, long result) {
        leaveDiskQueue();
        reads.kernelDone(this, (int) result);
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

    @Override
    void free() {
        leaveDiskQueue();
        releaseBuffer();
    }

    /** Delivers {@code buffer}, cut to the bytes that were asked for. */
    void succeed(long bufferPosition, int filled) {
        ByteBuf window = buffer;
        WindowListener to = listener;
        if (to == null) {
            return; // its end gives the buffer back
        }
        buffer = null;
        listener = null;
        loop.watchdog().remove(this);
        int skip = (int) (position - bufferPosition);
        int available = Math.max(0, Math.min(filled - skip, length));
        window.setIndex(Math.min(skip, window.capacity()), Math.min(skip + available, window.capacity()));
        try {
            to.windowRead(window);
        } catch (Throwable t) {
            loop.listenerFailed(t);
        }
    }

    @Override
    void detach(Throwable cause) {
        loop.watchdog().remove(this);
        WindowListener to = listener;
        if (to != null) {
            listener = null;
            try {
                to.windowFailed(cause);
            } catch (Throwable t) {
                loop.listenerFailed(t);
            }
        }
        endIfWaiting();
    }
}
