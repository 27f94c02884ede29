package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.aio.core.internal.Linux;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Python package caio, tests/test_*.py; what is cancelled, in {@link CaioCancelTest}. */
class CaioTest extends FieldSuite {

    @ParameterizedTest
    @ValueSource(ints = {1, 32, 4096})
    @DisplayName("caio test_aio_context: contexts of any depth")
    void shouldMakeContextsOfAnyDepth(int depth) throws Exception {
        try (AioContext context = open(depth, 0)) {
            assertThat(context.depth()).isBetween(1, depth);
        }
    }

    @Test
    @DisplayName("caio test_context_repr_does_not_crash, test_operation_repr_does_not_crash: everything prints itself")
    void shouldPrintItself() throws Exception {
        try (AioFile file = create("temp.bin");
                AioContext context = open()) {
            assertThat(context.toString()).isNotEmpty();
            assertThat(file.toString()).contains("temp.bin");
            assertThat(NONE.dsync().toString()).contains("rwFlags");
            assertThat(context.stats().toString()).isNotEmpty();
        }
    }

    @Test
    @DisplayName("caio test_raw_submit_and_drain: four writes, then four reads, each with its own result")
    void shouldSubmitAndDrain() throws Exception {
        try (AioFile file = create("temp.bin");
                AioContext context = open(8, 0)) {
            AlignedMemory memory = pages(1);
            FieldOutcomes writes = new FieldOutcomes(4);
            for (int i = 0; i < 4; i++) {
                fill(memory, i * 4, 4, i);
                context.write(file, i * 4L, memory, i * 4, 4, NONE, writes, i);
            }
            drain(context, writes);
            writes.assertAllCompletedWith(4);
            fill(memory, -1);
            FieldOutcomes reads = new FieldOutcomes(4);
            for (int i = 0; i < 4; i++) {
                context.read(file, i * 4L, memory, i * 4, 4, NONE, reads, i);
            }
            drain(context, reads);
            reads.assertAllCompletedWith(4);
            for (int i = 0; i < 4; i++) {
                assertAll(bytes(memory, i * 4, 4), i);
            }
        }
    }

    @Test
    @DisplayName("caio test_raw_process_events_respects_min_max: never more completions than asked for")
    void shouldReapAtMostMax() throws Exception {
        try (Fifo fifo = Fifo.create(directory);
                AioContext context = open(8, 0)) {
            FieldOutcomes outcomes = new FieldOutcomes(8);
            for (int i = 0; i < 8; i++) {
                context.poll(fifo.readEnd(), PollEvents.IN, NONE, outcomes, i);
            }
            context.submit();
            fifo.writeByte();
            while (outcomes.completed() < 8) {
                int before = outcomes.completed();
                int reaped = context.getEvents(1, 3, TimeUnit.SECONDS.toNanos(1));
                assertThat(reaped).isBetween(0, 3);
                assertThat(outcomes.completed() - before).isEqualTo(reaped);
            }
            outcomes.assertEachCompletedOnce();
            assertThat(outcomes.result(7) & PollEvents.IN).isEqualTo(PollEvents.IN);
        }
    }

    @Test
    @DisplayName("caio test_process_events_respects_timeout_and_releases_gil: a wait ends with its time, empty-handed")
    void shouldEndAWaitWithItsTime() throws Exception {
        try (Fifo fifo = Fifo.create(directory);
                AioContext context = open(8, 0)) {
            FieldOutcomes outcomes = new FieldOutcomes(1);
            long poll = context.poll(fifo.readEnd(), PollEvents.IN, NONE, outcomes, 0);
            context.submit();
            assertThat(context.getEvents(1, 8, 1_000_000)).isZero();
            assertThat(outcomes.completed()).isZero();
            assertThat(context.inFlight()).isEqualTo(1);
            assertThat(context.cancel(poll)).isTrue();
        }
    }

    @Test
    @DisplayName("caio test_poll_does_not_block_when_nothing_pending: reaping never waits")
    void shouldNotWaitWhenReaping() throws Exception {
        try (Fifo fifo = Fifo.create(directory);
                AioContext context = open(8, 0)) {
            assertThat(context.reap(8)).isZero();
            FieldOutcomes outcomes = new FieldOutcomes(1);
            context.poll(fifo.readEnd(), PollEvents.IN, NONE, outcomes, 0);
            context.submit();
            assertThat(context.reap(8)).isZero();
            fifo.writeByte();
            drain(context, outcomes);
        }
    }

    @Test
    @DisplayName("caio test_payload_and_get_value_blocked_while_in_flight: vectors in flight are not to be changed")
    void shouldNotChangeVectorsInFlight() throws Exception {
        try (AioFile file = create("temp.bin");
                AioContext context = open(8, 0)) {
            AlignedMemory memory = filled(PAGE, 1);
            IoVectors vectors = new IoVectors(2).add(memory, 0, 100);
            FieldOutcomes outcomes = new FieldOutcomes(1);
            context.writev(file, 0, vectors, NONE, outcomes, 0);
            assertThatIllegalStateException().isThrownBy(() -> vectors.add(memory, 100, 100));
            assertThatIllegalStateException().isThrownBy(vectors::clear);
            drain(context, outcomes);
            assertThat(outcomes.result(0)).isEqualTo(100);
            vectors.clear();
            vectors.add(memory, 0, 50);
            assertThat(vectors.length()).isEqualTo(50);
        }
    }

    @Test
    @DisplayName("caio test_resubmitting_an_in_flight_operation_does_not_corrupt_context: vectors serve one at a time")
    void shouldNotUseVectorsTwiceAtOnce() throws Exception {
        try (AioFile file = create("temp.bin");
                AioContext first = open(8, 0);
                AioContext second = open(8, 0)) {
            IoVectors vectors = new IoVectors(1).add(filled(PAGE, 1), 0, 100);
            FieldOutcomes outcomes = new FieldOutcomes(1);
            first.writev(file, 0, vectors, NONE, outcomes, 0);
            assertThatIllegalStateException()
                    .isThrownBy(() -> second.readv(file, 0, vectors, NONE, new FieldOutcomes(1), 0));
            assertThatIllegalStateException()
                    .isThrownBy(() -> first.writev(file, 0, vectors, NONE, new FieldOutcomes(1), 0));
            assertThat(second.pending() + second.inFlight()).isZero();
            drain(first, outcomes);
            assertThat(outcomes.result(0)).isEqualTo(100);
            assertThat(perform(second, (done, t) -> second.readv(file, 0, vectors, NONE, done, t)))
                    .isEqualTo(100);
        }
    }

    @Test
    @DisplayName("caio test_read_with_absurd_nbytes_raises_cleanly: an absurd length is an error, not a crash")
    void shouldRefuseAnAbsurdLength() throws Exception {
        try (AioFile file = create("temp.bin");
                AioContext context = open(8, 0)) {
            assertThat(read(context, file, 0, pages(1), Integer.MAX_VALUE)).isNegative();
            assertThat(read(context, file, 0, pages(1), -1)).isNegative();
            assertThat(read(context, file, 0, pages(1), PAGE)).isZero();
        }
    }

    @Test
    @DisplayName("caio test_get_value_on_fsync_does_not_corrupt_none_refcount: hundreds of syncs at once, 0 each")
    void shouldSyncHundredsOfTimes() throws Exception {
        try (AioFile file = create("temp.bin");
                AioContext context = open(256, 0)) {
            FieldOutcomes outcomes = new FieldOutcomes(200);
            for (int i = 0; i < 200; i++) {
                assertThat(context.sync(file, NONE, outcomes, i)).isPositive();
            }
            drain(context, outcomes);
            outcomes.assertAllCompletedWith(0);
        }
    }

    @Test
    @DisplayName("caio test_large_batch_submit_does_not_crash: a batch of 4000")
    void shouldTakeALargeBatch() throws Exception {
        try (AioFile file = create("temp.bin");
                AioContext context = open(128, 4096)) {
            AlignedMemory memory = pages(1);
            FieldOutcomes outcomes = new FieldOutcomes(4000);
            for (int i = 0; i < 4000; i++) {
                assertThat(context.write(file, i, memory, 0, 1, NONE, outcomes, i))
                        .isPositive();
            }
            drain(context, outcomes);
            outcomes.assertAllCompletedWith(1);
            assertThat(file.currentSize()).isEqualTo(4000);
        }
    }

    @Test
    @DisplayName("caio test_context_teardown_drains_queued_operations: closing ends what is queued, none is forgotten")
    void shouldEndQueuedOperationsWhenClosed() throws Exception {
        try (AioFile file = create("temp.bin")) {
            AioContext context = open(2, 256);
            FieldOutcomes outcomes = new FieldOutcomes(64);
            AlignedMemory memory = pages(1);
            for (int i = 0; i < 64; i++) {
                context.write(file, (long) i * PAGE, memory, 0, PAGE, NONE, outcomes, i);
            }
            context.submit();
            context.close();
            context.destroyed().get(60, TimeUnit.SECONDS);
            for (int i = 0; i < 64; i++) {
                assertThat(outcomes.result(i)).isIn((long) PAGE, -(long) Linux.ECANCELED);
                assertThat(outcomes.releases(i)).isEqualTo(1);
            }
        }
    }

    @Test
    @DisplayName("caio test_adapter: short writes over longer ones, 32 in parallel, a data sync, one read of all")
    void shouldWriteInParallelAndReadTheWhole() throws Exception {
        try (AioFile file = create("temp.bin");
                AioContext context = open()) {
            AlignedMemory memory = holding(new byte[] {0, 1, 2, 3});
            assertThat(read(context, file, 0, memory, 32)).isZero();
            FieldOutcomes outcomes = new FieldOutcomes(32);
            for (int i = 0; i < 32; i++) {
                context.write(file, i * 4L, memory, 0, 4, NONE, outcomes, i);
            }
            drain(context, outcomes);
            outcomes.assertAllCompletedWith(4);
            assertThat(perform(context, (done, t) -> context.dataSync(file, NONE, done, t)))
                    .isZero();
            AlignedMemory seen = pages(1);
            assertThat(read(context, file, 0, seen, 128)).isEqualTo(128);
            for (int i = 0; i < 128; i++) {
                assertThat(seen.buffer().get(i)).isEqualTo((byte) (i % 4));
            }
        }
    }

    @Test
    @DisplayName("caio test_bad_file_descritor: a file closed between acceptance and submission fails its operation")
    void shouldFailOrFinishWhatItsFileWasClosedUnder() throws Exception {
        try (AioContext context = open()) {
            AioFile file = create("temp.bin");
            FieldOutcomes outcomes = new FieldOutcomes(1);
            context.write(file, 0, filled(PAGE, 1), 0, PAGE, NONE, outcomes, 0);
            file.close(); // the operation holds the file: it is not closed under it
            drain(context, outcomes);
            assertThat(outcomes.result(0)).isIn((long) PAGE, -(long) Linux.EBADF);
            assertThat(OpenDescriptors.under(directory)).isZero();
        }
    }

    @Test
    @DisplayName("caio test_zero_byte_read_and_write: no bytes are no error")
    void shouldTransferNoBytes() throws Exception {
        try (AioFile file = create("temp.bin");
                AioContext context = open()) {
            assertThat(write(context, file, 0, pages(1), 0)).isZero();
            assertThat(read(context, file, 0, pages(1), 0)).isZero();
            assertThat(file.currentSize()).isZero();
        }
    }

    @Test
    @DisplayName("caio test_partial_read_at_eof: twenty times as much wanted as there is")
    void shouldReadOnlyWhatIsThere() throws Exception {
        try (AioFile file = create("temp.bin");
                AioContext context = open()) {
            assertThat(write(context, file, 0, filled(PAGE, 'h'), 5)).isEqualTo(5);
            AlignedMemory memory = pages(1);
            assertThat(read(context, file, 0, memory, 100)).isEqualTo(5);
            assertAll(bytes(memory, 5, 95), 0);
        }
    }

    @Test
    @DisplayName("caio test_fsync_and_fdsync: both after a write")
    void shouldSyncBothWays() throws Exception {
        try (AioFile file = create("temp.bin");
                AioContext context = open()) {
            assertThat(write(context, file, 0, pages(1), 4)).isEqualTo(4);
            assertThat(sync(context, file)).isZero();
            assertThat(perform(context, (done, t) -> context.dataSync(file, NONE, done, t)))
                    .isZero();
        }
    }

    @Test
    @DisplayName("caio test_large_transfer: 4 MiB of random bytes there and back")
    void shouldTransferALargeBlock() throws Exception {
        byte[] payload = randomBytes(4 * MIB, 4);
        try (AioFile file = create("temp.bin");
                AioContext context = open()) {
            AlignedMemory memory = holding(payload);
            assertThat(write(context, file, 0, memory, payload.length)).isEqualTo(payload.length);
            fill(memory, 0);
            assertThat(read(context, file, 0, memory, payload.length)).isEqualTo(payload.length);
            assertBytes(bytes(memory, 0, payload.length), payload);
        }
    }

    @Test
    @DisplayName("caio test_write_extends_file_sparsely: a write past the end leaves a hole of zeros")
    void shouldLeaveAHole() throws Exception {
        int hole = 4 * MIB;
        try (AioFile file = create("temp.bin");
                AioContext context = open()) {
            assertThat(write(context, file, hole, filled(PAGE, 1), 1)).isEqualTo(1);
            assertThat(file.currentSize()).isEqualTo(hole + 1);
            AlignedMemory memory = filled(hole, -1);
            assertThat(read(context, file, 0, memory, hole)).isEqualTo(hole);
            assertAll(bytes(memory, 0, hole), 0);
        }
    }

    @Test
    @DisplayName("caio test_max_requests_backpressure: a depth of two does a hundred")
    void shouldDoAHundredAtADepthOfTwo() throws Exception {
        try (AioFile file = create("temp.bin");
                AioContext context = open(2, 128)) {
            AlignedMemory memory = filled(PAGE, 6);
            FieldOutcomes outcomes = new FieldOutcomes(100);
            for (int i = 0; i < 100; i++) {
                assertThat(context.write(file, (long) i * PAGE, memory, 0, PAGE, NONE, outcomes, i))
                        .isPositive();
            }
            while (outcomes.completed() < 100) {
                context.submit();
                assertThat(context.inFlight()).isLessThanOrEqualTo(2);
                context.getEvents(1, 100, 1_000_000);
            }
            outcomes.assertAllCompletedWith(PAGE);
        }
        assertAll(contentOf("temp.bin"), 6);
    }

    @Test
    @DisplayName("caio test_process_events_negative_timeout_waits_indefinitely: until there is something")
    void shouldWaitForEver() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (Fifo fifo = Fifo.create(directory);
                AioContext context = open()) {
            FieldOutcomes outcomes = new FieldOutcomes(1);
            context.poll(fifo.readEnd(), PollEvents.IN, NONE, outcomes, 0);
            context.submit();
            assertThat(context.getEvents(0, 1, 0)).isZero();
            other.submit(fifo::writeByte);
            assertThat(context.getEvents(1, 1, -1)).isEqualTo(1);
            assertThat(outcomes.result(0) & PollEvents.IN).isEqualTo(PollEvents.IN);
        } finally {
            other.shutdown();
        }
    }

    @Test
    @DisplayName(
            "caio test_uring_reentrant_callback_does_not_double_consume_completion: a completion that itself reaps gets no event twice")
    void shouldReapFromWithinACompletion() throws Exception {
        try (AioFile file = create("temp.bin");
                AioContext context = open(32, 0)) {
            FieldOutcomes outcomes = new FieldOutcomes(32);
            AlignedMemory memory = pages(1);
            AioCompletion reaping = (token, result) -> {
                outcomes.completed(token, result);
                context.reap(4);
            };
            for (int i = 0; i < 32; i++) {
                context.write(file, (long) i * PAGE, memory, 0, PAGE, NONE, reaping, i);
            }
            drain(context, outcomes);
            outcomes.assertAllCompletedWith(PAGE);
        }
    }

    @Test
    @DisplayName("caio test_linux_aio_submit_type_error_does_not_strand_earlier_ops: those before a mistake are done")
    void shouldNotHoldBackWhatWasPreparedBeforeAMistake() throws Exception {
        try (AioFile file = create("temp.bin");
                AioContext context = open()) {
            FieldOutcomes outcomes = new FieldOutcomes(1);
            AlignedMemory memory = filled(PAGE, 1);
            context.write(file, 0, memory, 0, PAGE, NONE, outcomes, 0);
            try {
                context.write(null, 0, memory, 0, PAGE, NONE, outcomes, 0);
            } catch (NullPointerException expected) {
                assertThat(context.pending()).isEqualTo(1);
            }
            drain(context, outcomes);
            outcomes.assertAllCompletedWith(PAGE);
        }
    }

    @Test
    @DisplayName("caio test_uring_context_usable_from_a_different_thread: once it was handed over")
    void shouldServeAnotherThreadOnceHandedOver() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (AioFile file = create("temp.bin")) {
            AioContext context = open();
            assertThat(write(context, file, 0, filled(PAGE, 1), PAGE)).isEqualTo(PAGE);
            context.handOver();
            other.submit(() -> {
                        assertThat(read(context, file, 0, pages(1), PAGE)).isEqualTo(PAGE);
                        context.handOver();
                    })
                    .get();
            context.close();
        } finally {
            other.shutdown();
        }
    }
}
