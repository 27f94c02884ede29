package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aio.core.internal.Linux;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AioContextHelperTest extends ContextSuite {

    private final ExecutorService helper = Executors.newFixedThreadPool(3);

    @AfterEach
    void stopHelper() {
        helper.shutdown();
    }

    @Test
    void shouldCompleteOnTheOwnersThreadWhatHelpersSubmit() throws IOException {
        TestFile source = TestFile.create(directory, 64 * PAGE);
        Thread owner = Thread.currentThread();
        try (AioFile file = source.openDirect();
                AioContext context = open(64, 0)) {
            AlignedMemory memory = pages(64);
            Recorder recorder = new Recorder(64);
            AioCompletion onOwner = (token, result) -> {
                assertThat(Thread.currentThread()).isSameAs(owner);
                recorder.completed(token, result);
            };
            for (int i = 0; i < 64; i++) {
                assertThat(readBy(helper, context, file, memory, 0, onOwner, i)).isTrue();
            }
            assertThat(context.inFlight()).isEqualTo(64);
            runAll(context);
            recorder.assertAllCompletedWith(PAGE);
            source.assertContent(memory, 0, 0, 64 * PAGE);
        }
    }

    @Test
    void shouldCompleteWhatTheKernelRefusesToAHelper() throws IOException {
        TestFile source = TestFile.create(directory, 16 * PAGE);
        try (AioFile file = source.openDirect();
                AioContext context = open(16, 0)) {
            AlignedMemory memory = pages(16);
            Recorder recorder = new Recorder(16);
            for (int i = 0; i < 16; i++) {
                readBy(helper, context, file, memory, i % 2 << 30, recorder, i);
            }
            runAll(context);
            for (int i = 0; i < 16; i++) {
                assertThat(recorder.result(i)).isEqualTo(i % 2 == 0 ? PAGE : -Linux.EOPNOTSUPP);
            }
            assertThat(context.stats().staleEvents()).isZero();
        }
    }

    @Test
    void shouldAcceptNothingThatTheHelperRejects() throws IOException {
        TestFile source = TestFile.create(directory, PAGE);
        try (AioFile file = source.openDirect();
                AioContext context = open(1, 0)) {
            Executor rejecting = task -> {
                throw new RejectedExecutionException("busy");
            };
            AlignedMemory memory = pages(1);
            Recorder recorder = new Recorder(1);
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> readBy(rejecting, context, file, memory, 0, recorder, 0))
                        .isInstanceOf(RejectedExecutionException.class);
                assertThat(context.inFlight()).isZero();
            }
            assertThat(readBy(helper, context, file, memory, 0, recorder, 0)).isTrue();
            runAll(context);
            recorder.assertAllCompletedWith(PAGE);
        }
        assertThat(OpenDescriptors.under(directory)).isZero();
    }

    @Test
    void shouldRejectWhatExceedsTheDepth() throws IOException {
        TestFile source = TestFile.create(directory, 2 * PAGE);
        List<Runnable> submissions = new ArrayList<>();
        try (AioFile file = source.openDirect();
                AioContext context = open(1, 1)) {
            AlignedMemory memory = pages(2);
            Recorder recorder = new Recorder(1);
            assertThat(readBy(submissions::add, context, file, memory, 0, recorder, 0))
                    .isTrue();
            assertThat(readBy(submissions::add, context, file, memory, 0, recorder, 0))
                    .isFalse();
            assertThat(submissions).hasSize(1);
            submissions.get(0).run();
            runAll(context);
            recorder.assertAllCompletedWith(PAGE);
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
            AioContext context =
                    builder().depth(4).pendingLimit(4).ownEventFd(true).open();
            AlignedMemory memory = pages(3);
            Recorder recorder = new Recorder(3);
            readBy(late, context, file, memory, 0, recorder, 0);
            readBy(late, context, file, memory, 1 << 30, recorder, 1);
            // This one is cancelled by close(), which is how the helpers learn that it has begun.
            context.read(
                    file,
                    0,
                    memory,
                    2 * PAGE,
                    PAGE,
                    0,
                    (token, result) -> {
                        recorder.completed(token, result);
                        closing.countDown();
                    },
                    2);
            context.close();
            assertThat(recorder.result(0)).isEqualTo(PAGE);
            assertThat(recorder.result(1)).isEqualTo(-Linux.EOPNOTSUPP);
            assertThat(recorder.result(2)).isEqualTo(-Linux.ECANCELED);
            source.assertContent(memory, 0, 0, PAGE);
        }
        assertThat(OpenDescriptors.under(directory)).isZero();
    }

    @Test
    void shouldRefuseAHelperAfterClose() throws IOException {
        TestFile source = TestFile.create(directory, PAGE);
        try (AioFile file = source.openDirect()) {
            AioContext context = open(1, 0);
            context.close();
            AlignedMemory memory = pages(1);
            assertThatThrownBy(() -> readBy(helper, context, file, memory, 0, new Recorder(1), 0))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void shouldTakeOverFromAThreadThatHasEnded() throws Exception {
        AioContext context = builder().open();
        CompletableFuture.runAsync(() -> context.reap(1), helper).get();
        assertThatThrownBy(() -> context.reap(1)).isInstanceOf(IllegalStateException.class);
        context.takeOver();
        context.close();
    }

    private static boolean readBy(
            Executor helper,
            AioContext context,
            AioFile file,
            AlignedMemory memory,
            int flags,
            AioCompletion completion,
            int token) {
        int at = token * PAGE % memory.capacity();
        return context.readBy(helper, file, at % file.size(), memory, at, PAGE, flags, completion, token);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
