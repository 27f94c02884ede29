package dev.aio.core;

import static dev.aio.core.OperationOptions.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.core.internal.Linux;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class AioContextCallbackTest extends ContextSuite {

    @Test
    void shouldReapOnWhenACallbackThrows() throws IOException {
        List<Throwable> failures = new ArrayList<>();
        TestFile source = TestFile.create(directory, 16 * PAGE);
        try (AioFile file = source.openDirect();
                AioContext context = builder()
                        .onCallbackFailure((thread, failure) -> failures.add(failure))
                        .open()) {
            AlignedMemory memory = pages(16);
            Recorder recorder = new Recorder(16);
            AioCompletion failing = (token, result) -> {
                recorder.completed(token, result);
                if (token % 3 == 0) {
                    throw new IllegalStateException("token " + token);
                }
                if (token % 3 == 1) {
                    throw new AssertionError("token " + token);
                }
            };
            for (int i = 0; i < 16; i++) {
                int flags = i < 4 ? 1 << 30 : 0; // some are refused at once, inside submit()
                context.read(file, (long) i * PAGE, memory, i * PAGE, PAGE, NONE.rwFlags(flags), failing, i);
            }
            runAll(context);
            recorder.assertEachCompletedOnce();
            assertThat(failures).hasSize(11);
            assertThat(context.inFlight()).isZero();
        }
    }

    @Test
    void shouldReapOnWhenTheFailureHandlerThrows() throws IOException {
        TestFile source = TestFile.create(directory, 16 * PAGE);
        try (AioFile file = source.openDirect();
                AioContext context = builder()
                        .onCallbackFailure((thread, failure) -> {
                            throw new IllegalArgumentException(failure);
                        })
                        .open()) {
            AlignedMemory memory = pages(16);
            Recorder recorder = new Recorder(16);
            for (int i = 0; i < 16; i++) {
                boolean first = i == 0;
                AioCompletion completion = (token, result) -> {
                    recorder.completed(token, result);
                    if (first) {
                        throw new IllegalStateException("first");
                    }
                };
                context.read(file, (long) i * PAGE, memory, i * PAGE, PAGE, NONE, completion, i);
            }
            runAll(context);
            recorder.assertAllCompletedWith(PAGE);
        }
    }

    @Test
    void shouldCallTheCompletionEvenIfTheFilesCloserRefuses() throws IOException {
        List<Throwable> failures = new ArrayList<>();
        TestFile source = TestFile.create(directory, PAGE);
        try (AioDirectory root = AioDirectory.open(directory);
                AioPath located = root.resolve(source.path.getFileName().toString());
                AioContext context = builder()
                        .onCallbackFailure((thread, failure) -> failures.add(failure))
                        .open()) {
            boolean[] refuse = {true};
            List<Runnable> refused = new ArrayList<>();
            AioFile file = AioFile.open(located, close -> {
                refused.add(close);
                throw new RejectedExecutionException();
            });
            Recorder recorder = new Recorder(1);
            context.read(file, 0, pages(1), 0, PAGE, NONE, recorder, 0);
            context.submit();
            file.close();
            runAll(context);
            recorder.assertAllCompletedWith(PAGE);
            assertThat(failures).hasExactlyElementsOfTypes(RejectedExecutionException.class);
            refused.forEach(Runnable::run);
        }
    }

    /** Every completion prepares, submits and reaps again, some from the depth of another. */
    @Test
    void shouldAllowCompletionsToPrepareSubmitAndReap() throws IOException {
        int total = 500;
        TestFile source = TestFile.create(directory, 64 * PAGE);
        try (AioFile file = source.openDirect();
                AioContext context = open(16, 16)) {
            AlignedMemory memory = pages(64);
            Recorder recorder = new Recorder(total);
            int[] started = {0};
            AioCompletion again = new AioCompletion() {
                @Override
                public void completed(long token, long result) {
                    recorder.completed(token, result);
                    source.assertContent(memory, (int) (token % 64) * PAGE, token % 64 * PAGE, PAGE);
                    for (int i = 0; i < 2 && started[0] < total; i++) {
                        int next = started[0];
                        if (!read(next)) {
                            return; // full: what is in flight starts the rest
                        }
                        started[0]++;
                    }
                    context.submit();
                    context.reap(token % 2 == 0 ? 1 : 100);
                }

                boolean read(int token) {
                    return 0
                            < context.read(
                                    file, token % 64 * (long) PAGE, memory, token % 64 * PAGE, PAGE, NONE, this, token);
                }
            };
            for (; started[0] < 16; started[0]++) {
                int token = started[0];
                context.read(file, token * (long) PAGE, memory, token * PAGE, PAGE, NONE, again, token);
            }
            runAll(context);
            recorder.assertAllCompletedWith(PAGE);
            assertThat(context.stats().staleEvents()).isZero();
        }
    }

    @Test
    void shouldDeliverEventsAlreadyFetchedToACompletionThatReaps() throws IOException {
        TestFile source = TestFile.create(directory, 16 * PAGE);
        try (AioFile file = source.openDirect();
                AioContext context = open(16, 0)) {
            AlignedMemory memory = pages(16);
            Recorder recorder = new Recorder(16);
            int[] nested = {0};
            boolean[] inside = {false};
            AioCompletion reaping = (token, result) -> {
                recorder.completed(token, result);
                if (!inside[0]) {
                    inside[0] = true;
                    nested[0] += context.getEvents(16, 16, -1);
                    inside[0] = false;
                }
            };
            for (int i = 0; i < 16; i++) {
                context.read(file, (long) i * PAGE, memory, i * PAGE, PAGE, NONE, reaping, i);
            }
            context.submit();
            // All sixteen at once: fifteen of them are reaped from within the first.
            assertThat(context.getEvents(16, 16, -1)).isEqualTo(1);
            assertThat(nested[0]).isEqualTo(15);
            recorder.assertAllCompletedWith(PAGE);
            assertThat(context.stats().staleEvents()).isZero();
        }
    }

    @Test
    void shouldSubmitWhatARefusedOperationsCompletionPrepares() throws IOException {
        TestFile source = TestFile.create(directory, 4 * PAGE);
        try (AioFile file = source.openDirect();
                AioContext context =
                        builder().depth(4).pendingLimit(4).neverWait(false).open()) {
            AlignedMemory memory = pages(1);
            Recorder recorder = new Recorder(2);
            int[] submittedInside = {-1};
            AioCompletion retry = (token, result) -> {
                recorder.completed(token, result);
                context.read(file, PAGE, memory, 0, PAGE, NONE, recorder, 1);
                submittedInside[0] = context.submit(); // an assertion would go to the handler of failures
            };
            context.read(file, 0, memory, 0, PAGE, NONE.rwFlags(1 << 30), retry, 0);
            assertThat(context.submit()).isEqualTo(1);
            runAll(context);
            // The lane refuses in an event, outside of submit().
            assertThat(submittedInside[0]).as("left to the outer call").isEqualTo(carrier == Carrier.LANE ? 1 : 0);
            assertThat(recorder.result(0)).isEqualTo(-Linux.EOPNOTSUPP);
            assertThat(recorder.result(1)).isEqualTo(PAGE);
        }
    }

    /** Things are still done when it returns, which would be beside the new owner. */
    @Test
    void shouldNotBeHandedOverByACompletion() throws IOException {
        List<Throwable> failures = new ArrayList<>();
        TestFile source = TestFile.create(directory, PAGE);
        try (AioFile file = source.openDirect();
                AioContext context = builder()
                        .onCallbackFailure((thread, failure) -> failures.add(failure))
                        .open()) {
            context.read(file, 0, pages(1), 0, PAGE, NONE, (token, result) -> context.handOver(), 0);
            runAll(context);
            assertThat(failures).singleElement().asString().contains("handOver() inside a completion");
            context.handOver();
        }
    }
}
