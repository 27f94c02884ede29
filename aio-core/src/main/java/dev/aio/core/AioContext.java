package dev.aio.core;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Asynchronous operations on files: prepared, submitted in batches, and reaped from the completion ring
 * without a system call. Each is answered exactly once, by its {@link AioCompletion}.
 *
 * <p>Confined to its owner, the first thread that uses it. {@link #handOver()} lets another thread become the
 * owner. Every method checks that, except those that only tell something ({@link #depth()} to {@link #stats()},
 * {@link #destroyed()}); of these, {@link #inFlight()} and {@link #pending()} are right for the owner only.
 * Allocates nothing per operation.
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

    /**
     * Answer of a method that has accepted nothing: try again after completions were reaped; but not while the
     * context is being closed.
     */
    public static final long REJECTED = 0;

    private final ContextParts parts;
    private final SlotTable slots;
    private final Barriers barriers;
    private final Preparation preparation;
    private final Submission submission;
    private final Completions completions;
    private final Reaper reaper;
    private final Ownership ownership = new Ownership();
    private final AioContextStats stats = new AioContextStats();
    private final @Nullable SubmitPolicy policy; // null: the owner submits everything
    private final ContextEnd end;

    AioContext(AioContextBuilder builder, ContextParts parts) {
        this.parts = parts;
        slots = new SlotTable(parts.slots(), parts.number());
        barriers = new Barriers(parts.slots());
        Pieces pieces = new Pieces(parts.iocbs(), new Bounces(builder.bounceMemory));
        // Lanes are there to wait: submitting to them never does.
        policy = builder.neverWait && parts.kind() == AioEngine.AIO ? new SubmitPolicy() : null;
        preparation = new Preparation(slots, pieces, barriers, stats);
        completions = new Completions(parts.engine(), slots, pieces, barriers, policy, stats, builder.callbackFailures);
        submission = new Submission(builder, parts, slots, pieces, policy, stats, completions);
        completions.goesOnBy(submission);
        reaper = new Reaper(parts.engine(), ownership, submission, completions);
        end = new ContextEnd(builder, parts, ownership, slots, preparation, submission, completions, reaper);
        end.opened();
    }

    /** Options for a context, which {@link AioContextBuilder#open()} opens. */
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
        ownership.check();
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
        ownership.check();
        return reaper.reap(min, max, timeoutNanos);
    }

    /**
     * Cancels an operation: its completion is called now, with {@code -ECANCELED}. What the kernel already has
     * goes on there (only polls can be stopped) and {@link AioCompletion#released} follows when it has ended;
     * a write may still take place, and a transfer in several pieces may have in part.
     *
     * @param operation what preparing it has answered
     * @return {@code false} if it had ended already
     */
    public boolean cancel(long operation) {
        ownership.check();
        Operation found = slots.find(operation);
        return found != null && completions.cancel(found);
    }

    /**
     * The failure that the completion being called is told of, with operation, path, position, length and
     * what to do. For use inside {@link AioCompletion#completed} only, with a negative result, and before
     * anything else is asked of this context.
     */
    public AioException failure() {
        ownership.check();
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

    /**
     * The eventfd that every completion signals; -1 if the context has none. One of the context's own is closed
     * when it is {@link #destroyed()}: its number may be another file's then.
     */
    public int eventFd() {
        return parts.eventFd();
    }

    /** What carries out the operations: {@link AioEngine#AIO} or {@link AioEngine#LANE}. */
    public AioEngine engine() {
        return parts.kind();
    }

    /** Whether completions are read from the mapped ring, not by {@code io_getevents}. */
    public boolean reapsInUserSpace() {
        return parts.engine().reapsInUserSpace();
    }

    /** Counters of this context; any thread may read them, and may see them a little late. */
    public AioContextStats stats() {
        return stats;
    }

    /**
     * Whether one of the owner's submissions has waited within the last second: somebody has filled the disk's queue,
     * and the next may wait too. A context that may wait, or that lanes carry, is never congested. For the owner only.
     */
    public boolean isCongested() {
        return policy != null && policy.isCongested();
    }

    /**
     * Gives the context up: the next thread that uses it becomes its owner.
     *
     * @throws IllegalStateException inside a completion: when it returns, this thread still has things to do
     */
    public void handOver() {
        if (ownership.isMine() && completions.isCalling()) {
            throw new IllegalStateException("handOver() inside a completion (expected: after the call that called it)");
        }
        ownership.handOver();
    }

    /**
     * Makes the calling thread the owner. Only for when the former owner has ended without handing over; the
     * caller answers for it that it has.
     *
     * @throws IllegalStateException if the context is closed
     */
    public void takeOver() {
        ownership.takeOver();
    }

    /** Ends the context; waits as long as the builder's close timeout says. See {@link #close(long)}. */
    @Override
    public void close() {
        end.close();
    }

    /**
     * Ends the context: what was not submitted completes with {@code -ECANCELED}, and preparing more answers
     * {@link #REJECTED} from now on; what is in the kernel is waited for. What has not ended when the time is
     * over completes with {@code -ECANCELED} and is reported; another thread then waits for it. Destroying the
     * kernel's context takes tens of milliseconds and happens on that thread too: see {@link #destroyed()}. If no
     * thread can be had, this method does all that itself, however long it takes.
     *
     * <p>Idempotent: once it has begun, calling it again, also from a completion that it calls, returns at once,
     * with what is known by then.
     *
     * @param timeoutNanos 0 does not wait, a negative value waits for ever
     * @return what was still in the kernel
     */
    public CloseReport close(long timeoutNanos) {
        return end.close(timeoutNanos);
    }

    /**
     * Completes when the kernel's context, the eventfd and the budget are given back, on a thread of the
     * context's own; after a completion that closes the context, only when it has returned. Any thread may ask.
     */
    public CompletableFuture<Void> destroyed() {
        return end.destroyed();
    }

    private Preparation preparation() {
        ownership.check();
        return preparation;
    }
}
