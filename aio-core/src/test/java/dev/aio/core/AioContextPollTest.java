package dev.aio.core;

import static dev.aio.core.OperationOptions.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AioContextPollTest extends ContextSuite {

    private int event = -1;

    @BeforeEach
    void makeDescriptor() {
        event = Native.eventfd();
    }

    @AfterEach
    void closeDescriptor() {
        if (event < 0) {
            return; // skipped: nothing was opened
        }
        Native.close(event);
    }

    private static long poll(AioContext context, int fd, int events, AioCompletion completion, int token) {
        long id = context.poll(fd, events, NONE, completion, token);
        assertThat(id).isPositive();
        context.submit();
        return id;
    }

    @Test
    void shouldSayWhatIsReadyAlready() throws IOException {
        try (AioContext context = open(4, 0)) {
            Recorder recorder = new Recorder(1);
            poll(context, event, PollEvents.IN | PollEvents.OUT, recorder, 0);
            runAll(context);
            assertThat(recorder.result(0)).isEqualTo(PollEvents.OUT);
        }
    }

    @Test
    void shouldWaitUntilTheDescriptorIsReady() throws IOException {
        try (AioContext context = open(4, 0)) {
            Recorder recorder = new Recorder(1);
            poll(context, event, PollEvents.IN, recorder, 0);
            assertThat(context.reap(1)).isZero();
            assertThat(context.inFlight()).isEqualTo(1);
            Native.eventfdSignal(event);
            runAll(context);
            assertThat(recorder.result(0)).isEqualTo(PollEvents.IN);
        }
    }

    /** linux_aio makes an infinite wait of a timeout of 0. */
    @Test
    void shouldNotWaitIfTheTimeIsZero() throws IOException {
        try (AioContext context = open(4, 0)) {
            Recorder recorder = new Recorder(1);
            poll(context, event, PollEvents.IN, recorder, 0);
            assertThat(context.getEvents(1, 1, 0)).isZero();
            assertThat(context.getEvents(1, 1, 1_000_000)).as("nor for ever").isZero();
            Native.eventfdSignal(event);
            assertThat(context.getEvents(1, 1, -1)).isEqualTo(1);
        }
    }

    @Test
    void shouldSayItOnce() throws IOException {
        try (AioContext context = open(4, 0)) {
            Recorder recorder = new Recorder(2);
            Native.eventfdSignal(event);
            poll(context, event, PollEvents.IN, recorder, 0);
            runAll(context);
            Native.eventfdSignal(event);
            assertThat(context.reap(10)).isZero();
            poll(context, event, PollEvents.IN, recorder, 1);
            runAll(context);
            recorder.assertAllCompletedWith(PollEvents.IN);
        }
    }

    /** linux_aio's PollBlock keeps new masks to itself: the control block has those of its construction. */
    @Test
    void shouldUseTheMaskOfEachPollWhateverThatOfTheOneBefore() throws IOException {
        Native.eventfdSignal(event);
        int[] masks = {PollEvents.IN, PollEvents.OUT, PollEvents.IN | PollEvents.OUT, PollEvents.OUT, PollEvents.IN};
        try (AioContext context = open(1, 0)) { // the same slot and control block each time
            Recorder recorder = new Recorder(masks.length);
            for (int i = 0; i < masks.length; i++) {
                poll(context, event, masks[i], recorder, i);
                runAll(context);
                assertThat(recorder.result(i)).isEqualTo(masks[i]);
            }
        }
    }

    @Test
    void shouldSayThatTheOtherEndHasHungUp() throws Exception {
        Path fifo = directory.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        int reader = openFifo(fifo, Linux.O_RDONLY);
        int writer = openFifo(fifo, Linux.O_WRONLY);
        try (AioContext context = open(4, 0)) {
            Recorder recorder = new Recorder(1);
            poll(context, reader, 0, recorder, 0);
            assertThat(context.reap(1)).isZero();
            Native.close(writer);
            runAll(context);
            assertThat(recorder.result(0)).as("though not asked for").isEqualTo(PollEvents.HUP);
        } finally {
            Native.close(reader);
        }
    }

    private static int openFifo(Path fifo, int flags) {
        int fd = Native.openat(Linux.AT_FDCWD, Scratch.get().path(fifo.toString()), flags | Linux.O_NONBLOCK, 0);
        assertThat(fd).isNotNegative();
        return fd;
    }

    /** linux_aio's cancel always fails: the kernel answers EINPROGRESS where it succeeds. */
    @Test
    void shouldEndAPollThatIsCancelled() throws IOException {
        try (AioContext context = open(4, 0)) {
            Outcomes outcomes = new Outcomes(context, 1);
            long poll = poll(context, event, PollEvents.IN, outcomes, 0);
            assertThat(context.cancel(poll)).isTrue();
            assertThat(outcomes.failure(0).errnoName()).isEqualTo("ECANCELED");
            assertThat(outcomes.failure(0)).hasMessageContaining("poll descriptor " + event);
            while (context.inFlight() > 0) { // ends though the eventfd is never signalled
                context.getEvents(1, 1, -1);
            }
            outcomes.assertEachReleasedOnce();
            assertThat(context.cancel(poll)).isFalse();
        }
    }

    @Test
    void shouldEndAPollThatIsCancelledWhenItWasReady() throws IOException {
        try (AioContext context = open(4, 0)) {
            Outcomes outcomes = new Outcomes(context, 1);
            Native.eventfdSignal(event);
            long poll = poll(context, event, PollEvents.IN, outcomes, 0);
            assertThat(context.cancel(poll)).isTrue();
            runAll(context);
            assertThat(outcomes.result(0)).isEqualTo(-Linux.ECANCELED);
            outcomes.assertEachReleasedOnce();
        }
    }

    /** Its submission never waits, and one that a helper still had could not be cancelled. */
    @Test
    void shouldBeSubmittedByTheOwnerInAnyCase() throws IOException {
        try (AioContext context = builder()
                .depth(4)
                .submitHelper(task -> {
                    throw new AssertionError("given to the helper");
                })
                .open()) {
            Recorder recorder = new Recorder(1);
            context.poll(event, PollEvents.OUT, NONE.helperSubmits(), recorder, 0);
            runAll(context);
            assertThat(recorder.result(0)).isEqualTo(PollEvents.OUT);
        }
    }

    @Test
    void shouldCancelPollsWhenClosed() throws IOException {
        Recorder recorder = new Recorder(3);
        AioContext context = open(4, 0);
        for (int i = 0; i < 3; i++) {
            poll(context, event, PollEvents.IN, recorder, i);
        }
        assertThat(context.close(-1).isComplete()).isTrue();
        recorder.assertAllCompletedWith(-Linux.ECANCELED);
        context.destroyed().join();
    }
}
