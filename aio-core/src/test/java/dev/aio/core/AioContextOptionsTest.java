package dev.aio.core;

import static dev.aio.core.OperationOptions.NONE;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AioContextOptionsTest extends ContextSuite {

    private static final int POSIX_FADV_DONTNEED = 4;

    /** CAP_SYS_NICE and CAP_SYS_ADMIN, linux/capability.h. */
    private static final long REALTIME_CAPABILITIES = 1L << 23 | 1L << 21;

    private AioFile openNewDirect() throws IOException {
        return DirectFile.open(directory.resolve("new"), CREATE_NEW, READ, WRITE);
    }

    private static void assumeKnown(long result, String flag) {
        assumeFalse(result == -Linux.EOPNOTSUPP, () -> "this kernel or file system has no " + flag);
    }

    @Test
    void shouldWriteWithEachKindOfSynchrony() throws IOException {
        try (AioFile file = openNewDirect();
                AioContext context = open(4, 0)) {
            AlignedMemory memory = pages(1);
            Recorder recorder = new Recorder(3);
            context.write(file, 0, memory, 0, PAGE, NONE.dsync(), recorder, 0);
            context.write(file, PAGE, memory, 0, PAGE, NONE.sync(), recorder, 1);
            context.write(file, 2 * PAGE, memory, 0, PAGE, NONE.dsync().sync(), recorder, 2);
            runAll(context);
            recorder.assertAllCompletedWith(PAGE);
        }
    }

    @Test
    void shouldAnswerRatherThanWaitWhereThatIsAskedFor() throws IOException {
        try (AioFile file = openNewDirect();
                AioContext context = open(4, 0)) {
            assumeTrue(
                    file.fileSystem() == FileSystemType.EXT || file.fileSystem() == FileSystemType.XFS,
                    "not known to refuse an extending write with RWF_NOWAIT");
            Outcomes outcomes = new Outcomes(context, 1);
            context.write(file, 0, pages(1), 0, PAGE, NONE.nowait(), outcomes, 0);
            runAll(context);
            assertThat(outcomes.failure(0).errnoName()).isEqualTo("EAGAIN");
            assertThat(outcomes.failure(0)).hasMessageContaining("RWF_NOWAIT forbids that");
            assertThat(context.stats().helperSubmits()).isZero();
            assertThat(file.currentSize()).isZero();
        }
    }

    @Test
    void shouldNotReadWhatIsColdIfItMayNotWait() throws IOException {
        int size = 1 << 20;
        TestFile source = TestFile.create(directory, size);
        try (AioFile file = AioFile.open(source.path);
                AioContext context = open(4, 0)) {
            assumeTrue(file.fileSystem() == FileSystemType.EXT, "not known to drop its pages and to tell");
            assertThat(Native.fadvise(file.aioFd(), 0, 0, POSIX_FADV_DONTNEED)).isZero();
            Recorder recorder = new Recorder(1);
            context.read(file, 0, AlignedMemory.allocate(size, PAGE), 0, size, NONE.nowait(), recorder, 0);
            runAll(context);
            assertThat(recorder.result(0)).as("-EAGAIN, or what is there").isLessThan(size);
            assertThat(context.stats().helperSubmits()).isZero();
        }
    }

    @Test
    void shouldAppendOneWriteWhateverItsPosition() throws IOException {
        Path path = Files.write(directory.resolve("file"), new byte[] {1, 2, 3});
        AlignedMemory memory = pages(1);
        memory.buffer().put(0, (byte) 4);
        try (AioFile file = AioFile.open(path, WRITE);
                AioContext context = open(1, 0)) {
            Recorder recorder = new Recorder(1);
            context.write(file, 0, memory, 0, 1, NONE.append(), recorder, 0);
            runAll(context);
            assertThat(recorder.result(0)).isEqualTo(1);
            assertThat(Files.readAllBytes(path)).containsExactly(1, 2, 3, 4);
        }
    }

    @Test
    void shouldNotAppendOneWriteOfAFileOpenedToAppend() throws IOException {
        Path path = Files.write(directory.resolve("file"), new byte[] {1, 2, 3});
        AlignedMemory memory = pages(1);
        memory.buffer().put(0, (byte) 4);
        try (AioFile file = AioFile.open(path, APPEND);
                AioContext context = open(1, 0)) {
            Recorder recorder = new Recorder(1);
            context.write(file, 1, memory, 0, 1, NONE.noAppend(), recorder, 0);
            runAll(context);
            assumeKnown(recorder.result(0), "RWF_NOAPPEND");
            assertThat(recorder.result(0)).isEqualTo(1);
            assertThat(Files.readAllBytes(path)).containsExactly(1, 4, 3);
        }
    }

    @Test
    void shouldReadWithHighPriority() throws IOException {
        TestFile source = TestFile.create(directory, PAGE);
        AlignedMemory memory = pages(1);
        try (AioFile file = source.openDirect();
                AioContext context = open(1, 0)) {
            Recorder recorder = new Recorder(1);
            context.read(file, 0, memory, 0, PAGE, NONE.highPriority(), recorder, 0);
            runAll(context);
            assumeKnown(recorder.result(0), "RWF_HIPRI");
            assertThat(recorder.result(0)).isEqualTo(PAGE);
            source.assertContent(memory, 0, 0, PAGE);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = IoPriority.Class.class,
            names = {"BEST_EFFORT", "IDLE"})
    void shouldReadWithAPriorityOfItsOwn(IoPriority.Class schedulingClass) throws IOException {
        TestFile source = TestFile.create(directory, 8 * PAGE);
        AlignedMemory memory = pages(8);
        try (AioFile file = source.openDirect();
                AioContext context = open(8, 0)) {
            Recorder recorder = new Recorder(8);
            for (int i = 0; i < 8; i++) {
                OperationOptions options =
                        NONE.priority(IoPriority.of(schedulingClass, schedulingClass == IoPriority.Class.IDLE ? 0 : i));
                context.read(file, (long) i * PAGE, memory, i * PAGE, PAGE, options, recorder, i);
            }
            runAll(context);
            recorder.assertAllCompletedWith(PAGE);
            source.assertContent(memory, 0, 0, 8 * PAGE);
        }
    }

    @Test
    void shouldSayWhatARealtimePriorityNeeds() throws IOException {
        assumeFalse(mayBeRealtime(), "this process has CAP_SYS_NICE or CAP_SYS_ADMIN");
        TestFile source = TestFile.create(directory, PAGE);
        try (AioFile file = source.openDirect();
                AioContext context = open(1, 0)) {
            Outcomes outcomes = new Outcomes(context, 1);
            OperationOptions realtime = NONE.priority(IoPriority.of(IoPriority.Class.REALTIME, 0));
            context.read(file, 0, pages(1), 0, PAGE, realtime, outcomes, 0);
            runAll(context);
            assertThat(outcomes.failure(0).errnoName()).isEqualTo("EPERM");
            assertThat(outcomes.failure(0)).hasMessageContaining("needs CAP_SYS_ADMIN or CAP_SYS_NICE");
        }
    }

    private static boolean mayBeRealtime() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("CapEff:")) {
                return (Long.parseUnsignedLong(line.substring(7).trim(), 16) & REALTIME_CAPABILITIES) != 0;
            }
        }
        return false;
    }

    @Test
    void shouldMakeNewOptionsAndLeaveTheOldOnesAlone() {
        assertThat(NONE.dsync().nowait()).hasToString("OperationOptions(rwFlags=0xa, priority=null)");
        assertThat(NONE).hasToString("OperationOptions(rwFlags=0x0, priority=null)");
    }
}
