package dev.aio.core;

import static dev.aio.core.OperationOptions.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.Queue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AioContextCancelTest extends ContextSuite {

    private final Queue<Runnable> heldBack = new ArrayDeque<>();
    private final AlignedMemory memory = pages(4);
    private TestFile source;
    private AioFile file;
    private int neverReady = -1;

    @BeforeEach
    void openFile() throws IOException {
        source = TestFile.create(directory, 4 * PAGE);
        file = source.openDirect();
        neverReady = Native.eventfd();
    }

    @AfterEach
    void closeFile() throws IOException {
        if (neverReady < 0) {
            return; // skipped: nothing was opened
        }
        file.close();
        Native.close(neverReady);
        assertThat(heldBack).isEmpty();
        assertThat(OpenDescriptors.under(directory)).isZero();
    }

    private AioContext openHoldingBack() throws IOException {
        assumeAio(); // the lane has no helper that could hold a read
        return builder().depth(4).pendingLimit(4).submitHelper(heldBack::add).open();
    }

    private long read(AioContext context, int page, OperationOptions options, AioCompletion completion) {
        return context.read(file, (long) page * PAGE, memory, page * PAGE, PAGE, options, completion, page);
    }

    private void assertUntouched() {
        assertThat(memory.buffer().duplicate().clear()).isEqualTo(pages(4).buffer());
    }

    @Test
    void shouldEndWhatIsPreparedAndNotSubmitted() throws IOException {
        try (AioContext context = open(4, 0)) {
            Outcomes outcomes = new Outcomes(context, 2);
            long cancelled = read(context, 0, NONE, outcomes);
            read(context, 1, NONE, outcomes);
            assertThat(context.cancel(cancelled)).isTrue();
            assertThat(outcomes.failure(0)).hasMessageContaining("read of 4096 bytes at position 0 of " + file.path());
            assertThat(outcomes.isReleased(0)).isTrue();
            assertThat(context.pending()).isEqualTo(1);
            runAll(context);
            assertThat(outcomes.result(1)).isEqualTo(PAGE);
            outcomes.assertEachReleasedOnce();
            assertThat(memory.slice(0, PAGE)).isEqualTo(pages(1).buffer());
        }
    }

    @Test
    void shouldEndWhatWaitsForAPlaceInTheKernel() throws IOException {
        try (AioContext context = open(1, 4)) {
            Outcomes outcomes = new Outcomes(context, 4);
            context.poll(neverReady, PollEvents.IN, NONE, outcomes, 3);
            long[] ids = new long[3];
            for (int i = 0; i < 3; i++) {
                ids[i] = read(context, i, NONE, outcomes);
            }
            context.submit();
            assertThat(context.pending()).isEqualTo(3);
            assertThat(context.cancel(ids[1])).isTrue();
            assertThat(outcomes.result(1)).isEqualTo(-Linux.ECANCELED);
            Native.eventfdSignal(neverReady);
            runAll(context);
            assertThat(outcomes.result(0)).isEqualTo(PAGE);
            assertThat(outcomes.result(2)).isEqualTo(PAGE);
            outcomes.assertEachReleasedOnce();
        }
    }

    @Test
    void shouldDetachWhatTheKernelMayHaveAndReleaseItLater() throws IOException {
        try (AioContext context = openHoldingBack()) {
            Outcomes outcomes = new Outcomes(context, 1);
            long read = read(context, 0, NONE.helperSubmits(), outcomes);
            context.submit();
            assertThat(context.cancel(read)).isTrue();
            assertThat(outcomes.result(0)).isEqualTo(-Linux.ECANCELED);
            assertThat(outcomes.isReleased(0))
                    .as("the kernel may still write there")
                    .isFalse();
            assertThat(context.inFlight()).isEqualTo(1);
            assertThat(context.reap(10)).isZero();
            assertThat(outcomes.isReleased(0)).isFalse();
            heldBack.remove().run();
            runAll(context);
            outcomes.assertEachReleasedOnce();
            source.assertContent(memory, 0, 0, PAGE); // by then
        }
    }

    @Test
    void shouldNotTouchMemoryAfterItWasReleased() throws IOException {
        try (AioContext context = openHoldingBack()) {
            Outcomes outcomes = new Outcomes(context, 1);
            // Through a bounce buffer: it is the context itself that would copy.
            long read = context.read(file, 1, memory, 1, PAGE, NONE.helperSubmits(), outcomes, 0);
            context.submit();
            context.cancel(read);
            heldBack.remove().run();
            runAll(context);
            outcomes.assertEachReleasedOnce();
            assertUntouched();
        }
    }

    @Test
    void shouldKeepMemoryThatNobodyElseKnowsUntilTheKernelIsDone() throws IOException {
        try (AioContext context = openHoldingBack()) {
            Outcomes outcomes = new Outcomes(context, 1);
            WeakReference<AlignedMemory> known = readIntoForgottenMemory(context, outcomes);
            for (int i = 0; i < 3; i++) {
                System.gc();
            }
            assertThat(known.get()).isNotNull();
            heldBack.remove().run();
            runAll(context);
            outcomes.assertEachReleasedOnce();
            Awaitility.await("memory given back").until(() -> {
                System.gc();
                return known.get() == null;
            });
        }
    }

    private WeakReference<AlignedMemory> readIntoForgottenMemory(AioContext context, AioCompletion completion) {
        AlignedMemory forgotten = pages(1);
        long read = context.read(file, 0, forgotten, 0, PAGE, NONE.helperSubmits(), completion, 0);
        context.submit();
        context.cancel(read);
        return new WeakReference<>(forgotten);
    }

    @Test
    void shouldKeepTheFileOpenUntilTheKernelIsDone() throws IOException {
        try (AioContext context = openHoldingBack()) {
            Outcomes outcomes = new Outcomes(context, 1);
            long read = read(context, 0, NONE.helperSubmits(), outcomes);
            context.submit();
            file.close();
            context.cancel(read);
            assertThat(OpenDescriptors.under(directory)).isEqualTo(2);
            heldBack.remove().run();
            runAll(context);
            assertThat(OpenDescriptors.under(directory)).isZero();
        }
    }

    @Test
    void shouldNotKnowWhatHasEnded() throws IOException {
        try (AioContext context = open(1, 0)) {
            Recorder recorder = new Recorder(4);
            long first = read(context, 0, NONE, recorder);
            runAll(context);
            assertThat(context.cancel(first)).isFalse();
            long second = read(context, 1, NONE, recorder); // in the same slot
            assertThat(second).isNotEqualTo(first);
            assertThat(context.cancel(first)).isFalse();
            runAll(context);
            assertThat(recorder.result(0)).isEqualTo(PAGE);
            assertThat(recorder.result(1)).isEqualTo(PAGE);
        }
    }

    @Test
    void shouldNotKnowWhatNeverWas() throws IOException {
        try (AioContext context = open(1, 0)) {
            long[] strangers = {AioContext.REJECTED, -1, 1L << 32, 1L << 32 | 77, Long.MAX_VALUE, Long.MIN_VALUE};
            for (long stranger : strangers) {
                assertThat(context.cancel(stranger)).isFalse();
            }
        }
    }

    @Test
    void shouldEndTwiceCancelledOnce() throws IOException {
        try (AioContext context = openHoldingBack()) {
            Outcomes outcomes = new Outcomes(context, 2);
            long inFlight = read(context, 0, NONE.helperSubmits(), outcomes);
            context.submit();
            long prepared = read(context, 1, NONE, outcomes);
            for (long one : new long[] {inFlight, prepared}) {
                assertThat(context.cancel(one)).isTrue();
                assertThat(context.cancel(one)).isFalse();
            }
            heldBack.remove().run();
            runAll(context);
            outcomes.assertEachReleasedOnce();
        }
    }

    @Test
    void shouldCancelOthersInsideACompletion() throws IOException {
        try (AioContext context = open(1, 4)) {
            Outcomes outcomes = new Outcomes(context, 3);
            long[] ids = new long[3];
            AioCompletion cancelling = (token, result) -> {
                outcomes.completed(token, result);
                outcomes.released(token);
                assertThat(context.cancel(ids[0])).as("itself").isFalse();
                assertThat(context.cancel(ids[2])).isTrue();
            };
            ids[0] = read(context, 0, NONE, cancelling);
            ids[1] = read(context, 1, NONE, outcomes);
            ids[2] = read(context, 2, NONE, outcomes);
            runAll(context);
            assertThat(outcomes.result(0)).isEqualTo(PAGE);
            assertThat(outcomes.result(1)).isEqualTo(PAGE);
            assertThat(outcomes.result(2)).isEqualTo(-Linux.ECANCELED);
            outcomes.assertEachReleasedOnce();
        }
    }

    @Test
    void shouldCancelWithinTheCompletionOfACancel() throws IOException {
        try (AioContext context = open(4, 0)) {
            Outcomes outcomes = new Outcomes(context, 2);
            long[] ids = new long[2];
            AioCompletion chained = (token, result) -> {
                outcomes.completed(token, result);
                outcomes.released(token);
                assertThat(context.cancel(ids[0])).isFalse();
                assertThat(context.cancel(ids[1])).isTrue();
            };
            ids[0] = read(context, 0, NONE, chained);
            ids[1] = read(context, 1, NONE, outcomes);
            assertThat(context.cancel(ids[0])).isTrue();
            assertThat(context.pending()).isZero();
            outcomes.assertEachReleasedOnce();
        }
    }
}
