package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Reads that wait, for a buffer or for others to prepare their file. */
@SuppressWarnings("try") // a blocked lane is unblocked at the end of its block, and not used in it
class WaitingReadsTest extends TransportSuite {

    private static List<ByteBuf> takeAll(AlignedBufferPool pool) {
        List<ByteBuf> all = new ArrayList<>();
        for (int size = AlignedBufferPool.LARGEST; size >= 4096; size /= 4) {
            for (ByteBuf one = pool.tryAllocate(size); one != null; one = pool.tryAllocate(size)) {
                all.add(one);
            }
        }
        return all;
    }

    /** The deadline is for the disk: that clients have all buffers is not its fault. */
    @Test
    void waitingForABufferIsNotTheDisksFault() throws Exception {
        TestFile source = TestFile.create(directory, 100_000);
        try (TestTransport t =
                transport(options -> options.poolBytes(1024 * 1024).stallTimeout(Duration.ofMillis(200)))) {
            NettyAioFile file = t.open(source.cold().path);
            List<ByteBuf> all = takeAll(t.transport.pool());
            Future<ByteBuf> read = file.read(5, 90_000);
            // Long after the deadline, by the same clock as the watchdog's.
            file.eventLoop().schedule(() -> {}, 600, TimeUnit.MILLISECONDS).sync();
            assertThat(read.isDone()).isFalse();
            all.forEach(ByteBuf::release);
            source.assertContent(Await.result(read), 5, 90_000);
            file.close();
        }
    }

    @Test
    void whileTheDiskDoesNotAnswerNobodyWaitsForItsBuffersForEver() throws Exception {
        TestFile source = TestFile.create(directory, 100_000);
        try (TestTransport t =
                transport(options -> options.poolBytes(1024 * 1024).stallTimeout(Duration.ofMillis(200)))) {
            NettyAioFile file = t.open(source.cold().path);
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                Future<ByteBuf> stalled = file.read(0, 90_000);
                TestTransport.run(file.eventLoop(), () -> {});
                List<ByteBuf> all = takeAll(t.transport.pool());
                Future<ByteBuf> waiting = file.read(0, 90_000);
                assertThat(Await.ended(stalled).cause()).hasMessageContaining("ETIMEDOUT");
                assertThat(Await.ended(waiting).cause()).hasMessageContaining("ETIMEDOUT");
                all.forEach(ByteBuf::release);
            }
            file.close();
        }
    }

    @Test
    void aCrowdAtAColdFilePreparesItOnce() throws Exception {
        TestFile source = TestFile.create(directory, 1024 * 1024);
        try (TestTransport t = transport(options -> options.poolBytes(1024 * 1024))) { // no blocks by the lane
            NettyAioFile file = t.open(source.cold().path);
            TestTransport.assumeAioReads(file);
            List<Future<ByteBuf>> reads = new ArrayList<>();
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                for (int i = 0; i < 20; i++) {
                    reads.add(file.read(i * 4096L, 4096));
                }
                TestTransport.run(file.eventLoop(), () -> {});
                if (engine == Engine.AIO) {
                    assertThat(t.transport.lane().queued())
                            .as("tasks of the lane")
                            .isEqualTo(1);
                }
            }
            for (int i = 0; i < reads.size(); i++) {
                source.assertContent(Await.result(reads.get(i)), i * 4096L, 4096);
            }
            assertThat(t.count(Rung.PREPARE_LANE))
                    .isBetween(1L, engine == Engine.AIO ? 1L : TestTransport.LANE_THREADS);
            file.close();
        }
    }

    /** Else a file would be asked for from the disk time and again where only the lane reads. */
    @Test
    void whatWasReadColdIsAskedForInThePageCacheAfterwards() throws Exception {
        TestFile source = TestFile.create(directory, 100_000);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.path);
            // More than once, because everybody on this host may drop the page cache meanwhile.
            for (int attempt = 0; attempt < 10 && t.count(Rung.NOWAIT_READ) == 0; attempt++) {
                source.hot();
                source.assertContent(Await.result(file.read(0, 90_000)), 0, 90_000);
            }
            assertThat(t.count(Rung.NOWAIT_READ)).isPositive();
            file.close();
        }
    }
}
