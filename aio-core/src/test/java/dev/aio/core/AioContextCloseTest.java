package dev.aio.core;

import static dev.aio.core.OperationOptions.NONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.internal.DaemonThreads;
import dev.aio.core.internal.IocbSlab;
import dev.aio.core.internal.LaneEngine;
import dev.aio.core.internal.Native;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What close() owes to operations, callbacks and threads that do not do as they should. */
class AioContextCloseTest extends ContextSuite {

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldEndWhenCompletionsKeepAskingForMore(boolean inKernel) throws Exception {
        TestFile source = TestFile.create(directory, PAGE);
        AlignedMemory memory = pages(1);
        long[] counts = new long[3]; // accepted, completed, released
        try (AioFile file = source.openDirect()) {
            AioContext context = open(2, 4);
            AioCompletion refill = new AioCompletion() {
                @Override
                public void completed(long token, long result) {
                    counts[1]++;
                    if (context.read(file, 0, memory, 0, PAGE, NONE, this, token) != AioContext.REJECTED) {
                        counts[0]++;
                    }
                }

                @Override
                public void released(long token) {
                    counts[2]++;
                }
            };
            assertThat(context.read(file, 0, memory, 0, PAGE, NONE, refill, 0)).isPositive();
            counts[0]++;
            if (inKernel) {
                context.submit();
            }
            context.close(inKernel ? -1 : 0);
            context.destroyed().get(30, TimeUnit.SECONDS);
        }
        assertThat(counts).containsExactly(1, 1, 1);
        assertThat(OpenDescriptors.under(directory)).isZero();
    }

    @Test
    void shouldEndWhenTheFailureHandlerThrows() throws Exception {
        TestFile source = TestFile.create(directory, PAGE);
        try (AioFile file = source.openDirect()) {
            AioContext context = builder()
                    .onCallbackFailure((thread, failure) -> {
                        throw new IllegalArgumentException(failure);
                    })
                    .open();
            AioCompletion failing = (token, result) -> {
                throw new IllegalStateException("expected by the test");
            };
            context.read(file, 0, pages(1), 0, PAGE, NONE, failing, 0);
            context.close();
            context.destroyed().get(30, TimeUnit.SECONDS);
        }
        assertThat(OpenDescriptors.under(directory)).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldGiveEverythingBackWhenNoThreadCanBeHad(boolean made) throws IOException {
        long eventFds = OpenDescriptors.eventFds();
        long contexts = OpenDescriptors.aioContexts();
        AioContextBuilder builder = builder().ownEventFd(true);
        builder.threads = (work, name) -> {
            if (!made) {
                throw new OutOfMemoryError("no memory for a thread");
            }
            return new Thread(work, name) {
                @Override
                public synchronized void start() {
                    throw new OutOfMemoryError("no thread left");
                }
            };
        };
        AioContext context = builder.open();
        context.close();
        assertThat(context.destroyed()).isCompleted();
        // Contexts of earlier tests may just be going.
        assertThat(OpenDescriptors.eventFds()).isLessThanOrEqualTo(eventFds);
        assertThat(OpenDescriptors.aioContexts()).isLessThanOrEqualTo(contexts);
    }

    /** What completion and closer do with the context's tables would be done at one time. */
    @Test
    void shouldNotBeDestroyedBesideTheCompletionThatClosesIt() throws Exception {
        CompletableFuture<Thread.State> state = new CompletableFuture<>();
        Thread[] closer = new Thread[1];
        AioContextBuilder builder = builder();
        builder.threads = (work, name) -> closer[0] = DaemonThreads.of(work, name);
        TestFile source = TestFile.create(directory, PAGE);
        try (AioFile file = source.openDirect()) {
            AioContext context = builder.open();
            AioCompletion closing = (token, result) -> {
                context.close();
                state.complete(closer[0].getState());
            };
            file.prepare(); // no helper's thread
            context.read(file, 0, pages(1), 0, PAGE, NONE, closing, 0);
            runAll(context);
            assertThat(state).isCompletedWithValue(Thread.State.NEW);
            context.destroyed().get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void shouldStayTheClosersWhenTakenOverAfterClose() throws Exception {
        assumeAio();
        CountDownLatch taken = new CountDownLatch(1);
        TestFile source = TestFile.create(directory, PAGE);
        CompletableFuture<Long> released = new CompletableFuture<>();
        try (AioFile file = source.openDirect()) {
            AioContext context = builder()
                    .submitHelper(task -> DaemonThreads.of(() -> runAfter(taken, task), "late helper")
                            .start())
                    .open();
            context.read(file, 0, pages(1), 0, PAGE, NONE.helperSubmits(), releasing(released), 0);
            context.submit();
            assertThat(context.close(0).inFlight()).hasSize(1);
            assertThatThrownBy(context::takeOver).hasMessage("the AIO context is closed");
            taken.countDown();
            assertThat(released.get(30, TimeUnit.SECONDS)).isZero();
            context.destroyed().get(30, TimeUnit.SECONDS);
        }
    }

    private static AioCompletion releasing(CompletableFuture<Long> released) {
        return new AioCompletion() {
            @Override
            public void completed(long token, long result) {}

            @Override
            public void released(long token) {
                released.complete(token);
            }
        };
    }

    private static void runAfter(CountDownLatch latch, Runnable task) {
        try {
            latch.await();
            task.run();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldTellWhatHasEndedAsItEndedEvenWithoutTimeToWait() throws IOException {
        TestFile source = TestFile.create(directory, PAGE);
        try (AioFile file = source.openDirect();
                AioContext watch = AioContext.builder().engine(AioEngine.LANE).open()) {
            file.prepare();
            AioContext context = builder().ownEventFd(true).open();
            Recorder recorder = new Recorder(1);
            context.read(file, 0, pages(1), 0, PAGE, NONE, recorder, 0);
            context.submit();
            watch.poll(context.eventFd(), PollEvents.IN, NONE, (token, result) -> {}, 0);
            runAll(watch); // now it has ended
            assertThat(context.close(0).isComplete()).isTrue();
            recorder.assertAllCompletedWith(PAGE);
        }
    }

    @Test
    void shouldTellWhatHasEndedWhileSomethingElseHangs() throws Exception {
        assumeTrue(carrier == Carrier.LANE, "one engine is enough");
        TestFile source = TestFile.create(directory, 2 * PAGE);
        IocbSlab iocbs = new IocbSlab(2, ContextParts.BATCH, -1);
        HangingEngine engine = new HangingEngine(new LaneEngine(iocbs, 2, 2, 1, -1, "test-lane"));
        ContextParts parts = new ContextParts(AioEngine.LANE, engine, iocbs, 2, 2, -1, false, AioBudget.ofProcess(), 0);
        try (AioFile file = AioFile.open(source.path)) {
            AioContext context = new AioContext(builder(), parts);
            Recorder recorder = new Recorder(2);
            AioCompletion completion = (token, result) -> {
                recorder.completed(token, result);
                engine.goOn();
            };
            for (int i = 0; i < 2; i++) {
                context.read(file, (long) i * PAGE, pages(1), 0, PAGE, NONE, completion, i);
            }
            context.submit();
            context.close();
            recorder.assertAllCompletedWith(PAGE);
            assertThat(engine.wasStuck()).as("has waited for both").isFalse();
            context.destroyed().get(30, TimeUnit.SECONDS);
        }
    }

    /** The disk or a lane may still write there. */
    @Test
    void shouldKeepTheMemoryOfAContextThatWasForgotten() throws Exception {
        int neverReady = Native.eventfd();
        WeakReference<AioContext> forgotten = new WeakReference<>(open(1, 0));
        AioContext context = forgotten.get();
        context.poll(neverReady, PollEvents.IN, NONE, new Outcomes(context, 1), 0); // which knows the context
        context = null;
        forgotten.get().submit();
        WeakReference<Object> garbage = new WeakReference<>(new Object());
        while (garbage.get() != null) {
            System.gc();
        }
        AioContext kept = forgotten.get();
        assertThat(kept).isNotNull();
        kept.close();
        kept.destroyed().get(30, TimeUnit.SECONDS);
        Native.close(neverReady);
    }
}
