package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** LTP testcases/kernel/io/ltp-aiodio and testcases/kernel/io/aio, with smaller files and as many races. */
class LtpAioDioTest extends FieldSuite {

    private static final int CHUNK = 64 * 1024;

    @Test
    @DisplayName("LTP aio01: writes, then reads, then write-read-verify, one request at a time")
    void shouldTransferOneRequestAtATime() throws Exception {
        try (AioFile file = create("file");
                AioContext context = open(1, 0)) {
            AlignedMemory memory = AlignedMemory.allocate(1 << 14, PAGE);
            for (int i = 0; i < 64; i++) {
                fill(memory, i);
                assertThat(write(context, file, (long) i << 14, memory, 1 << 14))
                        .isEqualTo(1 << 14);
            }
            for (int i = 0; i < 64; i++) {
                assertThat(read(context, file, (long) i << 14, memory, 1 << 14)).isEqualTo(1 << 14);
                assertAll(bytes(memory, 0, 1 << 14), i);
            }
            for (int i = 0; i < 64; i++) {
                fill(memory, i + 64);
                assertThat(write(context, file, (long) i << 14, memory, 1 << 14))
                        .isEqualTo(1 << 14);
                fill(memory, -1);
                assertThat(read(context, file, (long) i << 14, memory, 1 << 14)).isEqualTo(1 << 14);
                assertAll(bytes(memory, 0, 1 << 14), i + 64);
            }
        }
    }

    static Stream<List<OpenOption>> waysToWrite() {
        return Stream.of(
                List.of(
                        StandardOpenOption.WRITE,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        AioOpenOption.DIRECT),
                List.of(
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING),
                List.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING),
                List.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.DSYNC));
    }

    @ParameterizedTest
    @MethodSource("waysToWrite")
    @DisplayName("LTP aio02: a whole file in blocks of 64 KiB, under each combination of open flags")
    void shouldWriteAndReadUnderEachCombinationOfOpenFlags(List<OpenOption> options) throws Exception {
        boolean direct = options.contains(AioOpenOption.DIRECT);
        createDirectIf(direct).close();
        Path path = directory.resolve("file");
        int blocks = 16;
        byte[] expected = randomBytes(blocks * CHUNK, 2);
        AlignedMemory memory = holding(expected);
        try (AioContext context = open(32, 0)) {
            try (AioFile file = AioFile.open(path, options.toArray(OpenOption[]::new))) {
                FieldOutcomes writes = new FieldOutcomes(blocks);
                for (int i = 0; i < blocks; i++) {
                    context.write(file, (long) i * CHUNK, memory, i * CHUNK, CHUNK, NONE, writes, i);
                }
                drain(context, writes);
                writes.assertAllCompletedWith(CHUNK);
            }
            fill(memory, 0);
            try (AioFile file = direct
                    ? AioFile.open(path, StandardOpenOption.READ, AioOpenOption.DIRECT)
                    : AioFile.open(path, StandardOpenOption.READ)) {
                assertThat(file.isDirectOpen()).isEqualTo(direct);
                FieldOutcomes reads = new FieldOutcomes(blocks);
                for (int i = 0; i < blocks; i++) {
                    context.read(file, (long) i * CHUNK, memory, i * CHUNK, CHUNK, NONE, reads, i);
                }
                drain(context, reads);
                reads.assertAllCompletedWith(CHUNK);
            }
            assertBytes(bytes(memory, 0, expected.length), expected);
        }
    }

    private AioFile createDirectIf(boolean direct) throws IOException {
        return direct ? createDirect("file") : create("file");
    }

    @ParameterizedTest
    @CsvSource({"65536, 1048576, false", "65536, 1048576, true", "4096, 300000, false", "131072, 5000000, false"})
    @DisplayName("LTP aiocp: each read that completes becomes a write, from within its completion")
    void shouldCopyAFileFromWithinCompletions(int blockSize, int size, boolean direct) throws Exception {
        byte[] content = randomBytes(size, size);
        Files.write(directory.resolve("source"), content);
        try (AioFile source = openToRead("source");
                AioFile target = direct ? createDirect("target") : create("target");
                AioContext context = open(8, 64)) {
            Copy copy = new Copy(context, source, target, blockSize, size);
            copy.run();
        }
        assertBytes(contentOf("target"), content);
    }

    /** Tokens: the block, and {@link #WRITE} if it is being written. */
    private static final class Copy implements AioCompletion {

        private static final long WRITE = 1L << 32;

        private final AioContext context;
        private final AioFile source;
        private final AioFile target;
        private final int blockSize;
        private final int blocks;
        private final AlignedMemory[] memories;
        private int left;
        private int next;

        Copy(AioContext context, AioFile source, AioFile target, int blockSize, int size) {
            this.context = context;
            this.source = source;
            this.target = target;
            this.blockSize = blockSize;
            blocks = (size + blockSize - 1) / blockSize;
            left = blocks;
            memories = new AlignedMemory[blocks];
        }

        void run() {
            for (int i = 0; i < 16; i++) {
                readNext();
            }
            while (left > 0) {
                context.submit();
                context.getEvents(left > 0 ? 1 : 0, 64, 100_000_000);
            }
        }

        private void readNext() {
            if (next < blocks) {
                memories[next] = AlignedMemory.allocate(blockSize, PAGE);
                long id = context.read(source, (long) next * blockSize, memories[next], 0, blockSize, NONE, this, next);
                assertThat(id).isPositive();
                next++;
            }
        }

        @Override
        public void completed(long token, long result) {
            int block = (int) token;
            assertThat(result).as("result of token %s", token).isPositive();
            if ((token & WRITE) == 0) {
                context.write(
                        target, (long) block * blockSize, memories[block], 0, (int) result, NONE, this, block | WRITE);
            } else {
                left--;
                readNext();
            }
        }
    }

    @Test
    @DisplayName("LTP aiodio_append: who reads while zeros are appended by AIO sees zeros only")
    void shouldShowZerosOnlyWhileAppendingByAio() throws Exception {
        int batches = 16;
        int width = 16;
        try (AioFile file = createDirect("file");
                ZeroReaders readers = new ZeroReaders(directory.resolve("file"), 3);
                AioContext context = open(width, width)) {
            AlignedMemory memory = filled(CHUNK, 0);
            long position = 0;
            for (int i = 0; i < batches; i++) {
                FieldOutcomes outcomes = new FieldOutcomes(width);
                for (int j = 0; j < width; j++, position += CHUNK) {
                    context.write(file, position, memory, 0, CHUNK, NONE, outcomes, j);
                }
                drain(context, outcomes);
                outcomes.assertAllCompletedWith(CHUNK);
            }
            assertThat(file.currentSize()).isEqualTo(position);
            readers.assertZerosSeen();
        }
    }

    @Test
    @DisplayName("LTP dio_append: who reads while zeros are appended one by one sees zeros only")
    void shouldShowZerosOnlyWhileAppendingOneByOne() throws Exception {
        try (AioFile file = createDirect("file");
                ZeroReaders readers = new ZeroReaders(directory.resolve("file"), 3);
                AioContext context = open()) {
            AlignedMemory memory = filled(CHUNK, 0);
            OperationOptions append = NONE.append();
            for (int i = 0; i < 200; i++) {
                assertThat(perform(context, (done, t) -> context.write(file, 0, memory, 0, CHUNK, append, done, t)))
                        .isEqualTo(CHUNK);
            }
            assertThat(file.currentSize()).isEqualTo(200L * CHUNK);
            readers.assertZerosSeen();
        }
    }

    @Test
    @DisplayName("LTP aiodio_sparse: who reads while the holes of a file are filled with zeros by AIO sees zeros only")
    void shouldShowZerosOnlyWhileFillingHolesByAio() throws Exception {
        int blocks = 2_000;
        try (AioFile file = createDirect("file")) {
            file.truncate((long) blocks * PAGE);
            try (ZeroReaders readers = new ZeroReaders(directory.resolve("file"), 3);
                    AioContext context = open(16, 4096)) {
                AlignedMemory memory = filled(PAGE, 0);
                FieldOutcomes outcomes = new FieldOutcomes(blocks);
                for (int i = 0; i < blocks; i++) {
                    context.write(file, (long) i * PAGE, memory, 0, PAGE, NONE, outcomes, i);
                }
                drain(context, outcomes);
                outcomes.assertAllCompletedWith(PAGE);
                readers.assertZerosSeen();
            }
        }
    }

    @Test
    @DisplayName("LTP dio_sparse: zeros written behind a hole leave the hole zero, read directly")
    void shouldReadHolesAsZeros() throws Exception {
        try (AioFile file = createDirect("file");
                AioContext context = open()) {
            AlignedMemory memory = filled(CHUNK, 0);
            for (int i = 1; i < 32; i += 2) {
                assertThat(write(context, file, (long) i * CHUNK, memory, CHUNK))
                        .isEqualTo(CHUNK);
            }
            for (int i = 0; i < 32; i++) {
                fill(memory, -1);
                assertThat(read(context, file, (long) i * CHUNK, memory, CHUNK)).isEqualTo(CHUNK);
                assertAll(bytes(memory, 0, CHUNK), 0);
            }
        }
    }

    @Test
    @DisplayName("LTP dio_read: direct reads see what buffered writes and a sync have left, never garbage")
    void shouldReadDirectlyWhatWasWrittenBuffered() throws Exception {
        int size = 4 * MIB;
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (AioFile buffered = create("file");
                AioFile direct = createDirect("file");
                AioContext context = open()) {
            buffered.zeroFill(0, size);
            Future<?> reader = threads.submit(() -> {
                AlignedMemory memory = AlignedMemory.allocate(size / 4, PAGE);
                try (AioContext own = open()) {
                    for (int i = 0; i < 40; i++) {
                        assertThat(read(own, direct, (long) (i % 4) * (size / 4), memory, size / 4))
                                .isEqualTo(size / 4);
                        assertWithin(bytes(memory, 0, size / 4), 0, 10);
                    }
                }
                return null;
            });
            AlignedMemory memory = AlignedMemory.allocate(size, PAGE);
            for (int pattern = 1; pattern <= 10; pattern++) {
                fill(memory, pattern);
                assertThat(write(context, buffered, 0, memory, size)).isEqualTo(size);
                assertThat(sync(context, buffered)).isZero();
                assertThat(read(context, direct, 0, memory, size)).isEqualTo(size);
                assertAll(bytes(memory, 0, size), pattern);
            }
            reader.get();
        } finally {
            threads.shutdown();
        }
    }

    @Test
    @DisplayName("LTP dio_truncate: direct writes, truncation and readers at once: zeros only")
    void shouldShowZerosOnlyWhileTruncating() throws Exception {
        try (AioFile file = createDirect("file");
                AioFile junk = createDirect("junk");
                ZeroReaders readers = new ZeroReaders(directory.resolve("file"), 3);
                AioContext context = open()) {
            AlignedMemory zeros = filled(CHUNK, 0);
            AlignedMemory ones = filled(CHUNK, -1);
            for (int i = 0; i < 60; i++) {
                FieldOutcomes outcomes = new FieldOutcomes(8);
                for (int j = 0; j < 4; j++) {
                    context.write(file, (long) j * CHUNK, zeros, 0, CHUNK, NONE, outcomes, j);
                    context.write(junk, (long) j * CHUNK, ones, 0, CHUNK, NONE, outcomes, 4 + j);
                }
                drain(context, outcomes);
                outcomes.assertAllCompletedWith(CHUNK);
                file.truncate(0);
                junk.truncate(0);
            }
            assertThat(file.currentSize()).isZero();
            readers.assertZerosSeen();
        }
    }

    @Test
    @DisplayName("LTP aio-stress: write, read, random write, random read over several files in turn")
    void shouldRotateOverSeveralFiles() throws Exception {
        int files = 3;
        int records = 64;
        List<Integer> shuffled = IntStream.range(0, files * records).boxed().collect(Collectors.toList());
        List<Integer> inOrder = List.copyOf(shuffled);
        Collections.shuffle(shuffled, random("LTP aio-stress"));
        AioFile[] open = new AioFile[files];
        try (AioContext context = open(64, 1024)) {
            for (int i = 0; i < files; i++) {
                open[i] = createDirect("file-" + i);
            }
            AlignedMemory memory = AlignedMemory.allocate(files * records * CHUNK, PAGE);
            byte[] expected = randomBytes(memory.capacity(), 64);
            for (List<Integer> order : List.of(inOrder, shuffled)) {
                put(memory, 0, expected);
                transfer(context, open, memory, order, true);
                fill(memory, 0);
                transfer(context, open, memory, order, false);
                assertBytes(bytes(memory, 0, memory.capacity()), expected);
            }
        } finally {
            Arrays.stream(open).filter(file -> file != null).forEach(AioFile::close);
        }
    }

    /** Eight records of a file at a time, as its submissions are. */
    private static void transfer(
            AioContext context, AioFile[] files, AlignedMemory memory, List<Integer> order, boolean write) {
        FieldOutcomes outcomes = new FieldOutcomes(order.size());
        int prepared = 0;
        for (int record : order) {
            AioFile file = files[record % files.length];
            long position = (long) (record / files.length) * CHUNK;
            if (write) {
                context.write(file, position, memory, record * CHUNK, CHUNK, NONE, outcomes, record);
            } else {
                context.read(file, position, memory, record * CHUNK, CHUNK, NONE, outcomes, record);
            }
            if (++prepared % 8 == 0) {
                context.submit();
                context.reap(8);
            }
        }
        drain(context, outcomes);
        outcomes.assertAllCompletedWith(CHUNK);
    }

    /** Threads that read a file over and over through the page cache and look for a byte that is not 0. */
    private static final class ZeroReaders implements AutoCloseable {

        private final ExecutorService threads;
        private final List<Future<Long>> readers;
        private volatile boolean stop;

        ZeroReaders(Path path, int count) {
            threads = Executors.newFixedThreadPool(count);
            readers = IntStream.range(0, count)
                    .mapToObj(i -> threads.submit(() -> read(path)))
                    .collect(Collectors.toList());
        }

        private long read(Path path) throws IOException {
            byte[] bytes = new byte[CHUNK];
            long passes = 0;
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                while (!stop) {
                    int length;
                    long position = 0;
                    while ((length = channel.read(ByteBuffer.wrap(bytes), position)) > 0) {
                        int other = firstOther(Arrays.copyOf(bytes, length), 0);
                        assertThat(other)
                                .as("a byte that is not 0 behind position %s", position)
                                .isEqualTo(-1);
                        position += length;
                    }
                    passes++;
                }
            }
            return passes;
        }

        void assertZerosSeen() throws Exception {
            stop = true;
            for (Future<Long> reader : readers) {
                assertThat(reader.get()).isNotNegative();
            }
        }

        @Override
        public void close() {
            stop = true;
            threads.shutdown();
        }
    }
}
