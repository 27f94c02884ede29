package dev.aio.core;

import static dev.aio.core.OperationOptions.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.core.internal.Linux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AioContextQueueTest extends ContextSuite {

    /** A per-operation flag that no file system knows: io_submit itself refuses the operation. */
    private static final int UNKNOWN_FLAG = 1 << 30;

    @Test
    void shouldCompleteEachOperationOnceWhenMoreArePreparedThanFit() throws IOException {
        TestFile source = TestFile.create(directory, 64 * PAGE);
        try (AioFile file = source.openDirect();
                AioContext context = open(8, 192)) {
            AlignedMemory memory = pages(200);
            Recorder recorder = new Recorder(200);
            for (int i = 0; i < 200; i++) {
                long position = i % 64 * (long) PAGE;
                assertThat(context.read(file, position, memory, i * PAGE, PAGE, NONE, recorder, i))
                        .isPositive();
            }
            assertThat(context.submit()).isEqualTo(8);
            assertThat(context.inFlight()).isEqualTo(8);
            assertThat(context.pending()).isEqualTo(192);
            runAll(context);
            recorder.assertAllCompletedWith(PAGE);
            for (int i = 0; i < 200; i++) {
                source.assertContent(memory, i * PAGE, i % 64 * (long) PAGE, PAGE);
            }
            assertThat(context.stats().completions()).isEqualTo(200);
            assertThat(context.stats().submittedOperations()).isEqualTo(200);
            assertThat(context.stats().staleEvents()).isZero();
        }
    }

    @Test
    void shouldSubmitABatchLargerThanOneSystemCallTakes() throws IOException {
        TestFile source = TestFile.create(directory, 256 * PAGE);
        try (AioFile file = source.openDirect();
                AioContext context = open(200, 0)) {
            AlignedMemory memory = pages(200);
            Recorder recorder = new Recorder(200);
            for (int i = 0; i < 200; i++) {
                context.read(file, (long) i * PAGE, memory, i * PAGE, PAGE, NONE, recorder, i);
            }
            assertThat(context.submit()).isEqualTo(200);
            runAll(context);
            recorder.assertAllCompletedWith(PAGE);
            source.assertContent(memory, 0, 0, 200 * PAGE);
        }
    }

    @Test
    void shouldRejectWhatExceedsDepthAndPendingQueue() throws IOException {
        TestFile source = TestFile.create(directory, PAGE);
        try (AioFile file = AioFile.open(source.path);
                AioContext context = open(2, 3)) {
            AlignedMemory memory = pages(6);
            Recorder recorder = new Recorder(6);
            for (int i = 0; i < 5; i++) {
                assertThat(context.read(file, 0, memory, i * PAGE, PAGE, NONE, recorder, i))
                        .isPositive();
            }
            assertThat(context.read(file, 0, memory, 5 * PAGE, PAGE, NONE, recorder, 5))
                    .isEqualTo(AioContext.REJECTED);
            context.submit();
            assertThat(context.read(file, 0, memory, 5 * PAGE, PAGE, NONE, recorder, 5))
                    .isEqualTo(AioContext.REJECTED);
            assertThat(context.stats().rejections()).isEqualTo(2);
            runAll(context);
            assertThat(recorder.completed()).isEqualTo(5);
            assertThat(context.read(file, 0, memory, 5 * PAGE, PAGE, NONE, recorder, 5))
                    .isPositive();
            runAll(context);
            recorder.assertAllCompletedWith(PAGE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "7", "15", "3,4,5", "0,15", "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15"})
    void shouldSubmitWhatStandsBehindARefusedOperation(String refused) throws IOException {
        Set<String> bad = Set.of(refused.split(","));
        TestFile source = TestFile.create(directory, 16 * PAGE);
        // One that never waits would have a helper find out which of two flags it is that is not known.
        try (AioFile file = source.openDirect();
                AioContext context =
                        builder().depth(16).pendingLimit(0).neverWait(false).open()) {
            AlignedMemory memory = pages(16);
            Recorder recorder = new Recorder(16);
            for (int i = 0; i < 16; i++) {
                int flags = bad.contains(Integer.toString(i)) ? UNKNOWN_FLAG : 0;
                context.read(file, (long) i * PAGE, memory, i * PAGE, PAGE, NONE.rwFlags(flags), recorder, i);
            }
            int submitted = context.submit();
            if (carrier != Carrier.LANE) {
                assertThat(submitted).isEqualTo(16 - bad.size());
                assertThat(recorder.completed())
                        .as("told before submit() returned")
                        .isEqualTo(bad.size());
            }
            runAll(context);
            for (int i = 0; i < 16; i++) {
                boolean isBad = bad.contains(Integer.toString(i));
                assertThat(recorder.result(i)).isEqualTo(isBad ? -Linux.EOPNOTSUPP : PAGE);
            }
        }
    }

    @Test
    void shouldSignalTheEventFdOncePerCompletion() throws IOException {
        TestFile source = TestFile.create(directory, 16 * PAGE);
        try (AioFile file = source.openDirect();
                AioContext context = builder().depth(16).ownEventFd(true).open()) {
            assertThat(eventFdCount(context.eventFd())).isZero();
            AlignedMemory memory = pages(16);
            Recorder recorder = new Recorder(16);
            for (int i = 0; i < 16; i++) {
                context.read(file, (long) i * PAGE, memory, i * PAGE, PAGE, NONE, recorder, i);
            }
            runAll(context);
            recorder.assertAllCompletedWith(PAGE);
            // The kernel makes the event visible first and signals then.
            Awaitility.await("16 signals")
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> eventFdCount(context.eventFd()) == 16);
        }
    }

    private static long eventFdCount(int fd) throws IOException {
        String info = Files.readString(Path.of("/proc/self/fdinfo/" + fd));
        return info.lines()
                .filter(line -> line.startsWith("eventfd-count:"))
                .mapToLong(line -> Long.parseLong(line.substring(14).trim(), 16))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldWaitForAsManyCompletionsAsAskedFor() throws IOException {
        TestFile source = TestFile.create(directory, 16 * PAGE);
        try (AioFile file = source.openDirect();
                AioContext context = open(16, 0)) {
            AlignedMemory memory = pages(16);
            Recorder recorder = new Recorder(16);
            for (int i = 0; i < 16; i++) {
                context.read(file, (long) i * PAGE, memory, i * PAGE, PAGE, NONE, recorder, i);
            }
            context.submit();
            assertThat(context.getEvents(4, 4, -1)).isEqualTo(4);
            assertThat(context.getEvents(10, 100, -1)).isBetween(10, 12);
            // never for more than there are
            context.getEvents(1000, 1000, -1);
            recorder.assertAllCompletedWith(PAGE);
        }
    }

    @Test
    void shouldReturnAtOnceWhenThereIsNothingToWaitFor() throws IOException {
        try (AioContext context = open(4, 0)) {
            assertThat(context.getEvents(1, 1, -1)).isZero();
            assertThat(context.reap(10)).isZero();
            assertThat(context.submit()).isZero();
            assertThat(context.stats().submitCalls()).isZero();
        }
    }

    @Test
    void shouldReapNoMoreThanAskedFor() throws IOException {
        TestFile source = TestFile.create(directory, 16 * PAGE);
        try (AioFile file = source.openDirect();
                AioContext context = open(16, 0)) {
            AlignedMemory memory = pages(16);
            Recorder recorder = new Recorder(16);
            for (int i = 0; i < 16; i++) {
                context.read(file, (long) i * PAGE, memory, i * PAGE, PAGE, NONE, recorder, i);
            }
            context.submit();
            for (int reaped = 0; reaped < 16; ) {
                int n = context.getEvents(1, 3, TimeUnit.SECONDS.toNanos(10));
                assertThat(n).isBetween(1, 3);
                reaped += n;
                assertThat(recorder.completed()).isEqualTo(reaped);
            }
            assertThat(context.getEvents(1, 0, -1)).isZero();
        }
    }

    @Test
    void shouldGoRoundTheRingManyTimes() throws IOException {
        TestFile source = TestFile.create(directory, 8 * PAGE);
        try (AioFile file = source.openDirect();
                AioContext context = open(4, 0)) {
            AlignedMemory memory = pages(4);
            for (int round = 0; round < 1_000; round++) {
                Recorder recorder = new Recorder(3);
                for (int i = 0; i < 3; i++) {
                    context.read(file, (round + i) % 8 * (long) PAGE, memory, i * PAGE, PAGE, NONE, recorder, i);
                }
                runAll(context);
                recorder.assertAllCompletedWith(PAGE);
                source.assertContent(memory, PAGE, (round + 1) % 8 * (long) PAGE, PAGE);
            }
            assertThat(context.stats().staleEvents()).isZero();
        }
    }
}
