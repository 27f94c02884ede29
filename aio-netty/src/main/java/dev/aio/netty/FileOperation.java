package dev.aio.netty;

import dev.aio.core.AioCompletion;
import dev.aio.core.AioContext;
import dev.aio.core.AioException;
import dev.aio.core.AioFile;
import dev.aio.core.internal.Linux;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;

/**
 * One operation of a {@link NettyAioFile}: a promise, and the steps by which engine or lane carry it out. Confined
 * to the file's loop, except where noted. Buffers stay with it until the kernel is done with them, whatever becomes
 * of the promise.
 */
abstract class FileOperation<T> extends Unanswered implements AioCompletion {

    /** One step of the way, on a thread that may wait. */
    @FunctionalInterface
    interface Waiting {
        long run() throws Exception;
    }

    final NettyAioFile owner;
    final AioLoop loop;
    final AioFile file;
    private final Answer<T> answer;
    private final String name;

    // Of FileOrder.
    long sequence;
    int waitsFor;
    boolean ordered;

    /** Of the engine, on its loop: what the context calls it; 0 if that does not have it. */
    long contextId;

    private boolean entered; // the load
    private boolean busy; // engine or lane have it, and its buffers
    private boolean inEngine;
    private LongConsumer then; // with the result of the step that is going on
    private long result;
    private Throwable failure;
    private final AtomicBoolean ended = new AtomicBoolean();

    FileOperation(NettyAioFile owner, String name) {
        this.owner = owner;
        this.name = name;
        loop = owner.loop();
        file = owner.file();
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

    /** Gives buffers back. Once, on any thread. */
    void free() {}

    /** Any thread. */
    final Future<T> submit() {
        if (!file.tryRetain()) {
            ended.set(true);
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
            RejectedExecutionException overload = loop.load().rejection();
            loop.transport().tell(listener -> listener.rejected(overload));
            fail(overload);
        } else {
            entered = true;
            loop.watchdog().add(this);
            owner.order().accept(this);
        }
    }

    /** What it had to wait for has ended. */
    final void begin() {
        loop.watchdog().renew(this);
        proceed();
    }

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

    final void toEngine(LongConsumer then) {
        this.then = then;
        busy = true;
        inEngine = true;
        loop.engine().take(this);
    }

    final void toLane(Waiting step, LongConsumer then) {
        this.then = then;
        busy = true;
        try {
            loop.transport().lane().execute(() -> {
                try {
                    back(step.run(), null);
                } catch (Throwable t) {
                    back(0, t);
                }
            });
        } catch (RejectedExecutionException overload) {
            busy = false;
            fail(overload);
        }
    }

    @Override
    public final void completed(long token, long result) {
        this.result = result;
        failure = result < 0 ? loop.engine().context().failure() : null;
    }

    /** The kernel is done with the buffer. On the engine's loop, or on the closer. */
    @Override
    public final void released(long token) {
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
            loop.eventLoop().execute(this::stepEnded);
        } catch (RejectedExecutionException terminated) {
            endAnywhere(); // the promise was failed when the loop was closed
        }
    }

    private void stepEnded() {
        busy = false;
        inEngine = false;
        if (answer.isDone()) {
            end();
            return;
        }
        loop.watchdog().renew(this);
        if (failure != null) {
            failed(failure);
            return;
        }
        try {
            then.accept(result);
        } catch (RuntimeException | OutOfMemoryError e) {
            fail(e);
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

    /** Whether nobody waits for the result any more. Any thread. */
    final boolean isAbandoned() {
        return answer.isDone();
    }

    final boolean isEnded() {
        return ended.get();
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
        if (ended.get()) {
            return;
        }
        loop.watchdog().remove(this);
        if (!busy) {
            end();
        } else if (inEngine) {
            loop.engine().cancel(this); // what the kernel does not have yet need not begin
        }
    }

    private void end() {
        boolean inOrder = ordered;
        if (endAnywhere()) {
            loop.watchdog().remove(this);
            if (inOrder) {
                owner.order().ended(this);
            }
        }
    }

    /** Gives back what it holds. Any thread: the loop may have ended. */
    final boolean endAnywhere() {
        if (!ended.compareAndSet(false, true)) {
            return false;
        }
        free();
        if (entered) {
            loop.load().leave();
        }
        file.release();
        return true;
    }

    @Override
    final long movedNanos() {
        return busy ? sinceNanos : Math.max(sinceNanos, owner.order().movedNanos());
    }

    @Override
    AioException stalled() {
        return AioException.of(Linux.ETIMEDOUT, name, file.path(), position(), length());
    }

    @Override
    final TransportSnapshot.Waiting describe(long now) {
        String state = name + (busy ? ", in flight" : ", waits for its turn");
        int bytes = (int) Math.min(length(), Integer.MAX_VALUE);
        return new TransportSnapshot.Waiting(file.path(), position(), bytes, now - sinceNanos, state);
    }

    /** Bytes, for messages; -1 if it has none. */
    long position() {
        return -1;
    }

    /** Bytes, for messages; -1 if it has none. */
    long length() {
        return -1;
    }

    @Override
    public final String toString() {
        return name + " of " + file.path();
    }
}
