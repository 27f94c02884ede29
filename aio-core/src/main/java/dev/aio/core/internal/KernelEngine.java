package dev.aio.core.internal;

/**
 * The kernel's own AIO: {@code io_submit}, and the mapped ring or {@code io_getevents} for what has
 * ended.
 */
public final class KernelEngine implements IoEngine {

    private final IocbSlab iocbs;
    private final EventBatch batch;
    private CompletionRing ring; // null: io_getevents
    private volatile long context; // 0: destroyed; helpers read it in submitAlone
    private long data;
    private long result;

    private KernelEngine(long context, IocbSlab iocbs, EventBatch batch, CompletionRing ring) {
        this.context = context;
        this.iocbs = iocbs;
        this.batch = batch;
        this.ring = ring;
    }

    /**
     * Takes over a context; if this throws (no direct memory is left), the context is still the caller's.
     *
     * @param context from {@link Native#ioSetup}
     * @param depth events that one {@link #fetch} brings at most
     * @param userSpaceReaping whether to read the mapped ring, if its layout is known
     */
    public static KernelEngine of(long context, IocbSlab iocbs, int depth, boolean userSpaceReaping) {
        EventBatch batch = new EventBatch(depth);
        return new KernelEngine(context, iocbs, batch, userSpaceReaping ? CompletionRing.map(context) : null);
    }

    @Override
    public int submit(int count) {
        return Native.ioSubmit(context, count, iocbs.pointersAddress());
    }

    @Override
    public int submitAlone(int slot) {
        return Native.ioSubmit(context, 1, iocbs.pointerAddress(slot));
    }

    @Override
    public int cancel(int slot) {
        int canceled = Native.ioCancel(context, iocbs.blockAddress(slot));
        // The kernel's word for success since the event comes through the ring (fs/aio.c, io_cancel).
        return canceled == -Linux.EINPROGRESS ? 0 : canceled;
    }

    /** Events fetched earlier are older than those in the ring. */
    @Override
    public boolean next() {
        if (context == 0) {
            return false;
        }
        if (batch.next()) {
            data = batch.data();
            result = batch.result();
            return true;
        }
        if (ring == null || ring.available() == 0) {
            return false;
        }
        // Copied and given back before the caller sees it: what it calls may reap, or destroy the ring.
        data = ring.data();
        result = ring.result();
        ring.consumed();
        return true;
    }

    @Override
    public long data() {
        return data;
    }

    @Override
    public long result() {
        return result;
    }

    @Override
    public int fetch(int min, int max, long timeoutNanos) {
        return context == 0 ? -Linux.EINVAL : batch.fetch(context, min, max, timeoutNanos);
    }

    @Override
    public boolean reapsInUserSpace() {
        return ring != null;
    }

    @Override
    public void destroy() {
        if (context == 0) {
            return;
        }
        // io_destroy unmaps the ring: a read through the view afterwards would end the JVM.
        ring = null;
        long destroyed = context;
        context = 0;
        Native.ioDestroy(destroyed);
    }
}
