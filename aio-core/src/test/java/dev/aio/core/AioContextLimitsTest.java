package dev.aio.core;

import static dev.aio.core.OperationOptions.NONE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ends of files, disks and limits that operations meet. */
class AioContextLimitsTest extends BadInputSuite {

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
}
