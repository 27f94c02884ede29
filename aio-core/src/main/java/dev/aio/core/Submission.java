package dev.aio.core;

import dev.aio.core.internal.IoEngine;
import dev.aio.core.internal.IocbSlab;
import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Hands the prepared operations of a context to its engine, in batches and as far as the depth allows;
 * those that could make their submitter wait it gives to the helper.
 */
final class Submission {

    private static final System.Logger LOGGER = System.getLogger(AioContext.class.getName());

    private final int depth;
    private final int eventFd;
    private final boolean toKernel;
    private final IoEngine engine;
    private final IocbSlab iocbs;
    private final SlotTable slots;
    private final Pieces pieces;
    private final @Nullable SubmitPolicy policy; // null: the owner submits all that it is not told otherwise of
    private final Executor helper;
    private final Refusals refusals;
    private final AtomicInteger helpers = new AtomicInteger(); // submissions that were not seen to end
    private final AioContextStats stats;
    private final Completions completions;

    private int inFlight;
    private int due; // prepared operations that submit() was called for, the first of the queue
    private boolean flushing;
    private boolean stopped;

    Submission(
            AioContextBuilder builder,
            ContextParts parts,
            SlotTable slots,
            Pieces pieces,
            @Nullable SubmitPolicy policy,
            AioContextStats stats,
            Completions completions) {
        depth = parts.depth();
        eventFd = parts.eventFd();
        toKernel = parts.kind() == AioEngine.AIO;
        engine = parts.engine();
        iocbs = parts.iocbs();
        this.slots = slots;
        this.pieces = pieces;
        this.policy = policy;
        this.stats = stats;
        this.completions = completions;
        refusals = new Refusals(parts.slots());
        helper = builder.submitHelper != null
                ? builder.submitHelper
                : new SubmitHelper(parts.slots(), builder.threads, "aio-submit-" + parts.number());
    }

    /** All that is prepared by now is to go out; returns what went. */
    int submit() {
        due = slots.preparedCount();
        return flush();
    }

    /** Hands over what is due, as far as there is room; returns what was taken. */
    int flush() {
        if (flushing) {
            return 0; // called by a completion: the outer call goes on with what is due
        }
        flushing = true;
        int taken = 0;
        try {
            while (due > 0 && inFlight < depth && !stopped) {
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

    /** Returns how many were handed over, or -1 if nothing can be at present. */
    private int submitNext() {
        int limit = Math.min(Math.min(due, depth - inFlight), ContextParts.BATCH);
        int n = 0;
        Way way = Way.OWNER;
        while (n < limit && (way = prepare(slots.prepared(n))) == Way.OWNER) {
            iocbs.point(n, slots.prepared(n).slot);
            n++;
        }
        if (n > 0) {
            return submitBatch(n);
        }
        if (way == Way.LATER) {
            return -1; // what it waits for comes back when one of those in flight has ended
        }
        Operation first = slots.prepared(0);
        dequeue(1);
        if (way == Way.REFUSED) {
            completions.finish(first, -first.refused);
            return 0;
        }
        return giveToHelper(first) ? 1 : 0;
    }

    private enum Way {
        OWNER,
        HELPER,
        LATER,
        REFUSED
    }

    /** Decides who submits an operation, and writes its control block. */
    private Way prepare(Operation operation) {
        if (operation.refused != 0) {
            return Way.REFUSED;
        }
        if (policy != null) {
            policy.ended(operation); // was routed, and then not submitted
            policy.route(operation);
        } else {
            operation.byHelper = operation.isHelperAskedFor() && toKernel;
        }
        Way way = operation.byHelper ? Way.HELPER : Way.OWNER;
        try {
            if (!pieces.prepareNext(operation)) {
                way = Way.LATER;
            }
        } catch (OutOfMemoryError e) {
            operation.refuse(Linux.ENOMEM, "no direct memory for an aligned copy: " + e.getMessage());
            way = Way.REFUSED;
        }
        if (policy != null && way != Way.OWNER) {
            policy.ended(operation); // holds no place in the disk's queue that others could use
        }
        return way;
    }

    private int submitBatch(int n) {
        Operation first = slots.prepared(0);
        long switches = policy == null ? 0 : policy.switches();
        long begin = System.nanoTime();
        int result = engine.submit(n);
        long nanos = System.nanoTime() - begin;
        stats.submitted(begin, nanos, Math.max(result, 0), n, first);
        if (policy != null) {
            policy.submitted(nanos, switches);
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
        completions.ended(first, result);
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
            if (operation.submitAlone == null) {
                operation.submitAlone = () -> submitAlone(operation);
            }
            helper.execute(operation.submitAlone);
            stats.helped();
            return true;
        } catch (Throwable overload) { // RejectedExecutionException, or no memory for a thread, or whatever else
            helpers.decrementAndGet();
            inFlight--;
            operation.refuse(Linux.EAGAIN, "the submit helper takes no more: " + overload.getMessage());
            completions.finish(operation, -Linux.EAGAIN);
            return false;
        }
    }

    /**
     * On the helper's thread, which must not end by it. Context and eventfd outlive the call: close() waits for its
     * end.
     */
    private void submitAlone(Operation operation) {
        try {
            long id = operation.id();
            int result = operation.prepareFile ? prepareFile(operation.file) : 1;
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
        } finally {
            helpers.decrementAndGet();
        }
    }

    /** 1 or {@code -errno}. */
    private static int prepareFile(AioFile file) {
        try {
            file.prepare();
            return 1;
        } catch (AioException e) {
            return -e.errno();
        } catch (OutOfMemoryError e) { // a new thread's memory for arguments is direct memory too
            return -Linux.ENOMEM;
        } catch (Throwable t) {
            LOGGER.log(System.Logger.Level.ERROR, "a file cannot be prepared: " + file, t);
            return -Linux.EIO;
        }
    }

    /** Queues an operation before all others, to go out as soon as there is room. */
    void queueFirst(Operation operation) {
        slots.queueFirst(operation);
        due++;
    }

    /** Takes an operation out of the queue. */
    void unqueue(Operation operation) {
        if (slots.unqueue(operation) < due) {
            due--;
        }
    }

    /** An operation has left the engine. */
    void left() {
        inFlight--;
    }

    int inFlight() {
        return inFlight;
    }

    boolean isDue() {
        return due > 0;
    }

    /** Nothing goes out any more. */
    void stop() {
        stopped = true;
    }

    /** Whether helpers are at work: what they cannot submit ends no wait for events. */
    boolean isHelped() {
        return helpers.get() > 0;
    }

    Refusals refusals() {
        return refusals;
    }
}
