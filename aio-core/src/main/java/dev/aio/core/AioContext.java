package dev.aio.core;

import dev.aio.core.internal.IoEngine;
import dev.aio.core.internal.IocbSlab;
import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
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

    private static final int BATCH = 64;

    /** How often a wait for events is interrupted to look for what helpers could not submit. */
    private static final long HELPER_POLL_NANOS = 10_000_000;

    private final int depth;
    private final int eventFd;
    private final AioEngine kind;
    private final SlotTable slots;
    private final IocbSlab iocbs;
    private final Pieces pieces;
    private final Barriers barriers;
    private final @Nullable SubmitPolicy policy; // null: submit all that can be submitted here and now
    private final Executor helper;
    private final Refusals refusals;
    private final AtomicInteger helpers = new AtomicInteger(); // submissions that were not seen to end
    private final AioContextStats stats = new AioContextStats();
    private final ContextEnd end;
    private final Thread.UncaughtExceptionHandler callbackFailures;

    private final IoEngine engine;
    private Thread owner;
    private int inFlight;
    private int due; // prepared operations that submit() was called for
    private boolean flushing;
    private boolean closing;
    private boolean closed;

    // The failure that a completion is being told of.
    private AioOperation failedKind;
    private @Nullable String failedPath;
    private long failedPosition;
    private long failedLength;
    private int failedErrno;
    private @Nullable String failedDetail;

    AioContext(AioContextBuilder builder, ContextParts parts) {
        depth = parts.depth();
        eventFd = parts.eventFd();
        kind = parts.kind();
        engine = parts.engine();
        iocbs = parts.iocbs();
        end = new ContextEnd(builder, parts);
        callbackFailures = builder.callbackFailures;
        slots = new SlotTable(this, parts.slots());
        refusals = new Refusals(parts.slots());
        pieces = new Pieces(iocbs);
        barriers = new Barriers(slots);
        // Lanes are there to wait: submitting to them never does.
        policy = builder.neverWait && kind == AioEngine.AIO ? new SubmitPolicy() : null;
        helper = builder.submitHelper != null
                ? builder.submitHelper
                : new SubmitHelper(parts.slots(), "aio-submit-" + parts.number());
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
        return transfer(AioOperation.READ, file, position, memory, offset, length, options, completion, token);
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
        return transfer(AioOperation.WRITE, file, position, memory, offset, length, options, completion, token);
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
        return transfer(AioOperation.READ, file, position, target, options, completion, token);
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
        return transfer(AioOperation.WRITE, file, position, source, options, completion, token);
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
        return transfer(AioOperation.READ_VECTORED, file, position, vectors, options, completion, token);
    }

    /** Prepares a write from several pieces of memory; otherwise like {@link #readv}. */
    public long writev(
            AioFile file,
            long position,
            IoVectors vectors,
            OperationOptions options,
            AioCompletion completion,
            long token) {
        return transfer(AioOperation.WRITE_VECTORED, file, position, vectors, options, completion, token);
    }

    /**
     * Prepares a sync of data and metadata. A barrier: it waits for all writes to that inode which this
     * context has accepted before it, and only then begins; the kernel's own would run beside them. Writes of
     * other contexts are not waited for.
     */
    public long sync(AioFile file, OperationOptions options, AioCompletion completion, long token) {
        return sync(AioOperation.SYNC, file, options, completion, token);
    }

    /** Like {@link #sync}, without metadata that is not needed to find the data again. */
    public long dataSync(AioFile file, OperationOptions options, AioCompletion completion, long token) {
        return sync(AioOperation.DATA_SYNC, file, options, completion, token);
    }

    /**
     * Prepares to wait, once, until a descriptor is ready; the result is the set of {@link PollEvents} that
     * are.
     *
     * @param fd a socket, pipe, eventfd, … that stays open until the operation has ended
     * @param events {@link PollEvents}
     */
    public long poll(int fd, int events, OperationOptions options, AioCompletion completion, long token) {
        Operation operation = take(options, completion, token);
        if (operation == null) {
            return REJECTED;
        }
        operation.kind = AioOperation.POLL;
        operation.fd = fd;
        operation.address = events;
        if (fd < 0) {
            operation.refuse(Linux.EBADF, "descriptor: " + fd + " (expected: >= 0)");
        } else if (options.rwFlags != 0) {
            operation.refuse(Linux.EINVAL, "a poll takes no flags");
        }
        return accept(operation);
    }

    private long transfer(
            AioOperation kind,
            AioFile file,
            long position,
            AlignedMemory memory,
            int offset,
            int length,
            OperationOptions options,
            AioCompletion completion,
            long token) {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(memory, "memory");
        Operation operation = take(options, completion, token);
        if (operation == null) {
            return REJECTED;
        }
        operation.memory = memory;
        operation.bufferPosition = offset;
        if (offset < 0 || length < 0 || offset > memory.capacity() - length) {
            operation.refuse(
                    Linux.EINVAL,
                    length + " bytes from offset " + offset + " are not within the memory's " + memory.capacity());
        } else {
            operation.address = memory.addressUnchecked() + offset;
        }
        if (kind.isRead() && memory.isReadOnly()) {
            operation.refuse(Linux.EINVAL, READ_ONLY);
        }
        return transfer(operation, kind, file, position, length);
    }

    private static final String READ_ONLY = "the memory is read-only (expected: memory that may be written)";

    private long transfer(
            AioOperation kind,
            AioFile file,
            long position,
            ByteBuffer buffer,
            OperationOptions options,
            AioCompletion completion,
            long token) {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(buffer, "buffer");
        Operation operation = take(options, completion, token);
        if (operation == null) {
            return REJECTED;
        }
        operation.memory = buffer;
        operation.buffer = buffer;
        operation.bufferPosition = buffer.position();
        if (!buffer.isDirect()) {
            operation.refuse(Linux.EINVAL, "a heap buffer moves while the kernel uses it (expected: a direct buffer)");
        } else if (kind.isRead() && buffer.isReadOnly()) {
            operation.refuse(Linux.EINVAL, READ_ONLY);
        } else {
            operation.address = Native.bufferAddress(buffer) + buffer.position();
        }
        return transfer(operation, kind, file, position, buffer.remaining());
    }

    private long transfer(
            AioOperation kind,
            AioFile file,
            long position,
            IoVectors vectors,
            OperationOptions options,
            AioCompletion completion,
            long token) {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(vectors, "vectors");
        Operation operation = take(options, completion, token);
        if (operation == null) {
            return REJECTED;
        }
        if (!vectors.tryUse()) {
            slots.give(operation);
            throw new IllegalStateException("the vectors are used by another operation (expected: one at a time)");
        }
        operation.memory = vectors;
        operation.vectors = vectors;
        if (kind.isRead() && vectors.isReadOnly()) {
            operation.refuse(Linux.EINVAL, READ_ONLY);
        }
        return transfer(operation, kind, file, position, vectors.length());
    }

    private long transfer(Operation operation, AioOperation kind, AioFile file, long position, long length) {
        operation.kind = kind;
        operation.position = position;
        operation.length = length;
        if (position < 0) {
            operation.refuse(Linux.EINVAL, "position: " + position + " (expected: >= 0)");
        } else if (position > Long.MAX_VALUE - length) {
            operation.refuse(Linux.EINVAL, "position and length together exceed " + Long.MAX_VALUE);
        }
        retain(operation, file);
        if (kind.isWrite() ? !file.isWritable() : !file.isReadable()) {
            operation.refuse(
                    Linux.EBADF,
                    "the file is not open for " + (kind.isWrite() ? "writing" : "reading") + ": open it so");
        }
        if (file.isDirectOpen() && operation.refused == 0) {
            pieces.align(operation);
        }
        return accept(operation);
    }

    private long sync(AioOperation kind, AioFile file, OperationOptions options, AioCompletion completion, long token) {
        Objects.requireNonNull(file, "file");
        Operation operation = take(options, completion, token);
        if (operation == null) {
            return REJECTED;
        }
        operation.kind = kind;
        retain(operation, file);
        if (options.rwFlags != 0) {
            operation.refuse(Linux.EINVAL, "a sync takes no flags (expected: a priority at most)");
        }
        return accept(operation);
    }

    private static void retain(Operation operation, AioFile file) {
        operation.file = file;
        operation.fd = file.aioFd();
        operation.path = file.path();
        if (!file.tryRetain()) { // given back when the operation ends
            operation.file = null;
            operation.fd = -1;
            operation.refuse(Linux.EBADF, "the file was closed (expected: open until the operation is accepted)");
        }
    }

    private @Nullable Operation take(OperationOptions options, AioCompletion completion, long token) {
        checkUsable();
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(completion, "completion");
        Operation operation = slots.take();
        if (operation == null) {
            stats.rejections++;
            return null;
        }
        operation.options = options;
        operation.completion = completion;
        operation.token = token;
        return operation;
    }

    private long accept(Operation operation) {
        if (operation.refused == 0 && operation.kind.isWrite()) {
            barriers.accept(operation);
        }
        boolean held = operation.refused == 0 && operation.kind.isSync() && barriers.hold(operation);
        if (!held) {
            slots.queue(operation);
        }
        return operation.id();
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
        due = slots.preparedCount();
        return flush();
    }

    private int flush() {
        if (flushing) {
            return 0; // called by a completion: the outer call goes on with what is due
        }
        flushing = true;
        int taken = 0;
        try {
            while (due > 0 && inFlight < depth && !closing) {
                int n = submitNext();
                if (n < 0) {
                    break;
                }
                taken += n;
            }
        } finally {
            flushing = false;
        }
        return taken;
    }

    /** Returns how many were handed over, or -1 if the kernel takes none at present. */
    private int submitNext() {
        int limit = Math.min(Math.min(due, depth - inFlight), BATCH);
        int n = 0;
        while (n < limit && isForOwner(slots.prepared(n))) {
            iocbs.point(n, slots.prepared(n).slot);
            n++;
        }
        if (n > 0) {
            return submitBatch(n);
        }
        Operation first = slots.prepared(0);
        dequeue(1);
        if (first.refused != 0) {
            finish(first, -first.refused);
            return 0;
        }
        return giveToHelper(first) ? 1 : 0;
    }

    /** Whether the owner may submit it; writes its control block. */
    private boolean isForOwner(Operation operation) {
        if (operation.refused != 0) {
            return false;
        }
        if (policy != null) {
            policy.ended(operation); // was routed, and then not submitted
            policy.route(operation);
        } else {
            operation.byHelper = operation.isHelperAskedFor() && kind == AioEngine.AIO;
        }
        pieces.prepareNext(operation);
        return !operation.byHelper;
    }

    private int submitBatch(int n) {
        Operation first = slots.prepared(0);
        long begin = System.nanoTime();
        int result = engine.submit(n);
        long nanos = System.nanoTime() - begin;
        stats.submitted(begin, nanos, Math.max(result, 0), n, first);
        if (policy != null) {
            policy.submitted(nanos);
        }
        if (result > 0) { // fewer than n: the next round begins with the one at fault
            for (int i = 0; i < result; i++) {
                slots.prepared(i).state = Operation.State.IN_FLIGHT;
            }
            inFlight += result;
            dequeue(result);
            return result;
        }
        if (result == -Linux.EAGAIN && inFlight > 0) {
            return -1; // the kernel is out of slots for the moment: try again after the next reap
        }
        dequeue(1);
        ended(first, result);
        return 0;
    }

    private void dequeue(int n) {
        slots.dropPrepared(n);
        due -= n;
    }

    private boolean giveToHelper(Operation operation) {
        operation.state = Operation.State.IN_FLIGHT;
        inFlight++;
        helpers.incrementAndGet();
        try {
            helper.execute(operation);
            stats.helped();
            return true;
        } catch (RejectedExecutionException overload) {
            helpers.decrementAndGet();
            inFlight--;
            operation.refuse(Linux.EAGAIN, "the submit helper takes no more: " + overload.getMessage());
            finish(operation, -Linux.EAGAIN);
            return false;
        }
    }

    /** On the helper's thread. Context and eventfd outlive the call: close() waits for its end. */
    void submitAlone(Operation operation) {
        long id = operation.id();
        int result = 1;
        if (operation.prepareFile) {
            try {
                operation.file.prepare();
            } catch (AioException e) {
                result = -e.errno();
            }
        }
        if (result > 0) {
            // From here on the operation may end, and its slot be used for another.
            result = engine.submitAlone(operation.slot);
        }
        if (result < 0) {
            refusals.add(id, result);
            if (eventFd >= 0) {
                Native.eventfdSignal(eventFd);
            }
        }
        helpers.decrementAndGet();
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
        if (!engine.reapsInUserSpace() && reaped < max && inFlight > 0 && isMine()) {
            engine.fetch(0, max - reaped, 0);
            reaped += reapReady(max - reaped);
        }
        int wanted = Math.min(min, max);
        if (reaped >= wanted || timeoutNanos == 0) {
            return reaped;
        }
        long begin = timeoutNanos > 0 ? System.nanoTime() : 0;
        long left = timeoutNanos;
        while (reaped < wanted && inFlight > 0 && isMine()) {
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
        boolean bounded = helpers.get() > 0 && (timeoutNanos < 0 || timeoutNanos > HELPER_POLL_NANOS);
        if (refusals.isEmpty()) {
            // An error is EINTR: the caller's loop waits again.
            engine.fetch(Math.min(missing, inFlight), max, bounded ? HELPER_POLL_NANOS : timeoutNanos);
        }
    }

    /** Calls the completions of events that can be had without a system call. */
    private int reapReady(int max) {
        int reaped = 0;
        while (reaped < max && isMine() && !refusals.isEmpty()) {
            long id = refusals.take();
            reaped += id == 0 ? 0 : event(id, refusals.result());
        }
        // Asked anew for each event: a completion may itself reap, or close the context.
        while (reaped < max && isMine() && engine.next()) {
            reaped += event(engine.data(), engine.result());
        }
        if (due > 0 && isMine()) {
            flush();
        }
        return reaped;
    }

    /** Not after a completion has closed the context: the engine is another thread's then. */
    private boolean isMine() {
        return owner == Thread.currentThread();
    }

    /** Returns the completions called: 0 or 1. */
    private int event(long id, long result) {
        Operation operation = slots.find(id);
        if (operation == null || operation.state != Operation.State.IN_FLIGHT) {
            stats.staleEvents++;
            return 0;
        }
        inFlight--;
        return ended(operation, result);
    }

    /** A piece has ended, or was refused; nothing of the operation is in the kernel now. */
    private int ended(Operation operation, long result) {
        if (policy != null) {
            policy.ended(operation);
        }
        if (operation.detached) {
            release(operation);
            return 0;
        }
        if (policy != null && policy.isDeclined(operation, result)) {
            goOn(operation, true);
            return 0;
        }
        if (result <= 0 || operation.length < 0) {
            return finish(operation, result);
        }
        long bytes = pieces.ended(operation, result);
        boolean whole = bytes == operation.piece;
        boolean shortened = !whole && policy != null && policy.mayGoOn(operation, result);
        if (operation.done < operation.length && (whole || shortened) && !closing) {
            goOn(operation, shortened);
            return 0;
        }
        return finish(operation, operation.done);
    }

    /** Queues the next piece. */
    private void goOn(Operation operation, boolean byHelper) {
        operation.byHelper = byHelper;
        slots.queueFirst(operation);
        due++;
    }

    private int finish(Operation operation, long error) {
        // What was transferred before an error counts; whoever asks for the rest meets the error again.
        long result = operation.done > 0 ? operation.done : error;
        // What was appended is not where the position says.
        if (result > 0 && operation.kind.isWrite() && !operation.isAppending()) {
            operation.file.noteWritten(operation.position, result);
        }
        operation.state = Operation.State.ENDING;
        try {
            complete(operation, result);
        } finally { // also when the handler of callback failures throws
            release(operation);
        }
        return 1;
    }

    /** Tells the caller; the operation itself may live on. */
    private void complete(Operation operation, long result) {
        stats.completions++;
        if (result < 0) {
            failedKind = operation.kind;
            failedPath = operation.path();
            failedPosition = operation.position;
            failedLength = operation.length;
            failedErrno = (int) -result;
            failedDetail = operation.refused == -result ? operation.detail : null;
        }
        try {
            if (operation.buffer != null && result > 0) {
                operation.buffer.position(operation.bufferPosition + (int) result);
            }
        } catch (IllegalArgumentException changed) { // the caller has lowered its limit
            callbackFailures.uncaughtException(Thread.currentThread(), changed);
        }
        try {
            operation.completion.completed(operation.token, result);
        } catch (Throwable t) {
            // One failing callback must not lose the events behind it.
            callbackFailures.uncaughtException(Thread.currentThread(), t);
        }
    }

    /** The last event is in: slot, memory and file are given back. */
    private void release(Operation operation) {
        AioCompletion completion = operation.completion;
        long token = operation.token;
        AioFile file = operation.file;
        pieces.end(operation);
        due += barriers.end(operation);
        slots.give(operation);
        try {
            try {
                if (file != null) {
                    file.release();
                }
            } finally {
                completion.released(token);
            }
        } catch (Throwable t) {
            callbackFailures.uncaughtException(Thread.currentThread(), t);
        }
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
                if (slots.unqueue(found) < due) {
                    due--;
                }
                break;
            default:
                found.detached = true;
                if (found.kind == AioOperation.POLL) {
                    engine.cancel(found.slot);
                }
                complete(found, -Linux.ECANCELED);
                return true;
        }
        if (policy != null) {
            policy.ended(found);
        }
        found.state = Operation.State.ENDING;
        try {
            complete(found, -Linux.ECANCELED);
        } finally {
            release(found);
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
        if (failedKind == null) {
            throw new IllegalStateException("no operation has failed");
        }
        return AioException.of(failedErrno, failedKind.label(), failedPath, failedPosition, failedLength, failedDetail);
    }

    /** Operations that may be in the kernel at a time; fewer than asked for if the host had no more. */
    public int depth() {
        return depth;
    }

    /** Operations that the kernel, a helper or the lane has and that were not reaped yet. */
    public int inFlight() {
        return inFlight;
    }

    /** Operations accepted but not yet in flight. */
    public int pending() {
        return slots.preparedCount() + barriers.held();
    }

    /** The eventfd that every completion signals; -1 if the context has none. */
    public int eventFd() {
        return eventFd;
    }

    /** What carries out the operations: {@link AioEngine#AIO} or {@link AioEngine#LANE}. */
    public AioEngine engine() {
        return kind;
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
        long begin = System.nanoTime();
        long left = timeoutNanos;
        cancelUnsubmitted();
        while ((inFlight > 0 || helpers.get() > 0) && left != 0) {
            if (inFlight > 0) {
                await(inFlight, Integer.MAX_VALUE, left);
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
                complete(operation, -Linux.ECANCELED);
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
        while (inFlight > 0 || helpers.get() > 0) {
            if (inFlight > 0) {
                await(inFlight, Integer.MAX_VALUE, -1);
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
