package dev.aio.core;

import static dev.aio.core.OperationOptions.NONE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Arguments that no operation can do with. */
class AioContextBadInputTest extends BadInputSuite {

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "POLL")
    void shouldRefuseAClosedFile(AioOperation kind) throws IOException {
        AioFile closed = openNew("closed");
        closed.close();
        Outcomes outcomes = besideGoodOnes(
                (completion, token) -> prepare(context, kind, closed, PAGE, pages(1), completion, token));
        long none = kind.isSync() ? -1 : PAGE;
        assertFailure(outcomes.failure(1), "EBADF", kind, closed.path(), none, none, "the file was closed");
    }

    @Test
    void shouldRefuseToPollWhatIsNotOpen() {
        int closed = 999_999; // no number that another thread may be given meanwhile
        Outcomes outcomes =
                besideGoodOnes((completion, token) -> context.poll(closed, PollEvents.IN, NONE, completion, token));
        assertFailure(
                outcomes.failure(1),
                "EBADF",
                AioOperation.POLL,
                "descriptor " + closed,
                -1,
                -1,
                "is closed or not open");
    }

    @Test
    void shouldRefuseToPollANegativeDescriptor() {
        Outcomes outcomes =
                besideGoodOnes((completion, token) -> context.poll(-1, PollEvents.IN, NONE, completion, token));
        assertFailure(outcomes.failure(1), "EBADF", AioOperation.POLL, "descriptor -1", -1, -1, "-1 (expected: >= 0)");
    }

    @ParameterizedTest
    @EnumSource(names = {"READ", "READ_VECTORED"})
    void shouldRefuseToReadWhatIsOpenForWriting(AioOperation kind) throws IOException {
        try (AioFile file = AioFile.open(file("write-only", PAGE), WRITE)) {
            Outcomes outcomes =
                    besideGoodOnes((completion, token) -> prepare(context, kind, file, 0, pages(1), completion, token));
            assertFailure(outcomes.failure(1), "EBADF", kind, file.path(), 0, PAGE, "not open for reading");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"WRITE", "WRITE_VECTORED"})
    void shouldRefuseToWriteWhatIsOpenForReading(AioOperation kind) throws IOException {
        Path path = file("read-only", PAGE);
        AlignedMemory ones = pages(1);
        ones.buffer().put(0, (byte) 1);
        try (AioFile file = AioFile.open(path, READ)) {
            Outcomes outcomes =
                    besideGoodOnes((completion, token) -> prepare(context, kind, file, 0, ones, completion, token));
            assertFailure(outcomes.failure(1), "EBADF", kind, file.path(), 0, PAGE, "not open for writing");
        }
        assertThat(Files.readAllBytes(path)).containsOnly(0);
    }

    @Test
    void shouldTakeNeitherADirectoryNorAPipeForAFile() throws Exception {
        Path fifo = directory.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        for (String[] one : new String[][] {{fifo.toString(), "ESPIPE"}, {directory.toString(), "EISDIR"}}) {
            int fd = Native.openat(Linux.AT_FDCWD, Scratch.get().path(one[0]), Linux.O_RDONLY | Linux.O_NONBLOCK, 0);
            assertThat(fd).isNotNegative();
            assertThatThrownBy(() -> AioFile.ofDescriptor(fd)).isInstanceOfSatisfying(AioException.class, failure -> {
                assertThat(failure.errnoName()).isEqualTo(one[1]);
                assertThat(failure).hasMessageContaining("descriptor " + fd + " (expected: ");
            });
            Native.close(fd);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"READ", "WRITE", "READ_VECTORED", "WRITE_VECTORED"})
    void shouldRefuseANegativePosition(AioOperation kind) throws IOException {
        try (AioFile file = openNew("file")) {
            for (long position : new long[] {-1, -PAGE, Long.MIN_VALUE}) {
                Outcomes outcomes = besideGoodOnes(
                        (completion, token) -> prepare(context, kind, file, position, pages(1), completion, token));
                String advice = "position: " + position + " (expected: >= 0)";
                assertFailure(outcomes.failure(1), "EINVAL", kind, file.path(), position, PAGE, advice);
            }
            assertThat(file.currentSize()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"READ", "WRITE", "READ_VECTORED", "WRITE_VECTORED"})
    void shouldRefuseWhatNoFileIsLongEnoughFor(AioOperation kind) throws IOException {
        long position = Long.MAX_VALUE - PAGE + 1;
        try (AioFile file = openNew("file")) {
            Outcomes outcomes = besideGoodOnes(
                    (completion, token) -> prepare(context, kind, file, position, pages(1), completion, token));
            assertFailure(
                    outcomes.failure(1), "EINVAL", kind, file.path(), position, PAGE, "position and length together");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, PAGE, 17, SIZE, 1L << 40})
    void shouldTransferNothingIfAskedForNothing(long position) throws IOException {
        AlignedMemory memory = pages(1);
        assertThat(besideGoodOnes((completion, token) ->
                                context.read(good, position, memory, 7, 0, NONE, completion, token))
                        .result(1))
                .isZero();
        try (AioFile file = openNew("file")) {
            assertThat(besideGoodOnes((completion, token) ->
                                    context.write(file, position, memory, 7, 0, NONE, completion, token))
                            .result(1))
                    .isZero();
            assertThat(file.currentSize()).isZero();
        }
    }

    @Test
    void shouldTransferNothingIntoNoVectors() {
        IoVectors vectors = new IoVectors(1);
        assertThat(besideGoodOnes((completion, token) -> context.readv(good, 0, vectors, NONE, completion, token))
                        .result(1))
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({"0, 4097", "1, 4096", "4097, 0", "-1, 10", "10, -1", "2147483647, 2147483647", "0, -2147483648"})
    void shouldRefuseALengthBeyondTheMemory(int offset, int length) throws IOException {
        AlignedMemory memory = pages(1);
        try (AioFile file = openNew("file")) {
            Outcomes read = besideGoodOnes(
                    (completion, token) -> context.read(good, 0, memory, offset, length, NONE, completion, token));
            Outcomes write = besideGoodOnes(
                    (completion, token) -> context.write(file, 0, memory, offset, length, NONE, completion, token));
            String advice = length + " bytes from offset " + offset + " are not within the memory's 4096";
            assertFailure(read.failure(1), "EINVAL", AioOperation.READ, good.path(), 0, length, advice);
            assertFailure(write.failure(1), "EINVAL", AioOperation.WRITE, file.path(), 0, length, advice);
            assertThat(file.currentSize()).isZero();
        }
    }

    @Test
    void shouldNotReadIntoAReadOnlyBuffer() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(PAGE).asReadOnlyBuffer();
        Outcomes outcomes =
                besideGoodOnes((completion, token) -> context.read(good, 0, buffer, NONE, completion, token));
        assertFailure(
                outcomes.failure(1), "EINVAL", AioOperation.READ, good.path(), 0, PAGE, "the memory is read-only");
        assertThat(buffer).isEqualTo(ByteBuffer.allocate(PAGE));
        assertThat(buffer.position()).isZero();
    }

    @Test
    void shouldNotReadIntoReadOnlyMemory() {
        AlignedMemory memory = AlignedMemory.of(pages(1).buffer().asReadOnlyBuffer());
        Outcomes outcomes =
                besideGoodOnes((completion, token) -> context.read(good, 0, memory, 0, PAGE, NONE, completion, token));
        assertFailure(
                outcomes.failure(1), "EINVAL", AioOperation.READ, good.path(), 0, PAGE, "the memory is read-only");
        assertThat(memory.buffer()).isEqualTo(ByteBuffer.allocate(PAGE));
    }

    @Test
    void shouldNotReadIntoVectorsOfWhichOneIsReadOnly() {
        AlignedMemory memory = pages(1);
        AlignedMemory readOnly = AlignedMemory.of(pages(1).buffer().asReadOnlyBuffer());
        IoVectors vectors = new IoVectors(2).add(memory, 0, PAGE).add(readOnly, 0, PAGE);
        Outcomes outcomes =
                besideGoodOnes((completion, token) -> context.readv(good, 0, vectors, NONE, completion, token));
        assertFailure(
                outcomes.failure(1),
                "EINVAL",
                AioOperation.READ_VECTORED,
                good.path(),
                0,
                2 * PAGE,
                "the memory is read-only");
        assertThat(memory.buffer()).isEqualTo(ByteBuffer.allocate(PAGE));
    }

    @Test
    void shouldWriteFromReadOnlyMemory() throws IOException {
        AlignedMemory memory = pages(1);
        memory.buffer().put(5, (byte) 5);
        ByteBuffer readOnly = memory.buffer().asReadOnlyBuffer();
        try (AioFile file = openNew("file")) {
            assertThat(besideGoodOnes((completion, token) -> context.write(file, 0, readOnly, NONE, completion, token))
                            .result(1))
                    .isEqualTo(PAGE);
            assertThat(Files.readAllBytes(Path.of(file.path())))
                    .isEqualTo(ByteBuffer.allocate(PAGE).put(5, (byte) 5).array());
        }
    }

    @Test
    void shouldRefuseABufferOnTheHeap() throws IOException {
        ByteBuffer heap = ByteBuffer.allocate(PAGE);
        try (AioFile file = openNew("file")) {
            Outcomes read = besideGoodOnes((completion, token) -> context.read(good, 0, heap, NONE, completion, token));
            Outcomes write =
                    besideGoodOnes((completion, token) -> context.write(file, 0, heap, NONE, completion, token));
            String advice = "expected: a direct buffer";
            assertFailure(read.failure(1), "EINVAL", AioOperation.READ, good.path(), 0, PAGE, advice);
            assertFailure(write.failure(1), "EINVAL", AioOperation.WRITE, file.path(), 0, PAGE, advice);
            assertThat(heap.position()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"READ", "WRITE"})
    void shouldSayThatAFlagIsNotKnown(AioOperation kind) throws IOException {
        OperationOptions unknown = NONE.rwFlags(1 << 30);
        AlignedMemory memory = pages(1);
        try (AioFile file = openNew("file")) {
            Outcomes outcomes = besideGoodOnes((completion, token) -> kind == AioOperation.READ
                    ? context.read(file, 0, memory, 0, PAGE, unknown, completion, token)
                    : context.write(file, 0, memory, 0, PAGE, unknown, completion, token));
            assertFailure(outcomes.failure(1), "EOPNOTSUPP", kind, file.path(), 0, PAGE, "does not know a flag");
            assertThat(file.currentSize()).isZero();
        }
    }

    @Test
    void shouldSayThatAFileSystemDoesNotKnowAFlag() throws IOException {
        // procfs is the one that has never learned RWF_NOWAIT.
        try (AioFile file = AioFile.open(Path.of("/proc/version"))) {
            Outcomes outcomes = besideGoodOnes(
                    (completion, token) -> context.read(file, 0, pages(1), 0, PAGE, NONE.nowait(), completion, token));
            assertThat(outcomes.failure(1).errnoName()).isIn("EOPNOTSUPP", "EINVAL"); // procfs has no AIO at all
            assertThat(outcomes.failure(1)).hasMessageContaining("read of 4096 bytes at position 0 of /proc/version");
        }
    }

    @Test
    void shouldRefuseFlagsWhereThereAreNone() throws IOException {
        try (AioFile file = openNew("file")) {
            Outcomes sync = besideGoodOnes((completion, token) -> context.sync(file, NONE.dsync(), completion, token));
            assertFailure(sync.failure(1), "EINVAL", AioOperation.SYNC, file.path(), -1, -1, "a sync takes no flags");
        }
        int ready = Native.eventfd();
        Outcomes poll = besideGoodOnes(
                (completion, token) -> context.poll(ready, PollEvents.OUT, NONE.nowait(), completion, token));
        Native.close(ready);
        assertFailure(
                poll.failure(1), "EINVAL", AioOperation.POLL, "descriptor " + ready, -1, -1, "a poll takes no flags");
    }

    @Test
    void shouldRefuseVectorsThatAnotherOperationUses() throws IOException {
        IoVectors vectors = new IoVectors(1).add(pages(1), 0, PAGE);
        Outcomes outcomes = new Outcomes(context, 1);
        context.readv(good, 0, vectors, NONE, outcomes, 0);
        assertThatThrownBy(() -> context.readv(good, 0, vectors, NONE, outcomes, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("used by another operation");
        runAll(context);
        assertThat(outcomes.result(0)).isEqualTo(PAGE);
        assertThat(besideGoodOnes((completion, token) -> context.readv(good, 0, vectors, NONE, completion, token))
                        .result(1))
                .isEqualTo(PAGE);
    }
}
