package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.Aio;
import dev.aio.core.FileSystemType;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A transport with a group of its own; when closed it fails unless everything was given back. */
public final class TestTransport implements AutoCloseable {

    public static final int LANE_THREADS = 2;

    public final EventLoopGroup group;
    public final AioTransport transport;
    private final long contextsBefore;
    private boolean groupIsDown;

    private TestTransport(EventLoopGroup group, AioTransport transport) throws IOException {
        this.group = group;
        this.transport = transport;
        contextsBefore = OpenDescriptors.aioContexts();
    }

    public static TestTransport of(LoopKind loops, Engine engine) throws IOException {
        return of(loops, engine, options -> {});
    }

    public static TestTransport of(LoopKind loops, Engine engine, Consumer<AioTransportBuilder> options)
            throws IOException {
        return of(loops.newGroup(2), engine, options);
    }

    public static TestTransport of(EventLoopGroup group, Engine engine, Consumer<AioTransportBuilder> options)
            throws IOException {
        assumeTrue(engine != Engine.AIO || Aio.isAvailable(), () -> String.valueOf(Aio.unavailabilityCause()));
        AioTransportBuilder builder =
                AioTransport.builder(group).engine(engine).depth(32).laneThreads(LANE_THREADS);
        options.accept(builder);
        return new TestTransport(group, builder.build());
    }

    public EventLoop loop() {
        return group.next();
    }

    /** The eventfd by which the loop is told of completions; the loop must not have an engine yet. */
    int engineEventFd(EventLoop loop) throws IOException {
        Set<Integer> before = OpenDescriptors.eventFds();
        transport.loop(loop);
        Set<Integer> added = OpenDescriptors.eventFds();
        added.removeAll(before);
        assertThat(added).as("the engine's eventfd").hasSize(1);
        return added.iterator().next();
    }

    public AioLoop aioLoop() {
        return transport.loop(loop());
    }

    public NettyAioFile open(Path path, OpenOption... options) throws Exception {
        return Await.result(transport.open(loop(), path, options));
    }

    public long count(Rung rung) {
        return transport.counters().count(rung);
    }

    public long bytes(Rung rung) {
        return transport.counters().bytes(rung);
    }

    /** Runs on a loop and waits for the result. */
    public static <T> T on(EventLoop loop, Callable<T> task) throws Exception {
        return Await.result(loop.submit(task));
    }

    /** Runs on a loop and waits. */
    public static void run(EventLoop loop, Runnable task) throws Exception {
        Await.result(loop.submit(task));
    }

    /** Keeps all threads of the lane busy until closed. */
    public BlockedLane blockLane() throws InterruptedException {
        return new BlockedLane();
    }

    /** See {@link #blockLane}. */
    public final class BlockedLane implements AutoCloseable {
        private final CountDownLatch free = new CountDownLatch(1);

        private BlockedLane() throws InterruptedException {
            CountDownLatch busy = new CountDownLatch(LANE_THREADS);
            for (int i = 0; i < LANE_THREADS; i++) {
                transport.lane().execute(() -> {
                    busy.countDown();
                    awaitUninterruptibly(free);
                });
            }
            awaitUninterruptibly(busy);
        }

        /** Adds tasks that wait for a thread. */
        void queue(int tasks) {
            for (int i = 0; i < tasks; i++) {
                transport.lane().execute(() -> awaitUninterruptibly(free));
            }
        }

        /** Adds tasks until no more are taken. */
        public void fill() {
            try {
                while (true) {
                    transport.lane().execute(() -> {});
                }
            } catch (RejectedExecutionException full) {
                assertThat(full).hasMessageContaining("lane is full");
            }
        }

        @Override
        public void close() {
            free.countDown();
        }
    }

    /**
     * Has the engine take no more, as if so many operations had been asked for and did not end, until closed.
     *
     * @param places depth and pending limit together
     */
    public FullQueue fillQueue(int places) {
        return new FullQueue(aioLoop().load(), places);
    }

    /** See {@link #fillQueue}. */
    public static final class FullQueue implements AutoCloseable {
        private final Load load;
        private final int places;

        private FullQueue(Load load, int places) {
            this.load = load;
            this.places = places;
            for (int i = 0; i < places; i++) {
                load.enter();
            }
        }

        @Override
        public void close() {
            for (int i = 0; i < places; i++) {
                load.leave();
            }
        }
    }

    static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            if (!latch.await(60, TimeUnit.SECONDS)) {
                throw new AssertionError("the latch was never opened");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Skips the test where direct reads with NOWAIT do not work, and AIO is therefore not used. */
    public static void assumeAioReads(NettyAioFile file) {
        FileSystemType type = file.file().fileSystem();
        assumeTrue(
                type == FileSystemType.EXT || type == FileSystemType.XFS || type == FileSystemType.BTRFS,
                () -> "no NOWAIT direct reads on " + type.label());
    }

    /** Ends the group at once; Netty then may leave channels and handles unclosed. */
    public void shutDownGroup() {
        shutDownGroup(0);
    }

    /** Ends the group; with a quiet period, channels and handles are closed at its beginning. */
    public void shutDownGroup(int quietMillis) {
        groupIsDown = true;
        boolean down = group.shutdownGracefully(quietMillis, 10_000, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(Await.DEADLINE.toMillis());
        assertThat(down).as("the event loops have ended").isTrue();
    }

    /**
     * Ends each loop from a task of its own. From outside Netty may end a loop with all its channels open: when it is
     * told between its look for that and its next, and has run no task for as long as the quiet period
     * ({@code SingleThreadIoEventLoop.run}, {@code SingleThreadEventExecutor.confirmShutdown}).
     */
    public void shutDownLoops(int quietMillis) {
        groupIsDown = true;
        for (EventExecutor loop : group) {
            loop.execute(() -> loop.shutdownGracefully(quietMillis, 10_000, TimeUnit.MILLISECONDS));
        }
        boolean down = group.terminationFuture().awaitUninterruptibly(Await.DEADLINE.toMillis());
        assertThat(down).as("the event loops have ended").isTrue();
    }

    /** AIO contexts that this transport has now. */
    long contexts() throws IOException {
        return OpenDescriptors.aioContexts() - contextsBefore;
    }

    public void closeTransport() {
        transport.close();
        assertThat(Await.ended(transport.closeFuture()).cause())
                .as("failure of close")
                .isNull();
    }

    @Override
    public void close() throws IOException {
        closeTransport();
        Await.until("all buffers given back", () -> transport.pool().inUse() == 0);
        if (!groupIsDown) {
            shutDownGroup();
        }
        assertThat(contexts()).as("AIO contexts left").isZero();
    }
}
