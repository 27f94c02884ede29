package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** By which steps operations are carried out, as the counters of the rungs tell. */
@SuppressWarnings("try") // a blocked lane is unblocked at the end of its block, and not used in it
class StepsTest extends FileSuite {

    private static long counted(TestTransport t, Rung... rungs) {
        long sum = 0;
        for (Rung rung : rungs) {
            sum += t.count(rung);
        }
        return sum;
    }

    private static ByteBuf target(int length) {
        return ByteBufAllocator.DEFAULT.directBuffer(length, length);
    }

    @Test
    void aCancelledWriteThatTheLaneHasNotBegunDoesNotTakePlace() throws Exception {
        assumeTrue(engine == Engine.BLOCKING, "the other engine has its own rules");
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(path("file"), NEW);
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                Future<Long> write = file.write(direct(new byte[100]), 0);
                TestTransport.run(file.eventLoop(), () -> {});
                assertThat(write.cancel(false)).isTrue();
            }
            Await.until("nothing accepted is left", () -> file.loop().accepted() == 0);
            assertThat(Files.size(path("file"))).isZero();
            close(file);
        }
    }

    @Test
    void largeResidentBuffersAreFilledABitInEachTurnOfTheLoop() throws Exception {
        TestFile source = TestFile.create(directory, 2 * MIB);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.path);
            boolean whole = false;
            // More than once, because everybody on this host may drop the page cache meanwhile.
            for (int attempt = 0; attempt < 10 && !whole; attempt++) {
                TestTransport.on(
                        file.eventLoop(),
                        () -> BlockingGate.OnPurpose.call(() -> {
                            file.file().prepare(); // on the loop, as nobody but a test may
                            return null;
                        }));
                source.hot();
                long before = t.bytes(Rung.NOWAIT_READ);
                ByteBuf target = target(2 * MIB);
                Future<Long> read = TestTransport.on(file.eventLoop(), () -> {
                    Future<Long> begun = file.read(target, 0);
                    assertThat(begun.isDone()).isFalse();
                    assertThat(t.bytes(Rung.NOWAIT_READ) - before).isLessThanOrEqualTo(AlignedBufferPool.LARGEST);
                    return begun;
                });
                assertThat(Await.result(read)).isEqualTo(2 * MIB);
                whole = t.bytes(Rung.NOWAIT_READ) - before == 2 * MIB;
                source.assertContent(target, 0, 2 * MIB);
            }
            assertThat(whole).as("read from memory as a whole").isTrue();
            close(file);
        }
    }

    /** Else each read would go to the lane for ever where only the lane reads. */
    @Test
    void whatIsInMemoryIsReadThereAfterTheFirstRead() throws Exception {
        TestFile source = TestFile.create(directory, 100_000);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.path);
            for (int attempt = 0; attempt < 10 && t.count(Rung.NOWAIT_READ) == 0; attempt++) {
                source.hot();
                ByteBuf target = target(90_000);
                assertThat(Await.result(file.read(target, 0))).isEqualTo(90_000);
                source.assertContent(target, 0, 90_000);
            }
            assertThat(t.count(Rung.NOWAIT_READ)).isPositive();
            close(file);
        }
    }

    @Test
    void theEndOfAFileOfKnownSizeIsNotAskedForTwice() throws Exception {
        TestFile source = TestFile.create(directory, 50_000);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.cold().path);
            for (ByteBuf target : List.of(target(20_000), Unpooled.buffer(20_000, 20_000), target(4097))) {
                source.cold();
                long before = counted(t, Rung.AIO_READ, Rung.AIO_HELPED, Rung.LANE_READ, Rung.NOWAIT_READ);
                int position = 50_000 - target.writableBytes() / 2;
                assertThat(Await.result(file.read(target, position))).isEqualTo(50_000 - position);
                long after = counted(t, Rung.AIO_READ, Rung.AIO_HELPED, Rung.LANE_READ, Rung.NOWAIT_READ);
                assertThat(after - before).as("reads, declined ones aside").isEqualTo(1);
                source.assertContent(target, position, 50_000 - position);
            }
            close(file);
        }
    }

    @Test
    void readsAndWritesAreCountedOnTheirRungs() throws Exception {
        byte[] bytes = randomBytes(300_000);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(path("file"), NEW);
            Await.result(file.write(direct(bytes), 0));
            Await.result(file.write(heap(bytes), 300_000));
            boolean aio = engine == Engine.AIO;
            assertThat(t.bytes(aio ? Rung.AIO_WRITE : Rung.LANE_WRITE)).isEqualTo(600_000);
            assertThat(t.count(aio ? Rung.LANE_WRITE : Rung.AIO_WRITE)).isZero();
            ByteBuf target = target(300_000);
            // Behind the end that was known when it was opened nothing is known to be in memory.
            Await.result(file.read(target, 0));
            assertThat(t.bytes(aio ? Rung.AIO_READ : Rung.LANE_READ)).isEqualTo(300_000);
            target.release();
            close(file);
        }
    }

    @Test
    void aWindowThatCouldNotBeReadIsNotCounted() throws Exception {
        TestFile source = TestFile.create(directory, 5000);
        List<Rung> told = new ArrayList<>();
        AioTransportListener listener = new AioTransportListener() {
            @Override
            public void windowRead(Rung rung, int bytes, long nanos) {
                told.add(rung);
            }
        };
        try (TestTransport t = transport(options -> options.listener(listener))) {
            NettyAioFile writer = t.open(source.path, StandardOpenOption.WRITE);
            Promise<ByteBuf> window = writer.eventLoop().newPromise();
            TestTransport.run(
                    writer.eventLoop(), () -> writer.loop().read(writer.file(), 0, 100, AioLoopTest.into(window)));
            assertThat(failure(window).errnoName()).isEqualTo("EBADF");
            assertThat(t.count(Rung.LANE_READ)).isZero();
            assertThat(told).isEmpty();
            close(writer);
        }
    }

    @Test
    void readsIntoBuffersOfThePoolAreRefusedUnderOverloadToo() throws Exception {
        TestFile source = TestFile.create(directory, MIB);
        List<Throwable> told = new ArrayList<>();
        AioTransportListener listener = new AioTransportListener() {
            @Override
            public void rejected(Throwable cause) {
                told.add(cause);
            }
        };
        try (TestTransport t = transport(options -> options.depth(2)
                .pendingLimit(2)
                .laneLimit(4 - TestTransport.LANE_THREADS)
                .listener(listener))) {
            NettyAioFile file = t.open(source.cold().path);
            List<Future<ByteBuf>> reads = new ArrayList<>();
            TestTransport.run(file.eventLoop(), () -> {
                for (int i = 0; i < 4; i++) {
                    file.loop().load().enter(); // as windows of responses do
                }
                reads.add(file.read(0, PAGE));
                for (int i = 0; i < 4; i++) {
                    file.loop().load().leave();
                }
            });
            assertThatThrownBy(() -> Await.result(reads.get(0)))
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessageContaining("isWritable()");
            assertThat(told).hasSize(1);
            source.assertContent(Await.result(file.read(0, PAGE)), 0, PAGE);
            close(file);
        }
    }

    @Test
    void refusalsOfTheLaneAreToldAndCounted() throws Exception {
        List<Throwable> told = new ArrayList<>();
        AioTransportListener listener = new AioTransportListener() {
            @Override
            public void rejected(Throwable cause) {
                told.add(cause);
            }
        };
        try (TestTransport t = transport(options -> options.laneLimit(3).listener(listener))) {
            NettyAioFile file = t.open(path("file"), NEW);
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                lane.queue(3);
                assertThatThrownBy(() -> Await.result(file.truncate(0))).hasMessageContaining("lane is full");
                assertThat(told).singleElement().isInstanceOf(RejectedExecutionException.class);
                assertThat(t.transport.snapshot().lane().rejections()).isEqualTo(1);
            }
            close(file);
        }
    }
}
