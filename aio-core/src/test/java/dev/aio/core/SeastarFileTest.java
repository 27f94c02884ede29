package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aio.core.internal.Linux;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Seastar tests/unit/file_io_test.cc. */
class SeastarFileTest extends FieldSuite {

    @Test
    @DisplayName("Seastar open_flags_test: create and exclusive together refuse what exists")
    void shouldNotCreateNewWhatExists() throws Exception {
        create("testfile.tmp", StandardOpenOption.CREATE_NEW).close();
        assertThatThrownBy(() -> create("testfile.tmp", StandardOpenOption.CREATE_NEW))
                .isInstanceOfSatisfying(
                        AioException.class, e -> assertThat(e.errno()).isEqualTo(Linux.EEXIST));
    }

    @Test
    @DisplayName("Seastar file_exists_test: what was opened to create exists until it is removed")
    void shouldCreateAFile() throws Exception {
        create("testfile.tmp").close();
        assertThat(directory.resolve("testfile.tmp")).isRegularFile().isEmptyFile();
        Files.delete(directory.resolve("testfile.tmp"));
        assertThatThrownBy(() -> contentOf("testfile.tmp")).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    @DisplayName("Seastar file_access_test: a file knows what it may be used for")
    void shouldKnowItsAccess() throws Exception {
        try (AioFile both = create("testfile.tmp");
                AioFile reader = openToRead("testfile.tmp");
                AioFile writer = AioFile.open(directory.resolve("testfile.tmp"), StandardOpenOption.WRITE)) {
            assertThat(both.isReadable() && both.isWritable()).isTrue();
            assertThat(reader.isReadable() && !reader.isWritable()).isTrue();
            assertThat(!writer.isReadable() && writer.isWritable()).isTrue();
        }
    }

    @Test
    @DisplayName("Seastar test1: each block is written and, when that is done, read and compared, 64 at a time")
    void shouldReadEachBlockWhenItIsWritten() throws Exception {
        int blocks = 2_000;
        try (AioFile file = createDirect("testfile.tmp");
                AioContext context = open(64, 4096)) {
            int[] equal = new int[1];
            for (int i = 0; i < blocks; i++) {
                AlignedMemory source = filled(PAGE, i);
                AlignedMemory target = pages(1);
                long position = (long) i * PAGE;
                int expected = i;
                AioCompletion compare = (token, result) -> {
                    assertThat(result).isEqualTo(PAGE);
                    assertAll(bytes(target, 0, PAGE), expected);
                    equal[0]++;
                };
                long id = context.write(
                        file,
                        position,
                        source,
                        0,
                        PAGE,
                        NONE,
                        (token, result) -> {
                            assertThat(result).isEqualTo(PAGE);
                            assertThat(context.read(file, position, target, 0, PAGE, NONE, compare, token))
                                    .isPositive();
                        },
                        i);
                assertThat(id).isPositive();
            }
            while (equal[0] < blocks) {
                context.submit();
                context.getEvents(1, 64, 100_000_000);
            }
            assertThat(sync(context, file)).isZero();
        }
    }

    @Test
    @DisplayName("Seastar parallel_write_fsync: a file is written and synced over and over in parallel")
    void shouldSyncWhileWriting() throws Exception {
        int size = 16 * MIB;
        int length = 32 * 1024;
        try (AioFile file = createDirect("testfile.tmp", StandardOpenOption.TRUNCATE_EXISTING);
                AioContext context = open(16, 1024)) {
            file.truncate(size);
            AlignedMemory memory = filled(length, 9);
            int writes = size / length;
            FieldOutcomes outcomes = new FieldOutcomes(writes);
            FieldOutcomes syncs = new FieldOutcomes(writes / 32);
            for (int i = 0; i < writes; i++) {
                assertThat(context.write(file, (long) i * length, memory, 0, length, NONE, outcomes, i))
                        .isPositive();
                if (i % 32 == 31) {
                    int before = i;
                    context.sync(
                            file,
                            NONE,
                            (token, result) -> {
                                syncs.completed(token, result);
                                assertThat(outcomes.completed()).isGreaterThan(before); // it is a barrier
                            },
                            i / 32);
                    context.submit();
                }
            }
            drain(context, syncs);
            drain(context, outcomes);
            outcomes.assertAllCompletedWith(length);
            syncs.assertAllCompletedWith(0);
        }
        assertAll(contentOf("testfile.tmp"), 9);
    }

    @Test
    @DisplayName("Seastar test_iov_max: twice IOV_MAX pieces and one more are one operation")
    void shouldTransferMorePiecesThanIovMax() throws Exception {
        int pieces = IoVectors.IOV_MAX * 2 + 1;
        try (AioFile file = createDirect("testfile.tmp");
                AioContext context = open()) {
            AlignedMemory memory = pages(pieces);
            IoVectors vectors = new IoVectors(pieces);
            for (int i = 0; i < pieces; i++) {
                fill(memory, i * PAGE, PAGE, i);
                vectors.add(memory, i * PAGE, PAGE);
            }
            byte[] expected = bytes(memory, 0, pieces * PAGE);
            assertThat(perform(context, (done, token) -> context.writev(file, 0, vectors, NONE, done, token)))
                    .isEqualTo((long) pieces * PAGE);
            fill(memory, 0);
            assertThat(perform(context, (done, token) -> context.readv(file, 0, vectors, NONE, done, token)))
                    .isEqualTo((long) pieces * PAGE);
            assertBytes(bytes(memory, 0, pieces * PAGE), expected);
        }
    }

    @Test
    @DisplayName("Seastar test_sanitize_iovecs: more than IOV_MAX small pieces of unequal length, as one")
    void shouldTransferManyPiecesOfUnequalLength() throws Exception {
        int small = IoVectors.IOV_MAX + 6;
        int total = 1024 + small * 512;
        try (AioFile file = create("testfile.tmp");
                AioContext context = open()) {
            AlignedMemory memory = holding(randomBytes(total, 7));
            IoVectors vectors = new IoVectors(small + 1);
            vectors.add(memory, 0, 1024);
            for (int i = 0; i < small; i++) {
                vectors.add(memory, 1024 + i * 512, 512);
            }
            assertThat(vectors.length()).isEqualTo(total);
            assertThat(perform(context, (done, token) -> context.writev(file, 100, vectors, NONE, done, token)))
                    .isEqualTo(total);
            fill(memory, 0);
            assertThat(perform(context, (done, token) -> context.readv(file, 100, vectors, NONE, done, token)))
                    .isEqualTo(total);
            assertBytes(bytes(memory, 0, total), randomBytes(total, 7));
        }
    }

    @Test
    @DisplayName("Seastar test_open_file_dma_permissions: a new file is its owner's to read and write, nobody's to run")
    void shouldCreateFilesWithSensiblePermissions() throws Exception {
        create("testfile.tmp").close();
        assertThat(Files.getPosixFilePermissions(directory.resolve("testfile.tmp")))
                .contains(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE)
                .doesNotContain(
                        PosixFilePermission.OWNER_EXECUTE,
                        PosixFilePermission.GROUP_EXECUTE,
                        PosixFilePermission.OTHERS_EXECUTE,
                        PosixFilePermission.OTHERS_WRITE);
    }

    @Test
    @DisplayName("Seastar test_file_stat_method: an open file tells what it is")
    void shouldStatAnOpenFile() throws Exception {
        Files.write(directory.resolve("testfile.tmp"), new byte[1234]);
        try (AioFile file = create("testfile.tmp")) {
            assertThat(file.stat().isRegularFile()).isTrue();
            assertThat(file.size()).isEqualTo(1234);
            assertThat(file.currentSize()).isEqualTo(1234);
            file.truncate(99);
            assertThat(file.currentSize()).isEqualTo(99);
        }
    }

    @Test
    @DisplayName("Seastar test_file_stat_method_with_file: a file that was closed is not used any more")
    void shouldNotUseAFileAfterItsBlock() throws Exception {
        AioFile kept;
        try (AioFile file = create("testfile.tmp")) {
            kept = file;
        }
        assertThatThrownBy(kept::currentSize).isInstanceOfAny(AioException.class, IllegalStateException.class);
        assertThat(OpenDescriptors.under(directory)).isZero();
    }

    @Test
    @DisplayName("Seastar test_open_error_with_file: what does not exist is ENOENT, by name")
    void shouldReportWhatDoesNotExist() {
        assertThatThrownBy(() -> openToRead("testfile.tmp")).isInstanceOfSatisfying(AioException.class, e -> {
            assertThat(e.errno()).isEqualTo(Linux.ENOENT);
            assertThat(e.errnoName()).isEqualTo("ENOENT");
            assertThat(e.path()).endsWith("testfile.tmp");
        });
    }

    @Test
    @DisplayName("Seastar test_with_file_close_on_failure: an exception in the block closes the file")
    void shouldCloseOnFailure() throws Exception {
        assertThatThrownBy(() -> {
                    try (AioFile file = create("testfile.tmp")) {
                        throw new IllegalStateException("expected, of " + file.path());
                    }
                })
                .hasMessageStartingWith("expected");
        assertThat(OpenDescriptors.under(directory)).isZero();
    }

    @Test
    @DisplayName(
            "Seastar test_nowait_flag_correctness: extending writes succeed, each synced, though NOWAIT declines them")
    void shouldWriteWhereNowaitDeclines() throws Exception {
        try (AioFile file = createDirect("testfile.tmp");
                AioContext context = open()) {
            for (int i = 0; i < 10; i++) {
                assertThat(write(context, file, (long) i * PAGE, filled(PAGE, i), PAGE))
                        .isEqualTo(PAGE);
                assertThat(sync(context, file)).isZero();
            }
            assertThat(file.currentSize()).isEqualTo(10 * PAGE);
        }
    }

    @Test
    @DisplayName("Seastar test_destruct_just_constructed_append_challenged_file: opened and closed, nothing else")
    void shouldCloseAFileThatWasNeverUsed() throws Exception {
        try (AioContext context = open()) {
            createDirect("testfile.tmp").close();
            assertThat(context.submit()).isZero();
        }
        assertThat(directory.resolve("testfile.tmp")).isEmptyFile();
    }

    @Test
    @DisplayName(
            "Seastar test_destruct_append_challenged_file_after_write: closed right after a write, it has its size")
    void shouldKeepTheSizeOfAFileClosedAfterAWrite() throws Exception {
        try (AioContext context = open()) {
            try (AioFile file = createDirect("testfile.tmp")) {
                assertThat(write(context, file, 0, filled(PAGE, 0), PAGE)).isEqualTo(PAGE);
            }
            assertThat(Files.size(directory.resolve("testfile.tmp"))).isEqualTo(PAGE);
        }
    }

    @Test
    @DisplayName("Seastar test_destruct_append_challenged_file_after_read: written, synced, opened again and read")
    void shouldReadWhatWasWrittenBeforeItWasOpened() throws Exception {
        try (AioContext context = open()) {
            try (AioFile file = createDirect("testfile.tmp")) {
                assertThat(write(context, file, 0, filled(PAGE, 5), PAGE)).isEqualTo(PAGE);
                assertThat(sync(context, file)).isZero();
            }
            try (AioFile file = createDirect("testfile.tmp")) {
                AlignedMemory memory = pages(1);
                assertThat(read(context, file, 0, memory, PAGE)).isEqualTo(PAGE);
                assertAll(bytes(memory, 0, PAGE), 5);
            }
        }
    }

    @Test
    @DisplayName("Seastar test_dma_iovec: a vectored direct read of a file cut to 1234 bytes gives these")
    void shouldReadAVectorOfATruncatedFile() throws Exception {
        int size = 1234;
        try (AioFile file = createDirect("testfile.tmp");
                AioContext context = open()) {
            AlignedMemory memory = filled(PAGE, 42);
            IoVectors vectors = new IoVectors(1).add(memory, 0, PAGE);
            assertThat(perform(context, (done, token) -> context.writev(file, 0, vectors, NONE, done, token)))
                    .isEqualTo(PAGE);
            file.truncate(size);
            fill(memory, 0);
            assertThat(perform(context, (done, token) -> context.readv(file, 0, vectors, NONE, done, token)))
                    .isEqualTo(size);
            assertAll(bytes(memory, 0, size), 42);
        }
    }

    @Test
    @DisplayName("Seastar test_intent: of two queued writes the cancelled one does not happen, the other does")
    void shouldNotWriteWhatWasCancelledInTheQueue() throws Exception {
        try (AioFile file = create("testfile.tmp");
                AioContext context = open(8, 8)) {
            assertThat(write(context, file, 0, filled(PAGE, 'a'), 1024)).isEqualTo(1024);
            AlignedMemory memory = filled(PAGE, 'b');
            FieldOutcomes outcomes = new FieldOutcomes(2);
            context.write(file, 0, memory, 0, 512, NONE, outcomes, 0);
            long second = context.write(file, 512, memory, 0, 512, NONE, outcomes, 1);
            assertThat(context.cancel(second)).isTrue();
            assertThat(outcomes.result(1)).isEqualTo(-Linux.ECANCELED);
            assertThat(context.cancel(second)).isFalse();
            drain(context, outcomes);
            assertThat(outcomes.result(0)).isEqualTo(512);
            assertThat(outcomes.releases(1)).isEqualTo(1);
        }
        byte[] content = contentOf("testfile.tmp");
        assertThat(content[0]).isEqualTo((byte) 'b');
        assertThat(content[512]).isEqualTo((byte) 'a');
    }

    @Test
    @DisplayName("Seastar parallel_overwrite: random overwrites of the smallest aligned length, ten at a time")
    void shouldOverwriteAtTheSmallestAlignment() throws Exception {
        int size = MIB;
        Random random = random("Seastar parallel_overwrite");
        byte[] expected = new byte[size];
        try (AioFile file = createDirect("testfile.tmp");
                AioContext context = open(10, 4096)) {
            file.zeroFill(0, size);
            int part = file.directOffsetAlignment();
            AlignedMemory memory = filled(PAGE, 0xee);
            FieldOutcomes outcomes = new FieldOutcomes(2_000);
            for (int i = 0; i < 2_000; i++) {
                int position = random.nextInt(size / part) * part;
                context.write(file, position, memory, 0, part, NONE, outcomes, i);
                Arrays.fill(expected, position, position + part, (byte) 0xee);
            }
            drain(context, outcomes);
            outcomes.assertAllCompletedWith(part);
            assertThat(file.currentSize()).isEqualTo(size);
        }
        assertBytes(contentOf("testfile.tmp"), expected);
    }

    @Test
    @DisplayName("Seastar test_oversized_io_works: more bytes than one call transfers are one operation")
    void shouldTransferMoreThanOneCallDoes() throws Exception {
        int piece = 64 * MIB;
        int pieces = 33;
        long total = (long) piece * pieces;
        assertThat(total).isGreaterThan(Linux.MAX_RW_COUNT);
        try (AioFile file = create("testfile.tmp");
                AioContext context = open()) {
            AlignedMemory memory = AlignedMemory.allocate(piece, PAGE);
            assertThat(write(context, file, total - PAGE, filled(PAGE, 'a'), PAGE))
                    .isEqualTo(PAGE);
            IoVectors vectors = new IoVectors(pieces); // the same memory each time: the last piece stays
            for (int i = 0; i < pieces; i++) {
                vectors.add(memory, 0, piece);
            }
            assertThat(perform(context, (done, token) -> context.readv(file, 0, vectors, NONE, done, token)))
                    .isEqualTo(total);
            assertAll(bytes(memory, piece - PAGE, PAGE), 'a');
            assertAll(bytes(memory, 0, PAGE), 0);
        }
    }
}
