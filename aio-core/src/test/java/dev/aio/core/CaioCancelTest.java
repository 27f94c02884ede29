package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.core.internal.Linux;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the Python package caio's tests/test_*.py have of cancelling. */
class CaioCancelTest extends FieldSuite {

    @Test
    @DisplayName("caio test_operations_cancel_cleanly: reads cancelled while others end")
    void shouldCancelReadsCleanly() throws Exception {
        try (AioFile file = create("temp.bin")) {
            file.truncate(MIB);
            cancelSome(file, false);
        }
    }

    @Test
    @DisplayName("caio test_write_operations_cancel_cleanly: writes cancelled while others end")
    void shouldCancelWritesCleanly() throws Exception {
        try (AioFile file = create("temp.bin")) {
            cancelSome(file, true);
        }
    }

    private void cancelSome(AioFile file, boolean write) throws IOException {
        int length = 1 << 16;
        Random random = random("caio cancel");
        try (AioContext context = open(8, 64)) {
            AlignedMemory memory = AlignedMemory.allocate(16 * length, PAGE);
            for (int round = 0; round < 50; round++) {
                FieldOutcomes outcomes = new FieldOutcomes(16);
                long[] ids = new long[16];
                for (int i = 0; i < 16; i++) {
                    long position = (long) i * length;
                    ids[i] = write
                            ? context.write(file, position, memory, i * length, length, NONE, outcomes, i)
                            : context.read(file, position, memory, i * length, length, NONE, outcomes, i);
                }
                if (random.nextBoolean()) {
                    context.submit();
                }
                for (int i = 0; i < 16; i++) {
                    if (random.nextBoolean()) {
                        boolean ended = outcomes.isCompleted(i);
                        assertThat(context.cancel(ids[i])).isEqualTo(!ended);
                        assertThat(ended || outcomes.result(i) == -Linux.ECANCELED)
                                .isTrue();
                    }
                }
                drain(context, outcomes);
                outcomes.assertEachCompletedOnce();
                awaitReleases(context, outcomes);
            }
        }
    }

    /** What was cancelled in flight is released when the kernel is done with it. */
    private static void awaitReleases(AioContext context, FieldOutcomes outcomes) {
        for (int i = 0; i < outcomes.expected(); i++) {
            while (outcomes.releases(i) == 0) {
                context.submit();
                context.getEvents(1, 64, 1_000_000);
            }
            assertThat(outcomes.releases(i)).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("caio test_cancel_before_first_step_runs: cancelled before it was submitted, it never happens")
    void shouldNeverDoWhatWasCancelledBeforeSubmission() throws Exception {
        try (AioFile file = create("temp.bin");
                AioContext context = open()) {
            FieldOutcomes outcomes = new FieldOutcomes(1);
            long id = context.write(file, 0, filled(PAGE, 1), 0, PAGE, NONE, outcomes, 0);
            assertThat(context.cancel(id)).isTrue();
            assertThat(outcomes.result(0)).isEqualTo(-Linux.ECANCELED);
            context.submit();
            assertThat(context.getEvents(0, 1, 0)).isZero();
            assertThat(outcomes.releases(0)).isEqualTo(1);
            assertThat(file.currentSize()).isZero();
        }
    }

    @Test
    @DisplayName(
            "caio test_cancel_on_real_operation_does_not_crash: a poll in flight is cancelled; its memory of nothing is given back later, once")
    void shouldCancelAPollInFlight() throws Exception {
        try (Fifo fifo = Fifo.create(directory);
                AioContext context = open(4, 0)) {
            FieldOutcomes outcomes = new FieldOutcomes(1);
            long id = context.poll(fifo.readEnd(), PollEvents.IN, NONE, outcomes, 0);
            context.submit();
            assertThat(context.cancel(id)).isTrue();
            assertThat(outcomes.result(0)).isEqualTo(-Linux.ECANCELED);
            assertThat(context.cancel(id)).isFalse();
            awaitReleases(context, outcomes);
            assertThat(outcomes.result(0)).isEqualTo(-Linux.ECANCELED);
            assertThat(context.inFlight()).isZero();
        }
    }

    @Test
    @DisplayName("caio test_linux_aio_cancel_from_wrong_context_is_rejected: an id is of one context only")
    void shouldNotCancelAnotherContextsOperation() throws Exception {
        try (AioFile file = create("temp.bin");
                AioContext first = open(4, 0);
                AioContext second = open(4, 0)) {
            AlignedMemory memory = filled(PAGE, 1);
            FieldOutcomes outcomes = new FieldOutcomes(2);
            long ofFirst = first.write(file, 0, memory, 0, PAGE, NONE, outcomes, 0);
            second.write(file, PAGE, memory, 0, PAGE, NONE, outcomes, 1);
            assertThat(second.cancel(ofFirst)).isFalse();
            drain(first, outcomes, 1);
            drain(second, outcomes);
            outcomes.assertAllCompletedWith(PAGE);
        }
    }
}
