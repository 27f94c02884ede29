package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.Future;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Completions that take long do not keep the other channels of their loop from having their turn. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LoopTurnsTest {

    private static final int READS = 8;
    private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final AtomicInteger completed = new AtomicInteger();
    private final AtomicInteger completedBefore = new AtomicInteger(-1);

    @Test
    void othersHaveTheirTurnBetweenCompletionsThatTakeLong() throws Exception {
        TestFile source = TestFile.create(directory, 1024 * 1024);
        try (TestTransport t = TestTransport.of(LoopKind.EPOLL, Engine.AIO)) {
            IoEventLoop loop = (IoEventLoop) t.loop();
            int completions = t.engineEventFd(loop);
            NettyAioFile file = Await.result(t.transport.open(loop, source.cold().path));
            TestTransport.assumeAioReads(file);
            Await.result(file.read(0, 10)).release(); // prepared: what follows goes straight to the engine
            SignalledHandle other = new SignalledHandle(() -> completedBefore.compareAndSet(-1, completed.get()));
            IoRegistration registration = Await.result(loop.register(other));
            TestTransport.run(loop, () -> {
                registration.submit(EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLET));
                long signalled = OpenDescriptors.signals(completions);
                for (int i = 0; i < READS; i++) {
                    Future<ByteBuf> reading = file.read(i * 8192L + 65536, 8192);
                    reading.addListener(read -> {
                        reading.getNow().release();
                        takeLong(other);
                    });
                }
                ((SingleThreadEventLoop) loop)
                        .executeAfterEventLoopIteration(() -> BlockingGate.OnPurpose.run(() -> Await.until(
                                "kernel done", () -> OpenDescriptors.signals(completions) == signalled + READS)));
            });
            Await.until("all completed", () -> completed.get() == READS);
            assertThat(other.events()).isEqualTo(1);
            // One was under way when it was signalled, and the ring may have come first in the next turn.
            assertThat(completedBefore.get()).isBetween(1, 3);
            file.close();
        }
    }

    /** The first one signals the other, which waits until the loop looks at its descriptors again. */
    private void takeLong(SignalledHandle other) {
        if (completed.incrementAndGet() == 1) {
            other.signal();
        }
        long begin = System.nanoTime();
        long now = begin;
        while (now - begin < LONG_NANOS) {
            now = System.nanoTime();
        }
    }
}
