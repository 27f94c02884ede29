package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // a blocked lane is unblocked at the end of its block, and not used in it
class AioLoopTest extends TransportSuite {

    private static final int MIB = 1024 * 1024;
    /** With so small a pool each size of buffers has one slab. */
    private static final int SMALLEST_POOL = MIB;

    private static final int LARGE = AlignedBufferPool.LARGEST;
    private static final int LARGE_BUFFERS = MIB / LARGE;

    /** Fulfils a promise. */
    static WindowListener into(Promise<ByteBuf> promise) {
        return new WindowListener() {
            @Override
            public void windowRead(ByteBuf window) {
                promise.setSuccess(window);
            }

            @Override
            public void windowFailed(Throwable cause) {
                promise.setFailure(cause);
            }
        };
    }

    private static Promise<ByteBuf> read(AioLoop loop, NettyAioFile file, long position, int length) {
        Promise<ByteBuf> promise = loop.eventLoop().newPromise();
        loop.read(file.file(), position, length, into(promise));
        return promise;
    }

    @Test
    void oneFailingListenerDoesNotLoseTheOthers() throws Exception {
        TestFile source = TestFile.create(directory, MIB);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.cold().path);
            AioLoop loop = file.loop();
            List<Promise<ByteBuf>> others = new ArrayList<>();
            TestTransport.run(loop.eventLoop(), () -> {
                for (int i = 0; i < 20; i++) {
                    loop.read(file.file(), i * 4096L, 4096, new WindowListener() {
                        @Override
                        public void windowRead(ByteBuf window) {
                            window.release();
                            throw new IllegalStateException("thrown on purpose by a listener");
                        }

                        @Override
                        public void windowFailed(Throwable cause) {
                            throw new IllegalStateException("unexpected", cause);
                        }
                    });
                    others.add(read(loop, file, i * 4096L, 4096));
                }
            });
            for (int i = 0; i < others.size(); i++) {
                source.assertContent(Await.result(others.get(i)), i * 4096L, 4096);
            }
            file.close();
            Await.until(
                    "descriptors closed", () -> OpenDescriptors.under(directory).isEmpty());
        }
    }

    @Test
    void oneListenerThatFailsAtCloseDoesNotLoseTheOthers() throws Exception {
        TestFile source = TestFile.create(directory, MIB);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.cold().path);
            AioLoop loop = file.loop();
            AtomicInteger told = new AtomicInteger();
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                TestTransport.run(loop.eventLoop(), () -> {
                    for (int i = 0; i < 5; i++) {
                        loop.read(file.file(), i * 4096L, 4096, new WindowListener() {
                            @Override
                            public void windowRead(ByteBuf window) {
                                window.release();
                            }

                            @Override
                            public void windowFailed(Throwable cause) {
                                told.incrementAndGet();
                                throw new IllegalStateException("thrown on purpose by a listener");
                            }
                        });
                    }
                });
                t.transport.close();
                Await.until("all told", () -> told.get() == 5);
            }
            file.close();
        }
    }

    @Test
    void readsWaitForBuffersAndThenComplete() throws Exception {
        TestFile source = TestFile.create(directory, 4 * MIB);
        try (TestTransport t = transport(options -> options.poolBytes(SMALLEST_POOL))) {
            NettyAioFile file = t.open(source.cold().path);
            List<Promise<ByteBuf>> reads = new ArrayList<>();
            AioLoop loop = file.loop();
            TestTransport.run(loop.eventLoop(), () -> {
                for (int i = 0; i < 16; i++) {
                    reads.add(read(loop, file, (long) i * LARGE, LARGE));
                }
                assertThat(t.transport.pool().inUse()).isEqualTo(LARGE_BUFFERS);
            });
            for (int i = 0; i < reads.size(); i++) {
                source.assertContent(Await.result(reads.get(i)), (long) i * LARGE, LARGE);
            }
            file.close();
        }
    }

    /** What a read that is no longer wanted is woken for, it leaves to the one behind it. */
    @Test
    void cancelledReadsDoNotKeepBuffersFromThoseThatWaitBehindThem() throws Exception {
        TestFile source = TestFile.create(directory, 4 * MIB);
        try (TestTransport t = transport(options -> options.poolBytes(SMALLEST_POOL))) {
            NettyAioFile file = t.open(source.cold().path);
            AioLoop loop = file.loop();
            List<ByteBuf> held = new ArrayList<>();
            for (int i = 0; i < LARGE_BUFFERS; i++) {
                held.add(t.transport.pool().tryAllocate(LARGE));
            }
            Promise<ByteBuf> wanted = TestTransport.on(loop.eventLoop(), () -> {
                for (int i = 0; i < 2 * LARGE_BUFFERS; i++) {
                    Promise<ByteBuf> unwanted = loop.eventLoop().newPromise();
                    loop.read(file.file(), 0, LARGE, into(unwanted)).cancel();
                }
                return read(loop, file, LARGE, LARGE);
            });
            held.forEach(ByteBuf::release);
            source.assertContent(Await.result(wanted), LARGE, LARGE);
            file.close();
        }
    }

    /** The same for places in the disk's queue, which all transports of the process share. */
    @Test
    void cancelledReadsDoNotKeepTheDiskFromThoseThatWaitBehindThem() throws Exception {
        assumeTrue(engine == Engine.AIO, "only AIO reads wait for the disk's queue");
        TestFile source = TestFile.create(directory, MIB);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.cold().path);
            TestTransport.assumeAioReads(file);
            Await.result(file.read(0, 10)).release(); // prepared
            AioLoop loop = file.loop();
            int held = 0;
            while (file.file().diskQueue().tryBegin(1)) {
                held++;
            }
            int places = held;
            Promise<ByteBuf> wanted = TestTransport.on(loop.eventLoop(), () -> {
                for (int i = 0; i < 2 * places; i++) {
                    Promise<ByteBuf> unwanted = loop.eventLoop().newPromise();
                    loop.read(file.file(), 4096, 4096, into(unwanted)).cancel();
                }
                return read(loop, file, 8192, 4096);
            });
            assertThat(wanted.isDone()).isFalse();
            for (int i = 0; i < places; i++) {
                file.file().diskQueue().end(1);
            }
            source.assertContent(Await.result(wanted), 8192, 4096);
            Await.until("buffers back", () -> t.transport.pool().inUse() == 0);
            file.close();
        }
    }

    @Test
    void readsThatWaitForTheDiskFailWhenTheTransportIsClosed() throws Exception {
        assumeTrue(engine == Engine.AIO, "only AIO reads wait for the disk's queue");
        TestFile source = TestFile.create(directory, MIB);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.cold().path);
            TestTransport.assumeAioReads(file);
            Await.result(file.read(0, 10)).release(); // prepared
            int places = 0;
            while (file.file().diskQueue().tryBegin(1)) {
                places++;
            }
            AioLoop loop = file.loop();
            Promise<ByteBuf> waiting = TestTransport.on(loop.eventLoop(), () -> read(loop, file, 8192, 4096));
            t.closeTransport();
            assertThat(Await.ended(waiting).cause()).hasMessageContaining("closed");
            for (int i = 0; i < places; i++) {
                file.file().diskQueue().end(1);
            }
            Await.until("buffers back", () -> t.transport.pool().inUse() == 0);
            file.close();
            Await.until(
                    "descriptors closed", () -> OpenDescriptors.under(directory).isEmpty());
        }
    }

    @Test
    void aSmallReadIsNotKeptWaitingByALargeOne() throws Exception {
        TestFile source = TestFile.create(directory, 4 * MIB);
        try (TestTransport t = transport(options -> options.poolBytes(SMALLEST_POOL))) {
            NettyAioFile file = t.open(source.cold().path);
            AioLoop loop = file.loop();
            AlignedBufferPool pool = t.transport.pool();
            List<ByteBuf> large = new ArrayList<>();
            for (int i = 0; i < LARGE_BUFFERS; i++) {
                large.add(pool.tryAllocate(LARGE));
            }
            List<ByteBuf> small = new ArrayList<>();
            for (ByteBuf buffer = pool.tryAllocate(1); buffer != null; buffer = pool.tryAllocate(1)) {
                small.add(buffer);
            }
            List<Promise<ByteBuf>> reads = TestTransport.on(
                    loop.eventLoop(), () -> List.of(read(loop, file, 0, LARGE), read(loop, file, 100, 200)));
            small.remove(0).release();
            source.assertContent(Await.result(reads.get(1)), 100, 200);
            assertThat(reads.get(0).isDone()).as("the large read is done").isFalse();
            large.remove(0).release();
            source.assertContent(Await.result(reads.get(0)), 0, LARGE);
            small.forEach(ByteBuf::release);
            large.forEach(ByteBuf::release);
            file.close();
        }
    }

    @Test
    void readsThatWaitForBuffersFailWhenTheTransportIsClosed() throws Exception {
        TestFile source = TestFile.create(directory, 4 * MIB);
        try (TestTransport t = transport(options -> options.poolBytes(SMALLEST_POOL))) {
            NettyAioFile file = t.open(source.cold().path);
            AioLoop loop = file.loop();
            List<ByteBuf> held = new ArrayList<>();
            for (int i = 0; i < LARGE_BUFFERS; i++) {
                held.add(t.transport.pool().tryAllocate(LARGE));
            }
            Promise<ByteBuf> waiting = TestTransport.on(loop.eventLoop(), () -> read(loop, file, 0, LARGE));
            t.closeTransport();
            assertThat(Await.ended(waiting).cause()).hasMessageContaining("closed");
            held.forEach(ByteBuf::release);
            file.close();
        }
    }

    @Test
    void aReadAfterCloseIsAnsweredWithAFailure() throws Exception {
        TestFile source = TestFile.create(directory, MIB);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.cold().path);
            AioLoop loop = file.loop();
            t.closeTransport();
            Promise<ByteBuf> late = TestTransport.on(loop.eventLoop(), () -> read(loop, file, 0, LARGE));
            assertThat(Await.ended(late).cause()).hasMessageContaining("closed");
            file.close();
            assertThat(OpenDescriptors.under(directory)).isEmpty();
        }
    }

    @Test
    void preparationIsAnsweredOnTheLoop() throws Exception {
        TestFile source = TestFile.create(directory, MIB);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.path);
            EventLoop loop = file.eventLoop();
            Promise<Boolean> onLoop = loop.newPromise();
            TestTransport.run(
                    loop,
                    () -> file.loop()
                            .prepare(file.file(), () -> onLoop.setSuccess(loop.inEventLoop()), onLoop::setFailure));
            assertThat(Await.result(onLoop)).isTrue();
            assertThat(file.file().needsPreparation(System.nanoTime())).isFalse();
            file.close();
        }
    }

    @Test
    void preparationThatTheLaneRefusesFails() throws Exception {
        TestFile source = TestFile.create(directory, MIB);
        try (TestTransport t = transport(options -> options.laneLimit(4))) {
            NettyAioFile file = t.open(source.path);
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                lane.queue(4);
                Promise<Void> prepared = file.eventLoop().newPromise();
                TestTransport.run(
                        file.eventLoop(),
                        () -> file.loop().prepare(file.file(), () -> prepared.setSuccess(null), prepared::setFailure));
                assertThat(Await.ended(prepared).cause()).hasMessageContaining("lane is full");
            }
            file.close();
        }
    }

    /** The loop cannot go on with what was prepared: it would act for a channel that is gone. */
    @Test
    void preparationFailsWhenTheLoopEndsMeanwhile() throws Exception {
        TestFile source = TestFile.create(directory, MIB);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.path);
            AtomicInteger went = new AtomicInteger();
            CountDownLatch failed = new CountDownLatch(1);
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                TestTransport.run(
                        file.eventLoop(),
                        () -> file.loop().prepare(file.file(), went::incrementAndGet, cause -> failed.countDown()));
                t.shutDownGroup();
            }
            assertThat(failed.await(20, TimeUnit.SECONDS))
                    .as("told of the failure")
                    .isTrue();
            assertThat(went.get()).isZero();
            file.close();
        }
    }
}
