package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aio.core.AioException;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // a blocked lane is unblocked at the end of its block, and not used in it
class NettyAioFileTest extends TransportSuite {

    private static final int MIB = 1024 * 1024;

    @Test
    void coldReadsAreExactAtRandomPositionsAndLengths() throws Exception {
        TestFile source = TestFile.create(directory, 4 * MIB + 1234);
        long seed = System.nanoTime();
        try (TestTransport t = transport(options -> options.poolBytes(64 * MIB))) {
            NettyAioFile file = t.open(source.cold().path);
            TestTransport.assumeAioReads(file);
            Reads reads = new Reads(source);
            reads.startRandom(file, 150, new Random(seed));
            reads.assertExact();
            assertThat(t.count(coldRung())).as("%s", coldRung()).isPositive();
            file.close();
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    @Test
    void readsAtPageAndWindowBordersAreExact() throws Exception {
        TestFile source = TestFile.create(directory, MIB);
        int[] borders = {0, 511, 512, 4095, 4096, 4097, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1};
        int[] lengths = {1, 511, 512, 513, 4095, 4096, 4097, 65537, AlignedBufferPool.LARGEST - 4096};
        try (TestTransport t = transport(options -> options.poolBytes(64 * MIB))) {
            NettyAioFile file = t.open(source.cold().path);
            Reads reads = new Reads(source);
            for (int position : borders) {
                for (int length : lengths) {
                    reads.start(file, position, length);
                }
            }
            reads.assertExact();
            file.close();
        }
    }

    @Test
    void aReadAcrossTheEndIsShort() throws Exception {
        TestFile source = TestFile.create(directory, 100_001);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.cold().path);
            source.assertContent(Await.result(file.read(100_000, 50_000)), 100_000, 1);
            source.assertContent(Await.result(file.read(90_000, 50_000)), 90_000, 10_001);
            file.close();
        }
    }

    @Test
    void aReadBehindTheEndIsEmpty() throws Exception {
        TestFile source = TestFile.create(directory, 5000);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.cold().path);
            source.assertContent(Await.result(file.read(5000, 10)), 5000, 0);
            ByteBuf far = Await.result(file.read(1L << 40, 10));
            assertThat(far.isReadable()).isFalse();
            far.release();
            file.close();
        }
    }

    @Test
    void aFileTruncatedAfterOpenReadsShort() throws Exception {
        TestFile source = TestFile.create(directory, 200_000);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.path);
            source.truncate(70_000);
            source.cold();
            source.assertContent(Await.result(file.read(60_000, 50_000)), 60_000, 10_000);
            source.assertContent(Await.result(file.read(150_000, 1_000)), 150_000, 0);
            file.close();
        }
    }

    @Test
    void residentBytesAreReadThereAndThen() throws Exception {
        TestFile source = TestFile.create(directory, 3000);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.path);
            // More than once, because everybody on this host may drop the page cache meanwhile.
            boolean atOnce = false;
            for (int attempt = 0; attempt < 5 && !atOnce; attempt++) {
                source.hot();
                Future<ByteBuf> read = TestTransport.on(file.eventLoop(), () -> file.read(1, 2000));
                atOnce = t.count(Rung.NOWAIT_READ) > 0;
                source.assertContent(Await.result(read), 1, 2000);
            }
            assertThat(atOnce).as("answered before read() returned").isTrue();
            file.close();
        }
    }

    @Test
    void manyMoreWindowsThanThereAreSlotsAreAllAnswered() throws Exception {
        TestFile source = TestFile.create(directory, MIB);
        try (TestTransport t = transport(options -> options.depth(2).pendingLimit(3))) {
            NettyAioFile file = t.open(source.cold().path);
            Reads reads = new Reads(source);
            TestTransport.run(file.eventLoop(), () -> {
                for (int i = 0; i < 240; i++) {
                    reads.startWindow(file, i * 4096L, 4000);
                }
            });
            reads.assertExact();
            file.close();
        }
    }

    @Test
    void listenersRunOnTheLoopOfTheFile() throws Exception {
        TestFile source = TestFile.create(directory, 100_000);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.cold().path);
            Promise<Boolean> onLoop = t.loop().newPromise();
            file.read(10, 10).addListener((Future<ByteBuf> read) -> {
                read.getNow().release();
                onLoop.setSuccess(file.eventLoop().inEventLoop());
            });
            assertThat(Await.result(onLoop)).isTrue();
            file.close();
        }
    }

    @Test
    void aReadCancelledInFlightGivesItsBufferBack() throws Exception {
        TestFile source = TestFile.create(directory, MIB);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.cold().path);
            Await.result(file.read(0, 10)).release(); // prepared: what follows goes straight to the engine
            List<Future<ByteBuf>> reads = new ArrayList<>();
            TestTransport.run(file.eventLoop(), () -> {
                for (int i = 0; i < 16; i++) {
                    reads.add(file.read(i * 65536L, 60_000));
                }
                assertThat(t.transport.pool().inUse()).isEqualTo(16);
                // The kernel has them, or will in a moment; this turn of the loop sees no completion.
                reads.forEach(read -> assertThat(read.cancel(false)).isTrue());
            });
            Await.until("buffers back", () -> t.transport.pool().inUse() == 0);
            file.close();
            Await.until(
                    "descriptors closed", () -> OpenDescriptors.under(directory).isEmpty());
        }
    }

    @Test
    void aReadCancelledFromAnotherThreadGivesItsBufferBack() throws Exception {
        TestFile source = TestFile.create(directory, MIB);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.cold().path);
            for (int i = 0; i < 100; i++) {
                Future<ByteBuf> read = file.read(i * 4096L, 4096);
                if (!read.cancel(false)) {
                    source.assertContent(read.getNow(), i * 4096L, 4096);
                }
            }
            Await.until("buffers back", () -> t.transport.pool().inUse() == 0);
            file.close();
        }
    }

    @Test
    void readsInFlightOutliveTheCloseOfTheirFile() throws Exception {
        TestFile source = TestFile.create(directory, MIB);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.cold().path);
            Await.result(file.read(0, 10)).release();
            Reads reads = new Reads(source);
            TestTransport.run(file.eventLoop(), () -> {
                for (int i = 0; i < 20; i++) {
                    reads.start(file, 1 + i * 50_000L, 40_000);
                }
                file.close();
            });
            reads.assertExact();
            Await.until(
                    "descriptors closed", () -> OpenDescriptors.under(directory).isEmpty());
        }
    }

    @Test
    void readsAskedForBeforeCloseAreAnswered() throws Exception {
        TestFile source = TestFile.create(directory, MIB).cold();
        try (TestTransport t = transport()) {
            for (int i = 0; i < 50; i++) {
                NettyAioFile file = t.open(source.path);
                Future<ByteBuf> read = file.read(i * 1000L, 1000);
                file.close();
                source.assertContent(Await.result(read), i * 1000L, 1000);
            }
            Await.until(
                    "descriptors closed", () -> OpenDescriptors.under(directory).isEmpty());
        }
    }

    /** The number of a closed descriptor soon belongs to another file: its bytes must not be served. */
    @Test
    void aReadAfterCloseFails() throws Exception {
        TestFile source = TestFile.create(directory, "closed", 3000);
        TestFile other = TestFile.create(directory, "other", 3001);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.hot().path);
            file.close();
            Await.until(
                    "descriptors closed", () -> OpenDescriptors.under(directory).isEmpty());
            List<NettyAioFile> others = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                others.add(t.open(other.hot().path));
            }
            assertThatThrownBy(() -> Await.result(file.read(0, 10)).release())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
            others.forEach(NettyAioFile::close);
        }
    }

    @Test
    void closeMayComeTwice() throws Exception {
        TestFile source = TestFile.create(directory, 3000);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.path);
            file.close();
            file.close();
            Await.until(
                    "descriptors closed", () -> OpenDescriptors.under(directory).isEmpty());
        }
    }

    @Test
    void openOfAMissingFileSaysWhichAndWhy() throws Exception {
        Path missing = directory.resolve("missing");
        try (TestTransport t = transport()) {
            assertThatThrownBy(() -> t.open(missing)).isInstanceOfSatisfying(AioException.class, e -> {
                assertThat(e.errnoName()).isEqualTo("ENOENT");
                assertThat(e.path()).isEqualTo(missing.toString());
            });
        }
    }

    @Test
    void openOfADirectoryFails() throws Exception {
        Path sub = Files.createDirectory(directory.resolve("sub"));
        try (TestTransport t = transport()) {
            assertThatThrownBy(() -> t.open(sub))
                    .isInstanceOfSatisfying(
                            AioException.class, e -> assertThat(e.errnoName()).isEqualTo("EISDIR"));
        }
    }

    @Test
    void anOpenThatIsCancelledClosesItsFile() throws Exception {
        TestFile source = TestFile.create(directory, 3000);
        try (TestTransport t = transport()) {
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                assertThat(t.transport.open(t.loop(), source.path).cancel(false))
                        .isTrue();
            }
        }
        Await.until("descriptors closed", () -> OpenDescriptors.under(directory).isEmpty());
    }

    @Test
    void anOpenAfterCloseFails() throws Exception {
        TestFile source = TestFile.create(directory, 3000);
        try (TestTransport t = transport()) {
            t.closeTransport();
            assertThat(Await.ended(t.transport.open(t.loop(), source.path)).cause())
                    .hasMessageContaining("closed");
        }
    }

    @Test
    void anOpenThatComesTooLateForItsStageClosesItsFile() throws Exception {
        TestFile source = TestFile.create(directory, 3000);
        try (TestTransport t = transport()) {
            Promise<NettyAioFile> promise = t.loop().newPromise();
            CompletableFuture<NettyAioFile> stage =
                    AioFutures.toCompletionStage(promise).toCompletableFuture();
            promise.setUncancellable();
            stage.cancel(false);
            NettyAioFile file = t.open(source.path);
            promise.setSuccess(file);
            Await.result(file.closeFuture());
        }
    }

    @Test
    void anOpenIsRefusedWhenTheLaneIsFull() throws Exception {
        TestFile source = TestFile.create(directory, 3000);
        try (TestTransport t = transport(options -> options.laneLimit(5))) {
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                lane.queue(5);
                assertThatThrownBy(() -> t.open(source.path))
                        .isInstanceOf(RejectedExecutionException.class)
                        .hasMessageContaining("5 tasks wait");
            }
        }
    }

    @Test
    void aReadIsRefusedWhenTheLaneItNeedsIsFull() throws Exception {
        TestFile source = TestFile.create(directory, 100_000);
        try (TestTransport t = transport(options -> options.laneLimit(5))) {
            NettyAioFile file = t.open(source.cold().path);
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                lane.queue(5);
                assertThatThrownBy(() -> Await.result(file.read(0, 100)))
                        .isInstanceOf(RejectedExecutionException.class);
                assertThat(t.transport.pool().inUse()).isZero();
            }
            Await.until("lane empty", () -> t.transport.lane().queued() == 0);
            source.assertContent(Await.result(file.read(0, 100)), 0, 100);
            file.close();
        }
    }

    @Test
    void aReadThatTheDiskDoesNotAnswerIsFailedAtTheDeadline() throws Exception {
        TestFile source = TestFile.create(directory, 100_000);
        try (TestTransport t = transport(options -> options.stallTimeout(Duration.ofMillis(200)))) {
            NettyAioFile file = t.open(source.cold().path);
            // A lane that does not move stands for the disk: both engines need it for a first read.
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                assertThatThrownBy(() -> Await.result(file.read(0, 100)))
                        .isInstanceOfSatisfying(AioException.class, e -> {
                            assertThat(e.errnoName()).isEqualTo("ETIMEDOUT");
                            assertThat(e.path()).isEqualTo(source.path.toString());
                        });
                assertThat(t.transport.pool().inUse()).as("still the engine's").isEqualTo(1);
            }
            Await.until("buffer back", () -> t.transport.pool().inUse() == 0);
            file.close();
        }
    }

    @Test
    void argumentsOutOfRangeAreRefusedAtOnce() throws Exception {
        TestFile source = TestFile.create(directory, 100);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.path);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> file.read(-1, 1))
                    .withMessageContaining("position");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> file.read(0, 0))
                    .withMessageContaining("length");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> file.read(0, AlignedBufferPool.LARGEST))
                    .withMessageContaining("length");
            file.close();
        }
    }
}
