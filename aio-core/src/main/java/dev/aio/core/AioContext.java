package dev.aio.core;

import dev.aio.core.internal.IoEngine;
import dev.aio.core.internal.Linux;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Asynchronous operations on files: prepared, submitted in batches, and reaped from the completion ring
 * without a system call. Each is answered exactly once, by its {@link AioCompletion}.
 *
 * <p>Confined to its owner, the first thread that uses it; every method checks that, except where noted.
 * {@link #handOver()} lets another thread become the owner. Allocates nothing per operation.
 *
 * <p>Up to {@link #depth()} operations are in the kernel at a time; further ones wait inside the context,
 * up to the pending limit, and beyond that preparing answers {@link #REJECTED}.
 *
 * <p>What is wrong with one operation's arguments (a negative position, a length beyond the buffer, a heap
 * buffer, a file that is closed or not open for writing, an unaligned direct write) does not throw: that
 * operation completes with its {@code -errno} while it is submitted, and the others of its batch are
 * unharmed. {@link #failure()} tells what was found and what to do.
 *
 * <p>The memory of an operation belongs to the context from the call until {@link
 * AioCompletion#released}. Its file may be closed meanwhile: the descriptors live on until then.
 *
 * <p>Operations may end in any order, and what overlaps may be carried out in any order; only syncs wait
 * for the writes before them.
 */
public final class AioContext implements AutoCloseable {

    /** Answer of a method that has accepted nothing: try again after completions were reaped. */
    public static final long REJECTED = 0;

    /** How often a wait for events is interrupted to look for what helpers could not submit. */
    private static final long HELPER_POLL_NANOS = 10_000_000;

    private final ContextParts parts;
    private final IoEngine engine;
    private final SlotTable slots;
    private final Barriers barriers;
    private final @Nullable SubmitPolicy policy; // null: the owner submits all that it is not told otherwise of
    private final Preparation preparation;
    private final Submission submission;
    private final Completions completions;
    private final AioContextStats stats = new AioContextStats();
    private final ContextEnd end;

    private @Nullable Thread owner;
    private boolean closing;
    private boolean closed;

    AioContext(AioContextBuilder builder, ContextParts parts) {
        this.parts = parts;
        engine = parts.engine();
        end = new ContextEnd(builder, parts);
        slots = new SlotTable(parts.slots(), parts.number());
        barriers = new Barriers(slots);
        Pieces pieces = new Pieces(parts.iocbs(), new Bounces(builder.bounceMemory));
        // Lanes are there to wait: submitting to them never does.
        policy = builder.neverWait && parts.kind() == AioEngine.AIO ? new SubmitPolicy() : null;
        preparation = new Preparation(slots, pieces, barriers, stats);
        completions = new Completions(slots, pieces, barriers, policy, stats, builder.callbackFailures);
        submission = new Submission(builder, parts, slots, pieces, policy, stats, completions);
        completions.goesOnBy(submission);
    }

    public static AioContextBuilder builder() {
        return new AioContextBuilder();
    }

    /**
     * Prepares a read. Reads through the file's {@code O_DIRECT} description if it has one, else through the
     * page cache. A direct read may have any position, length and memory: what is not aligned as {@link
     * AioFile#directOffsetAlignment()} says goes through a buffer of the context.
     *
     * @param position in bytes
     * @return the operation's id, for {@link #cancel}; or {@link #REJECTED}
     */
    public long read(
            AioFile file,
            long position,
            AlignedMemory memory,
            int offset,
            int length,
            OperationOptions options,
            AioCompletion completion,
            long token) {
        return preparation()
                .memory(AioOperation.READ, file, position, memory, offset, length, options, completion, token);
    }

    /**
     * Prepares a write. Through an {@code O_DIRECT} description position, length and memory must be aligned,
     * else the operation ends with {@code -EINVAL}. A short result means that no more could be written: the
     * disk is full, or a limit was reached.
     *
     * @param position in bytes
     * @return the operation's id, for {@link #cancel}; or {@link #REJECTED}
     */
    public long write(
            AioFile file,
            long position,
            AlignedMemory memory,
            int offset,
            int length,
            OperationOptions options,
            AioCompletion completion,
            long token) {
        return preparation()
                .memory(AioOperation.WRITE, file, position, memory, offset, length, options, completion, token);
    }

    /**
     * Prepares a read into a direct buffer, from its position to its limit as they are now; the position is
     * moved by the result before the completion is called. See {@link #read(AioFile, long, AlignedMemory, int,
     * int, OperationOptions, AioCompletion, long)}.
     */
    public long read(
            AioFile file,
            long position,
            ByteBuffer target,
            OperationOptions options,
            AioCompletion completion,
            long token) {
        return preparation().buffer(AioOperation.READ, file, position, target, options, completion, token);
    }

    /**
     * Prepares a write from a direct buffer, from its position to its limit as they are now; the position is
     * moved by the result before the completion is called. See {@link #write(AioFile, long, AlignedMemory,
     * int, int, OperationOptions, AioCompletion, long)}.
     */
    public long write(
            AioFile file,
            long position,
            ByteBuffer source,
            OperationOptions options,
            AioCompletion completion,
            long token) {
        return preparation().buffer(AioOperation.WRITE, file, position, source, options, completion, token);
    }

    /**
     * Prepares a read into several pieces of memory, one after another. More than {@code IOV_MAX} pieces and
     * more bytes than one call of the kernel takes are read in several calls and reported as one.
     */
    public long readv(
            AioFile file,
            long position,
            IoVectors vectors,
            OperationOptions options,
            AioCompletion completion,
            long token) {
        return preparation().vectors(AioOperation.READ_VECTORED, file, position, vectors, options, completion, token);
    }

    /** Prepares a write from several pieces of memory; otherwise like {@link #readv}. */
    public long writev(
            AioFile file,
            long position,
            IoVectors vectors,
            OperationOptions options,
            AioCompletion completion,
            long token) {
        return preparation().vectors(AioOperation.WRITE_VECTORED, file, position, vectors, options, completion, token);
    }

    /**
     * Prepares a sync of data and metadata. A barrier: it waits for all writes to that inode which this
     * context has accepted before it, and only then begins; the kernel's own would run beside them. Writes of
     * other contexts are not waited for.
     */
    public long sync(AioFile file, OperationOptions options, AioCompletion completion, long token) {
        return preparation().sync(AioOperation.SYNC, file, options, completion, token);
    }

    /** Like {@link #sync}, without metadata that is not needed to find the data again. */
    public long dataSync(AioFile file, OperationOptions options, AioCompletion completion, long token) {
        return preparation().sync(AioOperation.DATA_SYNC, file, options, completion, token);
    }

    /**
     * Prepares to wait, once, until a descriptor is ready; the result is the set of {@link PollEvents} that
     * are.
     *
     * @param fd a socket, pipe, eventfd, … that stays open until the operation has ended
     * @param events {@link PollEvents}
     */
    public long poll(int fd, int events, OperationOptions options, AioCompletion completion, long token) {
        return preparation().poll(fd, events, options, completion, token);
    }

    /**
     * Hands what is prepared to the kernel, as far as {@link #depth()} allows; the rest follows by itself when
     * completions are reaped. An operation that is refused completes before this method returns; those
     * behind it are submitted all the same. Does not wait for the disk, unless the context was built to.
     *
     * @return operations handed over now
     */
    public int submit() {
        checkUsable();
        return submission.submit();
    }

    /**
     * Calls the completions of what has ended, without waiting: {@code getEvents(0, max, 0)}.
     *
     * @param max completions to call at most
     * @return completions called; if it equals {@code max}, more may be there
     */
    public int reap(int max) {
        return getEvents(0, max, 0);
    }

    /**
     * Calls the completions of what has ended, and waits while fewer than {@code min} have and the time is not
     * over. A signal does not end the wait. What is pending goes to the kernel as room appears.
     *
     * @param min completions worth waiting for; never more are waited for than are in flight
     * @param max completions to call at most
     * @param timeoutNanos 0 does not wait, a negative value waits for ever
     * @return completions called; fewer than {@code min} if the time is over or nothing is in flight
     */
    public int getEvents(int min, int max, long timeoutNanos) {
        checkUsable();
        int reaped = reapReady(max);
        if (!engine.reapsInUserSpace() && reaped < max && submission.inFlight() > 0 && isMine()) {
            engine.fetch(0, max - reaped, 0);
            reaped += reapReady(max - reaped);
        }
        int wanted = Math.min(min, max);
        if (reaped >= wanted || timeoutNanos == 0) {
            return reaped;
        }
        long begin = timeoutNanos > 0 ? System.nanoTime() : 0;
        long left = timeoutNanos;
        while (reaped < wanted && submission.inFlight() > 0 && isMine()) {
            await(wanted - reaped, max - reaped, left);
            reaped += reapReady(max - reaped);
            if (timeoutNanos > 0) {
                left = timeoutNanos - (System.nanoTime() - begin);
                if (left <= 0) {
                    break;
                }
            }
        }
        return reaped;
    }

    private void await(int missing, int max, long timeoutNanos) {
        // A helper whose operation is refused cannot end a wait for events.
        boolean bounded = submission.isHelped() && (timeoutNanos < 0 || timeoutNanos > HELPER_POLL_NANOS);
        if (submission.refusals().isEmpty()) {
            // An error is EINTR: the caller's loop waits again.
            engine.fetch(Math.min(missing, submission.inFlight()), max, bounded ? HELPER_POLL_NANOS : timeoutNanos);
        }
    }

    /** Calls the completions of events that can be had without a system call. */
    private int reapReady(int max) {
        int reaped = 0;
        while (reaped < max && isMine() && !submission.refusals().isEmpty()) {
            long id = submission.refusals().take();
            reaped += id == 0 ? 0 : completions.event(id, submission.refusals().result());
        }
        // Asked anew for each event: a completion may itself reap, or close the context.
        while (reaped < max && isMine() && engine.next()) {
            reaped += completions.event(engine.data(), engine.result());
        }
        if (submission.isDue() && isMine()) {
            submission.flush();
        }
        return reaped;
    }

    /** Not after a completion has closed the context: the engine is another thread's then. */
    private boolean isMine() {
        return owner == Thread.currentThread();
    }

    /**
     * Cancels an operation: its completion is called now, with {@code -ECANCELED}. What the kernel already has
     * goes on there (only polls can be stopped) and {@link AioCompletion#released} follows when it has ended;
     * a write may still take place.
     *
     * @param operation what preparing it has answered
     * @return {@code false} if it had ended already
     */
    public boolean cancel(long operation) {
        checkUsable();
        Operation found = slots.find(operation);
        if (found == null || found.detached || found.state == Operation.State.ENDING) {
            return false;
        }
        switch (found.state) {
            case HELD:
                barriers.dropped(found);
                break;
            case PREPARED:
                submission.unqueue(found);
                break;
            default:
                found.detached = true;
                if (found.kind == AioOperation.POLL) {
                    engine.cancel(found.slot);
                }
                completions.complete(found, -Linux.ECANCELED);
                return true;
        }
        if (policy != null) {
            policy.ended(found);
        }
        found.state = Operation.State.ENDING;
        try {
            completions.complete(found, -Linux.ECANCELED);
        } finally {
            completions.release(found);
        }
        return true;
    }

    /**
     * The failure that the completion being called is told of, with operation, path, position, length and
     * what to do. For use inside {@link AioCompletion#completed} only, with a negative result, and before
     * anything else is asked of this context.
     */
    public AioException failure() {
        checkUsable();
        return completions.failure();
    }

    /** Operations that may be in the kernel at a time; fewer than asked for if the host had no more. */
    public int depth() {
        return parts.depth();
    }

    /** Operations that the kernel, a helper or the lane has and that were not reaped yet. */
    public int inFlight() {
        return submission.inFlight();
    }

    /** Operations accepted but not yet in flight. */
    public int pending() {
        return slots.preparedCount() + barriers.held();
    }

    /** The eventfd that every completion signals; -1 if the context has none. */
    public int eventFd() {
        return parts.eventFd();
    }

    /** What carries out the operations: {@link AioEngine#AIO} or {@link AioEngine#LANE}. */
    public AioEngine engine() {
        return parts.kind();
    }

    /** Whether completions are read from the mapped ring, not by {@code io_getevents}. */
    public boolean reapsInUserSpace() {
        return engine.reapsInUserSpace();
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
     * Makes the calling thread the owner. Only for when the former owner has ended without handing over; the
     * caller answers for it that it has.
     */
    public void takeOver() {
        owner = null;
        checkUsable();
    }

    /** Ends the context; waits as long as the builder's close timeout says. See {@link #close(long)}. */
    @Override
    public void close() {
        if (!closed && !closing) {
            end.report(close(end.timeoutNanos()));
        }
    }

    /**
     * Ends the context: what was not submitted completes with {@code -ECANCELED}, also what a completion
     * prepares from now on; what is in the kernel is waited for. What has not ended when the time is over
     * completes with {@code -ECANCELED} and is reported; another thread then waits for it. Destroying the
     * kernel's context takes tens of milliseconds and happens on that thread too: see {@link #destroyed()}.
     * Idempotent.
     *
     * @param timeoutNanos 0 does not wait, a negative value waits for ever
     * @return what was still in the kernel
     */
    public CloseReport close(long timeoutNanos) {
        if (closed || closing) {
            return end.lastReport();
        }
        checkUsable();
        closing = true;
        submission.stop();
        completions.stopGoingOn();
        long begin = System.nanoTime();
        long left = timeoutNanos;
        cancelUnsubmitted();
        while ((submission.inFlight() > 0 || submission.isHelped()) && left != 0) {
            if (submission.inFlight() > 0) {
                await(submission.inFlight(), Integer.MAX_VALUE, left);
                reapReady(Integer.MAX_VALUE);
            } else {
                Thread.onSpinWait(); // its event came before io_submit returned to it
            }
            cancelUnsubmitted(); // what completions have prepared
            if (timeoutNanos > 0) {
                left = Math.max(0, timeoutNanos - (System.nanoTime() - begin));
            }
        }
        CloseReport report = end.reportOf(slots.all());
        for (Operation operation : slots.all()) {
            if (operation.state == Operation.State.IN_FLIGHT && !operation.detached) {
                operation.detached = true;
                completions.complete(operation, -Linux.ECANCELED);
            }
        }
        cancelUnsubmitted();
        closed = true;
        owner = null;
        end.destroy(this::drain);
        return report;
    }

    private void cancelUnsubmitted() {
        for (Operation operation : slots.all()) {
            if (operation.state == Operation.State.HELD
                    || operation.state == Operation.State.PREPARED
                    || operation.state == Operation.State.IN_FLIGHT && operation.kind == AioOperation.POLL) {
                cancel(operation.id());
            }
        }
    }

    /** On the closer's thread: the context is its own now. */
    private void drain() {
        owner = Thread.currentThread();
        while (submission.inFlight() > 0 || submission.isHelped()) {
            if (submission.inFlight() > 0) {
                await(submission.inFlight(), Integer.MAX_VALUE, -1);
                reapReady(Integer.MAX_VALUE);
            } else {
                Thread.onSpinWait();
            }
        }
    }

    /**
     * Completes when the kernel's context, the eventfd and the budget are given back, on a thread of the
     * context's own. Any thread may ask.
     */
    public CompletableFuture<Void> destroyed() {
        return end.destroyed();
    }

    private Preparation preparation() {
        checkUsable();
        return preparation;
    }

    private void checkUsable() {
        if (closed) {
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
