package dev.aio.core;

import dev.aio.core.internal.IoEngine;
import dev.aio.core.internal.Linux;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of operations that come back: they go on with their next piece, or end, which is told
 * exactly once, and are given back with all they held.
 */
final class Completions {

    private static final System.Logger LOGGER = System.getLogger(AioContext.class.getName());

    private final IoEngine engine;
    private final SlotTable slots;
    private final Pieces pieces;
    private final Barriers barriers;
    private final @Nullable SubmitPolicy policy;
    private final AioContextStats stats;
    private final Thread.UncaughtExceptionHandler callbackFailures;
    private Submission submission;
    private boolean goingOn = true;
    private int calling; // completions that have not returned, one inside another
    private @Nullable Runnable afterwards;

    // The failure that a completion is being told of.
    private @Nullable AioOperation failedKind;
    private @Nullable String failedPath;
    private long failedPosition;
    private long failedLength;
    private int failedErrno;
    private @Nullable String failedDetail;

    Completions(
            IoEngine engine,
            SlotTable slots,
            Pieces pieces,
            Barriers barriers,
            @Nullable SubmitPolicy policy,
            AioContextStats stats,
            Thread.UncaughtExceptionHandler callbackFailures) {
        this.engine = engine;
        this.slots = slots;
        this.pieces = pieces;
        this.barriers = barriers;
        this.policy = policy;
        this.stats = stats;
        this.callbackFailures = callbackFailures;
    }

    void goesOnBy(Submission further) {
        submission = further;
    }

    /** From now on a short piece is the last. */
    void stopGoingOn() {
        goingOn = false;
    }

    /**
     * An event, or what a helper could not submit.
     *
     * @return completions called: 0 or 1
     */
    int event(long id, long result) {
        Operation operation = slots.find(id);
        if (operation == null || operation.state != Operation.State.IN_FLIGHT) {
            stats.staleEvents++;
            return 0;
        }
        submission.left();
        return ended(operation, result);
    }

    /** A piece has ended, or was refused; nothing of the operation is in the kernel now. */
    int ended(Operation operation, long result) {
        if (policy != null) {
            policy.ended(operation);
        }
        if (operation.detached) {
            enter();
            release(operation);
            leave();
            return 0;
        }
        if (policy != null && policy.isDeclined(operation, result)) {
            goOn(operation, true);
            return 0;
        }
        if (operation.kind == AioOperation.POLL && result > 0) {
            // Whoever wakes a waiting poll tells all that is so, not only what was asked for.
            return finish(operation, result & (operation.address | PollEvents.ERR | PollEvents.HUP));
        }
        if (result <= 0 || operation.length < 0) {
            return finish(operation, result);
        }
        long bytes = pieces.ended(operation, result);
        boolean whole = bytes >= operation.piece; // of vectors the kernel takes more where its pages are smaller
        boolean shortened = !whole && policy != null && policy.mayGoOn(operation, result);
        if (operation.done < operation.length && (whole || shortened) && goingOn) {
            goOn(operation, shortened);
            return 0;
        }
        return finish(operation, operation.done);
    }

    /** Queues the next piece. */
    private void goOn(Operation operation, boolean byHelper) {
        operation.byHelper = byHelper;
        submission.queueFirst(operation);
    }

    int finish(Operation operation, long error) {
        // What was transferred before an error counts; whoever asks for the rest meets the error again.
        long result = operation.done > 0 ? operation.done : error;
        // What was appended is not where the position says.
        if (result > 0 && operation.kind.isWrite() && !operation.isAppending()) {
            operation.file.noteWritten(operation.position, result);
        }
        end(operation, result);
        return 1;
    }

    /**
     * See {@link AioContext#cancel}.
     *
     * @return {@code false} if its completion was called already
     */
    boolean cancel(Operation operation) {
        if (operation.detached || operation.state == Operation.State.ENDING) {
            return false;
        }
        switch (operation.state) {
            case HELD:
                barriers.dropped(operation);
                break;
            case PREPARED:
                submission.unqueue(operation);
                break;
            default:
                operation.detached = true;
                if (operation.kind == AioOperation.POLL) {
                    engine.cancel(operation.slot);
                }
                enter();
                complete(operation, -Linux.ECANCELED);
                leave();
                return true;
        }
        if (policy != null) {
            policy.ended(operation);
        }
        end(operation, -Linux.ECANCELED);
        return true;
    }

    private void end(Operation operation, long result) {
        operation.state = Operation.State.ENDING;
        enter();
        complete(operation, result);
        release(operation);
        leave();
    }

    private void enter() {
        calling++;
    }

    private void leave() {
        if (--calling == 0 && afterwards != null) {
            Runnable task = afterwards;
            afterwards = null;
            task.run();
        }
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
            tell(changed);
        }
        try {
            operation.completion.completed(operation.token, result);
        } catch (Throwable t) {
            // One failing callback must not lose the events behind it.
            tell(t);
        }
    }

    /** The last event is in: slot, memory and file are given back. */
    private void release(Operation operation) {
        AioCompletion completion = operation.completion;
        long token = operation.token;
        AioFile file = operation.file;
        pieces.end(operation);
        barriers.end(operation, submission);
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
            tell(t);
        }
    }

    /** Whoever reaps, submits or closes goes on, even if the handler fails as well. */
    private void tell(Throwable failure) {
        try {
            callbackFailures.uncaughtException(Thread.currentThread(), failure);
        } catch (Throwable t) {
            LOGGER.log(System.Logger.Level.ERROR, "the handler of callback failures has failed", t);
        }
    }

    /** Whether a completion is being called. */
    boolean isCalling() {
        return calling > 0;
    }

    /** Runs something on this thread: now, or when the completion being called, and all around it, have returned. */
    void whenNoneIsCalled(Runnable task) {
        if (calling == 0) {
            task.run();
        } else {
            afterwards = task;
        }
    }

    /** See {@link AioContext#failure()}. */
    AioException failure() {
        if (failedKind == null) {
            throw new IllegalStateException("no operation has failed");
        }
        return AioException.of(failedErrno, failedKind.label(), failedPath, failedPosition, failedLength, failedDetail);
    }
}
