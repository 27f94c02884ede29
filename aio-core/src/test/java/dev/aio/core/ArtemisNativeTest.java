package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.internal.Linux;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Apache ActiveMQ Artemis Native: LibaioTest, LibaioStressTest, OpenCloseContextTest, LoadedTest. */
class ArtemisNativeTest extends FieldSuite {

    private static final int QUEUE = 50;

    @Test
    @DisplayName("Artemis LoadedTest.testValidateIsLoaded: the native library is there")
    void shouldHaveTheNativeLibrary() {
        assertThat(Aio.isNativeLibraryLoaded()).isTrue();
    }

    @Test
    @DisplayName("Artemis LibaioTest.testOpen: a new file is opened directly and closed")
    void shouldOpenAndClose() throws Exception {
        AioFile file = createDirect("test.bin");
        assertThat(file.isDirectOpen()).isTrue();
        assertThat(file.currentSize()).isZero();
        file.close();
        assertThat(OpenDescriptors.under(directory)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {10 * 4096, 20 * 4096, 10 * MIB, 10 * MIB + 100 * 1024})
    @DisplayName("Artemis LibaioTest.testInitAndFallocate: preallocated and zero-filled files read as zeros")
    void shouldReadZerosOfPreallocatedAndZeroFilledFiles(int size) throws Exception {
        try (AioFile preallocated = createDirect("test.bin");
                AioFile zeroFilled = createDirect("test2.bin");
                AioContext context = open(QUEUE, 0)) {
            preallocated.preallocate(0, size);
            zeroFilled.zeroFill(0, size);
            assertThat(preallocated.currentSize()).isEqualTo(size);
            assertThat(zeroFilled.currentSize()).isEqualTo(size);
            for (AioFile file : List.of(preallocated, zeroFilled)) {
                AlignedMemory memory = filled(size, -1);
                assertThat(read(context, file, 0, memory, size)).isEqualTo(size);
                assertAll(bytes(memory, 0, size), 0);
            }
        }
    }

    @Test
    @DisplayName("Artemis LibaioTest.testSubmitWriteOnTwoFiles: writes to two files in one queue")
    void shouldWriteTwoFilesInOneQueue() throws Exception {
        int blocks = QUEUE / 2;
        try (AioFile first = createDirect("test.bin");
                AioFile second = createDirect("test2.bin");
                AioContext context = open(QUEUE, 0)) {
            first.zeroFill(0, blocks * PAGE);
            second.zeroFill(0, blocks * PAGE);
            assertThat(first.directOffsetAlignment()).isEqualTo(second.directOffsetAlignment());
            AlignedMemory memory = filled(PAGE, 'a');
            FieldOutcomes outcomes = new FieldOutcomes(QUEUE);
            for (int i = 0; i < blocks; i++) {
                context.write(first, (long) i * PAGE, memory, 0, PAGE, NONE, outcomes, 2 * i);
                context.write(second, (long) i * PAGE, memory, 0, PAGE, NONE, outcomes, 2 * i + 1);
            }
            drain(context, outcomes);
            outcomes.assertAllCompletedWith(PAGE);
            for (AioFile file : List.of(first, second)) {
                AlignedMemory whole = pages(blocks);
                assertThat(read(context, file, 0, whole, blocks * PAGE)).isEqualTo(blocks * PAGE);
                assertAll(bytes(whole, 0, blocks * PAGE), 'a');
            }
        }
    }

    @Test
    @DisplayName("Artemis LibaioTest.testSubmitWriteAndRead: written twice, the second write is read")
    void shouldReadTheSecondOfTwoWrites() throws Exception {
        try (AioFile file = createDirect("test.bin");
                AioContext context = open(QUEUE, 0)) {
            assertThat(write(context, file, 0, filled(PAGE, 'a'), PAGE)).isEqualTo(PAGE);
            AlignedMemory memory = filled(PAGE, 'B');
            assertThat(write(context, file, 0, memory, PAGE)).isEqualTo(PAGE);
            fill(memory, 0);
            assertThat(read(context, file, 0, memory, PAGE)).isEqualTo(PAGE);
            assertAll(bytes(memory, 0, PAGE), 'B');
        }
    }

    @Test
    @DisplayName(
            "Artemis LibaioTest.testSubmitWriteAndReadRegularBuffers: small plain direct buffers, without O_DIRECT")
    void shouldTakePlainDirectBuffersWithoutDirectIo() throws Exception {
        Files.write(directory.resolve("test.bin"), new byte[QUEUE * PAGE]);
        try (AioFile file = create("test.bin");
                AioContext context = open(QUEUE, 0)) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(50);
            for (int letter : new int[] {'a', 'B'}) {
                buffer.clear();
                while (buffer.hasRemaining()) {
                    buffer.put((byte) letter);
                }
                buffer.flip();
                assertThat(perform(context, (done, token) -> context.write(file, 0, buffer, NONE, done, token)))
                        .isEqualTo(50);
                assertThat(buffer.hasRemaining()).isFalse();
            }
            ByteBuffer target = ByteBuffer.allocateDirect(50);
            assertThat(perform(context, (done, token) -> context.read(file, 0, target, NONE, done, token)))
                    .isEqualTo(50);
            assertThat(target.position()).isEqualTo(50);
            target.flip();
            byte[] seen = new byte[50];
            target.get(seen);
            assertAll(seen, 'B');
        }
    }

    @Test
    @DisplayName("Artemis LibaioTest.testSubmitRead: the callback that comes back is the one that was given")
    void shouldGiveBackTheCallbackAndTokenItWasGiven() throws Exception {
        try (AioFile file = createDirect("test.bin");
                AioContext context = open(QUEUE, 0)) {
            FieldOutcomes outcomes = new FieldOutcomes(2);
            AlignedMemory memory = filled(PAGE, '@');
            context.write(file, 0, memory, 0, PAGE, NONE, outcomes, 1);
            drain(context, outcomes, 1);
            assertThat(outcomes.result(1)).isEqualTo(PAGE);
            assertThat(outcomes.isCompleted(0)).isFalse();
            context.read(file, 0, memory, 0, PAGE, NONE, outcomes, 0);
            drain(context, outcomes);
            outcomes.assertAllCompletedWith(PAGE);
            assertThat(outcomes.releases(0)).isEqualTo(1);
            assertThat(outcomes.releases(1)).isEqualTo(1);
        }
    }

    @Test
    @DisplayName(
            "Artemis LibaioTest.testInvalidWrite: unaligned direct writes are errors that say why; the next is fine")
    void shouldRefuseUnalignedDirectWrites() throws Exception {
        List<AioException> failures = new ArrayList<>();
        try (AioFile file = createDirect("test.bin");
                AioContext context = open(QUEUE, 0)) {
            assumeTrue(fileSystem() != FileSystemType.TMPFS, "tmpfs takes direct writes at any alignment");
            AlignedMemory memory = filled(2 * PAGE, 'z');
            AioCompletion failing = (token, result) -> {
                assertThat(result).isEqualTo(-Linux.EINVAL);
                failures.add(context.failure());
            };
            context.write(file, 0, memory, 0, 300, NONE, failing, 0);
            context.write(file, 5, memory, 0, PAGE, NONE, failing, 1);
            context.write(file, 0, memory, 1, PAGE, NONE, failing, 2);
            assertThat(write(context, file, 0, memory, PAGE)).isEqualTo(PAGE);
            assertThat(failures)
                    .hasSize(3)
                    .allSatisfy(failure -> assertThat(failure).hasMessageContaining("multiples of"));
            assertThat(file.currentSize()).isEqualTo(PAGE);
        }
    }

    @Test
    @DisplayName("Artemis LibaioTest.testLeaks: nothing keeps a callback once its operation has ended")
    void shouldForgetCallbacksOfEndedOperations() throws Exception {
        try (AioFile file = createDirect("test.bin");
                AioContext context = open(QUEUE, 0)) {
            List<WeakReference<FieldOutcomes>> callbacks = new ArrayList<>();
            AlignedMemory memory = filled(PAGE, 'B');
            for (int i = 0; i < 20; i++) {
                callbacks.add(new WeakReference<>(writeQueue(context, file, memory)));
            }
            callbacks.forEach(ArtemisNativeTest::awaitCleared);
        }
    }

    private static FieldOutcomes writeQueue(AioContext context, AioFile file, AlignedMemory memory) {
        FieldOutcomes outcomes = new FieldOutcomes(QUEUE);
        for (int i = 0; i < QUEUE; i++) {
            context.write(file, (long) i * PAGE, memory, 0, PAGE, NONE, outcomes, i);
        }
        drain(context, outcomes);
        outcomes.assertAllCompletedWith(PAGE);
        return outcomes;
    }

    /** Bounded by the test's timeout. */
    private static void awaitCleared(WeakReference<?> reference) {
        while (reference.get() != null) {
            System.gc();
        }
    }

    @Test
    @DisplayName("Artemis LibaioTest.testAlloc: a file filled with zeros has its size; writes there do not extend it")
    void shouldFillAFileBeforehand() throws Exception {
        try (AioFile file = createDirect("test.bin");
                AioContext context = open(QUEUE, 0)) {
            file.zeroFill(0, 10 * MIB);
            assertThat(file.currentSize()).isEqualTo(10 * MIB);
            assertThat(write(context, file, 5 * MIB, filled(PAGE, 1), PAGE)).isEqualTo(PAGE);
            assertThat(file.currentSize()).isEqualTo(10 * MIB);
        }
    }

    @Test
    @DisplayName("Artemis LibaioTest.testReleaseNullBuffer: no memory of no buffer")
    void shouldRefuseNoBuffer() {
        assertThatNullPointerException().isThrownBy(() -> AlignedMemory.of(null));
    }

    @Test
    @DisplayName("Artemis LibaioTest.testMemset: new memory is zeros, aligned")
    void shouldGiveZeroedMemory() {
        AlignedMemory memory = pages(8);
        assertAll(bytes(memory, 0, 8 * PAGE), 0);
        assertThat(memory.address(0, PAGE) % PAGE).isZero();
    }

    @Test
    @DisplayName("Artemis LibaioTest.testIOExceptionConditions: a directory is not opened as a file")
    void shouldRefuseADirectory() {
        assertThatThrownBy(() -> AioFile.open(directory, StandardOpenOption.READ))
                .isInstanceOfSatisfying(
                        AioException.class, e -> assertThat(e.errno()).isEqualTo(Linux.EISDIR));
    }

    @Test
    @DisplayName(
            "Artemis LibaioTest.testIOExceptionConditions: closing twice closes once, and nobody else's descriptor")
    void shouldCloseAFileOnce() throws Exception {
        AioFile file = createDirect("test.bin");
        file.close();
        try (AioFile other = createDirect("other.bin"); // is likely to get the same descriptor
                AioContext context = open(QUEUE, 0)) {
            file.close();
            assertThat(write(context, other, 0, filled(PAGE, 1), PAGE)).isEqualTo(PAGE);
        }
    }

    @Test
    @DisplayName("Artemis LibaioTest.testIOExceptionConditions: a full queue refuses, and takes again after reaping")
    void shouldTakeAgainAfterReaping() throws Exception {
        try (AioFile file = createDirect("test.bin");
                AioContext context = open(QUEUE, 0)) {
            AlignedMemory memory = filled(PAGE, 'a');
            FieldOutcomes outcomes = new FieldOutcomes(QUEUE);
            for (int i = 0; i < QUEUE; i++) {
                assertThat(context.write(file, (long) i * PAGE, memory, 0, PAGE, NONE, outcomes, i))
                        .isPositive();
            }
            assertThat(context.write(file, 0, memory, 0, PAGE, NONE, new FieldOutcomes(1), 0))
                    .isEqualTo(AioContext.REJECTED);
            drain(context, outcomes);
            outcomes.assertAllCompletedWith(PAGE);
            assertThat(write(context, file, 0, memory, PAGE)).isEqualTo(PAGE);
        }
    }

    @Test
    @DisplayName("Artemis LibaioTest.testIOExceptionConditions: odd positions of direct reads, errors there, work here")
    void shouldReadDirectlyAtOddPositions() throws Exception {
        byte[] content = randomBytes(4 * PAGE, 3);
        Files.write(directory.resolve("test.bin"), content);
        try (AioFile file = createDirect("test.bin");
                AioContext context = open(QUEUE, 0)) {
            AlignedMemory memory = pages(4);
            for (int[] range : new int[][] {{3, PAGE}, {PAGE - 1, 2}, {5000, 7000}, {4 * PAGE - 7, 100}, {1, 0}}) {
                int expected = Math.min(range[1], 4 * PAGE - range[0]);
                assertThat(perform(
                                context,
                                (done, token) -> context.read(file, range[0], memory, 1, range[1], NONE, done, token)))
                        .as("%s bytes at %s", range[1], range[0])
                        .isEqualTo(expected);
                assertBytes(bytes(memory, 1, expected), Arrays.copyOfRange(content, range[0], range[0] + expected));
            }
        }
    }

    @Test
    @DisplayName("Artemis LibaioTest.testIOExceptionConditions: memory of an impossible size is refused")
    void shouldRefuseMemoryOfAnImpossibleSize() {
        assertThatIllegalArgumentException().isThrownBy(() -> AlignedMemory.allocate(300, 4096));
        assertThatIllegalArgumentException().isThrownBy(() -> AlignedMemory.allocate(-4096, 4096));
        assertThatIllegalArgumentException().isThrownBy(() -> AlignedMemory.allocate(4096, 3));
    }

    @Test
    @DisplayName("Artemis LibaioTest.testBlockedCallback: ten times as many writes as the queue is deep")
    void shouldWriteTenTimesTheDepth() throws Exception {
        int blocks = QUEUE * 10;
        try (AioFile file = createDirect("test.bin");
                AioContext context = open(QUEUE, blocks)) {
            file.zeroFill(0, (long) blocks * PAGE);
            AlignedMemory memory = filled(PAGE, 'a');
            FieldOutcomes outcomes = new FieldOutcomes(blocks);
            for (int i = 0; i < blocks; i++) {
                assertThat(context.write(file, (long) i * PAGE, memory, 0, PAGE, NONE, outcomes, i))
                        .isPositive();
            }
            drain(context, outcomes);
            outcomes.assertAllCompletedWith(PAGE);
        }
        assertAll(contentOf("test.bin"), 'a');
    }

    @Test
    @DisplayName("Artemis LibaioTest.testBlockedCallback: another thread that polls is told it may not")
    void shouldTellAnotherThreadThatItMayNotPoll() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (AioContext context = open()) {
            context.submit(); // makes this thread the owner
            Future<?> poll = other.submit(() -> context.getEvents(0, 1, 0));
            assertThatThrownBy(poll::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(IllegalStateException.class);
            assertThat(context.getEvents(0, 1, 0)).isZero();
        } finally {
            other.shutdown();
        }
    }

    @Test
    @DisplayName("Artemis LibaioStressTest.testForceSyscall: reaping in user space can be switched off")
    void shouldReapByTheSystemCallWhenTold() throws Exception {
        try (AioContext context = open()) {
            if (engine != Engine.AIO_RING) {
                assertThat(context.reapsInUserSpace()).isFalse();
            }
        }
        try (AioContext context = builder().userSpaceReaping(false).open()) {
            assertThat(context.reapsInUserSpace()).isFalse();
        }
    }

    @Test
    @DisplayName("Artemis LibaioStressTest.testStressWrites: many threads write, each its own file and context")
    void shouldWriteFromManyThreads() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        createDirect("probe").close();
        try {
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int writer = i;
                writers.add(threads.submit(() -> {
                    try (AioFile file = createDirect("file-" + writer);
                            AioContext context = open(QUEUE, 0)) {
                        AlignedMemory memory = filled(PAGE, writer);
                        for (int round = 0; round < 10; round++) {
                            writeQueue(context, file, memory);
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        } finally {
            threads.shutdown();
        }
        for (int i = 0; i < 4; i++) {
            assertAll(contentOf("file-" + i), i);
        }
    }

    @Test
    @DisplayName("Artemis OpenCloseContextTest.testRepeatOpenCloseContext: contexts come and go, nothing stays")
    void shouldOpenAndCloseContextsAgainAndAgain() throws Exception {
        long before = OpenDescriptors.aioContexts();
        try (AioFile file = createDirect("test.bin")) {
            AlignedMemory memory = filled(PAGE, 1);
            for (int i = 0; i < 20; i++) {
                AioContext context = builder().depth(QUEUE).ownEventFd(true).open();
                assertThat(writeQueue(context, file, memory).completed()).isEqualTo(QUEUE);
                context.close();
                context.destroyed().get(60, TimeUnit.SECONDS);
            }
        }
        // At most: what earlier tests closed may only now be destroyed.
        assertThat(OpenDescriptors.aioContexts()).isLessThanOrEqualTo(before);
    }

    @Test
    @DisplayName(
            "Artemis OpenCloseContextTest.testRepeatOpenCloseContext2: closing with writes in flight ends each once")
    void shouldEndEachWriteOnceWhenClosedMeanwhile() throws Exception {
        try (AioFile file = createDirect("test.bin")) {
            AlignedMemory memory = filled(PAGE, 1);
            for (int i = 0; i < 20; i++) {
                AioContext context = open(QUEUE, QUEUE);
                FieldOutcomes outcomes = new FieldOutcomes(2 * QUEUE);
                for (int j = 0; j < 2 * QUEUE; j++) {
                    context.write(file, (long) j * PAGE, memory, 0, PAGE, NONE, outcomes, j);
                }
                context.submit();
                context.close();
                context.destroyed().get(60, TimeUnit.SECONDS);
                for (int j = 0; j < 2 * QUEUE; j++) {
                    assertThat(outcomes.result(j)).isIn((long) PAGE, -(long) Linux.ECANCELED);
                    assertThat(outcomes.releases(j)).isEqualTo(1);
                }
            }
        }
    }

    @Test
    @DisplayName("Artemis OpenCloseContextTest.testCloseAndStart: a context is closed, the next one works at once")
    void shouldStartAnewAfterClosing() throws Exception {
        try (AioFile file = createDirect("test.bin")) {
            for (int i = 0; i < 5; i++) {
                AioContext closed = open(QUEUE, 0);
                closed.close();
                assertThatIllegalStateException().isThrownBy(closed::submit);
                try (AioContext next = open(QUEUE, 0)) {
                    assertThat(write(next, file, 0, filled(PAGE, i), PAGE)).isEqualTo(PAGE);
                }
            }
        }
    }
}
