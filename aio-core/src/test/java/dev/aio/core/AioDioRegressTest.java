package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** xfstests src/aio-dio-regress: bugs that kernels had, seen through this API. */
class AioDioRegressTest extends FieldSuite {

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void endThreads() {
        threads.shutdown();
    }

    @Test
    @DisplayName("xfstests aiodio_sparse2: filling the holes of a file leaves nothing but what was written or zeros")
    void shouldFillHolesOutOfOrder() throws Exception {
        int blocks = 512;
        try (AioFile file = createDirect("file");
                AioContext context = open(16, 1024)) {
            file.truncate((long) blocks * PAGE);
            AlignedMemory ones = filled(PAGE, 1);
            FieldOutcomes outcomes = new FieldOutcomes(blocks / 2);
            for (int i = 0; i < blocks / 2; i++) {
                // Every second block, in an order that is none.
                context.write(file, (long) (i * 37 % (blocks / 2)) * 2 * PAGE, ones, 0, PAGE, NONE, outcomes, i);
            }
            drain(context, outcomes);
            outcomes.assertAllCompletedWith(PAGE);
            AlignedMemory memory = pages(1);
            for (int i = 0; i < blocks; i++) {
                fill(memory, -1);
                assertThat(read(context, file, (long) i * PAGE, memory, PAGE)).isEqualTo(PAGE);
                assertAll(bytes(memory, 0, PAGE), i % 2 == 0 ? 1 : 0);
            }
        }
    }

    @Test
    @DisplayName("xfstests aio-dio-append-write-fallocate-race: an appended block counts, whatever is preallocated")
    void shouldHaveTheRightSizeAfterPreallocatingAndAppendingAtOnce() throws Exception {
        try (AioFile file = createDirect("file");
                AioContext context = open()) {
            AlignedMemory memory = filled(PAGE, 1);
            for (int i = 0; i < 100; i++) {
                file.truncate(0);
                FieldOutcomes outcomes = new FieldOutcomes(1);
                context.write(file, PAGE, memory, 0, PAGE, NONE, outcomes, 0);
                CyclicBarrier together = new CyclicBarrier(2);
                Future<?> preallocation = threads.submit(() -> {
                    together.await();
                    file.preallocate(0, PAGE);
                    return null;
                });
                together.await();
                drain(context, outcomes);
                preallocation.get();
                assertThat(outcomes.result(0)).isEqualTo(PAGE);
                assertThat(file.currentSize()).as("size in round %s", i).isEqualTo(2 * PAGE);
            }
        }
    }

    @Test
    @DisplayName("xfstests aio-dio-append-write-read-race: a reader at the end sees nothing or what was appended")
    void shouldReadNothingOrWhatWasAppended() throws Exception {
        try (AioFile file = createDirect("file");
                AioContext context = open()) {
            AlignedMemory memory = filled(PAGE, 'a');
            AtomicLong end = new AtomicLong();
            AtomicBoolean stop = new AtomicBoolean();
            Future<?> reader = threads.submit(() -> {
                AlignedMemory seen = pages(1);
                try (AioContext own = open()) {
                    while (!stop.get()) {
                        fill(seen, 'b');
                        long length = read(own, file, end.get(), seen, PAGE);
                        assertThat(length).isBetween(0L, (long) PAGE);
                        assertAll(bytes(seen, 0, (int) length), 'a');
                    }
                }
                return null;
            });
            try {
                for (int i = 0; i < 400; i++) {
                    assertThat(write(context, file, end.get(), memory, PAGE)).isEqualTo(PAGE);
                    end.addAndGet(PAGE);
                }
            } finally {
                stop.set(true);
            }
            reader.get();
        }
    }

    @Test
    @DisplayName("xfstests aio-dio-cow-race: writes to a clone leave the original alone")
    void shouldNotWriteThroughToWhatItWasClonedFrom() throws Exception {
        int size = 8 * PAGE;
        byte[] original = randomBytes(size, 8);
        Files.write(directory.resolve("original"), original);
        assumeRuns(
                "cp",
                "--reflink=always",
                directory.resolve("original").toString(),
                directory.resolve("clone").toString());
        try (AioFile clone = createDirect("clone");
                AioContext context = open()) {
            AlignedMemory memory = filled(2 * PAGE, 0xab);
            FieldOutcomes outcomes = new FieldOutcomes(4);
            for (int i = 0; i < 4; i++) {
                context.write(clone, i * 2L * PAGE, memory, 0, 2 * PAGE, NONE, outcomes, i);
            }
            drain(context, outcomes);
            outcomes.assertAllCompletedWith(2 * PAGE);
        }
        assertBytes(contentOf("original"), original);
        assertAll(contentOf("clone"), 0xab);
    }

    @Test
    @DisplayName("xfstests aio-dio-cycle-write: a file rewritten again and again holds the last pattern")
    void shouldHoldTheLastPatternOfManyRewrites() throws Exception {
        int size = 64 * 1024;
        try (AioFile file = createDirect("file");
                AioContext context = open()) {
            AlignedMemory[] patterns = {filled(size, 0x55), filled(size, 0xaa)};
            AlignedMemory seen = AlignedMemory.allocate(size, PAGE);
            for (int i = 0; i < 200; i++) {
                assertThat(write(context, file, 0, patterns[i % 2], size)).isEqualTo(size);
                assertThat(read(context, file, 0, seen, size)).isEqualTo(size);
                assertBytes(bytes(seen, 0, size), bytes(patterns[i % 2], 0, size));
            }
        }
    }

    @Test
    @DisplayName("xfstests aio-dio-eof-race: writes of less than a block past the end do not zero one another")
    void shouldNotZeroNeighboursPastTheEnd() throws Exception {
        try (AioFile file = createDirect("file");
                AioContext context = open()) {
            int part = file.directOffsetAlignment();
            AlignedMemory memory = AlignedMemory.allocate(PAGE, PAGE);
            fill(memory, 0xab);
            long end = 0;
            for (int round = 0; round < 64; round++) {
                FieldOutcomes outcomes = new FieldOutcomes(4);
                for (int i = 0; i < 4; i++) {
                    context.write(file, end + (long) i * part, memory, 0, part, NONE, outcomes, i);
                }
                drain(context, outcomes);
                outcomes.assertAllCompletedWith(part);
                end += 4L * part;
                assertThat(file.currentSize()).isEqualTo(end);
            }
        }
        assertAll(contentOf("file"), 0xab);
    }

    @Test
    @DisplayName("xfstests aio-dio-extend-stat: whoever learns of the completion sees the new size")
    void shouldSeeTheNewSizeOnceTheWriteHasCompleted() throws Exception {
        try (AioFile file = createDirect("file");
                AioContext context = open(16, 512)) {
            AlignedMemory memory = filled(PAGE, 1);
            int[] seen = new int[1];
            for (int i = 0; i < 400; i++) {
                long id = context.write(
                        file,
                        (long) i * PAGE,
                        memory,
                        0,
                        PAGE,
                        NONE,
                        (token, result) -> {
                            assertThat(result).isEqualTo(PAGE);
                            assertThat(sizeOf(file)).isGreaterThanOrEqualTo((token + 1) * PAGE);
                            seen[0]++;
                        },
                        i);
                assertThat(id).isPositive();
            }
            // One that is told last: the barrier.
            assertThat(sync(context, file)).isZero();
            FieldOutcomes last = new FieldOutcomes(1);
            context.read(file, 0, memory, 0, PAGE, NONE, last, 0);
            drain(context, last);
            assertThat(seen[0]).isEqualTo(400);
        }
    }

    private static long sizeOf(AioFile file) {
        try {
            return file.currentSize();
        } catch (AioException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName("xfstests aio-dio-fcntl-race: one inode written directly and buffered at once")
    void shouldWriteDirectlyAndBufferedAtOnce() throws Exception {
        try (AioFile direct = createDirect("file");
                AioFile buffered = create("file");
                AioContext context = open()) {
            direct.zeroFill(0, 2 * PAGE);
            AlignedMemory memory = filled(PAGE, 1);
            FieldOutcomes outcomes = new FieldOutcomes(400);
            for (int i = 0; i < 400; i += 2) {
                context.write(direct, 0, memory, 0, PAGE, NONE, outcomes, i);
                context.write(buffered, PAGE + 512, memory, 0, 512, NONE, outcomes, i + 1);
                context.submit();
            }
            drain(context, outcomes);
            for (int i = 0; i < 400; i += 2) {
                assertThat(outcomes.result(i)).isEqualTo(PAGE);
                assertThat(outcomes.result(i + 1)).isEqualTo(512);
            }
        }
        byte[] expected = new byte[2 * PAGE];
        Arrays.fill(expected, 0, PAGE, (byte) 1);
        Arrays.fill(expected, PAGE + 512, PAGE + 1024, (byte) 1);
        assertBytes(contentOf("file"), expected);
    }

    @Test
    @DisplayName("xfstests aio-dio-hole-filling-race: what fills a hole is read there right after its completion")
    void shouldReadWhatFilledAHoleAtOnce() throws Exception {
        try (AioFile file = createDirect("file");
                AioFile reader = openToRead("file");
                AioContext context = open()) {
            file.truncate(64L * MIB);
            AlignedMemory memory = filled(PAGE, 0xab);
            AlignedMemory seen = pages(1);
            for (int i = 0; i < 200; i++) {
                long position = (long) i * 16 * PAGE;
                assertThat(write(context, file, position, memory, PAGE)).isEqualTo(PAGE);
                fill(seen, 0);
                assertThat(reader.read(position, seen, 0, PAGE)).isEqualTo(PAGE);
                assertAll(bytes(seen, 0, PAGE), 0xab);
            }
        }
    }

    @Test
    @DisplayName("xfstests aio-dio-invalidate-failure: direct writes racing buffered ones complete once, without EIO")
    void shouldNotFailWhereBufferedWritesRace() throws Exception {
        int size = 4 * MIB;
        try (AioFile direct = createDirect("file");
                AioFile buffered = create("file");
                AioContext context = open()) {
            direct.zeroFill(0, size);
            AtomicBoolean stop = new AtomicBoolean();
            Future<?> racer = threads.submit(() -> {
                AlignedMemory memory = filled(PAGE, 2);
                try (AioContext own = open()) {
                    for (int i = 0; !stop.get(); i++) {
                        assertThat(write(own, buffered, (long) (i % 1024) * PAGE, memory, PAGE))
                                .isEqualTo(PAGE);
                    }
                }
                return null;
            });
            try {
                AlignedMemory memory = filled(size, 1);
                for (int i = 0; i < 40; i++) {
                    assertThat(write(context, direct, 0, memory, size)).isEqualTo(size);
                }
            } finally {
                stop.set(true);
            }
            racer.get();
        }
        assertWithin(contentOf("file"), 1, 2);
    }

    @Test
    @DisplayName("xfstests aio-dio-invalidate-readahead: a buffered reader behind a direct writer sees nothing stale")
    void shouldNotShowStaleReadahead() throws Exception {
        int size = 4 * MIB;
        try (AioFile file = createDirect("file");
                AioFile reader = openToRead("file");
                AioContext context = open()) {
            file.zeroFill(0, size);
            AtomicLong written = new AtomicLong();
            for (int round = 1; round <= 5; round++) {
                int pattern = round;
                written.set(0);
                Future<?> behind = threads.submit(() -> {
                    AlignedMemory seen = pages(1);
                    for (long position = 0; position < size; position += PAGE) {
                        while (written.get() <= position) {
                            Thread.onSpinWait();
                        }
                        assertThat(reader.read(position, seen, 0, PAGE)).isEqualTo(PAGE);
                        assertThat(firstOther(bytes(seen, 0, PAGE), pattern))
                                .as("stale byte of round %s at %s", pattern, position)
                                .isEqualTo(-1);
                    }
                    return null;
                });
                AlignedMemory memory = filled(16 * PAGE, pattern);
                for (long position = 0; position < size; position += 16 * PAGE) {
                    assertThat(write(context, file, position, memory, 16 * PAGE))
                            .isEqualTo(16 * PAGE);
                    written.addAndGet(16 * PAGE);
                }
                behind.get();
            }
        }
    }

    @Test
    @DisplayName("xfstests aio-dio-subblock-eof-read: a direct read of the last, partial block gives its bytes only")
    void shouldReadOnlyWhatThePartialLastBlockHolds() throws Exception {
        byte[] content = randomBytes(300, 300);
        Files.write(directory.resolve("file"), content);
        try (AioFile file = createDirect("file");
                AioContext context = open()) {
            AlignedMemory memory = pages(1);
            assertThat(read(context, file, 0, memory, PAGE)).isEqualTo(300);
            assertBytes(bytes(memory, 0, 300), content);
            assertThat(read(context, file, PAGE, memory, PAGE)).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0 4096@0",
                "4608 4096@512 4096@4608",
                "1048576 1048576@0",
                "3000 512@4096 512@4608 512@5120 512@5632",
                "0 65536@1048576 65536@0 4096@524288",
                "20480 8192@4096 8192@8192 8192@12288"
            })
    @DisplayName("xfstests aio-dio-write-verify: writes of any size, apart or overlapping, are read back")
    void shouldReadBackEachOfAGroupOfWrites(String group) throws Exception {
        String[] words = group.split(" ");
        try (AioFile file = createDirect("file", StandardOpenOption.SYNC);
                AioContext context = open()) {
            int alignment = file.directOffsetAlignment();
            boolean aligned = Arrays.stream(words)
                    .skip(1)
                    .flatMap(word -> Arrays.stream(word.split("@")))
                    .allMatch(number -> Integer.parseInt(number) % alignment == 0);
            assumeTrue(aligned, () -> "direct writes here need " + alignment);
            file.truncate(Long.parseLong(words[0]));
            AlignedMemory memory = filled(MIB, 0x5a);
            FieldOutcomes outcomes = new FieldOutcomes(words.length - 1);
            for (int i = 1; i < words.length; i++) {
                int at = words[i].indexOf('@');
                int size = Integer.parseInt(words[i].substring(0, at));
                long position = Long.parseLong(words[i].substring(at + 1));
                context.write(file, position, memory, 0, size, NONE, outcomes, i - 1);
            }
            drain(context, outcomes);
            AlignedMemory seen = AlignedMemory.allocate(MIB, PAGE);
            for (int i = 1; i < words.length; i++) {
                int at = words[i].indexOf('@');
                int size = Integer.parseInt(words[i].substring(0, at));
                long position = Long.parseLong(words[i].substring(at + 1));
                assertThat(outcomes.result(i - 1)).isEqualTo(size);
                fill(seen, 0);
                assertThat(read(context, file, position, seen, size)).isEqualTo(size);
                assertAll(bytes(seen, 0, size), 0x5a);
            }
        }
    }

    @Test
    @DisplayName("xfstests aio-last-ref-held-by-io: a file closed with operations in flight locks nothing up")
    void shouldCloseAFileWhoseLastUserIsAnOperation() throws Exception {
        Path path = directory.resolve("file");
        Files.write(path, new byte[4 * MIB]);
        createDirect("file").close();
        for (int i = 0; i < 40; i++) {
            AioContext context = open(100, 100);
            FieldOutcomes outcomes = new FieldOutcomes(64);
            AioFile file = AioFile.open(path, StandardOpenOption.READ, AioOpenOption.DIRECT);
            AlignedMemory memory = pages(64);
            for (int j = 0; j < 64; j++) {
                context.read(file, (long) j * 16 * PAGE, memory, j * PAGE, PAGE, NONE, outcomes, j);
            }
            context.submit();
            file.close();
            if (i % 2 == 0) {
                drain(context, outcomes);
                outcomes.assertAllCompletedWith(PAGE);
            }
            context.close();
            context.destroyed().get(60, TimeUnit.SECONDS);
            outcomes.assertEachCompletedOnce();
        }
        assertThat(OpenDescriptors.under(directory)).isZero();
    }

    @Test
    @DisplayName("xfstests aio-io-setup-with-nonwritable-context-pointer: a setup that fails leaves nothing behind")
    void shouldLeaveNothingBehindWhenSetupFails() throws Exception {
        assumeTrue(engine != Engine.LANE, "threads need no setup in the kernel");
        long contexts = OpenDescriptors.aioContexts();
        long eventFds = OpenDescriptors.eventFds();
        AioBudget budget = AioBudget.of(1);
        for (int i = 0; i < 100; i++) {
            assertThatThrownBy(() -> builder().ownEventFd(true).budget(budget).open())
                    .isInstanceOf(IOException.class);
        }
        assertThat(budget.left()).isEqualTo(1);
        // At most: what earlier tests closed may only now be destroyed.
        assertThat(OpenDescriptors.aioContexts()).isLessThanOrEqualTo(contexts);
        assertThat(OpenDescriptors.eventFds()).isLessThanOrEqualTo(eventFds);
    }
}
