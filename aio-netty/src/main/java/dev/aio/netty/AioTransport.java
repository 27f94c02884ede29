package dev.aio.netty;

import dev.aio.core.Aio;
import dev.aio.core.AioContext;
import dev.aio.core.AioEngine;
import dev.aio.core.AioFile;
import dev.aio.core.DiskQueue;
import dev.aio.core.MappingBudget;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asynchronous file I/O for the event loops of one group. Made once, shared by all their channels,
 * closed by whoever made it. Any thread may call, except where noted.
 *
 * <p>Epoll loops have a kernel context each, made when first used. Loops of other kinds share one
 * private epoll loop; their results are delivered on the loop that asked.
 */
public final class AioTransport implements AutoCloseable {

    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(AioTransport.class);

    /** Size of the descriptor table that no event loop has to wait for, 8 bytes each. */
    private static final int DESCRIPTORS = 65_536;

    /** Reads and operations that leave a disk no time for others: what two clients read and have read ahead, and more. */
    private static final int BUSY = 8;

    private final AioTransportBuilder options;
    private final boolean aio;
    private final Lane lane;
    private final AlignedBufferPool pool;
    private final RungCounters counters = new RungCounters();
    private final PageCacheFiller filler = new PageCacheFiller(this);
    private final PinnedFiles pinned;
    private final MappingBudget mapped;
    private final LaneSequence mapper;
    private final Map<DiskQueue, DiskAppetite> appetites = new ConcurrentHashMap<>();
    private final Preparations preparations = new Preparations(this);
    private final AtomicInteger lost = new AtomicInteger();
    private final ThreadPoolExecutor closer;
    private final Load laneLoad; // where there is no engine
    private final Map<EventLoop, AioLoop> loops = new ConcurrentHashMap<>();
    private final Map<IoEventLoop, LoopEngine> engines = new ConcurrentHashMap<>();
    private final AtomicBoolean degraded = new AtomicBoolean();
    private final Promise<Void> closeFuture = GlobalEventExecutor.INSTANCE.newPromise();
    private @Nullable MultiThreadIoEventLoopGroup privateGroup;
    private boolean closed;

    AioTransport(AioTransportBuilder options) {
        this.options = options;
        if (options.engine == Engine.AIO) {
            Aio.ensureAvailability();
        }
        aio = options.engine != Engine.BLOCKING && Aio.isAvailable();
        if (options.engine == Engine.AUTO && !aio) {
            warnDegraded(Aio.unavailabilityCause());
        }
        Aio.reserveDescriptors(DESCRIPTORS);
        lane = new Lane(
                options.laneThreads, options.laneLimit, overload -> tell(listener -> listener.rejected(overload)));
        // As closes, blocks are not refused while many tasks wait, and not counted as overload: there is one at a time.
        pool = new AlignedBufferPool(
                options.poolBytes > 0 ? options.poolBytes : PoolSize.ofJvm(LOGGER::warn), lane.closer());
        pinned = new PinnedFiles(this, options.pinLimit);
        mapped = new MappingBudget(options.mapLimit);
        mapper = new LaneSequence(lane, LOGGER, "mapping files failed");
        laneLoad = Load.ofLane(options);
        closer = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new FastThreadLocalThread(task, "aio-closer");
            thread.setDaemon(true);
            return thread;
        });
        closer.allowCoreThreadTimeOut(true); // has no thread unless there is something to close
    }

    /** With the default options. */
    public static AioTransport of(EventLoopGroup group) {
        return builder(group).build();
    }

    /** Options for a transport over the event loops of a group, of any kind. */
    public static AioTransportBuilder builder(EventLoopGroup group) {
        return new AioTransportBuilder(group);
    }

    /**
     * The share of one event loop of the group.
     *
     * @throws IllegalStateException if the transport is closed
     */
    public AioLoop loop(EventLoop loop) {
        AioLoop known = loops.get(loop);
        return known != null ? known : newLoop(loop);
    }

    /**
     * Makes the engines of all loops now, rather than when each is first used.
     *
     * @throws NoContextException if the engine is {@link Engine#AIO} and the kernel has no contexts to give
     */
    public void start() throws NoContextException {
        for (Object executor : options.group) {
            if (executor instanceof EventLoop) {
                loop((EventLoop) executor);
            }
        }
        if (options.engine == Engine.AIO && degraded.get()) {
            throw new NoContextException("Linux AIO has no context left for every event loop: fs.aio-nr is "
                    + Aio.aioNr()
                    + " of fs.aio-max-nr "
                    + Aio.aioMaxNr()
                    + " on this host; raise it with sysctl -w fs.aio-max-nr=1048576");
        }
    }

    private synchronized AioLoop newLoop(EventLoop loop) {
        if (closed) {
            throw new IllegalStateException("the AIO transport is closed");
        }
        return loops.computeIfAbsent(loop, l -> {
            LoopEngine engine = aio ? engine(engineLoop(l)) : null;
            return new AioLoop(this, l, engine, engine != null ? engine.load() : laneLoad);
        });
    }

    private @Nullable IoEventLoop engineLoop(EventLoop loop) {
        if (loop instanceof IoEventLoop && ((IoEventLoop) loop).isCompatible(EpollIoHandle.class)) {
            return (IoEventLoop) loop;
        }
        if (!Epoll.isAvailable()) {
            warnDegraded(Epoll.unavailabilityCause());
            return null;
        }
        if (privateGroup == null) {
            privateGroup = new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory("aio-private-loop", true), EpollIoHandler.newFactory());
        }
        return privateGroup.next();
    }

    /** {@code null} if the kernel has no context to give: that loop uses the lane. */
    private @Nullable LoopEngine engine(@Nullable IoEventLoop loop) {
        if (loop == null) {
            return null;
        }
        LoopEngine known = engines.get(loop);
        if (known != null) {
            return known;
        }
        try {
            AioContext context = AioContext.builder()
                    .engine(AioEngine.AIO)
                    .depth(options.depth)
                    .pendingLimit(options.pendingLimit)
                    .ownEventFd(true)
                    .submitHelper(lane.closer()) // no more of them than the depth allows
                    .onDegraded(LOGGER::warn)
                    .onCallbackFailure((thread, t) -> LOGGER.warn("a listener failed", t))
                    .open();
            LoopEngine engine = new LoopEngine(this, loop, context, options);
            register(engine);
            engines.put(loop, engine);
            return engine;
        } catch (IOException e) {
            warnDegraded(e);
            return null;
        }
    }

    private void register(LoopEngine engine) {
        try {
            engine.register();
        } catch (RejectedExecutionException terminated) {
            closeLater(engine.context());
            throw terminated;
        }
    }

    private void warnDegraded(Throwable cause) {
        if (degraded.compareAndSet(false, true)) {
            LOGGER.warn(
                    "files that are not in memory are read by blocking reads on the lane, because"
                            + " Linux AIO cannot be had: {}",
                    cause == null ? "unknown cause" : cause.getMessage());
        }
    }

    /**
     * Opens a file by name; its operations are answered on {@code loop}.
     *
     * @param options as {@link AioFile#open(Path, java.util.concurrent.Executor, OpenOption...)} takes them: {@code
     *     READ}, {@code WRITE}, {@code APPEND}, {@code CREATE}, {@link dev.aio.core.AioOpenOption#DIRECT}, …; none is
     *     {@code READ}
     * @return fails with an {@link dev.aio.core.AioException}, with a {@link RejectedExecutionException} under
     *     overload and when the loop has ended, with an {@link IllegalStateException} when the transport is closed,
     *     with an {@link IllegalArgumentException} or {@link UnsupportedOperationException} for the options
     */
    public Future<NettyAioFile> open(EventLoop loop, Path path, OpenOption... options) {
        AioLoop aioLoop;
        try {
            aioLoop = loop(loop);
        } catch (IllegalStateException | RejectedExecutionException ended) {
            return loop.newFailedFuture(ended);
        }
        Promise<NettyAioFile> promise = loop.newPromise();
        try {
            lane.execute(() -> {
                try {
                    counters.add(Rung.OPEN_LANE);
                    NettyAioFile opened = NettyAioFile.open(aioLoop, path, options);
                    if (!promise.trySuccess(opened)) {
                        opened.close();
                    }
                } catch (Exception | Error e) {
                    promise.tryFailure(e);
                }
            });
        } catch (RejectedExecutionException overload) {
            promise.setFailure(overload);
        }
        return promise;
    }

    /** Whether reads go through Linux AIO on at least one loop, or would. */
    public boolean usesAio() {
        return aio && (engines.size() > 0 || !degraded.get());
    }

    /**
     * What is going on, to be looked at or printed: {@code System.err.print(transport.snapshot())}. Any thread;
     * works also while event loops hang.
     */
    public TransportSnapshot snapshot() {
        Map<Load, TransportSnapshot.EngineState> states = new LinkedHashMap<>(); // several loops may share one
        List<TransportSnapshot.Loop> shares = new ArrayList<>();
        for (AioLoop loop : loops.values()) {
            LoopEngine engine = loop.engine();
            shares.add(loop.snapshot(states.computeIfAbsent(
                    loop.load(), load -> engine == null ? load.laneSnapshot() : engine.snapshot())));
        }
        return new TransportSnapshot(
                counters.snapshot(),
                counters.bytesSnapshot(),
                pool.snapshot(),
                pinned.snapshot(),
                new TransportSnapshot.Mapped(mapped.limit(), mapped.mapped()),
                lane.snapshot(),
                List.copyOf(states.values()),
                List.copyOf(shares));
    }

    /** Tells the user's listener, whose failures are its own. */
    void tell(Consumer<AioTransportListener> what) {
        try {
            what.accept(options.listener);
        } catch (Throwable t) {
            LOGGER.warn("the transport's listener failed", t);
        }
    }

    /** The threads that may wait for a disk. */
    public Lane lane() {
        return lane;
    }

    /** The aligned buffers of all loops. */
    public AlignedBufferPool pool() {
        return pool;
    }

    /** How often each rung answered. */
    public RungCounters counters() {
        return counters;
    }

    /**
     * Notes that a range of a file was not resident when somebody asked for it: from the second time
     * on it is brought into the page cache in the background, or, while many reads are under way, at a later time.
     * Any thread, never waits.
     *
     * @param misses of the file, which whoever calls holds a count of
     * @param position where the range begins, in bytes
     * @param end where it ends, in bytes
     */
    public void missed(Misses misses, long position, long end) {
        filler.missed(misses, position, end, isBusy());
    }

    private boolean isBusy() {
        int underWay = laneLoad.used();
        for (LoopEngine engine : engines.values()) {
            underWay += engine.load().used();
        }
        return underWay >= BUSY;
    }

    /** Time spent in the longest {@code io_submit} of any loop so far, in ns. */
    public long slowestSubmitNanos() {
        long slowest = 0;
        for (LoopEngine engine : engines.values()) {
            slowest = Math.max(slowest, engine.context().stats().slowestSubmitNanos());
        }
        return slowest;
    }

    /** What is known of how much the disk of a file wants to have in flight. Any thread. */
    public DiskAppetite appetite(AioFile file) {
        DiskAppetite known = appetites.get(file.diskQueue());
        return known != null ? known : appetites.computeIfAbsent(file.diskQueue(), disk -> new DiskAppetite());
    }

    /** Has what is asked about often mapped, by the lane. */
    void mapHotRangesOf(AioFile file) {
        file.mapHotRanges(mapped, mapper);
    }

    /** The files that are locked in the page cache. */
    PinnedFiles pinnedFiles() {
        return pinned;
    }

    Preparations preparations() {
        return preparations;
    }

    /** Reads and operations that were failed by the deadline, and whose memory the disk still has. */
    AtomicInteger lost() {
        return lost;
    }

    long stallNanos() {
        return options.stallTimeout.toNanos();
    }

    InternalLogger logger() {
        return LOGGER;
    }

    /** The engine takes nothing more: its loop ends, or the transport is closed. */
    void engineClosed(LoopEngine engine) {
        loops.values().forEach(user -> user.engineClosed(engine));
    }

    /** Waits for what the kernel still has, off the loops, then destroys the context. */
    void closeLater(AioContext context) {
        Runnable close = () -> {
            context.close(-1);
            context.destroyed().join();
        };
        try {
            closer.execute(close);
        } catch (OutOfMemoryError noThread) {
            lane.closer().execute(close);
        }
    }

    /** Completes when all is given back: contexts, descriptors, threads. */
    public Future<Void> closeFuture() {
        return closeFuture;
    }

    /**
     * Ends the transport: reads fail, contexts are destroyed once the kernel is done with them.
     * Returns at once; see {@link #closeFuture()}. Idempotent.
     */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        Thread ending = new Thread(this::end, "aio-transport-close");
        ending.setDaemon(true);
        ending.start();
    }

    private void end() {
        try {
            for (LoopEngine engine : engines.values()) {
                runOn(engine.eventLoop(), engine::close);
            }
            for (AioLoop loop : loops.values()) {
                runOn(loop.eventLoop(), loop::failAll);
            }
            pinned.close();
            mapper.close();
            closer.shutdown();
            closer.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
            lane.shutdown();
            lane.awaitTermination();
            if (privateGroup != null) {
                privateGroup.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
            }
            closeFuture.setSuccess(null);
        } catch (InterruptedException | RuntimeException e) {
            closeFuture.setFailure(e);
        }
    }

    /** Runs on the loop and waits for it; for a loop that has ended, right here. */
    private static void runOn(EventLoop loop, Runnable task) throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1); // the loop of an EmbeddedChannel refuses to be waited for
        try {
            loop.execute(() -> {
                try {
                    task.run();
                } finally {
                    ran.countDown();
                }
            });
            ran.await();
        } catch (RejectedExecutionException ending) {
            loop.terminationFuture().awaitUninterruptibly();
            task.run();
        }
    }
}
