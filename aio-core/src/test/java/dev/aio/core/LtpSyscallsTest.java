package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aio.core.internal.Linux;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** LTP testcases/kernel/syscalls/io_setup, io_submit, io_getevents, io_pgetevents, io_cancel, io_destroy. */
class LtpSyscallsTest extends FieldSuite {

    @Test
    @DisplayName("LTP io_setup01: a valid number of events gives a context")
    void shouldSetUpAContext() throws Exception {
        try (AioContext context = open(1, 0)) {
            assertThat(context.depth()).isPositive();
            assertThat(context.inFlight()).isZero();
            assertThat(context.engine()).isEqualTo(engine == Engine.LANE ? AioEngine.LANE : AioEngine.AIO);
        }
    }

    @Test
    @DisplayName("LTP io_setup02: more events than any host allows are refused")
    void shouldRefuseADepthBeyondTheHostsLimit() {
        assertThatIllegalArgumentException().isThrownBy(() -> builder().depth(Integer.MAX_VALUE));
    }

    @Test
    @DisplayName(
            "LTP io_setup01: where fewer events are left than wanted (EAGAIN there), a smaller context, and one message")
    void shouldShrinkToTheEventsThatAreLeft() throws Exception {
        List<String> messages = new ArrayList<>();
        AioContextBuilder builder = builder().depth(64).budget(AioBudget.of(32)).onDegraded(messages::add);
        try (AioContext context = builder.open()) {
            assertThat(context.depth()).isEqualTo(engine == Engine.LANE ? 64 : 32);
            assertThat(messages).hasSize(engine == Engine.LANE ? 0 : 1);
        }
    }

    @Test
    @DisplayName("LTP io_destroy01: destroying twice does nothing the second time")
    void shouldDestroyOnce() throws Exception {
        AioContext context = open();
        context.close();
        context.close();
        assertThat(context.close(0)).isNotNull();
        context.destroyed().get(60, TimeUnit.SECONDS);
    }

    @Test
    @DisplayName("LTP io_destroy02: a handle that is no context cannot be made; a destroyed one stays destroyed")
    void shouldStayDestroyed() throws Exception {
        AioContext context = open();
        context.close();
        context.destroyed().get(60, TimeUnit.SECONDS);
        assertThatIllegalStateException().isThrownBy(context::handOver);
        assertThatIllegalStateException().isThrownBy(() -> context.reap(1));
    }

    @Test
    @DisplayName("LTP io_getevents01: events of a destroyed context are refused")
    void shouldNotGetEventsOfADestroyedContext() throws Exception {
        AioContext context = open();
        context.close();
        assertThatIllegalStateException().isThrownBy(() -> context.getEvents(0, 1, 0));
    }

    @Test
    @DisplayName("LTP io_getevents02: with nothing in flight there are no events, and no wait for any")
    void shouldGetNoEventsWhenNothingIsInFlight() throws Exception {
        try (AioContext context = open()) {
            assertThat(context.getEvents(0, 0, 0)).isZero();
            assertThat(context.getEvents(0, 8, 0)).isZero();
            assertThat(context.getEvents(1, 8, -1)).isZero();
        }
    }

    @Test
    @DisplayName("LTP io_pgetevents01: one event of one write")
    void shouldGetOneEvent() throws Exception {
        try (AioFile file = create("file");
                AioContext context = open()) {
            FieldOutcomes outcomes = new FieldOutcomes(1);
            context.write(file, 0, pages(1), 0, PAGE, NONE, outcomes, 0);
            int events = 0;
            while (events == 0) {
                context.submit();
                if (outcomes.isCompleted(0)) {
                    break; // it ended in submit(), as what a helper submits may not
                }
                events = context.getEvents(1, 1, TimeUnit.SECONDS.toNanos(1));
            }
            assertThat(events).isLessThanOrEqualTo(1);
            assertThat(outcomes.result(0)).isEqualTo(PAGE);
        }
    }

    @Test
    @DisplayName("LTP io_pgetevents02: negative or contradictory counts of events do no harm")
    void shouldTakeNoHarmFromSenselessCounts() throws Exception {
        try (AioFile file = create("file");
                AioContext context = open()) {
            FieldOutcomes outcomes = new FieldOutcomes(1);
            context.write(file, 0, pages(1), 0, PAGE, NONE, outcomes, 0);
            context.submit();
            int[][] counts = {{-1, 0}, {0, -1}, {1, 0}, {Integer.MIN_VALUE, Integer.MIN_VALUE}};
            for (int[] count : counts) {
                try {
                    assertThat(context.getEvents(count[0], count[1], 0)).isZero();
                } catch (IllegalArgumentException refused) {
                    assertThat(refused).hasMessageContaining("expected");
                }
            }
            drain(context, outcomes);
            assertThat(outcomes.result(0)).isEqualTo(PAGE);
        }
    }

    @Test
    @DisplayName("LTP io_cancel01: what is no operation cannot be cancelled")
    void shouldNotCancelWhatIsNoOperation() throws Exception {
        try (AioContext context = open()) {
            for (long id : new long[] {AioContext.REJECTED, -1, 1, 42, Long.MAX_VALUE, Long.MIN_VALUE}) {
                assertThat(context.cancel(id)).as("cancel(%s)", id).isFalse();
            }
        }
    }

    @Test
    @DisplayName("LTP io_cancel02: an operation that has ended cannot be cancelled, nor can its successor by its id")
    void shouldNotCancelByAStaleId() throws Exception {
        try (AioFile file = create("file");
                AioContext context = open(1, 1)) {
            FieldOutcomes outcomes = new FieldOutcomes(2);
            long stale = context.write(file, 0, pages(1), 0, PAGE, NONE, outcomes, 0);
            drain(context, outcomes, 1);
            assertThat(context.cancel(stale)).isFalse();
            long successor = context.write(file, 0, pages(1), 0, PAGE, NONE, outcomes, 1);
            assertThat(successor).isNotEqualTo(stale);
            assertThat(context.cancel(stale)).isFalse();
            drain(context, outcomes);
            outcomes.assertAllCompletedWith(PAGE);
        }
    }

    @Test
    @DisplayName("LTP io_submit01: a file that is closed is EBADF")
    void shouldRefuseAClosedFile() throws Exception {
        try (AioContext context = open()) {
            AioFile file = create("file");
            file.close();
            assertThat(read(context, file, 0, pages(1), 100)).isEqualTo(-Linux.EBADF);
            assertThat(write(context, file, 0, pages(1), 100)).isEqualTo(-Linux.EBADF);
            assertThat(sync(context, file)).isEqualTo(-Linux.EBADF);
        }
    }

    @Test
    @DisplayName("LTP io_submit01: bad operations of a batch fail alone, wherever in the batch they are")
    void shouldFailBadOperationsOfABatchAlone() throws Exception {
        try (AioFile file = create("file");
                AioFile readOnly = openToRead("file");
                AioFile writeOnly = AioFile.open(directory.resolve("file"), StandardOpenOption.WRITE);
                AioContext context = open()) {
            AioFile closed = create("closed");
            closed.close();
            AlignedMemory memory = filled(PAGE, 1);
            FieldOutcomes outcomes = new FieldOutcomes(9);
            context.read(closed, 0, memory, 0, 100, NONE, outcomes, 0);
            context.write(file, 0, memory, 0, 100, NONE, outcomes, 1);
            context.write(readOnly, 0, memory, 0, 100, NONE, outcomes, 2);
            context.write(file, 100, memory, 0, 100, NONE, outcomes, 3);
            context.read(writeOnly, 0, memory, 0, 100, NONE, outcomes, 4);
            context.read(file, -1, memory, 0, 100, NONE, outcomes, 5);
            context.write(file, 200, memory, 0, 100, NONE, outcomes, 6);
            context.write(file, 300, memory, 0, PAGE + 1, NONE, outcomes, 7);
            context.write(file, 300, memory, 0, 100, NONE, outcomes, 8);
            drain(context, outcomes);
            outcomes.assertEachCompletedOnce();
            for (int good : new int[] {1, 3, 6, 8}) {
                assertThat(outcomes.result(good)).as("operation %s", good).isEqualTo(100);
            }
            for (int badFile : new int[] {0, 2, 4}) {
                assertThat(outcomes.result(badFile)).as("operation %s", badFile).isEqualTo(-Linux.EBADF);
            }
            assertThat(outcomes.result(5)).isEqualTo(-Linux.EINVAL);
            assertThat(outcomes.result(7)).isNegative();
            assertThat(file.currentSize()).isEqualTo(400);
        }
    }

    @Test
    @DisplayName("LTP io_submit01: a read of no bytes is submitted and gives none")
    void shouldReadNothing() throws Exception {
        Files.write(directory.resolve("file"), new byte[10]);
        try (AioFile file = openToRead("file");
                AioContext context = open()) {
            assertThat(read(context, file, 0, pages(1), 0)).isZero();
        }
    }

    @Test
    @DisplayName("LTP io_submit02: everything that was accepted is submitted")
    void shouldSubmitEverythingAccepted() throws Exception {
        try (AioFile file = create("file");
                AioContext context = open(8, 8)) {
            FieldOutcomes outcomes = new FieldOutcomes(8);
            for (int i = 0; i < 8; i++) {
                context.write(file, i * 512L, pages(1), 0, 512, NONE, outcomes, i);
            }
            assertThat(context.pending()).isEqualTo(8);
            assertThat(context.inFlight()).isZero();
            drain(context, outcomes);
            outcomes.assertAllCompletedWith(512);
            assertThat(context.pending() + context.inFlight()).isZero();
            assertThat(context.submit()).isZero();
        }
    }

    @Test
    @DisplayName("LTP io_submit03: more than the context takes is rejected by a value, and nothing of it happens")
    void shouldRejectWhatIsTooMuch() throws Exception {
        try (AioFile file = create("file");
                AioContext context = open(1, 0)) {
            FieldOutcomes outcomes = new FieldOutcomes(2);
            AlignedMemory memory = pages(1);
            assertThat(context.write(file, 0, memory, 0, 100, NONE, outcomes, 0))
                    .isPositive();
            assertThat(context.write(file, PAGE, memory, 0, 100, NONE, outcomes, 1))
                    .isEqualTo(AioContext.REJECTED);
            drain(context, outcomes, 1);
            assertThat(outcomes.result(0)).isEqualTo(100);
            assertThat(outcomes.isCompleted(1)).isFalse();
            assertThat(file.currentSize()).isEqualTo(100);
        }
    }

    @Test
    @DisplayName("LTP io_submit04: an empty pipe makes nobody wait: it is not opened as a file at all")
    void shouldRefuseAPipe() throws Exception {
        try (Fifo fifo = Fifo.create(directory)) {
            assertThatThrownBy(() -> AioFile.open(fifo.path, StandardOpenOption.READ))
                    .isInstanceOfSatisfying(AioException.class, e -> {
                        assertThat(e.errno()).isIn(Linux.ESPIPE, Linux.EINVAL);
                        assertThat(e).hasMessageContaining("not a regular file");
                    });
        }
    }

    @Test
    @DisplayName("LTP io_submit04: RWF_NOWAIT on a file gives its bytes, EAGAIN or EOPNOTSUPP, raw")
    void shouldPassWhatNowaitAnswers() throws Exception {
        Files.write(directory.resolve("file"), randomBytes(PAGE, 4));
        try (AioFile file = openToRead("file");
                AioContext context = open()) {
            AlignedMemory memory = pages(1);
            long result = perform(
                    context, (done, token) -> context.read(file, 0, memory, 0, PAGE, NONE.nowait(), done, token));
            assertThat(result).isIn((long) PAGE, -(long) Linux.EAGAIN, -(long) Linux.EOPNOTSUPP);
            if (result == PAGE) {
                assertBytes(bytes(memory, 0, PAGE), randomBytes(PAGE, 4));
            }
        }
    }
}
