package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.aio.core.internal.Linux;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cases 2.t to 10.t of the harness of libaio (harness/cases/*.t of 0.3.113): what is refused, memory of all kinds, and limits. */
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
}
