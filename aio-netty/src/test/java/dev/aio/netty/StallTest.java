package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.AioException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What counts as a disk that does not answer, and what does not. */
@SuppressWarnings("try") // a blocked lane is unblocked at the end of its block, and not used in it
class StallTest extends FileSuite {

    private final Queue<String> told = new ConcurrentLinkedQueue<>();

    private TestTransport impatient(Consumer<AioTransportBuilder> options) throws Exception {
        AioTransportListener listener = new AioTransportListener() {
            @Override
            public void stalled(String path, long position, long length) {
                told.add(length + " at " + position + " of " + path);
            }
        };
        return transport(builder -> {
            builder.stallTimeout(Duration.ofMillis(200)).listener(listener).poolBytes(MIB);
            options.accept(builder);
        });
    }

    /** Long after the deadline, by the same clock as the watchdog's. */
    private static void letTheDeadlinePass(NettyAioFile file) throws Exception {
        Await.result(file.eventLoop().schedule(() -> {}, 700, TimeUnit.MILLISECONDS));
    }

    static List<ByteBuf> takeAll(AlignedBufferPool pool) {
        List<ByteBuf> all = new ArrayList<>();
        for (int size = AlignedBufferPool.LARGEST; size >= PAGE; size /= 4) {
            for (ByteBuf one = pool.tryAllocate(size); one != null; one = pool.tryAllocate(size)) {
                all.add(one);
            }
        }
        return all;
    }

    /** Such as waits for a disk that never answers, until told to go on. */
    private static LaneOperation<Void> hanging(NettyAioFile file, CountDownLatch goOn) {
        return new LaneOperation<>(file, "truncate", true, true, () -> {
            TestTransport.awaitUninterruptibly(goOn);
            return null;
        });
    }

    @Test
    void writesThatWaitForABufferDoNotAccuseTheDisk() throws Exception {
        try (TestTransport t = impatient(options -> {})) {
            NettyAioFile file = t.open(path("file"), NEW);
            List<ByteBuf> all = takeAll(t.transport.pool());
            Future<Long> write = file.write(heap(new byte[1000]), 0);
            Future<Void> behind = file.sync();
            Future<Long> append = file.append(heap(new byte[1000]));
            Future<Long> next = file.append(direct(new byte[1000]));
            letTheDeadlinePass(file);
            assertThat(List.of(write, behind, append, next)).noneMatch(Future::isDone);
            all.forEach(ByteBuf::release);
            for (Future<?> future : List.of(write, behind, append, next)) {
                Await.result(future);
            }
            assertThat(told).isEmpty();
            close(file);
        }
    }

    @Test
    void whateverTheDiskKeepsIsCountedUntilItComesBack() throws Exception {
        TestFile source = TestFile.create(directory, MIB);
        try (TestTransport t = impatient(options -> {})) {
            NettyAioFile file = t.open(source.cold().path);
            NettyAioFile written = Await.result(t.transport.open(file.eventLoop(), path("file"), NEW));
            ByteBuf heap = Unpooled.buffer(1000, 1000);
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                Future<Long> windowed = file.read(heap, 0);
                Future<Long> write = written.write(direct(new byte[1000]), 0);
                assertThat(failure(windowed).errnoName()).isEqualTo("ETIMEDOUT");
                assertThat(failure(write).errnoName()).isEqualTo("ETIMEDOUT");
                assertThat(t.transport.lost().get()).isEqualTo(2);
            }
            Await.until("found", () -> t.transport.lost().get() == 0);
            heap.release();
            close(file);
            close(written);
        }
    }

    /** Whoever gives up before the deadline leaves his buffer with the disk all the same. */
    @Test
    void buffersOfCancelledReadsThatTheDiskKeepsAreCounted() throws Exception {
        TestFile source = TestFile.create(directory, MIB);
        try (TestTransport t = impatient(options -> {})) {
            NettyAioFile file = t.open(source.cold().path);
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                Future<ByteBuf> given = file.read(0, 90_000);
                TestTransport.run(file.eventLoop(), () -> {});
                assertThat(given.cancel(false)).isTrue();
                List<ByteBuf> all = takeAll(t.transport.pool());
                Future<ByteBuf> waiting = file.read(0, 90_000);
                assertThat(failure(waiting).errnoName()).isEqualTo("ETIMEDOUT");
                all.forEach(ByteBuf::release);
            }
            Await.until("found", () -> t.transport.lost().get() == 0);
            close(file);
        }
    }

    @Test
    void operationsThatTheLaneHasBegunAreTold() throws Exception {
        try (TestTransport t = impatient(options -> {})) {
            NettyAioFile file = t.open(path("file"), NEW);
            CountDownLatch goOn = new CountDownLatch(1);
            Future<Void> hangs = hanging(file, goOn).submit();
            assertThat(failure(hangs)).hasMessageContaining("truncate").hasMessageContaining("ETIMEDOUT");
            assertThat(told).containsExactly("-1 at -1 of " + path("file"));
            goOn.countDown();
            close(file);
        }
    }

    @Test
    void windowsThatTheLaneHasBegunAreTold() throws Exception {
        assumeTrue(engine == Engine.AIO, "the other engine opens no direct description");
        TestFile source = TestFile.create(directory, 100_000);
        try (TestTransport t = impatient(options -> {})) {
            NettyAioFile file = t.open(source.cold().path);
            TestTransport.assumeAioReads(file);
            ByteBuf heap = Unpooled.buffer(1000, 1000);
            synchronized (file.file()) { // whose direct description cannot be opened meanwhile
                AioException late = failure(file.read(heap, 10));
                assertThat(late.errnoName()).isEqualTo("ETIMEDOUT");
                assertThat(told).containsExactly("1000 at 10 of " + source.path);
            }
            Await.until("found", () -> t.transport.lost().get() == 0);
            heap.release();
            close(file);
        }
    }

    @Test
    void whatWaitsForALaneThatMovesIsNotStalled() throws Exception {
        try (TestTransport t = impatient(options -> options.laneThreads(1))) {
            NettyAioFile file = t.open(path("file"), NEW);
            List<Future<Void>> slow = new ArrayList<>();
            for (int i = 0; i < 8; i++) { // together they take much longer than the deadline
                CountDownLatch later = new CountDownLatch(1);
                slow.add(new LaneOperation<Void>(file, "truncate", false, true, () -> {
                            file.eventLoop().schedule(later::countDown, 100, TimeUnit.MILLISECONDS);
                            TestTransport.awaitUninterruptibly(later);
                            return null;
                        })
                        .submit());
            }
            for (Future<Void> one : slow) {
                Await.result(one);
            }
            assertThat(told).isEmpty();
            close(file);
        }
    }

    @Test
    void whatTheLaneHasNotBegunIsFailedButNotTold() throws Exception {
        try (TestTransport t = impatient(options -> {})) {
            NettyAioFile file = t.open(path("file"), NEW);
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                assertThat(failure(file.truncate(0)).errnoName()).isEqualTo("ETIMEDOUT");
                assertThat(told).isEmpty();
            }
            close(file);
        }
    }

    @Test
    void theDumpSaysWhatEachOperationWaitsFor() throws Exception {
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(path("file"), NEW);
            CountDownLatch goOn = new CountDownLatch(1);
            Future<Void> hangs = hanging(file, goOn).submit();
            Future<Void> behind = file.sync();
            Await.until("both are named", () -> {
                String dump = t.transport.snapshot().toString();
                return dump.contains("truncate of " + path("file") + ", with the disk")
                        && dump.contains("sync of " + path("file") + ", waits for its turn");
            });
            goOn.countDown();
            Await.result(hangs);
            Await.result(behind);
            close(file);
        }
    }
}
