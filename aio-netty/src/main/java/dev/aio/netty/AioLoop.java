package dev.aio.netty;

import dev.aio.core.AioFile;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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

    /** Size of {@link #scratch}, in bytes. */
    public static final int SCRATCH = 64 * 1024;

    private final AioTransport transport;
    private final EventLoop loop;
    private final @Nullable LoopEngine engine; // null: everything cold goes through the lane

    private final Watchdog watchdog;
    private final Load load;
    private final Writability writability;
    private final ColdReads coldReads;

    /** Tells those whom the lane, or the engine of another loop, can no longer answer. */
    private final FutureListener<Object> loopEnded = future -> failAll();

    private final Future<?> termination;

    private @Nullable AlignedByteBuf scratch; // once somebody wanted it

    AioLoop(AioTransport transport, EventLoop loop, LoopEngine engine, Load load) {
        this.transport = transport;
        this.loop = loop;
        this.engine = engine;
        this.load = load;
        watchdog = new Watchdog(transport, loop, engine);
        writability = new Writability(this, load);
        coldReads = new ColdReads(this);
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

    /** The event loop that it is of. */
    public EventLoop eventLoop() {
        return loop;
    }

    /** The transport that it belongs to. */
    public AioTransport transport() {
        return transport;
    }

    /**
     * An empty buffer for whoever runs on this loop, to be used up before he returns: the next one gets the same. It is
     * not handed on and not released.
     *
     * @return {@value #SCRATCH} bytes
     */
    public ByteBuf scratch() {
        AlignedByteBuf buffer = scratch;
        if (buffer == null) {
            buffer = AlignedByteBuf.kept(transport.pool(), SCRATCH);
            scratch = buffer;
        }
        return buffer.clear();
    }

    /**
     * Reads a window of a file that is not known to be resident, without ever blocking this loop.
     *
     * @param position bytes, need not be aligned
     * @param length bytes; the aligned superset must not exceed {@link AlignedBufferPool#LARGEST}
     * @param listener called on this loop, exactly once unless the read is cancelled; possibly before
     *     this method returns
     * @throws IllegalStateException if the file is closed
     */
    public WindowRead read(AioFile file, long position, int length, WindowListener listener) {
        file.retain();
        load.enter();
        return coldReads.begin(file, position, length, listener, true);
    }

    /**
     * The same for the first window of something that can still be refused: beyond depth and pending limit the listener
     * is told so, with a {@link RejectedExecutionException}, before this method returns. Otherwise the disk's queue would
     * be as long as there are clients, and each of them wait for all others.
     *
     * @return {@code null} if it was refused
     */
    public @Nullable WindowRead readFirst(AioFile file, long position, int length, WindowListener listener) {
        if (load.isFull()) {
            listener.windowFailed(overload());
            return null;
        }
        return read(file, position, length, listener);
    }

    /** How operations get their windows, which are counted and looked after as parts of them. */
    ColdReads coldReads() {
        return coldReads;
    }

    /** Says no to an operation for which there is no room. */
    RejectedExecutionException overload() {
        RejectedExecutionException overload = load.rejection();
        transport.tell(listener -> listener.rejected(overload));
        return overload;
    }

    /**
     * Whether more may be asked for: {@code false} from the high water mark on, until what was accepted has ended
     * down to the low one. Counted are operations and reads of the engine that this loop uses, in flight and
     * pending; loops without one of their own share it. Any thread.
     *
     * <p>Beyond depth and pending limit operations of a {@link NettyAioFile} are refused, whoever asks, and so is what
     * {@link #readFirst} would read. What {@link #read} reads is not: the pool bounds it, and who serves clients holds back
     * by the buffers that they have.
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

    /**
     * @param state of the engine that it uses, or of the lane
     */
    TransportSnapshot.Loop snapshot(TransportSnapshot.EngineState state) {
        return new TransportSnapshot.Loop(LoopEngine.nameOf(loop), state, watchdog.lagNanos(), watchdog.waiting());
    }

    Watchdog watchdog() {
        return watchdog;
    }

    Load load() {
        return load;
    }

    /** {@code null} if this loop has none. */
    @Nullable
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
