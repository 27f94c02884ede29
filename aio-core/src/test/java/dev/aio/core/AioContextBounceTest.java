package dev.aio.core;

import static dev.aio.core.OperationOptions.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.core.internal.Linux;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The memory that direct reads go through which are not aligned. */
class AioContextBounceTest extends ContextSuite {

    private static final int READS = 128;

    private int made;

    private AioContextBuilder builder(int available) {
        AioContextBuilder builder = builder().depth(READS).pendingLimit(READS);
        builder.bounceMemory = bytes -> {
            if (made == available) {
                throw new OutOfMemoryError("no direct memory");
            }
            made++;
            return AlignedMemory.allocate(bytes, PAGE);
        };
        return builder;
    }

    @ParameterizedTest
    @CsvSource({ // bytes read, memory that there is, most that may be made of it
        "1000, 1000, 64",
        "1000, 1, 1",
        "70000, 1000, 16",
        "70000, 3, 3",
    })
    void shouldReadThroughABoundedNumberOfBuffers(int length, int available, int most) throws IOException {
        TestFile source = TestFile.create(directory, 2 * length);
        try (AioFile file = source.openDirect();
                AioContext context = builder(available).open()) {
            AlignedMemory memory = AlignedMemory.allocate(READS * 2 * 64 * 1024, PAGE);
            for (int round = 0; round < 2; round++) {
                Recorder recorder = new Recorder(READS);
                for (int i = 0; i < READS; i++) {
                    context.read(file, 1 + i, memory, i * length, length, NONE, recorder, i);
                }
                runAll(context);
                recorder.assertAllCompletedWith(length);
                for (int i = 0; i < READS; i++) {
                    source.assertContent(memory, i * length, 1 + i, length);
                }
            }
            assertThat(made).isPositive().isLessThanOrEqualTo(most);
        }
    }

    /** Else the places would be gone for all of this process's reads of that disk. */
    @Test
    void shouldGiveBackThePlaceInTheDisksQueueOfAReadForWhichThereIsNoMemory() throws IOException {
        assumeAio();
        int more = 2000; // than there are places in any queue
        TestFile source = TestFile.create(directory, PAGE);
        try (AioFile file = source.openDirect();
                AioContext context = builder(0).open()) {
            file.prepare();
            AlignedMemory memory = pages(1);
            for (int i = 0; i < more; i++) {
                Recorder recorder = new Recorder(1);
                context.read(file, 1, memory, 0, 100, NONE, recorder, 0);
                context.submit();
                assertThat(recorder.result(0)).isEqualTo(-Linux.ENOMEM);
            }
            assertThat(file.diskQueue().tryBegin(1)).isTrue();
            file.diskQueue().end(1);
        }
    }

    /** As XFS may say of files on a real-time device. */
    @Test
    void shouldReadThroughThePageCacheWhatNoBufferIsAlignedEnoughFor() throws IOException {
        int alignment = 2 * Bounces.LARGE;
        TestFile source = TestFile.create(directory, 3 * Bounces.LARGE);
        try (AioFile file = FakeAlignment.open(source.path, alignment);
                AioContext context = builder(0).open()) {
            AlignedMemory memory = AlignedMemory.allocate(2 * Bounces.LARGE, PAGE);
            Recorder recorder = new Recorder(1);
            int length = Bounces.LARGE + 5000;
            context.read(file, 3000, memory, 1, length, NONE, recorder, 0);
            runAll(context);
            recorder.assertAllCompletedWith(length);
            source.assertContent(memory, 1, 3000, length);
        }
    }
}
