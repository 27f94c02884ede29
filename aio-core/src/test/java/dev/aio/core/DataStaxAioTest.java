package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** DataStax's Netty with AIO: transport-native-epoll LibAIOTest. */
class DataStaxAioTest extends FieldSuite {

    private static final int SECTOR = 512;

    private byte[] content;

    private AioFile createFile(int size) throws IOException {
        content = randomBytes(size, size);
        Files.write(directory.resolve("netty-aio"), content);
        return createDirect("netty-aio");
    }

    private static int roundDown(int size) {
        return size & -SECTOR;
    }

    @Test
    @DisplayName("DataStax LibAIOTest.globalFlagTest: AIO says that it is available")
    void shouldSayThatItIsAvailable() {
        assertThat(Aio.isAvailable() || engine == Engine.LANE).isTrue();
        if (Aio.isAvailable()) {
            Aio.ensureAvailability();
            assertThat(Aio.unavailabilityCause()).isNull();
        }
    }

    @Test
    @DisplayName("DataStax LibAIOTest.nativeReadTestSingleRequest: every slot in turn, one request at a time")
    void shouldReadThroughEverySlotInTurn() throws Exception {
        try (AioFile file = createFile(65536);
                AioContext context = open(8, 1)) {
            for (int slot = 0; slot < 24; slot++) {
                AlignedMemory memory = AlignedMemory.allocate(65536, PAGE);
                FieldOutcomes outcomes = new FieldOutcomes(24);
                context.read(file, 0, memory, 0, 65536, NONE, outcomes, slot);
                drain(context, outcomes, 1);
                assertThat(outcomes.result(slot)).isEqualTo(65536);
                assertBytes(bytes(memory, 0, 65536), content);
            }
        }
    }

    @Test
    @DisplayName("DataStax LibAIOTest.nativeReadTestMultipleRequests: batches of vectored reads at random")
    void shouldReadRandomBatchesOfVectors() throws Exception {
        int size = 524288;
        Random random = random("DataStax nativeReadTestMultipleRequests");
        try (AioFile file = createFile(size);
                AioContext context = open(8, 1)) {
            int alignment = file.directOffsetAlignment();
            for (int trial = 0; trial < 200; trial++) {
                int requests = 1 + random.nextInt(7);
                FieldOutcomes outcomes = new FieldOutcomes(requests);
                AlignedMemory[] memories = new AlignedMemory[requests];
                int[] positions = new int[requests];
                for (int r = 0; r < requests; r++) {
                    int buffers = 1 + random.nextInt(8);
                    int length = Math.max(alignment, random.nextInt(size / buffers) / alignment * alignment);
                    positions[r] = random.nextInt(size - buffers * length + 1) / alignment * alignment;
                    memories[r] = AlignedMemory.allocate(buffers * length, alignment);
                    IoVectors vectors = new IoVectors(buffers);
                    for (int b = 0; b < buffers; b++) {
                        vectors.add(memories[r], b * length, length);
                    }
                    context.readv(file, positions[r], vectors, NONE, outcomes, r);
                }
                drain(context, outcomes);
                for (int r = 0; r < requests; r++) {
                    int length = memories[r].capacity();
                    assertThat(outcomes.result(r)).isEqualTo(length);
                    assertBytes(
                            bytes(memories[r], 0, length),
                            Arrays.copyOfRange(content, positions[r], positions[r] + length));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 8", "4, 128", "4, 16"})
    @DisplayName(
            "DataStax LibAIOTest.epollTriggeredReadTest: threads with contexts of their own read one file at random")
    void shouldReadFromManyThreads(int threads, int depth) throws Exception {
        int size = 65536;
        ExecutorService loops = Executors.newFixedThreadPool(threads);
        long seed = random("DataStax epollTriggeredReadTest").nextLong();
        try (AioFile file = createFile(size)) {
            List<Future<?>> readers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                Random random = new Random(seed + i);
                readers.add(loops.submit(() -> {
                    readAtRandom(file, size, depth, random);
                    return null;
                }));
            }
            for (Future<?> reader : readers) {
                reader.get();
            }
        } finally {
            loops.shutdown();
        }
    }

    private void readAtRandom(AioFile file, int size, int depth, Random random) throws IOException {
        int reads = 512;
        try (AioContext context = open(depth, 65536)) {
            FieldOutcomes outcomes = new FieldOutcomes(reads);
            for (int i = 0; i < reads; i++) {
                int length = Math.max(SECTOR, roundDown(random.nextInt(size)));
                int position = roundDown(random.nextInt(size - length + 1));
                AlignedMemory memory = AlignedMemory.allocate(length, SECTOR);
                context.read(
                        file,
                        position,
                        memory,
                        0,
                        length,
                        NONE,
                        (token, result) -> {
                            outcomes.completed(token, result);
                            assertThat(result).isEqualTo(length);
                            assertBytes(
                                    bytes(memory, 0, length), Arrays.copyOfRange(content, position, position + length));
                        },
                        i);
            }
            drain(context, outcomes);
            outcomes.assertEachCompletedOnce();
        }
    }

    @Test
    @DisplayName(
            "DataStax LibAIOTest.epollTriggeredReadTestLowMaxPending: what exceeds the pending limit is rejected, the rest read")
    void shouldRejectBeyondThePendingLimit() throws Exception {
        int reads = 1024;
        try (AioFile file = createFile(65536);
                AioContext context = open(16, 32)) {
            AlignedMemory memory = pages(1);
            FieldOutcomes outcomes = new FieldOutcomes(reads);
            int accepted = 0;
            for (int i = 0; i < reads; i++) {
                if (context.read(file, 0, memory, 0, PAGE, NONE, outcomes, accepted) != AioContext.REJECTED) {
                    accepted++;
                }
            }
            assertThat(accepted).isBetween(32, 16 + 32);
            drain(context, outcomes, accepted);
            for (int i = 0; i < accepted; i++) {
                assertThat(outcomes.result(i)).isEqualTo(PAGE);
            }
            assertThat(outcomes.completed()).isEqualTo(accepted);
        }
    }

    @Test
    @DisplayName("DataStax LibAIOTest.epollTriggeredSingleReadTest: one read after another at random, of any length")
    void shouldReadOneAfterAnother() throws Exception {
        int size = 65536;
        Random random = random("DataStax epollTriggeredSingleReadTest");
        try (AioFile file = createFile(size);
                AioContext context = open(128, 65536)) {
            AlignedMemory memory = AlignedMemory.allocate(size, PAGE);
            for (int i = 0; i < 512; i++) {
                int length = 1 + random.nextInt(size);
                int position = random.nextInt(size - length + 1);
                assertThat(read(context, file, position, memory, length)).isEqualTo(length);
                assertBytes(bytes(memory, 0, length), Arrays.copyOfRange(content, position, position + length));
            }
        }
    }

    @Test
    @DisplayName("DataStax LibAIOTest.epollTriggeredReadLargerThanFileTest: two full buffers, one partial, one empty")
    void shouldFillBuffersAsFarAsTheFileGoes() throws Exception {
        int size = 10_000;
        try (AioFile file = createFile(size);
                AioContext context = open(128, 1024)) {
            FieldOutcomes outcomes = new FieldOutcomes(4);
            ByteBuffer[] buffers = new ByteBuffer[4];
            for (int i = 0; i < 4; i++) {
                buffers[i] = pages(1).buffer();
                context.read(file, (long) i * PAGE, buffers[i], NONE, outcomes, i);
            }
            drain(context, outcomes);
            int[] expected = {PAGE, PAGE, size - 2 * PAGE, 0};
            for (int i = 0; i < 4; i++) {
                assertThat(outcomes.result(i)).isEqualTo(expected[i]);
                assertThat(buffers[i].position()).isEqualTo(expected[i]);
                byte[] seen = new byte[expected[i]];
                buffers[i].flip().get(seen);
                int at = Math.min(size, i * PAGE);
                assertBytes(seen, Arrays.copyOfRange(content, at, at + expected[i]));
            }
        }
    }
}
