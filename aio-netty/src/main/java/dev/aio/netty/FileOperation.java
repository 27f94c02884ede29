package dev.aio.netty;

import dev.aio.core.AioCompletion;
import dev.aio.core.AioContext;
import dev.aio.core.AioException;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One operation of a {@link NettyAioFile}: a promise, and the steps by which engine or lane carry it out. Confined
 * to the file's loop, except where noted. Buffers stay with it until the kernel is done with them, whatever becomes
 * of the promise.
 */
abstract class FileOperation<T> extends Unanswered implements AioCompletion {

    final NettyAioFile owner;
    private final Answer<T> answer;
    private final String name;

    // Of FileOrder.
    long sequence;
    int waitsFor;
    int place = -1;
    boolean ordered;

    /** Of the engine, on its loop: what the context calls it; 0 if that does not have it. */
    long contextId;

    private boolean busy; // engine or lane have it, and its buffers
    private boolean inEngine;
    private boolean preparing;
    private long result; // of the step that is going on
    private @Nullable Throwable failure;
    private final Runnable stepEnded = this::stepEnded;

    FileOperation(NettyAioFile owner, String name) {
        super(owner.loop(), owner.file());
        this.owner = owner;
        this.name = name;
        answer = new Answer<>(loop.eventLoop(), this);
    }

    /** A promise that tells when it is cancelled; a listener would be one object more. */
    private static final class Answer<T> extends DefaultPromise<T> {
        private final FileOperation<T> operation;

        Answer(EventExecutor executor, FileOperation<T> operation) {
            super(executor);
            this.operation = operation;
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean cancelled = super.cancel(mayInterruptIfRunning);
            if (cancelled) {
                operation.cancelled();
            }
            return cancelled;
        }
    }

    /** Whether it changes the file: a sync waits for it. */
    boolean isChange() {
        return false;
    }

    boolean isAppend() {
        return false;
    }

    boolean isSync() {
        return false;
    }

    /** Takes the next step, by {@link #toEngine}, {@link #toLane}, {@link #succeed} or {@link #fail}. */
    abstract void step() throws AioException;

    /** Hands the step to a context: its answer. On the engine's loop. */
    abstract long prepare(AioContext context);

    /** Carries the step out, on a thread that may wait. */
    abstract long carryOut() throws Exception;

    /**
     * Engine or lane have carried the step out.
     *
     * @param stepResult what they have answered, never negative
     * @param byEngine which of the two it was
     */
    abstract void stepped(long stepResult, boolean byEngine);

    @Override
    void free() {}

    /** Any thread. */
    final Future<T> submit() {
        if (!file.tryRetain()) {
            free();
            return answer.setFailure(new IllegalStateException("file is closed: " + file.path()));
        }
        owner.handOver(this);
        return answer;
    }

    /** Its loop has ended. Any thread. */
    final void refuse(RejectedExecutionException terminated) {
        answer.tryFailure(terminated);
        endAnywhere();
    }

    final void accept() {
        if (answer.isDone()) {
            end();
        } else if (loop.isClosed()) {
            fail(AioLoop.closedFailure());
        } else if (!loop.load().tryEnter()) {
            fail(loop.overload());
        } else {
            enter(true);
            owner.order().accept(this);
        }
    }

    /** What it had to wait for has ended. */
    final void begin() {
        stage(Stage.LOOP);
        loop.watchdog().renew(this);
        proceed();
    }

    @Override
    final void proceed() {
        if (answer.isDone()) {
            end();
        } else if (loop.isClosed()) {
            fail(AioLoop.closedFailure());
        } else {
            try {
                step();
            } catch (AioException | RuntimeException | OutOfMemoryError e) {
                fail(e);
            }
        }
    }

    /** Goes on in a later turn of the loop, so that others have theirs. */
    final void proceedLater() {
        stage(Stage.LOOP);
        loop.watchdog().renew(this);
        loop.eventLoop().execute(this::proceed);
    }

    final void toEngine() {
        busy = true;
        inEngine = true;
        stage(Stage.DISK);
        loop.engine().take(this);
    }

    final void toLane() {
        stage(Stage.LANE);
        loop.transport().lane().execute(this::onLane);
        busy = true; // unless the lane was full, which is the end of it
    }

    private void onLane() {
        begun();
        if (answer.isDone()) {
            back(0, null); // cancelled while it waited for a thread
            return;
        }
        try {
            back(carryOut(), null);
        } catch (Throwable t) {
            back(0, t);
        }
    }

    /** Has the file prepared for direct reads; then {@link #step} comes again. */
    final void prepareFile() {
        stage(Stage.LANE);
        loop.transport().preparations().prepare(file, true, this);
        busy = true;
        preparing = true;
    }

    @Override
    public final void prepared(Throwable cause) {
        back(0, cause);
    }

    @Override
    public final void completed(long token, long result) {
        this.result = result;
        failure = result < 0 ? loop.engine().context().failure() : null;
    }

    /** The kernel is done with the buffer. On the engine's loop, or on the closer. */
    @Override
    public void released(long token) {
        contextId = 0;
        if (loop.engine().eventLoop() == loop.eventLoop() && loop.eventLoop().inEventLoop()) {
            stepEnded();
        } else {
            back(result, failure);
        }
    }

    /** Any thread, but only who has the step. */
    final void back(long stepResult, Throwable stepFailure) {
        result = stepResult;
        failure = stepFailure;
        try {
            loop.eventLoop().execute(stepEnded);
        } catch (RejectedExecutionException terminated) {
            endAnywhere(); // the promise was failed when the loop was closed
        }
    }

    private void stepEnded() {
        boolean byEngine = inEngine;
        boolean wasPreparing = preparing;
        busy = false;
        inEngine = false;
        preparing = false;
        stage(Stage.LOOP);
        if (answer.isDone()) {
            end();
            return;
        }
        loop.watchdog().renew(this);
        if (failure != null) {
            failed(failure);
        } else if (wasPreparing) {
            proceed();
        } else {
            try {
                stepped(result, byEngine);
            } catch (RuntimeException | OutOfMemoryError e) {
                fail(e);
            }
        }
    }

    /** A step has failed. */
    void failed(Throwable cause) {
        fail(cause);
    }

    final void succeed(T value) {
        end();
        answer.trySuccess(value);
    }

    final void fail(Throwable cause) {
        end();
        answer.tryFailure(cause);
    }

    @Override
    final boolean isWanted() {
        return !answer.isDone();
    }

    @Override
    final boolean holdsMemory() {
        return busy;
    }

    /** Any thread. */
    private void cancelled() {
        try {
            loop.eventLoop().execute(this::abandon);
        } catch (RejectedExecutionException terminated) {
            loop.transport().logger().debug("cancelled after the end of its loop: {}", this);
        }
    }

    @Override
    final void detach(Throwable cause) {
        loop.watchdog().remove(this);
        answer.tryFailure(cause);
        abandon();
    }

    private void abandon() {
        if (isEnded()) {
            return;
        }
        if (!busy) {
            end();
        } else if (inEngine) {
            loop.engine().cancel(this); // what the kernel does not have yet need not begin
        }
    }

    private void end() {
        boolean inOrder = ordered;
        if (endAnywhere() && inOrder) {
            owner.order().ended(this);
        }
    }

    @Override
    final long turnNanos(long now) {
        return owner.order().movedNanos(now);
    }

    @Override
    final String name() {
        return name;
    }

    @Override
    long position() {
        return -1;
    }

    @Override
    long length() {
        return -1;
    }
}
