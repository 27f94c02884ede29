package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // a blocked lane is unblocked at the end of its block, and not used in it
class FileTroubleTest extends FileSuite {

    private static final int REPETITIONS = 5;

    private NettyAioFile openFilled(TestTransport t) throws Exception {
        NettyAioFile file = t.open(path("load"), NEW);
        write(file, randomBytes(2 * MIB), 0);
        return file;
    }

    private void assertNothingLeft(TestTransport t) throws Exception {
        Await.until("windows back", () -> t.transport.pool().inUse() == 0);
        Await.until("descriptors closed", () -> OpenDescriptors.under(directory).isEmpty());
    }

    @RepeatedTest(REPETITIONS)
    void cancelledOperationsGiveTheirBuffersBackAndOthersGoOn() throws Exception {
        try (TestTransport t = transport()) {
            NettyAioFile file = openFilled(t);
            FileWork work = new FileWork(random, seed);
            work.start(file, 60);
            for (int i = 0; i < 60; i += 2) {
                work.futures().get(i).cancel(false);
            }
            work.assertEnded();
            for (int i = 0; i < 60; i++) {
                Future<?> future = work.futures().get(i);
                assertThat(future.isSuccess() || i % 2 == 0 && future.isCancelled())
                        .as("operation %s: %s, seed %s", i, future, seed)
                        .isTrue();
            }
            Await.until("nothing accepted is left", () -> file.loop().accepted() == 0);
            close(file);
            assertNothingLeft(t);
        }
    }

    @RepeatedTest(REPETITIONS)
    void operationsInFlightOutliveTheCloseOfTheirFile() throws Exception {
        try (TestTransport t = transport()) {
            NettyAioFile file = openFilled(t);
            FileWork work = new FileWork(random, seed);
            work.start(file, 60);
            file.close();
            assertThat(work.assertEnded()).as("failed, seed %s", seed).isZero();
            Await.result(file.closeFuture());
            assertNothingLeft(t);
        }
    }

    @RepeatedTest(REPETITIONS)
    void theEndOfTheLoopsUnderLoadEndsEveryOperation() throws Exception {
        try (TestTransport t = transport()) {
            NettyAioFile file = openFilled(t);
            FileWork work = new FileWork(random, seed);
            work.start(file, 60);
            t.shutDownGroup();
            work.assertEnded();
            FileWork late = new FileWork(random, seed);
            late.start(file, 20);
            assertThat(late.assertEnded()).as("refused").isEqualTo(20);
            file.close();
            assertNothingLeft(t);
        }
    }

    @RepeatedTest(REPETITIONS)
    void theEndOfTheLoopsWithAQuietPeriodEndsEveryOperation() throws Exception {
        try (TestTransport t = transport()) {
            NettyAioFile file = openFilled(t);
            FileWork work = new FileWork(random, seed);
            work.start(file, 60);
            t.shutDownGroup(20);
            work.assertEnded();
            file.close();
            assertNothingLeft(t);
        }
    }

    @RepeatedTest(REPETITIONS)
    void closeOfTheTransportUnderLoadEndsEveryOperation() throws Exception {
        try (TestTransport t = transport()) {
            NettyAioFile file = openFilled(t);
            FileWork work = new FileWork(random, seed);
            work.start(file, 60);
            t.closeTransport();
            work.assertEnded();
            assertThat(t.contexts()).isZero();
            FileWork late = new FileWork(random, seed);
            late.start(file, 20);
            assertThat(late.assertEnded()).as("refused").isEqualTo(20);
            file.close();
            assertNothingLeft(t);
        }
    }

    /** Operations that wait for others have begun nothing: nobody but the loop can end them. */
    @Test
    void theEndOfTheLoopsEndsWhatWaitsForItsTurn() throws Exception {
        try (TestTransport t = transport()) {
            NettyAioFile file = openFilled(t);
            FileWork work = new FileWork(random, seed);
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                for (int i = 0; i < 10; i++) {
                    work.futures().add(file.append(work.source(500)));
                    work.futures().add(file.sync());
                }
                TestTransport.run(file.eventLoop(), () -> {});
                t.shutDownGroup();
                work.futures().forEach(Await::ended);
            }
            assertThat(work.assertEnded()).isEqualTo(20);
            file.close();
            assertNothingLeft(t);
        }
    }

    @Test
    void writesWaitForWindowsAndThenComplete() throws Exception {
        byte[] bytes = randomBytes(3 * MIB);
        try (TestTransport t = transport(options -> options.poolBytes(MIB))) {
            NettyAioFile file = t.open(path("file"), NEW);
            List<ByteBuf> taken = new ArrayList<>();
            for (ByteBuf buffer; (buffer = t.transport.pool().tryAllocate(AlignedBufferPool.LARGEST)) != null; ) {
                taken.add(buffer);
            }
            List<Future<Long>> writes = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                writes.add(file.write(Unpooled.wrappedBuffer(bytes, i * 256 * KIB, 256 * KIB), i * 256L * KIB));
            }
            Future<Long> given = file.write(heap(new byte[MIB]), 0);
            TestTransport.run(file.eventLoop(), () -> {});
            assertThat(given.cancel(false)).as("still waiting").isTrue();
            assertThat(writes).noneMatch(Future::isDone);
            taken.forEach(ByteBuf::release);
            for (Future<Long> write : writes) {
                assertThat(Await.result(write)).isEqualTo(256 * KIB);
            }
            TestFile.assertSame(Files.readAllBytes(path("file")), bytes, "the file, seed " + seed);
            close(file);
        }
    }

    @Test
    void aBufferThatItsOwnerReleasesTooOftenKeepsNothingElse() throws Exception {
        try (TestTransport t = transport()) {
            NettyAioFile file = openFilled(t);
            ByteBuf given = Unpooled.buffer(1000, 1000); // on the heap: nobody writes to memory that was freed
            ByteBuf other = Unpooled.buffer(1000, 1000);
            Future<Long> read = TestTransport.on(file.eventLoop(), () -> {
                Future<Long> begun = file.readv(List.of(given, other), 0);
                given.release(2);
                return begun;
            });
            Await.ended(read);
            Await.until("nothing accepted is left", () -> file.loop().accepted() == 0);
            assertThat(other.refCnt()).isOne();
            other.release();
            close(file);
        }
    }

    @Test
    void aFullFileSystemIsSaidWithThePositionReached() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "mounting needs root");
        Path small = Files.createDirectory(path("small"));
        run("mount", "-t", "tmpfs", "-o", "size=1m", "aio-small", small.toString());
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(small.resolve("file"), NEW);
            Future<Long> direct = file.write(direct(new byte[2 * MIB]), 0);
            assertThat(failure(direct).errnoName()).isEqualTo("ENOSPC");
            assertThat(failure(direct).position()).isEqualTo(MIB);
            Await.result(file.truncate(0));
            Future<Long> heap = file.write(heap(new byte[2 * MIB]), 0);
            assertThat(failure(heap).errnoName()).isEqualTo("ENOSPC");
            assertThat(failure(heap).position()).isEqualTo(MIB);
            assertThat(failure(file.preallocate(0, 2 * MIB)).errnoName()).isEqualTo("ENOSPC");
            assertThat(Await.result(file.size())).isEqualTo(MIB);
            close(file);
        } finally {
            run("umount", small.toString());
        }
    }

    private static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assumeTrue(process.onExit().join().exitValue() == 0, () -> String.join(" ", command));
    }

    @Test
    void whatTheDiskDoesNotAnswerIsFailedAtTheDeadline() throws Exception {
        try (TestTransport t = transport(options -> options.stallTimeout(Duration.ofMillis(200)))) {
            NettyAioFile file = openFilled(t);
            FileWork work = new FileWork(random, seed);
            try (TestTransport.BlockedLane lane = t.blockLane()) { // stands for the disk
                ByteBuf source = work.source(1000);
                work.futures().add(file.write(source, 0));
                work.futures().add(file.sync());
                work.futures().add(file.truncate(0));
                for (Future<?> future : work.futures()) {
                    assertThat(failure(future).errnoName()).isEqualTo("ETIMEDOUT");
                    assertThat(failure(future).path()).isEqualTo(path("load").toString());
                }
                assertThat(source.refCnt()).as("still the engine's").isOne();
            }
            work.assertEnded();
            Await.until("nothing accepted is left", () -> file.loop().accepted() == 0);
            close(file);
        }
    }

    @Test
    void overloadIsToldBeforeItIsRefused() throws Exception {
        try (TestTransport t = transport(options -> options.depth(8)
                .pendingLimit(8)
                .laneLimit(16 - TestTransport.LANE_THREADS)
                .waterMarks(4, 12))) {
            NettyAioFile file = openFilled(t);
            Await.until("idle", () -> file.loop().accepted() == 0);
            List<Boolean> told = new ArrayList<>(); // on the loop
            file.loop().addWritabilityListener((loop, writable) -> {
                assertThat(loop.eventLoop().inEventLoop()).isTrue();
                told.add(writable);
            });
            FileWork work = new FileWork(random, seed);
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                for (int i = 0; i < 11; i++) {
                    work.futures().add(file.append(work.source(1000)));
                }
                TestTransport.run(file.eventLoop(), () -> {});
                assertThat(file.loop().isWritable()).isTrue();
                for (int i = 11; i < 16; i++) {
                    work.futures().add(file.append(work.source(1000)));
                }
                Await.until("told", () -> TestTransport.on(file.eventLoop(), () -> told.equals(List.of(false))));
                assertThat(file.loop().isWritable()).isFalse();
                assertThat(file.loop().accepted()).isEqualTo(16);
                Future<Long> refused = file.append(work.source(1000));
                assertThat(Await.ended(refused).cause())
                        .isInstanceOf(RejectedExecutionException.class)
                        .hasMessageContaining(
                                engine == Engine.AIO ? "depth 8, pending limit 8" : "depth 2 threads, pending limit 14")
                        .hasMessageContaining("isWritable()");
            }
            assertThat(work.assertEnded()).as("failed").isZero();
            Await.until("told", () -> TestTransport.on(file.eventLoop(), () -> told.equals(List.of(false, true))));
            assertThat(file.loop().isWritable()).isTrue();
            assertThat(Files.size(path("load"))).isEqualTo(2 * MIB + 16 * 1000);
            close(file);
        }
    }

    /** What was accepted has its turn, even where reads of windows have taken all slots of the context. */
    @Test
    void acceptedOperationsWaitForSlotsThatWindowsHaveTaken() throws Exception {
        TestFile source = TestFile.create(directory, MIB);
        byte[] bytes = randomBytes(20 * 1000);
        try (TestTransport t = transport(options -> options.depth(2).pendingLimit(30))) {
            NettyAioFile file = t.open(path("file"), NEW);
            NettyAioFile other = Await.result(t.transport.open(file.eventLoop(), source.cold().path));
            Await.result(other.read(0, 10)).release(); // prepared: what follows goes straight to the engine
            Reads reads = new Reads(source);
            List<Future<Long>> writes = new ArrayList<>();
            TestTransport.run(file.eventLoop(), () -> {
                for (int i = 0; i < 20; i++) {
                    writes.add(file.write(Unpooled.directBuffer().writeBytes(bytes, i * 1000, 1000), i * 1000));
                    for (int j = 0; j < 10; j++) {
                        reads.startWindow(other, (i * 10 + j) * 4096L, 4000);
                    }
                }
            });
            long refused = 0;
            for (Future<Long> write : writes) {
                Throwable cause = Await.ended(write).cause();
                refused += cause == null ? 0 : 1;
                assertThat(cause).isIn(null, cause instanceof RejectedExecutionException ? cause : null);
            }
            assertThat(refused).as("refused").isLessThan(20);
            reads.assertExact();
            close(file);
            close(other);
        }
    }
}
