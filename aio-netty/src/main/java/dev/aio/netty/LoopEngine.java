package dev.aio.netty;

import dev.aio.core.AioContext;
import dev.aio.core.AioContextStats;
import dev.aio.core.DiskQueue;
import dev.aio.core.OperationOptions;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One AIO context whose eventfd is registered with one epoll event loop: completions arrive as loop
 * events. The eventfd is edge-triggered and never read; nothing is lost, because each event drains
 * the ring until it is empty (or asks to be called again).
 *
 * <p>Confined to the loop. When the loop closes it, the context with all that is in flight goes to
 * the closer thread, which waits for the kernel.
 */
final class LoopEngine implements EpollIoHandle {

    /** Completions handled per wake-up before other channels of the loop get their turn. */
    private static final int REAP_PER_TURN = 256;

    /** And for how long: a window of a fast client is sent within its completion, which takes some 80 us. */
    private static final long REAP_NANOS_PER_TURN = 100_000;

    /** Operations that are worth a submission while more may be about to come. */
    private static final int WORTH_A_SUBMISSION = 8;

    /** Completions that are worth a system call, where they are not read from the ring. */
    private static final int REAPED_BY_A_CALL = 16;

    private static final OperationOptions NOWAIT = OperationOptions.NONE.nowait();
    private static final OperationOptions BY_HELPER = OperationOptions.NONE.helperSubmits();

    private final AioTransport transport;
    private final IoEventLoop loop;
    private final AioContext context;
    private final FileDescriptor eventFd;
    private final Runnable submit = this::submitPrepared;
    private final Runnable drain = this::drain;
    private final Runnable drainNextTurn = this::drainNextTurn;
    private @Nullable IoRegistration registration;
    private boolean submitScheduled;
    private int unsubmitted; // operations prepared since the last submission
    private boolean drains; // to the end, if it takes several turns
    private final Load load;
    private final int slots; // operations that the context takes

    /** For which the context had no slot; reads of windows may have taken what was counted on. */
    private final ArrayDeque<FileOperation<?>> waiting = new ArrayDeque<>();

    private boolean closed;

    /** A loop that is shut down without quiet period may end without closing its handles. */
    private final FutureListener<Object> loopEnded = future -> close();

    LoopEngine(AioTransport transport, IoEventLoop loop, AioContext context, AioTransportBuilder options) {
        this.transport = transport;
        this.loop = loop;
        this.context = context;
        load = Load.of(options, context.depth());
        slots = context.depth() + options.pendingLimit;
        // Wraps the number only: the context closes the descriptor.
        eventFd = new FileDescriptor(context.eventFd());
    }

    IoEventLoop eventLoop() {
        return loop;
    }

    /** Begins to listen for completions. */
    void register() {
        loop.register(this).addListener(future -> {
            if (future.isSuccess()) {
                registration = (IoRegistration) future.getNow();
                // Nothing is polled before this.
                registration.submit(EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLET));
            } else {
                close();
            }
        });
        loop.terminationFuture().addListener(loopEnded);
    }

    /**
     * Takes a read whose buffer and file are ready. Submits it at the end of the loop's turn, or has
     * the lane submit it where submitting might wait.
     *
     * <p>Who submits it is said here, not left to the context as for operations: a window has waited for its place in
     * the disk's queue, where the context would have a thread of the lane wait in its stead.
     *
     * @return {@code false} if there is no room for it
     */
    boolean submit(WindowRead read) {
        if (closed) {
            return false;
        }
        read.byHelper |=
                !read.file.mayReadDirectNowait() || DiskQueue.isMany(read.diskRequests) || context.isCongested();
        AlignedByteBuf target = AlignedByteBuf.unwrap(read.buffer);
        long taken = context.read(
                read.file,
                read.alignedPosition(),
                target.memory(),
                target.memoryOffset(),
                read.alignedLength(),
                read.byHelper ? BY_HELPER : NOWAIT,
                read,
                0);
        if (taken == AioContext.REJECTED) {
            return false;
        }
        scheduleSubmit();
        return true;
    }

    /** Takes a step of an operation; answered by {@link FileOperation#released} or {@link FileOperation#back}. */
    void take(FileOperation<?> operation) {
        run(() -> accept(operation), () -> operation.back(0, AioLoop.closedFailure()));
    }

    private void accept(FileOperation<?> operation) {
        if (closed) {
            operation.back(0, AioLoop.closedFailure());
        } else if (!waiting.isEmpty() || !prepare(operation)) {
            waiting.add(operation);
        }
    }

    /** {@code false} if there is no room for it. */
    private boolean prepare(FileOperation<?> operation) {
        if (!operation.isWanted()) {
            operation.back(0, null);
            return true;
        }
        if (context.inFlight() + context.pending() >= slots) {
            return false; // asked before the operation has to put its arguments together
        }
        try {
            operation.contextId = operation.prepare(context);
        } catch (RuntimeException | OutOfMemoryError e) {
            operation.back(0, e);
            return true;
        }
        if (operation.contextId == AioContext.REJECTED) {
            return false;
        }
        scheduleSubmit();
        return true;
    }

    private void prepareWaiting() {
        while (!waiting.isEmpty() && !closed && prepare(waiting.peek())) {
            waiting.poll();
        }
    }

    /** Nobody waits for the operation any more: what the kernel does not have yet need not begin. */
    void cancel(FileOperation<?> operation) {
        run(
                () -> {
                    if (waiting.remove(operation)) {
                        operation.back(0, null);
                    } else if (!closed && operation.contextId != 0) {
                        context.cancel(operation.contextId);
                    }
                },
                () -> {}); // the closer has it
    }

    private void run(Runnable task, Runnable ended) {
        if (loop.inEventLoop()) {
            task.run();
            return;
        }
        try {
            loop.execute(task);
        } catch (RejectedExecutionException terminated) {
            ended.run();
        }
    }

    Load load() {
        return load;
    }

    /**
     * All that is prepared during a turn of the loop goes out in one io_submit at its end; what follows from completions
     * that are drained in several turns, when there is enough of it: a disk is told of each io_submit once, and merges
     * what comes together.
     */
    private void scheduleSubmit() {
        unsubmitted++;
        if (!drains || unsubmitted >= WORTH_A_SUBMISSION) {
            submitAtEndOfTurn();
        }
    }

    private void submitAtEndOfTurn() {
        if (submitScheduled) {
            return;
        }
        submitScheduled = true;
        try {
            if (loop instanceof SingleThreadEventLoop) {
                ((SingleThreadEventLoop) loop).executeAfterEventLoopIteration(submit);
            } else {
                loop.execute(submit);
            }
        } catch (RejectedExecutionException terminating) {
            submitScheduled = false; // close() follows, and answers what was prepared
        }
    }

    private void submitPrepared() {
        submitScheduled = false;
        unsubmitted = 0;
        if (closed) {
            return;
        }
        context.submit();
        prepareWaiting();
    }

    @Override
    public FileDescriptor fd() {
        return eventFd;
    }

    /** Nothing may be thrown from here: the loop would sleep a second and drop other events. */
    @Override
    public void handle(IoRegistration from, IoEvent event) {
        drain();
    }

    private void drain() {
        if (closed) {
            return;
        }
        drains = true;
        drains = reapSome();
        prepareWaiting();
        if (closed) {
            return;
        }
        if (drains) {
            scheduleRest();
        }
        if (!drains && (unsubmitted > 0 || context.pending() > 0)) {
            submitAtEndOfTurn();
        }
    }

    /** Returns whether it has stopped because others are to have their turn. */
    private boolean reapSome() {
        long begin = System.nanoTime();
        int atOnce = context.reapsInUserSpace() ? 1 : REAPED_BY_A_CALL;
        for (int left = REAP_PER_TURN; left > 0; left -= atOnce) {
            if (closed || context.reap(atOnce) < atOnce) {
                return false;
            }
            if (System.nanoTime() - begin > REAP_NANOS_PER_TURN) {
                return true;
            }
        }
        return true;
    }

    /** Tasks run before the loop looks at its channels again; what a task at a turn's end executes runs after that. */
    private void scheduleRest() {
        try {
            if (loop instanceof SingleThreadEventLoop) {
                ((SingleThreadEventLoop) loop).executeAfterEventLoopIteration(drainNextTurn);
            } else {
                loop.execute(drain);
            }
        } catch (RejectedExecutionException terminating) {
            endsWithCompletions();
        }
    }

    private void drainNextTurn() {
        try {
            loop.execute(drain);
        } catch (RejectedExecutionException terminating) {
            endsWithCompletions();
        }
    }

    private void endsWithCompletions() {
        drains = false;
        transport.logger().debug("event loop ends with completions in the ring");
    }

    /** For the watchdog: another handler's exception can swallow our edge. Any thread. */
    void drainSoon() {
        if (loop.inEventLoop()) {
            drain();
        } else {
            try {
                loop.execute(drain);
            } catch (RejectedExecutionException terminated) {
                transport.logger().debug("event loop of the AIO engine has ended");
            }
        }
    }

    /**
     * Called by the loop when it shuts down, or by the transport; may come more than once. On the
     * loop's thread, or on any when the loop has ended.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        loop.terminationFuture().removeListener(loopEnded);
        if (!loop.inEventLoop()) {
            context.takeOver();
        } else if (registration != null) {
            registration.cancel();
        }
        transport.engineClosed(this);
        waiting.forEach(operation -> operation.back(0, AioLoop.closedFailure()));
        waiting.clear();
        context.handOver();
        transport.closeLater(context);
    }

    /** Any thread. */
    TransportSnapshot.EngineState snapshot() {
        AioContextStats stats = context.stats();
        return new TransportSnapshot.EngineState(
                nameOf(loop),
                "aio",
                load.used(),
                context.depth(),
                context.inFlight(),
                context.pending(),
                stats.submittedOperations(),
                stats.helperSubmits(),
                load.rejections(),
                stats.submitNanos(),
                stats.submitHistogram(),
                stats.slowestRecentSubmit());
    }

    static String nameOf(EventLoop loop) {
        return loop instanceof SingleThreadEventExecutor executor
                ? executor.threadProperties().name()
                : loop.toString();
    }

    AioContext context() {
        return context;
    }
}
