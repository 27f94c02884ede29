package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@SuppressWarnings("try") // a blocked lane is unblocked at the end of its block, and not used in it
class AioTransportLifecycleTest extends TransportSuite {

    private static final int MIB = 1024 * 1024;
    private static final int REPETITIONS = 20;

    /** A transport whose reads are going on when something ends. */
    private Reads load(TestTransport t, TestFile source, NettyAioFile file) {
        Reads reads = new Reads(source);
        reads.startRandom(file, 60, new Random(17));
        return reads;
    }

    @RepeatedTest(REPETITIONS)
    void closeUnderLoadEndsEveryReadAndGivesEverythingBack() throws Exception {
        TestFile source = TestFile.create(directory, MIB / 2);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.cold().path);
            Await.result(file.read(0, 1)).release();
            Reads reads = load(t, source, file);
            t.closeTransport();
            reads.assertEnded();
            assertThat(t.contexts()).as("contexts at the end").isZero();
            Await.until("buffers back", () -> t.transport.pool().inUse() == 0);
            file.close();
            assertThat(OpenDescriptors.under(directory)).isEmpty();
        }
    }

    @RepeatedTest(REPETITIONS)
    void endOfTheLoopsUnderLoadEndsEveryReadAndGivesEverythingBack() throws Exception {
        TestFile source = TestFile.create(directory, MIB / 2);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.cold().path);
            Await.result(file.read(0, 1)).release();
            Reads reads = load(t, source, file);
            t.shutDownGroup();
            reads.assertEnded();
            Await.until("buffers back", () -> t.transport.pool().inUse() == 0);
            file.close();
            Await.until(
                    "descriptors closed", () -> OpenDescriptors.under(directory).isEmpty());
        }
    }

    /** The lane answers when there is no loop left to answer on. */
    @Test
    void readsOnTheLaneEndWithTheLoop() throws Exception {
        TestFile source = TestFile.create(directory, MIB / 2);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.cold().path);
            Reads reads;
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                reads = load(t, source, file);
                t.shutDownGroup();
                assertThat(reads.assertEnded()).as("failed reads").isPositive();
            }
            Await.until("buffers back", () -> t.transport.pool().inUse() == 0);
            file.close();
            Await.until(
                    "descriptors closed", () -> OpenDescriptors.under(directory).isEmpty());
        }
    }

    @Test
    void aReadAfterTheEndOfTheLoopFails() throws Exception {
        TestFile source = TestFile.create(directory, 3000);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.path);
            t.shutDownGroup();
            assertThat(Await.ended(file.read(0, 1)).cause()).isInstanceOf(RejectedExecutionException.class);
            file.close();
        }
    }

    @Test
    void closeMayComeTwice() throws Exception {
        try (TestTransport t = transport()) {
            t.transport.start();
            t.transport.close();
            t.transport.close();
            Await.result(t.transport.closeFuture());
        }
    }

    @Test
    void closeOnALoopDoesNotWaitForIt() throws Exception {
        try (TestTransport t = transport()) {
            EventLoop loop = t.loop();
            TestTransport.run(loop, () -> {
                t.transport.loop(loop);
                t.transport.close();
            });
            Await.result(t.transport.closeFuture());
        }
    }

    @Test
    void aClosedTransportHasNoLoops() throws Exception {
        try (TestTransport t = transport()) {
            t.closeTransport();
            assertThatThrownBy(t::aioLoop)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
        }
    }

    @Test
    void anOpenAfterCloseFails() throws Exception {
        TestFile source = TestFile.create(directory, 3000);
        try (TestTransport t = transport()) {
            EventLoop loop = t.loop();
            t.transport.loop(loop);
            t.closeTransport();
            assertThatThrownBy(() -> Await.result(t.transport.open(loop, source.path)))
                    .isInstanceOfAny(IllegalStateException.class, RejectedExecutionException.class);
        }
    }

    @Test
    void startMakesOneContextPerEngine() throws Exception {
        try (TestTransport t = transport()) {
            t.transport.start();
            long expected = engine == Engine.BLOCKING ? 0 : loops == LoopKind.EPOLL ? 2 : 1;
            assertThat(t.contexts()).isEqualTo(expected);
            assertThat(t.transport.usesAio()).isEqualTo(engine == Engine.AIO);
        }
    }

    @Test
    void theShareOfALoopIsMadeOnce() throws Exception {
        try (TestTransport t = transport()) {
            EventLoop loop = t.loop();
            assertThat(t.transport.loop(loop)).isSameAs(t.transport.loop(loop));
        }
    }

    @Test
    void aLoopThatHasEndedGetsNoContext() throws Exception {
        EventLoopGroup group = loops.newGroup(1);
        EventLoop loop = group.next();
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).sync();
        try (TestTransport t = TestTransport.of(group, engine, options -> {})) {
            try {
                t.transport.loop(loop);
            } catch (RejectedExecutionException refused) {
                assertThat(loop.isTerminated()).isTrue();
            }
            t.closeTransport();
            assertThat(t.contexts()).isZero();
        }
    }

    @Test
    void noThreadOutlivesTheCloseFuture() throws Exception {
        try (TestTransport t = transport()) {
            t.transport.start();
            t.transport.lane().execute(() -> {});
            assertThat(threads()).isNotEmpty();
            t.closeTransport();
            Await.until("threads ended", () -> threads().isEmpty());
        }
    }

    @Test
    void thePrivateLoopHasEndedWhenTheCloseFutureCompletes() throws Exception {
        try (TestTransport t = transport()) {
            t.transport.start();
            t.closeTransport();
            // The loop has; its thread completes that future itself, and then ends.
            Await.until(
                    "thread ended", () -> threads().stream().noneMatch(name -> name.startsWith("aio-private-loop")));
        }
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .filter(name -> name.startsWith("aio-"))
                .collect(Collectors.toSet());
    }

    @Test
    @Timeout(120)
    void manyTransportsMayComeAndGoOnOneGroup() throws Exception {
        TestFile source = TestFile.create(directory, 3000);
        EventLoopGroup group = loops.newGroup(1);
        long contextsBefore = OpenDescriptors.aioContexts();
        for (int i = 0; i < 10; i++) {
            AioTransport transport =
                    AioTransport.builder(group).engine(engine).laneThreads(1).build();
            NettyAioFile file = Await.result(transport.open(group.next(), source.path));
            source.assertContent(Await.result(file.read(0, 3000)), 0, 3000);
            file.close();
            transport.close();
            Await.result(transport.closeFuture());
        }
        assertThat(OpenDescriptors.aioContexts()).isEqualTo(contextsBefore);
        assertThat(OpenDescriptors.under(directory)).isEmpty();
        for (EventExecutor loop : group) {
            Future<?> alive = loop.submit(() -> {});
            Await.ended(alive);
        }
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).sync();
    }
}
