package dev.aio.netty;

import dev.aio.core.AioContext;
import dev.aio.core.AioContextStats;
import dev.aio.core.AioException;
import dev.aio.core.AioFile;
import dev.aio.core.internal.Linux;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * One event loop's share of an {@link AioTransport}: reads windows of files and calls back on that
 * loop. All methods are for the loop's own thread, except where noted.
 *
 * <p>A read goes down the cold end of the ladder: preparation on the lane if the file needs it, a
 * direct {@code RWF_NOWAIT} read by Linux AIO, and where that declines, a blocking read on the lane.
 * Whether the bytes are resident is asked before, by who can use them where they are: see {@link
 * AioFile#readResident} and {@link AioFile#isResident}.
 */
public final class AioLoop {

    private final AioTransport transport;
    private final EventLoop loop;
    private final LoopEngine engine; // null: everything cold goes through the lane

    private final Watchdog watchdog;
    private final Load load;
    private final Writability writability;

    /** Tells those whom the lane, or the engine of another loop, can no longer answer. */
    private final FutureListener<Object> loopEnded = future -> failAll();

    private final Future<?> termination;

    AioLoop(AioTransport transport, EventLoop loop, LoopEngine engine, Load load) {
        this.transport = transport;
        this.loop = loop;
        this.engine = engine;
        this.load = load;
        watchdog = new Watchdog(transport, loop, engine);
        writability = new Writability(this, load);
        termination = terminationOf(loop);
        termination.addListener(loopEnded);
    }

    private static Future<?> terminationOf(EventLoop loop) {
        try {
            return loop.terminationFuture();
        } catch (UnsupportedOperationException embedded) {
            return loop.newPromise(); // the loop of an EmbeddedChannel never ends
        }
    }

    public EventLoop eventLoop() {
        return loop;
    }

    public AioTransport transport() {
        return transport;
    }

    /**
     * Reads a window of a file that is not known to be resident, without ever blocking this loop.
     *
     * @param position bytes, need not be aligned
     * @param length bytes; the aligned superset must not exceed {@link AlignedBufferPool#LARGEST}
     * @param listener called on this loop, exactly once unless the read is cancelled; possibly before
     *     this method returns
     */
    public WindowRead read(AioFile file, long position, int length, WindowListener listener) {
        WindowRead read = new WindowRead(this, file, position, length, listener);
        file.retain();
        load.enter();
        watchdog.add(read);
        watchdog.hold();
        if (isClosed()) {
            failed(read, closedFailure());
        } else {
            proceed(read);
        }
        return read;
    }

    /**
     * Whether more may be asked for: {@code false} from the high water mark on, until what was accepted has ended
     * down to the low one. Counted are operations and reads of the engine that this loop uses, in flight and
     * pending; loops without one of their own share it. Any thread.
     *
     * <p>Beyond depth and pending limit operations are refused, whoever asks.
     */
    public boolean isWritable() {
        return load.isWritable();
    }

    /** Operations and reads that were accepted and have not ended, see {@link #isWritable}. Any thread. */
    public int accepted() {
        return load.used();
    }

    /** Has changes of {@link #isWritable} told, on this loop; such as follow each other closely once. Any thread. */
    public void addWritabilityListener(WritabilityListener listener) {
        writability.add(listener);
    }

    /** Any thread. */
    public void removeWritabilityListener(WritabilityListener listener) {
        writability.remove(listener);
    }

    private String name() {
        return loop instanceof SingleThreadEventExecutor executor
                ? executor.threadProperties().name()
                : loop.toString();
    }

    TransportSnapshot.Loop snapshot() {
        AioContext context = engine == null ? null : engine.context();
        AioContextStats stats = context == null ? null : context.stats();
        return new TransportSnapshot.Loop(
                name(),
                context == null ? "lane" : "aio",
                context == null ? 0 : context.depth(),
                context == null ? load.used() : context.inFlight(),
                context == null ? 0 : context.pending(),
                stats == null ? 0 : stats.submittedOperations(),
                stats == null ? 0 : stats.helperSubmits(),
                load.rejections(),
                stats == null ? 0 : stats.submitNanos(),
                stats == null ? new long[0] : stats.submitHistogram(),
                stats == null ? null : stats.slowestRecentSubmit(),
                watchdog.lagNanos(),
                watchdog.waiting());
    }

    Watchdog watchdog() {
        return watchdog;
    }

    Load load() {
        return load;
    }

    /** {@code null} if this loop has none. */
    LoopEngine engine() {
        return engine;
    }

    boolean isClosed() {
        return watchdog.isClosed();
    }

    /**
     * Has a file prepared on the lane, so that the loop may ask for its residency.
     *
     * @param then called on this loop
     * @param failed called on this loop instead, with why; on the lane if the loop has ended
     */
    public void prepare(AioFile file, Runnable then, Consumer<Throwable> failed) {
        try {
            transport.preparations().prepare(file, false, failure -> {
                try {
                    loop.execute(failure == null ? then : () -> failed.accept(failure));
                } catch (RejectedExecutionException terminated) {
                    failed.accept(terminated);
                }
            });
        } catch (RejectedExecutionException overload) {
            failed.accept(overload);
        }
    }

    /** The next step of a read. Whoever ends a read here releases its file. */
    private void proceed(WindowRead read) {
        if (!read.isWanted()) {
            end(read);
            return;
        }
        try {
            if (read.buffer == null && !allocate(read)) {
                return; // comes back here when there is a buffer
            }
        } catch (OutOfMemoryError e) {
            failed(read, e);
            return;
        }
        AioFile file = read.file;
        if (engine == null || file.isLaneOnly() || !file.mayReadDirect()) {
            readOnLane(read);
        } else if (!file.isDirectOpen() || file.needsPreparation(System.nanoTime())) {
            prepareOnLane(read);
        } else if (enterDiskQueue(read)) {
            submitToEngine(read);
        } // else it comes back here when another read has ended
    }

    private boolean enterDiskQueue(WindowRead read) {
        if (read.diskRequests > 0) {
            return true;
        }
        AioFile file = read.file;
        int requests = file.diskRequests(read.alignedLength());
        if (!file.diskQueue().tryBegin(requests)) {
            file.diskQueue().onEnd(requests, () -> wake(read, () -> retryDiskQueue(read, requests)));
            if (!file.diskQueue().tryBegin(requests)) {
                return false;
            }
        }
        read.diskRequests = requests;
        return true;
    }

    private void retryDiskQueue(WindowRead read, int requests) {
        if (read.diskRequests == 0 && !read.ended && !read.submitted) {
            proceed(read);
        }
        if (read.diskRequests == 0 && (read.ended || read.submitted)) {
            read.file.diskQueue().announce(requests); // meant for somebody who still waits
        }
    }

    private void submitToEngine(WindowRead read) {
        read.started = true;
        read.submitted = true;
        if (engine.eventLoop() == loop) {
            if (!engine.submit(read)) {
                readOnLane(read);
            }
            return;
        }
        try {
            engine.eventLoop().execute(() -> {
                if (!engine.submit(read)) {
                    onLoop(read, () -> readOnLane(read));
                }
            });
        } catch (RejectedExecutionException terminated) {
            readOnLane(read);
        }
    }

    private boolean allocate(WindowRead read) {
        if (tryAllocate(read)) {
            return true;
        }
        transport.pool().onRelease(read.alignedLength(), () -> wake(read, () -> retryAllocation(read)));
        return tryAllocate(read);
    }

    private boolean tryAllocate(WindowRead read) {
        read.buffer = transport.pool().tryAllocate(read.alignedLength());
        if (read.buffer == null) {
            return false;
        }
        watchdog.renew(read); // others had the buffers: that was not the disk's fault
        return true;
    }

    /** Whether the loop is still there to take the wake-up; if not, the read gives up what it holds. */
    private boolean wake(WindowRead read, Runnable retry) {
        try {
            loop.execute(retry);
            return true;
        } catch (RejectedExecutionException terminated) {
            end(read);
            return false;
        }
    }

    private void retryAllocation(WindowRead read) {
        boolean waits = read.buffer == null && !read.started;
        if (waits && read.isWanted()) {
            proceed(read);
            return;
        }
        if (waits) {
            end(read);
        }
        transport.pool().announce(read.alignedLength()); // this wake-up was meant for somebody who still waits
    }

    private void prepareOnLane(WindowRead read) {
        if (read.prepared) {
            // Prepared a moment ago, yet not fit for this loop: the lane can read it in any case.
            readOnLane(read);
            return;
        }
        read.prepared = true;
        read.started = true;
        try {
            transport
                    .preparations()
                    .prepare(
                            read.file,
                            true,
                            failure ->
                                    onLoop(read, failure == null ? () -> proceed(read) : () -> failed(read, failure)));
        } catch (RejectedExecutionException overload) {
            failed(read, overload);
        }
    }

    private void readOnLane(WindowRead read) {
        read.leaveDiskQueue();
        read.started = true;
        read.submitted = true;
        int[] result = new int[1];
        onLane(
                read,
                () -> {
                    prepareForLoop(read.file);
                    AlignedByteBuf target = AlignedByteBuf.unwrap(read.buffer);
                    int done = 0;
                    int n;
                    do {
                        n = read.file.read(
                                read.position + done,
                                target.memory(),
                                target.memoryOffset() + done,
                                read.length - done);
                        done += Math.max(n, 0);
                    } while (n > 0 && done < read.length);
                    result[0] = n < 0 && done == 0 ? n : done;
                    windowRead(read, Rung.LANE_READ, done);
                },
                () -> {
                    if (result[0] < 0) {
                        failed(read, result[0]);
                    } else {
                        read.succeed(read.position, result[0]);
                        end(read);
                    }
                });
    }

    /** Where nothing but the lane reads, it is here that a file becomes fit to be asked what is resident. */
    private void prepareForLoop(AioFile file) throws AioException {
        if (engine == null && !file.isLaneOnly() && file.needsPreparation(System.nanoTime())) {
            transport.counters().add(Rung.PREPARE_LANE);
            file.prepare();
        }
    }

    private void windowRead(WindowRead read, Rung rung, long bytes) {
        transport.counters().add(rung, bytes);
        transport.tell(listener -> listener.windowRead(rung, read.length, System.nanoTime() - read.requestedNanos));
    }

    private interface LaneTask {
        void run() throws AioException;
    }

    private void onLane(WindowRead read, LaneTask task, Runnable then) {
        try {
            transport.lane().execute(() -> {
                Throwable failure = null;
                try {
                    task.run();
                } catch (AioException | RuntimeException | Error e) {
                    failure = e; // whatever it was, somebody waits for an answer
                }
                Throwable cause = failure;
                onLoop(read, cause == null ? then : () -> failed(read, cause));
            });
        } catch (RejectedExecutionException overload) {
            failed(read, overload);
        }
    }

    /** Runs on the loop, or, if that has ended, frees what the read holds right here. */
    private void onLoop(WindowRead read, Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException terminated) {
            end(read); // its listener was told when the loop was closed
        }
    }

    /** The kernel is done with a read's buffer. On the engine's loop, or on the closer. */
    void kernelDone(WindowRead read, int result) {
        if (loop.inEventLoop()) {
            aioCompleted(read, result);
        } else {
            onLoop(read, () -> aioCompleted(read, result));
        }
    }

    private void aioCompleted(WindowRead read, int result) {
        if (!read.isWanted()) {
            end(read);
        } else if (result == -Linux.EAGAIN || result == -Linux.EOPNOTSUPP) {
            transport.counters().add(Rung.AIO_DECLINED);
            if (result == -Linux.EOPNOTSUPP) {
                read.file.directNowaitRefused();
            }
            if (read.byHelper) {
                readOnLane(read);
            } else {
                read.byHelper = true;
                read.submitted = false;
                proceed(read);
            }
        } else if (result < 0) {
            failed(read, result);
        } else if (result < read.alignedLength()
                && (read.file.isWritable() || read.alignedPosition() + result < read.file.size())) {
            // Truncated, or grown, or stopped by an error further on: a second look tells which.
            readOnLane(read);
        } else {
            windowRead(read, read.byHelper ? Rung.AIO_HELPED : Rung.AIO_READ, result);
            read.succeed(read.alignedPosition(), result);
            end(read);
        }
    }

    private void failed(WindowRead read, int error) {
        failed(read, AioException.of(error, "read", read.file.path(), read.position, read.length));
    }

    private void failed(WindowRead read, Throwable cause) {
        read.fail(cause);
        end(read);
    }

    private void end(WindowRead read) {
        read.leaveDiskQueue();
        read.releaseBuffer();
        if (!read.ended) {
            read.ended = true;
            read.loop.load.leave();
            read.file.release();
            read.loop.watchdog.unhold();
            read.found();
        }
    }

    /** Takes a read off the list of those without an answer. */
    void answered(WindowRead read) {
        watchdog.remove(read);
    }

    /** Any thread. */
    void engineClosed(LoopEngine ended) {
        if (ended != engine) {
            return;
        }
        if (loop.inEventLoop()) {
            failAll();
            return;
        }
        try {
            loop.execute(this::failAll);
        } catch (RejectedExecutionException terminated) {
            transport.logger().debug("event loop {} ended before the AIO engine it used", loop);
        }
    }

    /**
     * Fails everything unanswered; buffers follow as the kernel gives them back. On the loop's thread,
     * or on any when the loop has ended.
     */
    synchronized void failAll() {
        termination.removeListener(loopEnded);
        watchdog.failAll(closedFailure());
    }

    /** A bug of the listener, which must not become one of others. */
    void listenerFailed(Throwable failure) {
        transport.logger().warn("a listener failed", failure);
    }

    static RejectedExecutionException closedFailure() {
        return new RejectedExecutionException("the AIO transport of this event loop is closed");
    }
}
