package dev.aio.core;

import static dev.aio.core.OperationOptions.NONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AioContextReadTest extends ContextSuite {

    @Test
    void shouldReadDirectlyWhatTheFileHolds() throws IOException {
        TestFile source = TestFile.create(directory, 256 * PAGE);
        try (AioFile file = source.openDirect();
                AioContext context = open(32, 0)) {
            AlignedMemory memory = pages(32);
            Random random = new Random(1);
            for (int round = 0; round < 20; round++) {
                long[] positions = new long[32];
                Recorder recorder = new Recorder(32);
                for (int i = 0; i < 32; i++) {
                    positions[i] = (long) random.nextInt(256) * PAGE;
                    assertThat(context.read(file, positions[i], memory, i * PAGE, PAGE, NONE, recorder, i))
                            .isPositive();
                }
                runAll(context);
                recorder.assertAllCompletedWith(PAGE);
                for (int i = 0; i < 32; i++) {
                    source.assertContent(memory, i * PAGE, positions[i], PAGE);
                }
            }
        }
    }

    @Test
    void shouldReadThroughTheBufferedDescriptionAtAnyAlignment() throws IOException {
        TestFile source = TestFile.create(directory, 10_000);
        try (AioFile file = AioFile.open(source.path);
                AioContext context = open(1, 0)) {
            assertThat(file.isDirectOpen()).isFalse();
            AlignedMemory memory = pages(2);
            Recorder recorder = new Recorder(1);
            context.read(file, 4_321, memory, 17, 1_234, NONE, recorder, 0);
            runAll(context);
            assertThat(recorder.result(0)).isEqualTo(1_234);
            source.assertContent(memory, 17, 4_321, 1_234);
        }
    }

    @Test
    void shouldScatterAVectoredReadOverItsPieces() throws IOException {
        TestFile source = TestFile.create(directory, 16 * PAGE);
        try (AioFile file = source.openDirect();
                AioContext context = open(4, 0)) {
            AlignedMemory low = pages(4);
            AlignedMemory high = pages(4);
            IoVectors vectors = new IoVectors(3);
            vectors.add(high, PAGE, 2 * PAGE).add(low, 0, PAGE).add(high, 3 * PAGE, PAGE);
            Recorder recorder = new Recorder(1);
            context.readv(file, 5 * PAGE, vectors, NONE, recorder, 0);
            runAll(context);
            assertThat(recorder.result(0)).isEqualTo(4 * PAGE);
            source.assertContent(high, PAGE, 5 * PAGE, 2 * PAGE);
            source.assertContent(low, 0, 7 * PAGE, PAGE);
            source.assertContent(high, 3 * PAGE, 8 * PAGE, PAGE);
        }
    }

    @Test
    void shouldReportAShortReadAtTheEndAndZeroBehindIt() throws IOException {
        int size = 2 * PAGE + 100;
        TestFile source = TestFile.create(directory, size);
        try (AioFile file = source.openDirect();
                AioContext context = open(4, 0)) {
            AlignedMemory memory = pages(8);
            Recorder recorder = new Recorder(3);
            context.read(file, PAGE, memory, 0, 4 * PAGE, NONE, recorder, 0);
            context.read(file, 3 * PAGE, memory, 4 * PAGE, PAGE, NONE, recorder, 1);
            context.read(file, 1L << 40, memory, 5 * PAGE, PAGE, NONE, recorder, 2);
            runAll(context);
            assertThat(recorder.result(0)).isEqualTo(size - PAGE);
            source.assertContent(memory, 0, PAGE, size - PAGE);
            assertThat(recorder.result(1)).isZero();
            assertThat(recorder.result(2)).isZero();
        }
    }

    @Test
    void shouldReadDirectlyWhatIsNotAligned() throws IOException {
        TestFile source = TestFile.create(directory, 4 * PAGE);
        try (AioFile file = source.openDirect();
                AioContext context = open(4, 0)) {
            AlignedMemory memory = pages(3);
            Recorder recorder = new Recorder(3);
            context.read(file, 0, memory, 0, PAGE, NONE, recorder, 0);
            context.read(file, 17, memory, PAGE, PAGE, NONE, recorder, 1);
            context.read(file, PAGE, memory, 2 * PAGE, PAGE, NONE, recorder, 2);
            runAll(context);
            assertThat(recorder.result(0)).isEqualTo(PAGE);
            assertThat(recorder.result(1)).as("read through a bounce buffer").isEqualTo(PAGE);
            source.assertContent(memory, PAGE, 17, PAGE);
            assertThat(recorder.result(2)).isEqualTo(PAGE);
        }
    }

    @Test
    void shouldReportAFileThatCannotBeReadAsynchronously() throws IOException {
        try (AioFile file = AioFile.open(Path.of("/proc/version"));
                AioContext context = open(4, 0)) {
            Recorder recorder = new Recorder(1);
            context.read(file, 0, pages(1), 0, PAGE, NONE.nowait(), recorder, 0);
            runAll(context);
            assertThat(recorder.result(0)).isIn((long) -Linux.EINVAL, (long) -Linux.EOPNOTSUPP);
        }
    }

    @Test
    void shouldFinishReadsOfAFileThatIsClosedMeanwhile() throws IOException {
        TestFile source = TestFile.create(directory, 16 * PAGE);
        try (AioContext context = open(8, 8)) {
            AlignedMemory memory = pages(16);
            Recorder recorder = new Recorder(16);
            AioFile file = source.openDirect();
            for (int i = 0; i < 16; i++) {
                context.read(file, (long) i * PAGE, memory, i * PAGE, PAGE, NONE, recorder, i);
            }
            context.submit();
            file.close();
            assertThat(OpenDescriptors.under(directory)).isEqualTo(2);
            runAll(context);
            recorder.assertAllCompletedWith(PAGE);
            source.assertContent(memory, 0, 0, 16 * PAGE);
            assertThat(OpenDescriptors.under(directory)).isZero();
            Recorder late = new Recorder(1);
            context.read(file, 0, memory, 0, PAGE, NONE, late, 0);
            runAll(context);
            assertThat(late.result(0)).isEqualTo(-Linux.EBADF);
            assertThat(context.failure()).hasMessageContaining("the file was closed");
        }
    }

    @Test
    void shouldRefuseMemoryOutsideTheBlockAndNegativePositions() throws IOException {
        TestFile source = TestFile.create(directory, PAGE);
        try (AioFile file = AioFile.open(source.path);
                AioContext context = open(4, 0)) {
            AlignedMemory memory = pages(1);
            String[] messages = new String[3];
            AioCompletion failing = (token, result) -> {
                assertThat(result).isEqualTo(-Linux.EINVAL);
                messages[(int) token] = context.failure().getMessage();
            };
            context.read(file, 0, memory, 1, PAGE, NONE, failing, 0);
            context.read(file, -1, memory, 0, PAGE, NONE, failing, 1);
            Recorder good = new Recorder(1);
            context.read(file, 0, memory, 0, PAGE, NONE, good, 0);
            runAll(context);
            assertThat(messages[0]).contains("4096 bytes from offset 1 are not within the memory's 4096");
            assertThat(messages[1]).contains("position: -1 (expected: >= 0)").contains(source.path.toString());
            assertThat(good.result(0)).isEqualTo(PAGE);
            assertThatThrownBy(() -> context.read(file, 0, memory, 0, PAGE, NONE, null, 0))
                    .isInstanceOf(NullPointerException.class);
            assertThat(context.pending()).isZero();
        }
    }

    /** What the event means depends on the description that the read was made through. */
    @Test
    void shouldReadOnThroughThePageCacheWhenTheFileIsOpenedDirectlyMeanwhile() throws IOException {
        assumeAio();
        TestFile source = TestFile.create(directory, 8 * PAGE);
        try (AioFile file = AioFile.open(source.path);
                AioContext context = open(4, 4)) {
            file.prepare();
            int dontNeed = 4; // POSIX_FADV_DONTNEED
            Native.fadvise(file.bufferedFd(), 0, 0, dontNeed);
            assertThat(file.read(0, pages(1), 0, PAGE)).isEqualTo(PAGE); // only the first page is there now
            AlignedMemory memory = pages(8);
            Recorder recorder = new Recorder(1);
            context.read(file, 100, memory, 0, 7 * PAGE, NONE, recorder, 0);
            assumeTrue(file.openDirect(), "no O_DIRECT here");
            runAll(context);
            recorder.assertAllCompletedWith(7 * PAGE);
            source.assertContent(memory, 0, 100, 7 * PAGE);
        }
    }
}
