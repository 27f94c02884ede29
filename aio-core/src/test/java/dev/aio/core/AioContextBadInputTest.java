package dev.aio.core;

import static dev.aio.core.OperationOptions.NONE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with one operation is told of that operation alone, whatever it is. */
class AioContextBadInputTest extends ContextSuite {

    private static final int SIZE = 4 * PAGE;

    private TestFile source;
    private AioFile good;
    private AioContext context;

    @BeforeEach
    void openGoodFile() throws IOException {
        source = TestFile.create(directory, SIZE);
        good = source.openDirect();
        context = open(8, 8);
    }

    @AfterEach
    void closeAll() throws IOException {
        if (context == null) {
            return; // skipped: nothing was opened
        }
        context.takeOver(); // the test ran on a thread of its own
        context.close();
        context.destroyed().join();
        good.close();
        assertThat(OpenDescriptors.under(directory)).isZero();
    }

    /** Prepares one operation. */
    private interface Attempt {
        long prepare(AioCompletion completion, long token);
    }

    /** Runs an operation between two good ones, and another one after them. */
    private Outcomes besideGoodOnes(Attempt attempt) {
        AlignedMemory memory = pages(3);
        Outcomes outcomes = new Outcomes(context, 4);
        context.read(good, 0, memory, 0, PAGE, NONE, outcomes, 0);
        assertThat(attempt.prepare(outcomes, 1)).isPositive();
        context.read(good, PAGE, memory, PAGE, PAGE, NONE, outcomes, 2);
        runAll(context);
        context.read(good, 2 * PAGE, memory, 2 * PAGE, PAGE, NONE, outcomes, 3);
        runAll(context);
        outcomes.assertEachReleasedOnce();
        assertThat(new long[] {outcomes.result(0), outcomes.result(2), outcomes.result(3)})
                .containsOnly(PAGE);
        source.assertContent(memory, 0, 0, 3 * PAGE);
        assertThat(context.stats().staleEvents()).isZero();
        return outcomes;
    }

    private static void assertFailure(
            AioException failure,
            String errno,
            AioOperation operation,
            String path,
            long position,
            long length,
            String advice) {
        assertThat(failure.errnoName()).isEqualTo(errno);
        assertThat(failure.operation()).isEqualTo(operation.label());
        assertThat(failure.path()).isEqualTo(path);
        assertThat(failure.position()).isEqualTo(position);
        assertThat(failure.length()).isEqualTo(length);
        assertThat(failure).hasMessageContaining(advice);
    }

    private Path file(String name, int size) throws IOException {
        return Files.write(directory.resolve(name), new byte[size]);
    }

    private AioFile openNew(String name) throws IOException {
        return AioFile.open(directory.resolve(name), CREATE_NEW, READ, WRITE);
    }

    private AioFile openNewDirect(String name) throws IOException {
        return DirectFile.open(directory.resolve(name), CREATE_NEW, READ, WRITE);
    }

    private static long prepare(
            AioContext context,
            AioOperation kind,
            AioFile file,
            long position,
            AlignedMemory memory,
            AioCompletion completion,
            long token) {
        IoVectors vectors = new IoVectors(1).add(memory, 0, memory.capacity());
        switch (kind) {
            case READ:
                return context.read(file, position, memory, 0, memory.capacity(), NONE, completion, token);
            case WRITE:
                return context.write(file, position, memory, 0, memory.capacity(), NONE, completion, token);
            case READ_VECTORED:
                return context.readv(file, position, vectors, NONE, completion, token);
            case WRITE_VECTORED:
                return context.writev(file, position, vectors, NONE, completion, token);
            case SYNC:
                return context.sync(file, NONE, completion, token);
            default:
                return context.dataSync(file, NONE, completion, token);
        }
    }

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
    @ValueSource(booleans = {true, false})
    void shouldPassOnThatAFileCannotBeThatLarge(boolean direct) throws IOException {
        long position = 1L << 62;
        try (AioFile file = direct ? openNewDirect("file") : openNew("file")) {
            Outcomes outcomes = besideGoodOnes((completion, token) ->
                    prepare(context, AioOperation.WRITE, file, position, pages(1), completion, token));
            assertFailure(
                    outcomes.failure(1), "EFBIG", AioOperation.WRITE, file.path(), position, PAGE, "RLIMIT_FSIZE");
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
    @CsvSource({ // memory offset, position, length
        "1, 0, 4096",
        "0, 1, 4096",
        "0, 0, 4095",
        "0, 0, 1",
        "511, 513, 5000",
        "4095, 16383, 1",
        "3, 16000, 1000",
        "3, 16383, 4096",
        "0, 16384, 100",
        "7, 1099511627776, 100"
    })
    void shouldReadDirectlyWhatIsNotAligned(int offset, long position, int length) {
        AlignedMemory memory = pages(4);
        int expected = (int) Math.max(0, Math.min(length, SIZE - position));
        assertThat(besideGoodOnes((completion, token) ->
                                context.read(good, position, memory, offset, length, NONE, completion, token))
                        .result(1))
                .isEqualTo(expected);
        source.assertContent(memory, offset, expected == 0 ? 0 : position, expected);
        assertUntouched(memory, 0, offset);
        assertUntouched(memory, offset + expected, memory.capacity());
    }

    private static void assertUntouched(AlignedMemory memory, int from, int to) {
        byte[] bytes = new byte[to - from];
        memory.slice(from, to - from).get(bytes);
        assertThat(bytes).isEqualTo(new byte[to - from]);
    }

    @Test
    void shouldReadDirectlyIntoVectorsThatAreNotAligned() {
        AlignedMemory memory = pages(4);
        IoVectors vectors = new IoVectors(5)
                .add(memory, 9000, 1)
                .add(memory, 1, 4097)
                .add(memory, 5000, 0)
                .add(memory, 5001, 2999)
                .add(memory, 10000, 5000);
        assertThat(besideGoodOnes((completion, token) -> context.readv(good, 33, vectors, NONE, completion, token))
                        .result(1))
                .isEqualTo(12097);
        source.assertContent(memory, 9000, 33, 1);
        source.assertContent(memory, 1, 34, 4097);
        source.assertContent(memory, 5001, 4131, 2999);
        source.assertContent(memory, 10000, 7130, 5000);
    }

    @Test
    void shouldReadDirectlyIntoUnalignedVectorsUpToTheEnd() {
        AlignedMemory memory = pages(4);
        IoVectors vectors =
                new IoVectors(3).add(memory, 1, 100).add(memory, 201, 1000).add(memory, 2001, 1000);
        assertThat(besideGoodOnes((completion, token) ->
                                context.readv(good, SIZE - 600, vectors, NONE, completion, token))
                        .result(1))
                .isEqualTo(600);
        source.assertContent(memory, 1, SIZE - 600, 100);
        source.assertContent(memory, 201, SIZE - 500, 500);
        assertUntouched(memory, 701, memory.capacity());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldReadMoreThanABounceBufferHolds(boolean vectored) throws IOException {
        int size = (5 << 20) / 2;
        TestFile large = TestFile.create(directory, size);
        AlignedMemory memory = AlignedMemory.allocate(3 << 20, PAGE);
        try (AioFile file = large.openDirect()) {
            int length = size; // beyond the end by what was skipped
            IoVectors vectors = new IoVectors(2).add(memory, 5, 1_500_001).add(memory, 1_500_006, length - 1_500_001);
            Outcomes outcomes = besideGoodOnes((completion, token) -> vectored
                    ? context.readv(file, 777, vectors, NONE, completion, token)
                    : context.read(file, 777, memory, 5, length, NONE, completion, token));
            assertThat(outcomes.result(1)).isEqualTo(size - 777);
            large.assertContent(memory, 5, 777, size - 777);
            assertUntouched(memory, 5 + size - 777, memory.capacity());
        }
    }

    @Test
    void shouldReadUnalignedIntoABufferWhoseLimitWasLoweredMeanwhile() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(PAGE);
        Outcomes outcomes = new Outcomes(context, 1);
        context.read(good, 1, buffer, NONE, outcomes, 0);
        context.submit();
        buffer.limit(10);
        try {
            runAll(context);
        } finally {
            assertThat(context.inFlight()).isZero();
        }
        assertThat(outcomes.result(0)).isEqualTo(PAGE);
        assertThat(buffer.limit()).isEqualTo(10);
        source.assertContent(AlignedMemory.of(buffer), 0, 1, PAGE);
    }

    @ParameterizedTest
    @CsvSource({ // memory offset, position, length
        "1, 0, 4096",
        "0, 100, 4096",
        "0, 0, 4000"
    })
    void shouldRefuseADirectWriteThatIsNotAligned(int offset, long position, int length) throws IOException {
        AlignedMemory memory = pages(2);
        try (AioFile file = openNewDirect("direct")) {
            assumeTrue(file.isDirectOpen(), "no O_DIRECT here");
            Outcomes plain = besideGoodOnes((completion, token) ->
                    context.write(file, position, memory, offset, length, NONE, completion, token));
            IoVectors vectors = new IoVectors(2).add(memory, PAGE, PAGE).add(memory, offset, length);
            Outcomes vectored = besideGoodOnes(
                    (completion, token) -> context.writev(file, position, vectors, NONE, completion, token));
            String advice = "multiples of " + file.directOffsetAlignment() + " bytes";
            assertFailure(plain.failure(1), "EINVAL", AioOperation.WRITE, file.path(), position, length, advice);
            assertFailure(
                    vectored.failure(1),
                    "EINVAL",
                    AioOperation.WRITE_VECTORED,
                    file.path(),
                    position,
                    PAGE + length,
                    advice);
            assertThat(plain.failure(1)).hasMessageContaining("multiples of " + file.directMemoryAlignment());
            assertThat(file.currentSize()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {SIZE, SIZE + PAGE, 1L << 40, 1L << 62})
    void shouldReadNothingPastTheEnd(long position) throws IOException {
        AlignedMemory memory = pages(1);
        try (AioFile buffered = AioFile.open(source.path)) {
            for (AioFile file : new AioFile[] {good, buffered}) {
                assertThat(besideGoodOnes((completion, token) ->
                                        context.read(file, position, memory, 0, PAGE, NONE, completion, token))
                                .result(1))
                        .isZero();
            }
        }
        assertUntouched(memory, 0, PAGE);
    }

    @Test
    void shouldReportWhatFitsOnADiskThatGetsFull() throws Exception {
        Path full = directory.resolve("full");
        Files.createDirectory(full);
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", full.toString()) == 0,
                "a file system of its own cannot be mounted (root can)");
        try (AioFile file = AioFile.open(full.resolve("file"), CREATE_NEW, READ, WRITE)) {
            AlignedMemory memory = pages(512);
            Outcomes first = besideGoodOnes((completion, token) ->
                    context.write(file, 0, memory, 0, memory.capacity(), NONE, completion, token));
            assertThat(first.result(1)).isEqualTo(1 << 20);
            Outcomes rest = besideGoodOnes(
                    (completion, token) -> context.write(file, 1 << 20, memory, 0, 1 << 20, NONE, completion, token));
            assertFailure(
                    rest.failure(1), "ENOSPC", AioOperation.WRITE, file.path(), 1 << 20, 1 << 20, "system is full");
            assertThat(file.currentSize()).isEqualTo(1 << 20);
        } finally {
            run("umount", full.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldReportWhatTheLimitOfFileSizesAllows(boolean direct) throws Exception {
        long limit = 1L << 30; // far above what anybody else here writes
        String pid = Long.toString(ProcessHandle.current().pid());
        AlignedMemory memory = pages(4);
        try (AioFile file = direct ? openNewDirect("limited") : openNew("limited")) {
            assumeTrue(run("prlimit", "--pid", pid, "--fsize=" + limit + ":") == 0, "prlimit cannot set limits");
            try {
                Outcomes first = besideGoodOnes((completion, token) ->
                        context.write(file, limit - PAGE, memory, 0, 4 * PAGE, NONE, completion, token));
                assertThat(first.result(1)).isEqualTo(PAGE);
                Outcomes rest = besideGoodOnes((completion, token) ->
                        context.write(file, limit, memory, 0, 3 * PAGE, NONE, completion, token));
                assertFailure(
                        rest.failure(1), "EFBIG", AioOperation.WRITE, file.path(), limit, 3 * PAGE, "RLIMIT_FSIZE");
                assertThat(file.currentSize()).isEqualTo(limit);
            } finally {
                assertThat(run("prlimit", "--pid", pid, "--fsize=unlimited:")).isZero();
            }
        }
    }

    private static int run(String... command) throws Exception {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return -1; // no such program
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldReadWhatIsLeftOfAFileThatIsTruncatedMeanwhile(boolean direct) throws IOException {
        TestFile cut = TestFile.create(directory, 8 * PAGE);
        AlignedMemory memory = pages(8);
        try (AioFile file = direct ? DirectFile.open(cut.path, READ, WRITE) : AioFile.open(cut.path, READ, WRITE)) {
            Outcomes outcomes = besideGoodOnes((completion, token) -> {
                long id = context.read(file, 0, memory, 0, 8 * PAGE, NONE, completion, token);
                try {
                    file.truncate(2 * PAGE + 100);
                } catch (AioException e) {
                    throw new IllegalStateException(e);
                }
                return id;
            });
            assertThat(outcomes.result(1)).isEqualTo(2 * PAGE + 100);
            cut.assertContent(memory, 0, 0, 2 * PAGE + 100);
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
