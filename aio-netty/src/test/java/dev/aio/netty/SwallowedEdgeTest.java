package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.Future;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * When a handler of some other descriptor throws, Netty's epoll loop drops the rest of that batch of
 * events, and with it our edge, which comes only once.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SwallowedEdgeTest {

    private static final int READS = 8;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void completionsAreNotLostWithTheirEdge() throws Exception {
        swallowEdge(false);
    }

    @Test
    void buffersOfCancelledReadsAreNotLostWithTheirEdge() throws Exception {
        swallowEdge(true);
    }

    @Test
    void completionsOfOperationsAreNotLostWithTheirEdge() throws Exception {
        TestFile source = TestFile.create(directory, 1024 * 1024);
        try (TestTransport t = TestTransport.of(LoopKind.EPOLL, Engine.AIO)) {
            IoEventLoop loop = (IoEventLoop) t.loop();
            int completions = t.engineEventFd(loop);
            NettyAioFile file = Await.result(t.transport.open(loop, source.path, StandardOpenOption.WRITE));
            SignalledHandle thrower = new SignalledHandle(() -> {
                throw new IllegalStateException("thrown on purpose by another handler");
            });
            IoRegistration registration = Await.result(loop.register(thrower));
            List<Future<?>> futures = new ArrayList<>();
            TestTransport.run(loop, () -> {
                registration.submit(EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLET));
                thrower.signal();
                for (int i = 0; i < READS; i++) {
                    futures.add(file.write(Unpooled.directBuffer().writeZero(8192), i * 8192L));
                }
                futures.add(file.sync());
                long signalled = OpenDescriptors.signals(completions);
                ((SingleThreadEventLoop) loop)
                        .executeAfterEventLoopIteration(() -> BlockingGate.OnPurpose.run(() -> Await.until(
                                "kernel done", () -> OpenDescriptors.signals(completions) >= signalled + READS)));
            });
            for (Future<?> future : futures) {
                Await.result(future);
            }
            assertThat(thrower.events()).isEqualTo(1);
            Await.result(file.closeAsync());
        }
    }

    /** By then nobody waits for an answer: the ring is looked after for the buffer's sake. */
    @Test
    void buffersOfCancelledOperationsAreNotLostWithTheirEdge() throws Exception {
        TestFile source = TestFile.create(directory, 1024 * 1024);
        try (TestTransport t = TestTransport.of(LoopKind.EPOLL, Engine.AIO)) {
            IoEventLoop loop = (IoEventLoop) t.loop();
            int completions = t.engineEventFd(loop);
            NettyAioFile file = Await.result(t.transport.open(loop, source.path, StandardOpenOption.WRITE));
            SignalledHandle thrower = new SignalledHandle(() -> {
                throw new IllegalStateException("thrown on purpose by another handler");
            });
            IoRegistration registration = Await.result(loop.register(thrower));
            TestTransport.run(loop, () -> registration.submit(EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLET)));
            ByteBuf buffer = Unpooled.directBuffer().writeZero(8192);
            TestTransport.BlockedLane lane = t.blockLane(); // which is to submit the write
            Future<Long> write = file.write(buffer, 0);
            TestTransport.run(loop, () -> {});
            assertThat(write.cancel(false)).isTrue();
            // Longer than what is looked after only for those who wait, by the same clock.
            Await.result(loop.schedule(() -> {}, 400, TimeUnit.MILLISECONDS));
            TestTransport.run(loop, () -> {
                thrower.signal();
                long signalled = OpenDescriptors.signals(completions);
                lane.close();
                BlockingGate.OnPurpose.run(
                        () -> Await.until("kernel done", () -> OpenDescriptors.signals(completions) > signalled));
            });
            Await.until("buffer back", () -> buffer.refCnt() == 0);
            assertThat(thrower.events()).isEqualTo(1);
            Await.result(file.closeAsync());
        }
    }

    private void swallowEdge(boolean cancelled) throws Exception {
        TestFile source = TestFile.create(directory, 1024 * 1024);
        try (TestTransport t = TestTransport.of(LoopKind.EPOLL, Engine.AIO)) {
            IoEventLoop loop = (IoEventLoop) t.loop();
            int completions = t.engineEventFd(loop);
            NettyAioFile file = Await.result(t.transport.open(loop, source.cold().path));
            TestTransport.assumeAioReads(file);
            Await.result(file.read(0, 10)).release(); // prepared: what follows goes straight to the engine

            SignalledHandle thrower = new SignalledHandle(() -> {
                throw new IllegalStateException("thrown on purpose by another handler");
            });
            IoRegistration registration = Await.result(loop.register(thrower));
            Reads reads = new Reads(source);
            TestTransport.run(loop, () -> {
                registration.submit(EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLET));
                // Signalled first, hence first in the batch that both will be in.
                thrower.signal();
                for (int i = 0; i < READS; i++) {
                    reads.start(file, i * 8192L, 8192);
                    if (cancelled) {
                        reads.last().cancel(false);
                    }
                }
                long signalled = OpenDescriptors.signals(completions);
                ((SingleThreadEventLoop) loop)
                        .executeAfterEventLoopIteration(() -> BlockingGate.OnPurpose.run(() -> Await.until(
                                "kernel done", () -> OpenDescriptors.signals(completions) == signalled + READS)));
            });
            assertThat(reads.assertEnded()).isEqualTo(cancelled ? READS : 0);
            Await.until("buffers back", () -> t.transport.pool().inUse() == 0);
            assertThat(thrower.events()).isEqualTo(1);
            file.close();
            Await.until(
                    "descriptors closed", () -> OpenDescriptors.under(directory).isEmpty());
        }
    }
}
