package dev.aio.core;

import static dev.aio.core.OperationOptions.NONE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Who submits what: the owner only what does not wait. */
class AioContextNeverWaitTest extends ContextSuite {

    private static final int WRITES = 4;

    /** An io_submit that took longer was taken for a sign of congestion. */
    private static final long SLOW_NANOS = 2_000_000;

    private final AlignedMemory memory = pages(1);

    private AioFile openNew(boolean direct) throws IOException {
        Path path = directory.resolve("new");
        return direct ? DirectFile.open(path, CREATE_NEW, READ, WRITE) : AioFile.open(path, CREATE_NEW, READ, WRITE);
    }

    private void write(AioContext context, AioFile file) {
        Recorder recorder = new Recorder(WRITES);
        for (int i = 0; i < WRITES; i++) {
            context.write(file, (long) i * PAGE, memory, 0, PAGE, NONE, recorder, i);
        }
        runAll(context);
        recorder.assertAllCompletedWith(PAGE);
    }

    /** The lane's threads are helpers all. */
    private void assertByHelper(AioContext context) {
        assertThat(context.stats().helperSubmits()).isEqualTo(carrier == Carrier.LANE ? 0 : WRITES);
        assertThat(context.stats().submittedOperations()).isEqualTo(WRITES);
    }

    @Test
    void shouldHaveTheHelperSubmitBufferedWrites() throws IOException {
        try (AioFile file = openNew(false);
                AioContext context = open(8, 0)) {
            write(context, file);
            assertByHelper(context);
        }
    }

    @Test
    void shouldHaveTheHelperSubmitWritesThatExtendTheFile() throws IOException {
        try (AioFile file = openNew(true);
                AioContext context = open(8, 0)) {
            write(context, file);
            assertByHelper(context);
        }
    }

    @Test
    void shouldHaveTheHelperSubmitWritesThatConvertWhatWasPreallocated() throws IOException {
        try (AioFile file = openNew(true);
                AioContext context = open(8, 0)) {
            file.preallocate(0, WRITES * PAGE);
            write(context, file);
            assertByHelper(context);
        }
    }

    @Test
    void shouldSubmitOverwritesOfWhatWasZeroFilled() throws IOException {
        try (AioFile file = openNew(true);
                AioContext context = open(8, 0)) {
            assumeTrue(
                    file.fileSystem() == FileSystemType.EXT || file.fileSystem() == FileSystemType.XFS,
                    "this file system is not known to write in place");
            file.zeroFill(0, WRITES * PAGE);
            write(context, file);
            assumeTrue(context.stats().slowestSubmitNanos() < SLOW_NANOS, "the disk was busy");
            assertThat(context.stats().helperSubmits()).isZero();
            assertThat(context.stats().submittedOperations()).isEqualTo(WRITES);
        }
    }

    @Test
    void shouldSubmitEverythingItselfIfItMayWait() throws IOException {
        try (AioFile file = openNew(false);
                AioContext context = builder().depth(8).neverWait(false).open()) {
            write(context, file);
            assertThat(context.stats().helperSubmits()).isZero();
            assertThat(context.stats().submitCalls()).isEqualTo(1);
        }
    }

    @Test
    void shouldNameTheSlowestSubmission() throws IOException {
        try (AioFile file = openNew(false);
                AioContext context = builder().depth(8).neverWait(false).open()) {
            assertThat(context.stats().slowestRecentSubmit()).isNull();
            Recorder recorder = new Recorder(2);
            context.write(file, 3 * PAGE, memory, 0, 100, NONE, recorder, 0);
            context.write(file, 0, memory, 0, 200, NONE, recorder, 1);
            context.submit();
            AioContextStats.SlowSubmit slowest = context.stats().slowestRecentSubmit();
            assertThat(slowest)
                    .isEqualTo(new AioContextStats.SlowSubmit(
                            context.stats().slowestSubmitNanos(), 2, AioOperation.WRITE, file.path(), 3 * PAGE, 100));
            runAll(context);
        }
    }

    @Test
    void shouldCountEachSubmissionByItsDuration() throws IOException {
        try (AioFile file = openNew(false);
                AioContext context = builder().depth(8).neverWait(false).open()) {
            for (int i = 0; i < 5; i++) {
                write(context, file);
            }
            AioContextStats stats = context.stats();
            assertThat(stats.submitCalls()).isEqualTo(5);
            assertThat(Arrays.stream(stats.submitHistogram()).sum()).isEqualTo(5);
            int highest = Long.SIZE - Long.numberOfLeadingZeros(stats.slowestSubmitNanos());
            assertThat(stats.submitHistogram()[highest]).isPositive();
            assertThat(stats.submitNanos()).isGreaterThanOrEqualTo(stats.slowestSubmitNanos());
        }
    }
}
