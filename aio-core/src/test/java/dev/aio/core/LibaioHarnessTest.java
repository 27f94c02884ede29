package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The cases of libaio's harness (harness/cases/*.t of libaio 0.3.113). */
class LibaioHarnessTest extends FieldSuite {

    private static final int SIZE = 512;

    @ParameterizedTest
    @ValueSource(ints = {-1000, -1, 0})
    @DisplayName("libaio harness 2.t: no context of zero or fewer events")
    void shouldRefuseADepthBelowOne(int depth) {
        assertThatIllegalArgumentException().isThrownBy(() -> builder().depth(depth));
    }

    @Test
    @DisplayName("libaio harness 2.t: a context is set up once; a second setup is another context")
    @SuppressWarnings("try") // closed once more before the end of the block: that is the case
    void shouldMakeAnotherContextEachTimeABuilderOpens() throws Exception {
        AioContextBuilder builder = builder().depth(1).pendingLimit(4);
        try (AioFile file = create("file");
                AioContext first = builder.open();
                AioContext second = builder.open()) {
            AlignedMemory memory = filled(PAGE, 1);
            assertThat(second).isNotSameAs(first);
            assertThat(write(first, file, 0, memory, PAGE)).isEqualTo(PAGE);
            first.close();
            assertThat(read(second, file, 0, memory, PAGE)).isEqualTo(PAGE);
        }
    }

    @Test
    @DisplayName("libaio harness 3.t: a null where a control block belongs is refused before anything is submitted")
    void shouldRefuseNullArguments() throws Exception {
        try (AioFile file = create("file");
                AioContext context = open()) {
            FieldOutcomes outcomes = new FieldOutcomes(1);
            AlignedMemory memory = filled(PAGE, 1);
            assertThatNullPointerException()
                    .isThrownBy(() -> context.read(null, 0, memory, 0, PAGE, NONE, outcomes, 0));
            assertThatNullPointerException()
                    .isThrownBy(() -> context.write(file, 0, (AlignedMemory) null, 0, PAGE, NONE, outcomes, 0));
            assertThatNullPointerException()
                    .isThrownBy(() -> context.read(file, 0, (ByteBuffer) null, NONE, outcomes, 0));
            assertThatNullPointerException().isThrownBy(() -> context.readv(file, 0, null, NONE, outcomes, 0));
            assertThatNullPointerException()
                    .isThrownBy(() -> context.write(file, 0, memory, 0, PAGE, null, outcomes, 0));
            assertThatNullPointerException().isThrownBy(() -> context.sync(file, NONE, null, 0));
            assertThat(context.pending() + context.inFlight()).isZero();

            assertThat(write(context, file, 0, memory, PAGE)).isEqualTo(PAGE);
            assertThat(outcomes.completed()).isZero();
        }
    }

    @Test
    @DisplayName("libaio harness 3.t: submitting nothing is no error")
    void shouldSubmitNothing() throws Exception {
        try (AioContext context = open()) {
            assertThat(context.submit()).isZero();
        }
    }

    @Test
    @DisplayName("libaio harness 3.t: a context that does not exist any more is told from one that does")
    void shouldRefuseAClosedContext() throws Exception {
        try (AioFile file = create("file")) {
            AioContext context = open();
            context.close();
            AlignedMemory memory = pages(1);
            assertThatIllegalStateException()
                    .isThrownBy(() -> context.read(file, 0, memory, 0, PAGE, NONE, new FieldOutcomes(1), 0));
            assertThatIllegalStateException().isThrownBy(context::submit);
        }
    }

    @Test
    @DisplayName("libaio harness 4.t: a read of a file that is not open for reading is EBADF")
    void shouldRefuseToReadWhatIsOpenForWriting() throws Exception {
        Files.write(directory.resolve("file"), new byte[SIZE]);
        try (AioFile file = AioFile.open(directory.resolve("file"), StandardOpenOption.WRITE);
                AioContext context = open()) {
            assertThat(file.isReadable()).isFalse();
            assertThat(read(context, file, 0, pages(1), SIZE)).isEqualTo(-Linux.EBADF);
            assertThat(write(context, file, 0, pages(1), SIZE)).isEqualTo(SIZE);
        }
    }

    @Test
    @DisplayName("libaio harness 4.t: a write of a file that is not open for writing is EBADF")
    void shouldRefuseToWriteWhatIsOpenForReading() throws Exception {
        Files.write(directory.resolve("file"), new byte[SIZE]);
        try (AioFile file = openToRead("file");
                AioContext context = open()) {
            assertThat(file.isWritable()).isFalse();
            assertThat(write(context, file, 0, pages(1), SIZE)).isEqualTo(-Linux.EBADF);
            assertThat(read(context, file, 0, pages(1), SIZE)).isEqualTo(SIZE);
        }
    }

    @Test
    @DisplayName("libaio harness 4.t: a negative position is EINVAL, reading and writing")
    void shouldRefuseANegativePosition() throws Exception {
        try (AioFile file = create("file");
                AioContext context = open()) {
            assertThat(read(context, file, -1, pages(1), SIZE)).isEqualTo(-Linux.EINVAL);
            assertThat(write(context, file, -1, pages(1), SIZE)).isEqualTo(-Linux.EINVAL);
            assertThat(file.currentSize()).isZero();
        }
    }

    @Test
    @DisplayName("libaio harness 4.t: a file opened to append grows at its end, whatever the position says")
    void shouldAppendWhateverThePosition() throws Exception {
        Path path = directory.resolve("file");
        Files.createFile(path);
        try (AioFile file = AioFile.open(path, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
                AioFile reader = openToRead("file");
                AioContext context = open()) {
            assertThat(read(context, reader, 0, pages(1), SIZE)).isZero();
            assertThat(write(context, file, 0, holding("1234".getBytes(StandardCharsets.US_ASCII)), 4))
                    .isEqualTo(4);
            assertThat(write(context, file, 0, holding("5678".getBytes(StandardCharsets.US_ASCII)), 4))
                    .isEqualTo(4);
            AlignedMemory memory = pages(1);
            assertThat(read(context, reader, 0, memory, SIZE)).isEqualTo(8);
            assertThat(new String(bytes(memory, 0, 8), StandardCharsets.US_ASCII))
                    .isEqualTo("12345678");
        }
    }

    @Test
    @DisplayName("libaio harness 4.t: memory that is not the caller's (EFAULT there) fails that operation alone")
    void shouldFailAnOperationBeyondItsMemory() throws Exception {
        try (AioFile file = create("file");
                AioContext context = open()) {
            AlignedMemory memory = filled(PAGE, 3);
            FieldOutcomes outcomes = new FieldOutcomes(4);
            context.write(file, 0, memory, 0, PAGE + 1, NONE, outcomes, 0);
            context.write(file, 0, memory, -1, 8, NONE, outcomes, 1);
            context.write(file, 0, memory, PAGE, Integer.MAX_VALUE, NONE, outcomes, 2);
            context.write(file, 0, memory, 0, PAGE, NONE, outcomes, 3);
            drain(context, outcomes);
            for (int token = 0; token < 3; token++) {
                assertThat(outcomes.result(token)).isIn(-(long) Linux.EINVAL, -(long) Linux.EFAULT);
            }
            assertThat(outcomes.result(3)).isEqualTo(PAGE);
            assertThat(file.currentSize()).isEqualTo(PAGE);
        }
    }

    @Test
    @DisplayName("libaio harness 5.t: writing and reading through a mapping of the very file")
    void shouldWriteAndReadFromAMappingOfTheSameFile() throws Exception {
        Path path = directory.resolve("file");
        Files.write(path, randomBytes(SIZE, 5));
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
                AioFile file = create("file");
                AioContext context = open()) {
            AlignedMemory mapped = AlignedMemory.of(channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE));
            assertThat(write(context, file, 0, mapped, SIZE)).isEqualTo(SIZE);
            assertThat(read(context, file, 0, mapped, SIZE)).isEqualTo(SIZE);
            assertBytes(bytes(mapped, 0, SIZE), randomBytes(SIZE, 5));
        }
    }

    @Test
    @DisplayName("libaio harness 5.t: reading into a read-only mapping is an error, writing from it is not")
    void shouldNotReadIntoAReadOnlyMapping() throws Exception {
        Path path = directory.resolve("file");
        Files.write(path, randomBytes(SIZE, 6));
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
                AioFile file = create("file");
                AioContext context = open()) {
            AlignedMemory mapped = AlignedMemory.of(channel.map(FileChannel.MapMode.READ_ONLY, 0, SIZE));
            assertThat(mapped.isReadOnly()).isTrue();
            assertThat(write(context, file, 0, mapped, SIZE)).isEqualTo(SIZE);
            assertThat(read(context, file, 0, mapped, SIZE)).isNegative();
            assertBytes(bytes(mapped, 0, SIZE), randomBytes(SIZE, 6));
        }
    }

    @Test
    @DisplayName("libaio harness 6.t: huge writes and reads, of many pinned pages")
    void shouldWriteAndReadHugeBlocks() throws Exception {
        int huge = 48 * MIB;
        try (AioFile file = create("file");
                AioContext context = open()) {
            AlignedMemory memory = AlignedMemory.allocate(huge, PAGE);
            put(memory, huge - PAGE, randomBytes(PAGE, 6));
            assertThat(write(context, file, 0, memory, huge)).isEqualTo(huge);
            fill(memory, huge - PAGE, PAGE, 0);
            assertThat(read(context, file, 0, memory, huge)).isEqualTo(huge);
            assertBytes(bytes(memory, huge - PAGE, PAGE), randomBytes(PAGE, 6));
        }
    }

    @Test
    @DisplayName("libaio harness 7.t: a write over the file size limit is short")
    void shouldWriteShortUpToTheFileSizeLimit() throws Exception {
        try (AioFile file = create("file");
                AioContext context = open();
                FileSizeLimit limit = FileSizeLimit.of(4 * MIB)) {
            assertThat(limit).isNotNull();
            AlignedMemory memory = filled(PAGE, 7);
            assertThat(write(context, file, 4 * MIB - SIZE, memory, SIZE)).isEqualTo(SIZE);
            assertThat(write(context, file, 4 * MIB - SIZE + 1, memory, SIZE)).isEqualTo(SIZE - 1);
            assertThat(read(context, file, 4 * MIB - SIZE + 1, memory, SIZE)).isEqualTo(SIZE - 1);
            assertThat(file.currentSize()).isEqualTo(4 * MIB);
        }
    }

    @Test
    @DisplayName("libaio harness 7.t: a write at the file size limit is EFBIG and no signal")
    void shouldRefuseAWriteAtTheFileSizeLimit() throws Exception {
        try (AioFile file = create("file");
                AioContext context = open();
                FileSizeLimit limit = FileSizeLimit.of(4 * MIB)) {
            assertThat(limit).isNotNull();
            assertThat(write(context, file, 4 * MIB, pages(1), SIZE)).isEqualTo(-Linux.EFBIG);
            assertThat(read(context, file, 4 * MIB, pages(1), SIZE)).isZero();
        }
    }

    @Test
    @DisplayName("libaio harness 7.t: a write of no bytes at the file size limit succeeds")
    void shouldWriteNothingAtTheFileSizeLimit() throws Exception {
        try (AioFile file = create("file");
                AioContext context = open();
                FileSizeLimit limit = FileSizeLimit.of(4 * MIB)) {
            assertThat(limit).isNotNull();
            assertThat(write(context, file, 4 * MIB, pages(1), 0)).isZero();
        }
    }

    @Test
    @DisplayName("libaio harness 8.t: a write at the largest size of the file system is EFBIG, a read there is empty")
    void shouldRefuseAWriteAtTheOffsetMaximum() throws Exception {
        try (AioFile file = create("file");
                AioContext context = open()) {
            long maximum = maximumSize(file);
            assertThat(write(context, file, maximum, pages(1), SIZE))
                    .as("at %s", maximum)
                    .isIn(-(long) Linux.EFBIG, -(long) Linux.EINVAL, -75L); // EOVERFLOW
            assertThat(read(context, file, maximum - SIZE, pages(1), SIZE)).isZero();
            assertThat(write(context, file, maximum, pages(1), 0)).isZero();
            assertThat(file.currentSize()).isZero();
        }
    }

    private static long maximumSize(AioFile file) throws AioException {
        long good = 0;
        long bad = Long.MAX_VALUE;
        while (bad - good > 1) {
            long tried = good + (bad - good) / 2;
            try {
                file.truncate(tried);
                good = tried;
            } catch (AioException e) {
                bad = tried;
            }
        }
        file.truncate(0);
        return good;
    }

    @ParameterizedTest
    @EnumSource(SmallFileSystem.Kind.class)
    @DisplayName("libaio harness 10.t: writes fill a file system up, are short at its end, then ENOSPC")
    void shouldWriteShortAndThenReportNoSpace(SmallFileSystem.Kind kind) throws Exception {
        int chunk = 96 * 1024 + 512; // does not divide the space that there is
        try (SmallFileSystem small = SmallFileSystem.mount(kind, directory);
                AioFile file = AioFile.open(
                        small.root.resolve("file"),
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.CREATE);
                AioContext context = open()) {
            AlignedMemory memory = AlignedMemory.allocate(chunk, SIZE);
            fill(memory, 10);
            long position = 0;
            long written;
            while ((written = write(context, file, position, memory, chunk)) > 0) {
                position += written;
            }
            assertThat(written).isEqualTo(-Linux.ENOSPC);
            assertThat(position).isGreaterThan(chunk);
            assertThat(file.currentSize()).isEqualTo(position);
            assertThat(read(context, file, position, memory, chunk)).isZero();
            assertThat(write(context, file, position, memory, 0)).isZero();
            assertThat(write(context, file, 0, memory, PAGE)).as("an overwrite").isEqualTo(PAGE);

            file.truncate(0);
            file.sync(); // a journal may hold freed blocks back until it commits
            assertThat(write(context, file, 0, memory, chunk)).isEqualTo(chunk);
        }
    }

    @Test
    @DisplayName("libaio harness 11.t: the same page written and read over and over")
    void shouldWriteAndReadTheSamePageManyTimes() throws Exception {
        try (AioFile file = create("file");
                AioContext context = open()) {
            AlignedMemory memory = pages(1);
            for (int i = 0; i < 5_000; i++) {
                assertThat(write(context, file, 0, memory, 256)).isEqualTo(256);
            }
            for (int i = 0; i < 5_000; i++) {
                assertThat(read(context, file, 0, memory, 256)).isEqualTo(256);
            }
            assertThat(context.inFlight()).isZero();
        }
    }

    @Test
    @DisplayName("libaio harness 12.t: a forked process does not disturb its parent's context")
    void shouldGoOnWhileChildrenAreForked() throws Exception {
        try (AioFile file = create("file");
                AioContext context = open()) {
            FieldOutcomes outcomes = new FieldOutcomes(32);
            AlignedMemory memory = filled(PAGE, 12);
            for (int i = 0; i < 32; i++) {
                context.write(file, (long) i * PAGE, memory, 0, PAGE, NONE, outcomes, i);
                if (i % 8 == 0) {
                    context.submit();
                    assumeRuns("true");
                }
            }
            drain(context, outcomes);
            outcomes.assertAllCompletedWith(PAGE);
        }
        assertAll(contentOf("file"), 12);
    }

    @Test
    @DisplayName("libaio harness 13.t: several large writes in one submit")
    void shouldSubmitSeveralLargeWritesAtOnce() throws Exception {
        try (AioFile file = create("file");
                AioContext context = open()) {
            FieldOutcomes outcomes = new FieldOutcomes(8);
            AlignedMemory memory = filled(MIB, 13);
            for (int i = 0; i < 8; i++) {
                context.write(file, (long) i * MIB, memory, 0, MIB, NONE, outcomes, i);
            }
            drain(context, outcomes);
            outcomes.assertAllCompletedWith(MIB);
            assertThat(file.currentSize()).isEqualTo(8 * MIB);
        }
    }

    @Test
    @DisplayName("libaio harness 14.t: a process may exit with operations in flight")
    void shouldExitWithOperationsInFlight() throws Exception {
        Path path = directory.resolve("file");
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ExitInFlight.class.getName(),
                        path.toString(),
                        engine.name())
                .redirectErrorStream(true)
                .start();
        String output = new String(child.getInputStream().readAllBytes());
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).as(output).isZero();
        try (AioFile file = create("file")) {
            file.truncate(0);
            assertThat(file.currentSize()).isZero();
        }
    }

    /** The child of {@link #shouldExitWithOperationsInFlight}. */
    static final class ExitInFlight {

        public static void main(String[] arguments) throws Exception {
            AioFile file = AioFile.open(
                    Path.of(arguments[0]),
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.CREATE);
            Engine engine = Engine.valueOf(arguments[1]);
            AioContext context = AioContext.builder()
                    .engine(engine == Engine.LANE ? AioEngine.LANE : AioEngine.AIO)
                    .userSpaceReaping(engine == Engine.AIO_RING)
                    .open();
            AlignedMemory memory = AlignedMemory.allocate(4 * MIB, PAGE);
            FieldOutcomes outcomes = new FieldOutcomes(10);
            for (int i = 0; i < 10; i++) {
                if (i % 2 == 0) {
                    context.write(file, 0, memory, 0, 4 * MIB, NONE, outcomes, i);
                } else {
                    context.read(file, 0, memory, 0, 4 * MIB, NONE, outcomes, i);
                }
                context.submit();
            }
        }
    }

    @Test
    @DisplayName("libaio harness 15.t: vectors are written and read back")
    void shouldWriteAndReadVectors() throws Exception {
        try (AioFile file = create("file");
                AioContext context = open()) {
            AlignedMemory memory = AlignedMemory.allocate(10 * SIZE, SIZE);
            IoVectors vectors = new IoVectors(10);
            for (int i = 0; i < 10; i++) {
                fill(memory, i * SIZE, SIZE, i);
                vectors.add(memory, i * SIZE, SIZE);
            }
            byte[] expected = bytes(memory, 0, 10 * SIZE);
            assertThat(perform(context, (done, token) -> context.writev(file, 0, vectors, NONE, done, token)))
                    .isEqualTo(10 * SIZE);
            assertBytes(contentOf("file"), expected);

            fill(memory, -1);
            assertThat(perform(context, (done, token) -> context.readv(file, 0, vectors, NONE, done, token)))
                    .isEqualTo(10 * SIZE);
            assertBytes(bytes(memory, 0, 10 * SIZE), expected);
        }
    }

    @Test
    @DisplayName("libaio harness 15.t: vectors at a position")
    void shouldWriteAndReadVectorsAtAPosition() throws Exception {
        try (AioFile file = create("file");
                AioContext context = open()) {
            AlignedMemory memory = AlignedMemory.allocate(10 * SIZE, SIZE);
            put(memory, 0, randomBytes(10 * SIZE, 15));
            IoVectors vectors = new IoVectors(9);
            for (int i = 1; i < 10; i++) {
                vectors.add(memory, i * SIZE, SIZE);
            }
            file.truncate(10 * SIZE);
            assertThat(perform(context, (done, token) -> context.writev(file, SIZE, vectors, NONE, done, token)))
                    .isEqualTo(9 * SIZE);
            byte[] expected = randomBytes(10 * SIZE, 15);
            Arrays.fill(expected, 0, SIZE, (byte) 0);
            assertBytes(contentOf("file"), expected);

            fill(memory, 0);
            assertThat(perform(context, (done, token) -> context.readv(file, SIZE, vectors, NONE, done, token)))
                    .isEqualTo(9 * SIZE);
            assertBytes(bytes(memory, 0, 10 * SIZE), expected);
        }
    }

    @Test
    @DisplayName("libaio harness 16.t: an eventfd tells of a completion, which then is there, writing and reading")
    void shouldSignalTheContextsOwnEventFd() throws Exception {
        int size = 10_000_000 / PAGE * PAGE;
        try (AioFile file = create("file");
                AioContext context = builder().ownEventFd(true).open();
                AioContext observer = open()) {
            AlignedMemory memory = filled(size, 0x42);
            FieldOutcomes outcomes = new FieldOutcomes(2);
            context.write(file, 0, memory, 0, size, NONE, outcomes, 0);
            awaitCompletionByEventFd(context, context.eventFd(), observer, outcomes, 1);
            fill(memory, 0);
            context.read(file, 0, memory, 0, size, NONE, outcomes, 1);
            awaitCompletionByEventFd(context, context.eventFd(), observer, outcomes, 2);
            outcomes.assertAllCompletedWith(size);
            assertAll(bytes(memory, 0, size), 0x42);
        }
    }

    @Test
    @DisplayName("libaio harness 16.t: an eventfd of the caller's is signalled as well, and stays the caller's")
    @SuppressWarnings("try") // closed once more before the end of the block: that is the case
    void shouldSignalAGivenEventFd() throws Exception {
        int eventFd = Native.eventfd();
        try (AioFile file = create("file");
                AioContext observer = open()) {
            try (AioContext context = builder().eventFd(eventFd).open()) {
                assertThat(context.eventFd()).isEqualTo(eventFd);
                FieldOutcomes outcomes = new FieldOutcomes(1);
                context.write(file, 0, filled(PAGE, 1), 0, PAGE, NONE, outcomes, 0);
                awaitCompletionByEventFd(context, eventFd, observer, outcomes, 1);
                assertThat(outcomes.result(0)).isEqualTo(PAGE);
                context.close();
                context.destroyed().get(60, TimeUnit.SECONDS);
            }
            assertThat(Native.eventfdSignal(eventFd)).as("still open").isNotNegative();
        } finally {
            Native.close(eventFd);
        }
    }

    /** As an event loop has it: the eventfd is polled, the context only asked for what is there. */
    private static void awaitCompletionByEventFd(
            AioContext context, int eventFd, AioContext observer, FieldOutcomes outcomes, int count) {
        context.submit();
        while (outcomes.completed() < count) {
            long mask = perform(observer, (done, token) -> observer.poll(eventFd, PollEvents.IN, NONE, done, token));
            assertThat(mask & PollEvents.IN).isEqualTo(PollEvents.IN);
            Native.eventfdDrain(eventFd);
            context.getEvents(0, 16, 0);
            if (outcomes.completed() < count) {
                context.submit(); // what a helper or the lane handed back
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {31, 32, 33, 127, 128, 129, 512})
    @DisplayName("libaio harness 17.t: more operations than the completion ring has places do not hang")
    void shouldCompleteMoreOperationsThanTheRingHolds(int operations) throws Exception {
        try (AioFile file = createDirect("file");
                AioContext context = open(32, 1024)) {
            file.truncate((long) operations * PAGE);
            AlignedMemory memory = pages(operations);
            fill(memory, -1);
            FieldOutcomes outcomes = new FieldOutcomes(operations);
            for (int i = 0; i < operations; i++) {
                assertThat(context.read(file, 0, memory, i * PAGE, PAGE, NONE, outcomes, i))
                        .isPositive();
            }
            drain(context, outcomes);
            outcomes.assertAllCompletedWith(PAGE);
            assertAll(bytes(memory, 0, operations * PAGE), 0);
        }
    }

    @Test
    @DisplayName("libaio harness 18.t: once a context is destroyed, nothing writes into its buffers")
    void shouldNotTouchMemoryAfterDestruction() throws Exception {
        Files.write(directory.resolve("file"), filledBytes(PAGE, '1'));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (AioFile file = createDirect("file")) {
            List<Future<?>> workers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                workers.add(threads.submit(() -> {
                    destroyInFlight(file, 15);
                    return null;
                }));
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    private void destroyInFlight(AioFile file, int times) throws Exception {
        AlignedMemory memory = pages(1);
        for (int i = 0; i < times; i++) {
            fill(memory, '0');
            AioContext context = open(1, 0);
            FieldOutcomes outcomes = new FieldOutcomes(1);
            context.read(file, 0, memory, 0, PAGE, NONE, outcomes, 0);
            context.submit();
            context.close();
            context.destroyed().get(60, TimeUnit.SECONDS);
            assertThat(outcomes.result(0)).isIn((long) PAGE, -(long) Linux.ECANCELED);
            fill(memory, '2');
            assertAll(bytes(memory, 0, PAGE), '2');
        }
    }

    private static byte[] filledBytes(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    @Test
    @DisplayName("libaio harness 19.t: completions are reaped from the ring in user space, without a system call")
    void shouldReapFromTheRing() throws Exception {
        assumeTrue(engine == Engine.AIO_RING, "this engine has no ring");
        try (AioFile file = create("file");
                AioContext context = open()) {
            assumeTrue(context.reapsInUserSpace(), "this kernel's ring is not the known one");
            for (int i = 0; i < 100; i++) {
                FieldOutcomes outcomes = new FieldOutcomes(1);
                context.write(file, 0, pages(1), 0, PAGE, NONE, outcomes, 0);
                context.submit();
                while (!outcomes.isCompleted(0)) {
                    context.reap(1);
                    Thread.onSpinWait();
                }
                assertThat(outcomes.result(0)).isEqualTo(PAGE);
            }
        }
    }

    @Test
    @DisplayName("libaio harness 21.t: NOWAIT declines a direct read over dirty cached pages, then does it")
    void shouldDeclineToWaitForDirtyPages() throws Exception {
        FileSystemType type = fileSystem();
        assumeTrue(type == FileSystemType.EXT || type == FileSystemType.XFS, () -> type + " has rules of its own");
        try (AioFile buffered = create("file");
                AioFile direct = createDirect("file");
                AioContext context = open()) {
            AlignedMemory memory = filled(PAGE, 0xa);
            OperationOptions nowait = NONE.nowait();
            assertThat(write(context, buffered, 0, memory, PAGE)).isEqualTo(PAGE);
            assertThat(perform(context, (done, t) -> context.read(direct, 0, memory, 0, PAGE, nowait, done, t)))
                    .isEqualTo(-Linux.EAGAIN);
            assertThat(write(context, direct, 0, memory, PAGE)).isEqualTo(PAGE);
            assertThat(perform(context, (done, t) -> context.read(direct, 0, memory, 0, PAGE, nowait, done, t)))
                    .isEqualTo(PAGE);
        }
    }

    @Test
    @DisplayName("libaio harness 22.t: a poll of a pipe ends when it becomes readable, and says so")
    void shouldPollAPipe() throws Exception {
        try (Fifo fifo = Fifo.create(directory);
                AioContext context = open()) {
            FieldOutcomes outcomes = new FieldOutcomes(1);
            context.poll(fifo.readEnd(), PollEvents.IN, NONE, outcomes, 0);
            context.submit();
            assertThat(context.getEvents(0, 1, 0)).isZero();
            fifo.writeByte();
            drain(context, outcomes);
            assertThat(outcomes.result(0) & PollEvents.IN).isEqualTo(PollEvents.IN);
        }
    }

    @Test
    @DisplayName("libaio harness 22.t: a signal does not end a wait for events")
    void shouldWaitThroughSignals() throws Exception {
        try (Fifo fifo = Fifo.create(directory);
                AioContext context = open()) {
            FieldOutcomes outcomes = new FieldOutcomes(1);
            context.poll(fifo.readEnd(), PollEvents.IN, NONE, outcomes, 0);
            context.submit();
            String thread = Files.readSymbolicLink(Path.of("/proc/thread-self"))
                    .getFileName()
                    .toString();
            // SIGUSR2 is what HotSpot itself interrupts threads with; unasked for, its handler returns at once.
            Path sender = Files.writeString(
                    directory.resolve("signals.py"),
                    "import ctypes, sys, time\n"
                            + "pid, tid = int(sys.argv[1]), int(sys.argv[2])\n"
                            + "state = lambda: open(f'/proc/{pid}/task/{tid}/stat').read().rsplit(')')[-1].split()[0]\n"
                            + "for i in range(20):\n"
                            + "    while state() != 'S': time.sleep(0.001)\n"
                            + "    assert ctypes.CDLL(None).tgkill(pid, tid, 12) == 0\n"
                            + "open(sys.argv[3], 'w').write('x')\n");
            Process signals = new ProcessBuilder(
                            "python3",
                            sender.toString(),
                            Long.toString(ProcessHandle.current().pid()),
                            thread,
                            fifo.path.toString())
                    .redirectErrorStream(true)
                    .start();
            signals.onExit().thenRun(fifo::writeByte); // ends the wait also if the sender fails
            while (!outcomes.isCompleted(0)) {
                context.getEvents(1, 1, -1);
            }
            String output = new String(signals.getInputStream().readAllBytes());
            assumeTrue(signals.waitFor() == 0, () -> "no signals sent: " + output);
            assertThat(outcomes.result(0) & PollEvents.IN).isEqualTo(PollEvents.IN);
        }
    }

    @Test
    @DisplayName("libaio harness 23.t: a poll misses no event, though others write and read the pipe meanwhile")
    void shouldMissNoEventOfAPipe() throws Exception {
        ExecutorService others = Executors.newFixedThreadPool(2);
        try (Fifo fifo = Fifo.create(directory);
                AioContext context = open()) {
            for (int i = 0; i < 500; i++) {
                FieldOutcomes outcomes = new FieldOutcomes(1);
                context.poll(fifo.readEnd(), PollEvents.IN, NONE, outcomes, 0);
                context.submit();
                Future<?> writer = others.submit(fifo::writeByte);
                Future<?> swapper = others.submit(() -> {
                    writer.get();
                    fifo.readByte();
                    fifo.writeByte();
                    return null;
                });
                drain(context, outcomes);
                swapper.get();
                fifo.readByte();
                assertThat(outcomes.result(0)).as("round %s", i).isPositive();
            }
        } finally {
            others.shutdown();
        }
    }

    @Test
    @DisplayName("libaio harness common-7-8.h: what fails has an exception that says which operation it was")
    void shouldSayWhichOperationFailed() throws Exception {
        List<AioException> failures = new ArrayList<>();
        try (AioFile file = create("file");
                AioContext context = open()) {
            context.write(file, -SIZE, pages(1), 0, SIZE, NONE, (token, result) -> failures.add(context.failure()), 0);
            context.submit();
            context.getEvents(0, 1, 0);
        }
        assertThat(failures).hasSize(1);
        assertThatThrownBy(() -> {
                    throw failures.get(0);
                })
                .isInstanceOfSatisfying(AioException.class, e -> {
                    assertThat(e.errno()).isEqualTo(Linux.EINVAL);
                    assertThat(e.operation()).isEqualTo("write");
                    assertThat(e.path()).isEqualTo(directory.resolve("file").toString());
                    assertThat(e.length()).isEqualTo(SIZE);
                });
    }
}
