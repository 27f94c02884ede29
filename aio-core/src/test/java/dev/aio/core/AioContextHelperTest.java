package dev.aio.core;

import static dev.aio.core.OperationOptions.NONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aio.core.internal.DaemonThreads;
import dev.aio.core.internal.Linux;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AioContextHelperTest extends ContextSuite {

    private static final OperationOptions BY_HELPER = NONE.helperSubmits();

    private final ExecutorService helper = Executors.newFixedThreadPool(3);

    @AfterEach
    void stopHelper() {
        helper.shutdown();
    }

    @BeforeEach
    void onlyTheKernelIsSubmittedTo() {
        assumeAio();
    }

    private AioContext open(int depth, Executor submitHelper) throws IOException {
        return builder()
                .depth(depth)
                .pendingLimit(0)
                .submitHelper(submitHelper)
                .ownEventFd(true)
                .open();
    }

    @Test
    void shouldCompleteOnTheOwnersThreadWhatHelpersSubmit() throws IOException {
        TestFile source = TestFile.create(directory, 64 * PAGE);
        Thread owner = Thread.currentThread();
        try (AioFile file = source.openDirect();
                AioContext context = open(64, helper)) {
            AlignedMemory memory = pages(64);
            Recorder recorder = new Recorder(64);
            AioCompletion onOwner = (token, result) -> {
                assertThat(Thread.currentThread()).isSameAs(owner);
                recorder.completed(token, result);
            };
            for (int i = 0; i < 64; i++) {
                assertThat(read(context, file, memory, BY_HELPER, onOwner, i)).isPositive();
            }
            assertThat(context.submit()).isEqualTo(64);
            assertThat(context.inFlight()).isEqualTo(64);
            runAll(context);
            recorder.assertAllCompletedWith(PAGE);
            source.assertContent(memory, 0, 0, 64 * PAGE);
            assertThat(context.stats().submitCalls()).as("by the owner").isZero();
        }
    }

    @Test
    void shouldCompleteWhatTheKernelRefusesToAHelper() throws IOException {
        TestFile source = TestFile.create(directory, 16 * PAGE);
        try (AioFile file = source.openDirect();
                AioContext context = open(16, helper)) {
            AlignedMemory memory = pages(16);
            Recorder recorder = new Recorder(16);
            for (int i = 0; i < 16; i++) {
                read(context, file, memory, BY_HELPER.rwFlags(i % 2 << 30), recorder, i);
            }
            runAll(context);
            for (int i = 0; i < 16; i++) {
                assertThat(recorder.result(i)).isEqualTo(i % 2 == 0 ? PAGE : -Linux.EOPNOTSUPP);
            }
            assertThat(context.stats().staleEvents()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldFailWhatTheHelperRejects(boolean outOfThreads) throws IOException {
        TestFile source = TestFile.create(directory, PAGE);
        Executor rejecting = task -> {
            if (outOfThreads) {
                throw new OutOfMemoryError("too busy for a thread"); // as a thread pool's Thread.start does
            }
            throw new RejectedExecutionException("busy");
        };
        try (AioFile file = source.openDirect();
                AioContext context = open(1, rejecting)) {
            AlignedMemory memory = pages(1);
            for (int i = 0; i < 3; i++) {
                Recorder recorder = new Recorder(1);
                read(context, file, memory, BY_HELPER, recorder, 0);
                assertThat(context.submit()).isZero();
                assertThat(recorder.result(0)).isEqualTo(-Linux.EAGAIN);
                assertThat(context.failure()).hasMessageContaining("busy");
                assertThat(context.inFlight()).isZero();
            }
        }
        assertThat(OpenDescriptors.under(directory)).isZero();
    }

    @Test
    void shouldFailWhatNoThreadCanBeStartedForAndRunItNeverAgain() throws IOException {
        TestFile source = TestFile.create(directory, PAGE);
        int[] asked = {0};
        AioContextBuilder builder = builder().depth(2);
        builder.threads = (work, name) -> {
            if (asked[0]++ == 0) {
                throw new OutOfMemoryError("no memory for a thread");
            }
            return DaemonThreads.of(work, name);
        };
        try (AioFile file = source.openDirect();
                AioContext context = builder.open()) {
            Recorder recorder = new Recorder(2);
            for (int i = 0; i < 2; i++) {
                context.read(file, 0, pages(1), 0, PAGE, BY_HELPER, recorder, i);
                runAll(context);
            }
            assertThat(recorder.result(0)).isEqualTo(-Linux.EAGAIN);
            assertThat(recorder.result(1)).isEqualTo(PAGE);
            assertThat(context.stats().staleEvents()).isZero();
        }
    }

    @Test
    void shouldWaitForItsHelpersWhenClosed() throws Exception {
        TestFile source = TestFile.create(directory, 2 * PAGE);
        CountDownLatch closing = new CountDownLatch(1);
        Executor late = task -> helper.execute(() -> {
            await(closing);
            task.run();
        });
        try (AioFile file = source.openDirect()) {
            AioContext context = open(4, late);
            AlignedMemory memory = pages(3);
            Recorder recorder = new Recorder(3);
            read(context, file, memory, BY_HELPER, recorder, 0);
            read(context, file, memory, BY_HELPER.rwFlags(1 << 30), recorder, 1);
            context.submit();
            // This one is cancelled by close(), which is how the helpers learn that it has begun.
            context.read(
                    file,
                    0,
                    memory,
                    2 * PAGE,
                    PAGE,
                    NONE,
                    (token, result) -> {
                        recorder.completed(token, result);
                        closing.countDown();
                    },
                    2);
            assertThat(context.close(-1).isComplete()).isTrue();
            assertThat(recorder.result(0)).isEqualTo(PAGE);
            assertThat(recorder.result(1)).isEqualTo(-Linux.EOPNOTSUPP);
            assertThat(recorder.result(2)).isEqualTo(-Linux.ECANCELED);
            source.assertContent(memory, 0, 0, PAGE);
        }
        assertThat(OpenDescriptors.under(directory)).isZero();
    }

    @Test
    void shouldReportWhatHasNotEndedWhenTheTimeToCloseIsOver() throws Exception {
        TestFile source = TestFile.create(directory, PAGE);
        CountDownLatch closed = new CountDownLatch(1);
        Executor late = task -> helper.execute(() -> {
            await(closed);
            task.run();
        });
        try (AioFile file = source.openDirect()) {
            AioContext context = open(4, late);
            AlignedMemory memory = pages(1);
            CompletableFuture<Long> released = new CompletableFuture<>();
            Recorder recorder = new Recorder(1);
            AioCompletion completion = new AioCompletion() {
                @Override
                public void completed(long token, long result) {
                    recorder.completed(token, result);
                }

                @Override
                public void released(long token) {
                    released.complete(token);
                }
            };
            read(context, file, memory, BY_HELPER, completion, 0);
            context.submit();
            CloseReport report = context.close(0);
            assertThat(recorder.result(0)).isEqualTo(-Linux.ECANCELED);
            assertThat(report.inFlight())
                    .containsExactly(new CloseReport.InFlight(AioOperation.READ, source.path.toString(), 0, PAGE));
            assertThat(report)
                    .hasToString("1 operations in flight: read of 4096 bytes at position 0 of " + source.path);
            assertThat(released).as("the kernel may still write there").isNotDone();
            assertThat(context.destroyed()).isNotDone();
            closed.countDown();
            assertThat(released.get(30, TimeUnit.SECONDS)).isZero();
            context.destroyed().get(30, TimeUnit.SECONDS);
            source.assertContent(memory, 0, 0, PAGE);
        }
        assertThat(OpenDescriptors.under(directory)).isZero();
    }

    @Test
    void shouldTakeOverFromAThreadThatHasEnded() throws Exception {
        AioContext context = builder().open();
        CompletableFuture.runAsync(() -> context.reap(1), helper).get();
        assertThatThrownBy(() -> context.reap(1)).isInstanceOf(IllegalStateException.class);
        context.takeOver();
        context.close();
    }

    private static long read(
            AioContext context,
            AioFile file,
            AlignedMemory memory,
            OperationOptions options,
            AioCompletion completion,
            int token) {
        int at = token * PAGE % memory.capacity();
        return context.read(file, at % file.size(), memory, at, PAGE, options, completion, token);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
