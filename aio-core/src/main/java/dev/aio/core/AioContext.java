package dev.aio.core;

import dev.aio.core.internal.CompletionRing;
import dev.aio.core.internal.EventBatch;
import dev.aio.core.internal.IocbSlab;
import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import java.io.IOException;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One kernel AIO context: operations are prepared, submitted in batches, and reaped from the
 * completion ring without a system call.
 *
 * <p>Confined to its owner, the first thread that uses it; every method checks that, except where
 * noted. {@link #handOver()} lets another thread become the owner. Allocates nothing per operation.
 *
 * <p>Up to {@link #depth()} operations are in the kernel at a time; further ones wait inside the
 * context, up to the pending limit, and beyond that preparing answers {@code false}.
 */
public final class AioContext implements AutoCloseable {

    private static final int BATCH = 64;

    /** How often a wait for events is interrupted to look for what helpers could not submit. */
    private static final long HELPER_POLL_NANOS = 10_000_000;

    private final int depth;
    private final int eventFd;
    private final SlotTable slots;
    private final IocbSlab iocbs;
    private final EventBatch events; // for io_getevents
    private final AioContextStats stats = new AioContextStats();
    private final Thread.UncaughtExceptionHandler callbackFailures;
    private final Queue<Refusal> refusals = new ConcurrentLinkedQueue<>();
    private final AtomicInteger helpers = new AtomicInteger(); // that were not seen to end

    private long context;
    private CompletionRing ring; // null: reap with io_getevents
    private Thread owner;
    private boolean submitting;
    private boolean closing;

    private AioContext(AioContextBuilder builder, long context, int eventFd) {
        this.context = context;
        this.eventFd = eventFd;
        depth = builder.depth;
        callbackFailures = builder.callbackFailures;
        int slotCount = Math.addExact(builder.depth, builder.pendingLimit);
        slots = new SlotTable(slotCount);
        iocbs = new IocbSlab(slotCount, BATCH, eventFd);
        events = new EventBatch(depth);
        ring = builder.userSpaceReaping ? CompletionRing.map(context) : null;
    }

    public static AioContextBuilder builder() {
        return new AioContextBuilder();
    }

    static AioContext open(AioContextBuilder builder) throws IOException {
        Aio.ensureAvailability();
        long context = Native.ioSetup(builder.depth);
        if (context < 0) {
            throw Aio.setupFailure((int) -context, builder.depth);
        }
        int eventFd = -1;
        if (builder.ownEventFd) {
            eventFd = Native.eventfd();
            if (eventFd < 0) {
                Native.ioDestroy(context);
                throw AioException.of(eventFd, "eventfd", null);
            }
        }
        try {
            return new AioContext(builder, context, eventFd);
        } catch (Throwable t) { // no direct memory left
            Native.ioDestroy(context);
            if (eventFd >= 0) {
                Native.close(eventFd);
            }
            throw t;
        }
    }

    /**
     * Prepares a read; it goes to the kernel with the next {@link #submit()}. Reads through the
     * file's {@code O_DIRECT} description if it has one (address, length and position must then be
     * aligned), else through the buffered one, which makes the submission itself wait for the disk.
     *
     * <p>The memory belongs to the context until the completion is called. The file may be closed
     * meanwhile: its descriptors live on until then.
     *
     * @param position in bytes
     * @param flags 0 or {@link ReadFlags}
     * @return {@code false} if depth and pending queue are full: nothing was accepted, try again
     *     after completions were reaped
     */
    public boolean read(
            AioFile file,
            long position,
            AlignedMemory memory,
            int offset,
            int length,
            int flags,
            AioCompletion completion,
            long token) {
        return prepare(
                Linux.IOCB_CMD_PREAD,
                file,
                position,
                memory.address(offset, length),
                length,
                flags,
                memory,
                completion,
                token);
    }

    /**
     * Reads like {@link #read}, but has {@code io_submit} called by another thread, at once: for
     * submissions that may wait, for a request of the disk's queue or for blocks of a file's map. The
     * completion is called by the owner, as always.
     *
     * @param helper runs the submission; its threads may wait
     * @return {@code false} if {@link #depth()} operations are in flight: nothing was accepted
     * @throws RejectedExecutionException if the helper refuses; nothing was accepted
     */
    public boolean readBy(
            Executor helper,
            AioFile file,
            long position,
            AlignedMemory memory,
            int offset,
            int length,
            int flags,
            AioCompletion completion,
            long token) {
        checkUsable();
        Objects.requireNonNull(completion, "completion");
        long address = memory.address(offset, length);
        if (slots.inFlight() >= depth || slots.freeCount() == 0) {
            stats.rejections++;
            return false;
        }
        file.retain();
        int slot = slots.begin(file, memory, completion, token);
        long data = slots.data(slot);
        iocbs.prepare(slot, data, Linux.IOCB_CMD_PREAD, file.aioFd(), address, length, position, flags, 0);
        long pointer = iocbs.pointerAddress(slot);
        long submitted = context;
        helpers.incrementAndGet();
        try {
            helper.execute(() -> submitAlone(submitted, data, pointer));
        } catch (RejectedExecutionException refused) {
            helpers.decrementAndGet();
            slots.finish(slot);
            file.release();
            throw refused;
        }
        return true;
    }

    /** On the helper's thread. Context and eventfd outlive the call: close() waits for its end. */
    private void submitAlone(long submitted, long data, long pointer) {
        int result = Native.ioSubmit(submitted, 1, pointer);
        if (result < 0) {
            refusals.add(new Refusal(data, result));
            if (eventFd >= 0) {
                Native.eventfdSignal(eventFd);
            }
        }
        helpers.decrementAndGet();
    }

    /** What a helper could not submit: no event will come. */
    private record Refusal(long data, int result) {}

    private boolean completeRefusal() {
        Refusal refusal = refusals.poll();
        if (refusal == null) {
            return false;
        }
        event(refusal.data(), refusal.result());
        return true;
    }

    /**
     * Prepares a vectored read: like {@link #read}, into several pieces of memory one after another.
     */
    public boolean readv(
            AioFile file, long position, IoVectors vectors, int flags, AioCompletion completion, long token) {
        return prepare(
                Linux.IOCB_CMD_PREADV,
                file,
                position,
                vectors.address(),
                vectors.count(),
                flags,
                vectors,
                completion,
                token);
    }

    // Writes, syncs and polls take their place here: same slots, another opcode.
    private boolean prepare(
            short opcode,
            AioFile file,
            long position,
            long address,
            int length,
            int flags,
            Object memory,
            AioCompletion completion,
            long token) {
        checkUsable();
        Objects.requireNonNull(completion, "completion");
        if (position < 0) {
            throw new IllegalArgumentException("position: " + position + " (expected: >= 0)");
        }
        if (slots.freeCount() == 0) {
            stats.rejections++;
            return false;
        }
        file.retain(); // throws if closed; released when the operation ends
        int slot = slots.prepare(file, memory, completion, token);
        iocbs.prepare(slot, slots.data(slot), opcode, file.aioFd(), address, length, position, flags, 0);
        return true;
    }

    /**
     * Hands prepared operations to the kernel, as far as {@link #depth()} allows. An operation that
     * the kernel refuses completes with its {@code -errno} before this method returns; those behind
     * it are submitted all the same.
     *
     * @return operations that the kernel took
     */
    public int submit() {
        checkUsable();
        if (submitting || closing) {
            return 0; // called by a completion: the outer call deals with what is prepared
        }
        submitting = true;
        int taken = 0;
        try {
            while (slots.preparedCount() > 0 && slots.inFlight() < depth) {
                int n = submitBatch();
                if (n == 0) {
                    break;
                }
                taken += Math.max(n, 0);
            }
        } finally {
            submitting = false;
        }
        return taken;
    }

    /** Returns operations taken, -1 if the first one was refused and has completed, 0 to stop. */
    private int submitBatch() {
        int n = Math.min(Math.min(slots.preparedCount(), depth - slots.inFlight()), BATCH);
        for (int i = 0; i < n; i++) {
            iocbs.point(i, slots.prepared(i));
        }
        long begin = System.nanoTime();
        int result = Native.ioSubmit(context, n, iocbs.pointersAddress());
        stats.submitted(System.nanoTime() - begin, Math.max(result, 0));
        if (result > 0) {
            slots.submitted(result); // fewer than n: the next round begins with the one at fault
            return result;
        }
        if (result == -Linux.EAGAIN && slots.inFlight() > 0) {
            return 0; // the kernel is out of slots for the moment: try again after the next reap
        }
        complete(slots.refused(), result);
        return -1;
    }

    /**
     * Calls the completions of what has ended, without waiting.
     *
     * @param max completions to call at most
     * @return completions called; if it equals {@code max}, more may be there
     */
    public int reap(int max) {
        checkUsable();
        int reaped = reapReady(max);
        return ring != null ? reaped : reaped + reapEvents(0, max - reaped, 0);
    }

    /**
     * Waits until at least one operation has ended or the time is over, then reaps; see {@link
     * #await(int, int, long)}.
     */
    public int await(int max, long timeoutNanos) {
        return await(1, max, timeoutNanos);
    }

    /**
     * Reaps, and waits while fewer than {@code min} operations have ended and the time is not over.
     * Never waits for more operations than are in flight.
     *
     * @param min completions worth waiting for
     * @param max completions to call at most
     * @param timeoutNanos 0 does not wait, a negative value waits for ever
     * @return completions called: fewer than {@code min} after a timeout, a signal, or while {@link
     *     #readBy} is still submitting
     */
    public int await(int min, int max, long timeoutNanos) {
        checkUsable();
        boolean helped = helpers.get() > 0; // before the refusals are looked at
        int reaped = reapReady(max);
        int missing = Math.min(Math.min(min, max) - reaped, slots.inFlight());
        if (missing <= 0) {
            return reaped;
        }
        // A helper whose operation is refused cannot end a wait for events.
        boolean bounded = helped && (timeoutNanos < 0 || timeoutNanos > HELPER_POLL_NANOS);
        return reaped + reapEvents(missing, max - reaped, bounded ? HELPER_POLL_NANOS : timeoutNanos);
    }

    /** Calls the completions of events that can be had without a system call. */
    private int reapReady(int max) {
        int reaped = 0;
        while (reaped < max && completeRefusal()) {
            reaped++;
        }
        while (reaped < max && events.next()) {
            event(events.data(), events.result());
            reaped++;
        }
        // Asked anew for each event: a completion may itself reap, or close the context.
        while (reaped < max && ring != null && ring.available() > 0) {
            long data = ring.data();
            int result = (int) ring.result();
            ring.consumed();
            event(data, result);
            reaped++;
        }
        return reaped;
    }

    private int reapEvents(int min, int max, long timeoutNanos) {
        if (max <= 0 || context == 0) { // closed by a completion
            return 0;
        }
        // An error is EINTR: the caller waits again if it still wants to.
        return events.fetch(context, min, max, timeoutNanos) > 0 ? reapReady(max) : 0;
    }

    private void event(long data, int result) {
        int slot = slots.slotOf(data);
        if (slot == SlotTable.NONE) {
            stats.staleEvents++;
            return;
        }
        complete(slot, result);
    }

    private void complete(int slot, int result) {
        AioCompletion completion = slots.completion(slot);
        long token = slots.token(slot);
        AioFile file = slots.file(slot);
        slots.finish(slot);
        stats.completions++;
        try {
            try {
                file.release();
            } finally {
                completion.completed(token, result);
            }
        } catch (Throwable t) {
            // One failing callback must not lose the events behind it.
            callbackFailures.uncaughtException(Thread.currentThread(), t);
        }
    }

    /** Operations that may be in the kernel at a time. */
    public int depth() {
        return depth;
    }

    /** Operations that the kernel has and that were not reaped yet. */
    public int inFlight() {
        return slots.inFlight();
    }

    /** Operations prepared but not yet in the kernel. */
    public int pending() {
        return slots.preparedCount();
    }

    /** The eventfd that every completion signals; -1 if the context has none. */
    public int eventFd() {
        return eventFd;
    }

    /** Whether completions are read from the mapped ring, not by {@code io_getevents}. */
    public boolean reapsInUserSpace() {
        return ring != null;
    }

    /** Counters of this context; any thread may read them, and may see them a little late. */
    public AioContextStats stats() {
        return stats;
    }

    /** Gives the context up: the next thread that uses it becomes its owner. */
    public void handOver() {
        checkUsable();
        owner = null;
    }

    /**
     * Makes the calling thread the owner. Only for when the former owner has ended without handing
     * over; the caller answers for it that it has.
     */
    public void takeOver() {
        owner = null;
        checkUsable();
    }

    /**
     * Ends the context: what was not submitted completes with {@code -ECANCELED}, also what a
     * completion prepares from now on; what is in the kernel is waited for, then the context is
     * destroyed. Takes tens of milliseconds even when idle, and as long as the disk needs when not.
     * Idempotent.
     */
    @Override
    public void close() {
        if (context == 0 || closing) {
            return;
        }
        checkUsable();
        closing = true;
        while (slots.preparedCount() > 0 || slots.inFlight() > 0 || helpers.get() > 0) {
            if (slots.preparedCount() > 0) {
                complete(slots.refused(), -Linux.ECANCELED);
            } else if (slots.inFlight() > 0) {
                await(Integer.MAX_VALUE, -1);
            } else {
                Thread.onSpinWait(); // its event came before io_submit returned to it
            }
        }
        // io_destroy unmaps the ring: a read through the view afterwards would end the JVM.
        ring = null;
        long destroyed = context;
        context = 0;
        Native.ioDestroy(destroyed);
        if (eventFd >= 0) {
            Native.close(eventFd);
        }
    }

    private void checkUsable() {
        if (context == 0) {
            throw new IllegalStateException("the AIO context is closed");
        }
        Thread current = Thread.currentThread();
        if (owner != current) {
            if (owner != null) {
                throw new IllegalStateException("AIO context used by thread "
                        + current.getName()
                        + " (expected: its owner "
                        + owner.getName()
                        + ", or handOver() first)");
            }
            owner = current;
        }
    }
}
