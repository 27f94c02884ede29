package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.aio.core.internal.Linux;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Python package linux_aio, test/test_*.py: what it offers, and what it gets wrong. */
class LinuxAioPythonTest extends FieldSuite {

    private static final byte[] CONTENT = "content\n".getBytes(StandardCharsets.US_ASCII);

    @BeforeEach
    void writeFile() throws Exception {
        Files.write(directory.resolve("test.txt"), CONTENT);
    }

    @Test
    @DisplayName(
            "linux_aio test_ctx_setup_with_ctxmgr, test_double_close_with_ctxmgr: a block closes its context, once")
    @SuppressWarnings("try") // closed once more before the end of the block: that is the case
    void shouldCloseAtTheEndOfABlock() throws Exception {
        AioContext kept;
        try (AioContext context = open(2, 0)) {
            kept = context;
            context.close();
        }
        assertThatIllegalStateException().isThrownBy(kept::submit);
    }

    @Test
    @DisplayName("linux_aio test_empty_getevents: zero events wanted means no wait, not an infinite one")
    void shouldNotWaitForNothing() throws Exception {
        try (AioContext context = open(2, 0)) {
            assertThat(context.getEvents(0, 100, 0)).isZero();
        }
    }

    @Test
    @DisplayName("linux_aio test_empty_submit_n_getevents: nothing submitted, nothing to get")
    void shouldGetNothingOfNothing() throws Exception {
        try (AioContext context = open(2, 0)) {
            assertThat(context.submit()).isZero();
            assertThat(context.getEvents(0, 100, 0)).isZero();
        }
    }

    @Test
    @DisplayName("linux_aio test_poll: a readable descriptor ends the poll, and the events are told")
    void shouldTellWhichEventsAPollSaw() throws Exception {
        try (Fifo fifo = Fifo.create(directory);
                AioContext context = open(2, 0)) {
            fifo.writeByte();
            assertThat(perform(context, (done, t) -> context.poll(fifo.readEnd(), PollEvents.IN, NONE, done, t)))
                    .isEqualTo(PollEvents.IN);
        }
    }

    @Test
    @DisplayName("linux_aio test_poll: a descriptor that becomes readable later tells no other events than asked for")
    void shouldTellOnlyTheEventsAskedFor() throws Exception {
        try (Fifo fifo = Fifo.create(directory);
                AioContext context = open(2, 0)) {
            FieldOutcomes outcomes = new FieldOutcomes(1);
            context.poll(fifo.readEnd(), PollEvents.IN, NONE, outcomes, 0);
            context.submit();
            assertThat(context.getEvents(0, 1, 0)).isZero();
            fifo.writeByte();
            drain(context, outcomes);
            assertThat(outcomes.result(0)).isEqualTo(PollEvents.IN);
        }
    }

    @Test
    @DisplayName("linux_aio test_poll_wo_initial_masks: a poll for nothing ends on HUP all the same")
    void shouldReportAHangUpThatNobodyAskedFor() throws Exception {
        try (Fifo fifo = Fifo.create(directory);
                AioContext context = open(2, 0)) {
            FieldOutcomes outcomes = new FieldOutcomes(1);
            context.poll(fifo.readEnd(), 0, NONE, outcomes, 0);
            context.submit();
            fifo.writeByte();
            assertThat(context.getEvents(0, 1, 0)).isZero();
            fifo.closeWriteEnd();
            drain(context, outcomes);
            assertThat(outcomes.result(0)).isEqualTo(PollEvents.HUP);
        }
    }

    @Test
    @DisplayName("linux_aio test_poll_modify_masks: of several events asked for, those that are so are told")
    void shouldTellThoseEventsThatAreSo() throws Exception {
        try (Fifo fifo = Fifo.create(directory);
                AioContext context = open(2, 0)) {
            int both = PollEvents.IN | PollEvents.OUT;
            assertThat(perform(context, (done, t) -> context.poll(fifo.writeEnd(), both, NONE, done, t)))
                    .isEqualTo(PollEvents.OUT);
        }
    }

    @Test
    @DisplayName("linux_aio test_non_fileno_obj: what is no descriptor cannot be polled")
    void shouldNotPollWhatIsNoDescriptor() throws Exception {
        try (AioContext context = open(2, 0)) {
            assertThat(perform(context, (done, t) -> context.poll(-1, PollEvents.IN, NONE, done, t)))
                    .isEqualTo(-Linux.EBADF);
            assertThat(perform(context, (done, t) -> context.poll(1 << 20, PollEvents.IN, NONE, done, t)))
                    .isEqualTo(-Linux.EBADF);
        }
    }

    @ParameterizedTest
    @CsvSource({"fsync", "fdsync"})
    @DisplayName("linux_aio test_fsync, test_fdsync: a sync answers 0")
    void shouldAnswerASyncWithZero(String kind) throws Exception {
        try (AioFile file = create("test.txt");
                AioContext context = open(2, 0)) {
            assertThat(perform(
                            context,
                            (done, t) -> kind.equals("fsync")
                                    ? context.sync(file, NONE, done, t)
                                    : context.dataSync(file, NONE, done, t)))
                    .isZero();
        }
    }

    @Test
    @DisplayName("linux_aio test_conversion_*: one place and one memory serve every kind of operation in turn")
    void shouldServeEveryKindOfOperationInTurn() throws Exception {
        try (Fifo fifo = Fifo.create(directory);
                AioFile file = create("test.txt");
                AioContext context = open(1, 0)) {
            AlignedMemory memory = pages(1);
            IoVectors vectors = new IoVectors(2).add(memory, 0, 4).add(memory, 4, 4);
            for (int i = 0; i < 3; i++) {
                assertThat(read(context, file, 0, memory, 64)).isEqualTo(CONTENT.length);
                assertThat(sync(context, file)).isZero();
                assertThat(write(context, file, 0, memory, CONTENT.length)).isEqualTo(CONTENT.length);
                assertThat(perform(context, (done, t) -> context.poll(fifo.writeEnd(), PollEvents.OUT, NONE, done, t)))
                        .isEqualTo(PollEvents.OUT);
                assertThat(perform(context, (done, t) -> context.readv(file, 0, vectors, NONE, done, t)))
                        .isEqualTo(8);
                assertThat(perform(context, (done, t) -> context.dataSync(file, NONE, done, t)))
                        .isZero();
                assertThat(perform(context, (done, t) -> context.writev(file, 0, vectors, NONE, done, t)))
                        .isEqualTo(8);
            }
        }
        assertThat(contentOf("test.txt")).isEqualTo(CONTENT);
    }

    @Test
    @DisplayName("linux_aio test_convert_to_same_type: the same write again")
    void shouldWriteTheSameAgain() throws Exception {
        try (AioFile file = create("test.txt");
                AioContext context = open(1, 0)) {
            ByteBuffer source = ByteBuffer.allocateDirect(8);
            for (int i = 0; i < 2; i++) {
                source.clear();
                source.put(CONTENT).flip();
                assertThat(perform(context, (done, t) -> context.write(file, 0, source, NONE, done, t)))
                        .isEqualTo(8);
            }
        }
        assertThat(contentOf("test.txt")).isEqualTo(CONTENT);
    }

    @Test
    @DisplayName("linux_aio test_01_write_bytes: the response is the length, the buffer as it was")
    void shouldNotChangeWhatItWrites() throws Exception {
        try (AioFile file = create("written.txt");
                AioContext context = open(1, 0)) {
            AlignedMemory memory = holding(CONTENT);
            assertThat(write(context, file, 0, memory, CONTENT.length)).isEqualTo(CONTENT.length);
            assertThat(bytes(memory, 0, CONTENT.length)).isEqualTo(CONTENT);
        }
        assertThat(contentOf("written.txt")).isEqualTo(CONTENT);
    }

    @Test
    @DisplayName("linux_aio test_02_read: a short file leaves the rest of the buffer as it was")
    void shouldLeaveTheRestOfTheBuffer() throws Exception {
        try (AioFile file = openToRead("test.txt");
                AioContext context = open(1, 0)) {
            AlignedMemory memory = filled(PAGE, 0x7f);
            assertThat(read(context, file, 0, memory, 64)).isEqualTo(CONTENT.length);
            assertThat(bytes(memory, 0, CONTENT.length)).isEqualTo(CONTENT);
            assertAll(bytes(memory, CONTENT.length, PAGE - CONTENT.length), 0x7f);
        }
    }

    @Test
    @DisplayName("linux_aio test_02_read_w_non_zero_offset: a read at a position")
    void shouldReadAtAPosition() throws Exception {
        try (AioFile file = openToRead("test.txt");
                AioContext context = open(1, 0)) {
            AlignedMemory memory = pages(1);
            assertThat(read(context, file, 1, memory, 64)).isEqualTo(CONTENT.length - 1);
            assertThat(bytes(memory, 0, 7)).isEqualTo(Arrays.copyOfRange(CONTENT, 1, 8));
        }
    }

    @Test
    @DisplayName("linux_aio test_02_read_replace_file: the same memory, another file, also one made of a descriptor")
    @SuppressWarnings("try") // closed once more before the end of the block: that is the case
    void shouldReadAnotherFileIntoTheSameMemory() throws Exception {
        Files.write(directory.resolve("other.txt"), new byte[] {1, 2, 3});
        try (AioFile file = openToRead("test.txt");
                AioFile other = openToRead("other.txt");
                AioFile duplicate = AioFile.ofDescriptor(other.aioFd());
                AioContext context = open(1, 0)) {
            AlignedMemory memory = pages(1);
            assertThat(read(context, file, 0, memory, 64)).isEqualTo(8);
            assertThat(read(context, other, 0, memory, 64)).isEqualTo(3);
            other.close();
            fill(memory, 0);
            assertThat(read(context, duplicate, 0, memory, 64)).isEqualTo(3);
            assertThat(bytes(memory, 0, 3)).containsExactly(1, 2, 3);
        }
    }

    @Test
    @DisplayName("linux_aio test_02_read_w_rw_flags: HIPRI is taken, or refused by name, never misread")
    void shouldTakeHighPriority() throws Exception {
        try (AioFile file = openToRead("test.txt");
                AioContext context = open(1, 0)) {
            AlignedMemory memory = pages(1);
            long result =
                    perform(context, (done, t) -> context.read(file, 0, memory, 0, 64, NONE.highPriority(), done, t));
            assertThat(result).isIn((long) CONTENT.length, -(long) Linux.EOPNOTSUPP);
        }
    }

    @ParameterizedTest
    @CsvSource({"BEST_EFFORT, 3", "IDLE, 0", "BEST_EFFORT, 7"})
    @DisplayName("linux_aio test_02_read_w_io_priority: class and level of an operation")
    void shouldReadWithAPriority(IoPriority.Class schedulingClass, int level) throws Exception {
        IoPriority priority = IoPriority.of(schedulingClass, level);
        assertThat(priority.schedulingClass()).isEqualTo(schedulingClass);
        assertThat(priority.level()).isEqualTo(level);
        try (AioFile file = openToRead("test.txt");
                AioContext context = open(1, 0)) {
            AlignedMemory memory = pages(1);
            OperationOptions options = NONE.priority(priority);
            assertThat(perform(context, (done, t) -> context.read(file, 0, memory, 0, 64, options, done, t)))
                    .isEqualTo(CONTENT.length);
        }
    }

    @Test
    @DisplayName("linux_aio test_02_read_2_str: an immutable buffer is not read into, it is refused")
    void shouldNotReadIntoAnImmutableBuffer() throws Exception {
        try (AioFile file = openToRead("test.txt");
                AioContext context = open(4, 0)) {
            ByteBuffer memory = ByteBuffer.allocateDirect(8);
            ByteBuffer readOnly = memory.asReadOnlyBuffer();
            assertThat(perform(context, (done, t) -> context.read(file, 0, readOnly, NONE, done, t)))
                    .isNegative();
            assertThat(readOnly.position()).isZero();
            assertThat(memory).isEqualTo(ByteBuffer.allocate(8));
        }
    }

    @Test
    @DisplayName("linux_aio test_02_read_2_str: a buffer of the heap is refused as well, and its batch goes on")
    void shouldNotReadIntoTheHeap() throws Exception {
        try (AioFile file = openToRead("test.txt");
                AioContext context = open(4, 0)) {
            FieldOutcomes outcomes = new FieldOutcomes(2);
            ByteBuffer heap = ByteBuffer.allocate(8);
            ByteBuffer direct = ByteBuffer.allocateDirect(8);
            assertThat(context.read(file, 0, heap, NONE, outcomes, 0)).isPositive();
            assertThat(context.read(file, 0, direct, NONE, outcomes, 1)).isPositive();
            drain(context, outcomes);
            assertThat(outcomes.result(0)).isNegative();
            assertThat(outcomes.result(1)).isEqualTo(8);
            assertThat(heap.position()).isZero();
            assertThat(direct.position()).isEqualTo(8);
        }
    }

    @Test
    @DisplayName("linux_aio test_write_n_read: what was written is read, longer or shorter than before")
    void shouldReadWhatItWrote() throws Exception {
        try (AioFile file = create("test.txt");
                AioContext context = open(1, 0)) {
            AlignedMemory memory = holding("much longer than before".getBytes(StandardCharsets.US_ASCII));
            assertThat(write(context, file, 0, memory, 23)).isEqualTo(23);
            AlignedMemory seen = pages(1);
            assertThat(read(context, file, 0, seen, 64)).isEqualTo(23);
            assertBytes(bytes(seen, 0, 23), bytes(memory, 0, 23));
        }
    }

    @Test
    @DisplayName("linux_aio test_2write_n_read: two writes of one submit, one after the other in the file")
    void shouldSubmitTwoWritesTogether() throws Exception {
        try (AioFile file = create("test.txt");
                AioContext context = open(2, 0)) {
            AlignedMemory memory = holding("firstsecond".getBytes(StandardCharsets.US_ASCII));
            FieldOutcomes outcomes = new FieldOutcomes(2);
            context.write(file, 0, memory, 0, 5, NONE, outcomes, 0);
            context.write(file, 5, memory, 5, 6, NONE, outcomes, 1);
            drain(context, outcomes);
            assertThat(outcomes.result(0)).isEqualTo(5);
            assertThat(outcomes.result(1)).isEqualTo(6);
        }
        assertThat(new String(contentOf("test.txt"), StandardCharsets.US_ASCII)).isEqualTo("firstsecond");
    }

    @Test
    @DisplayName("linux_aio test_readv: a short file is scattered as far as it goes")
    void shouldScatterAShortFile() throws Exception {
        try (AioFile file = openToRead("test.txt");
                AioContext context = open(1, 0)) {
            AlignedMemory first = filled(PAGE, 0x7f);
            AlignedMemory second = filled(PAGE, 0x7f);
            IoVectors vectors =
                    new IoVectors(3).add(first, 0, 3).add(second, 0, 4).add(first, 100, 50);
            assertThat(perform(context, (done, t) -> context.readv(file, 0, vectors, NONE, done, t)))
                    .isEqualTo(8);
            assertThat(bytes(first, 0, 4)).containsExactly('c', 'o', 'n', 0x7f);
            assertThat(bytes(second, 0, 5)).containsExactly('t', 'e', 'n', 't', 0x7f);
            assertThat(bytes(first, 100, 2)).containsExactly('\n', 0x7f);
        }
    }

    @Test
    @DisplayName("linux_aio test_writev: pieces are gathered in their order")
    void shouldGatherPiecesInOrder() throws Exception {
        try (AioFile file = create("written.txt");
                AioContext context = open(1, 0)) {
            AlignedMemory memory = holding("abcdef".getBytes(StandardCharsets.US_ASCII));
            IoVectors vectors =
                    new IoVectors(3).add(memory, 4, 2).add(memory, 0, 1).add(memory, 1, 3);
            assertThat(perform(context, (done, t) -> context.writev(file, 0, vectors, NONE, done, t)))
                    .isEqualTo(6);
        }
        assertThat(new String(contentOf("written.txt"), StandardCharsets.US_ASCII))
                .isEqualTo("efabcd");
    }
}
