package dev.aio.core;

import static dev.aio.core.OperationOptions.NONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import dev.aio.core.internal.Native;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * No thread that takes part allocates anything per operation: the owner, the one that submits for it, and those
 * of the lane.
 */
class NoGarbageTest extends ContextSuite {

    private static final int DEPTH = 32;
    private static final int FILE_PAGES = 64;
    private static final int ROUNDS = 40;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Counter counter = new Counter();
    private final AlignedMemory memory = pages(DEPTH);

    private TestFile source;
    private AioContext context;

    /** The one completion of all operations. */
    private static final class Counter implements AioCompletion {
        private long completed;
        private long released;
        private long unexpected;

        @Override
        public void completed(long token, long result) {
            completed++;
            if (result != token) { // the tokens here are what results are expected
                unexpected++;
            }
        }

        @Override
        public void released(long token) {
            released++;
        }
    }

    @FunctionalInterface
    private interface Preparation {
        void prepare(int i);
    }

    @BeforeEach
    void openContext() throws IOException {
        source = TestFile.create(directory, FILE_PAGES * PAGE);
        context = open(DEPTH, DEPTH);
    }

    @AfterEach
    void closeContext() {
        context.takeOver(); // the test has a thread of its own, which has ended
        context.close();
    }

    /** Also such operations as wait in the context for a place: twice as many are prepared as there are places. */
    private void assertNoGarbage(int batches, Preparation preparation) {
        run(5 * batches, preparation); // what is needed once: threads, buffers that are kept
        long[] ids = participants();
        long[] before = new long[ids.length];
        long[] after = new long[ids.length];
        // Rounds, since the JVM allocates a little now and then when it compiles or links.
        for (int round = 0; round < ROUNDS; round++) {
            measure(ids, before);
            run(batches, preparation);
            measure(ids, after);
            if (Arrays.equals(before, after)) {
                assertThat(counter.unexpected).as("unexpected results").isZero();
                assertThat(counter.released).isEqualTo(counter.completed);
                return;
            }
        }
        fail("allocated in each of " + ROUNDS + " rounds, in the last one " + Arrays.toString(before) + " -> "
                + Arrays.toString(after));
    }

    private long[] participants() {
        LongStream helpers = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("aio-submit-")
                        || thread.getName().startsWith("aio-lane-"))
                .mapToLong(Thread::getId);
        return LongStream.concat(LongStream.of(Thread.currentThread().getId()), helpers)
                .toArray();
    }

    private void measure(long[] ids, long[] to) {
        for (int i = 0; i < ids.length; i++) {
            to[i] = threads.getThreadAllocatedBytes(ids[i]); // -1 of a thread that has ended
        }
    }

    private void run(int batches, Preparation preparation) {
        for (int batch = 0; batch < batches; batch++) {
            for (int i = 0; i < 2 * DEPTH; i++) {
                preparation.prepare(i);
            }
            runAll(context);
        }
    }

    private static long at(int i) {
        return (long) i * PAGE;
    }

    private int memoryAt(int i) {
        return i % DEPTH * PAGE;
    }

    @Test
    void shouldReadDirect() throws IOException {
        try (AioFile file = source.openDirect()) {
            assertNoGarbage(50, i -> context.read(file, at(i), memory, memoryAt(i), PAGE, NONE, counter, PAGE));
        }
    }

    /** As many as there are buffers to keep for this. */
    @Test
    void shouldReadWhatIsNotAligned() throws IOException {
        try (AioFile file = source.openDirect()) {
            assertNoGarbage(50, i -> {
                if (i < DEPTH) {
                    context.read(file, at(i) + 1, memory, memoryAt(i), PAGE - 2, NONE, counter, PAGE - 2);
                }
            });
        }
    }

    @Test
    void shouldReadBuffered() throws IOException {
        try (AioFile file = AioFile.open(source.path)) {
            assertNoGarbage(50, i -> context.read(file, at(i), memory, memoryAt(i), PAGE, NONE, counter, PAGE));
        }
    }

    @Test
    void shouldReadIntoABuffer() throws IOException {
        ByteBuffer[] targets = new ByteBuffer[2 * DEPTH];
        Arrays.setAll(targets, i -> ByteBuffer.allocateDirect(PAGE));
        try (AioFile file = AioFile.open(source.path)) {
            assertNoGarbage(50, i -> context.read(file, at(i), targets[i].clear(), NONE, counter, PAGE));
        }
    }

    @Test
    void shouldOverwriteDirect() throws IOException {
        try (AioFile file = openForWritingDirect()) {
            assertNoGarbage(50, i -> context.write(file, at(i), memory, memoryAt(i), PAGE, NONE, counter, PAGE));
        }
    }

    @Test
    void shouldWriteBuffered() throws IOException {
        try (AioFile file = openForWriting()) {
            assertNoGarbage(50, i -> context.write(file, at(i), memory, memoryAt(i), PAGE, NONE, counter, PAGE));
        }
    }

    @Test
    void shouldExtend() throws IOException {
        try (AioFile file = openForWriting()) {
            OperationOptions append = NONE.append();
            assertNoGarbage(5, i -> context.write(file, 0, memory, memoryAt(i), PAGE, append, counter, PAGE));
        }
    }

    @Test
    void shouldReadAndWriteVectors() throws IOException {
        IoVectors[] vectors = new IoVectors[2 * DEPTH];
        Arrays.setAll(
                vectors,
                i -> new IoVectors(2).add(memory, memoryAt(i), PAGE / 2).add(memory, memoryAt(i) + PAGE / 2, PAGE / 2));
        try (AioFile file = openForWriting()) {
            assertNoGarbage(50, i -> {
                if (i % 2 == 0) {
                    context.readv(file, at(i), vectors[i], NONE, counter, PAGE);
                } else {
                    context.writev(file, at(i), vectors[i], NONE, counter, PAGE);
                }
            });
        }
    }

    @Test
    void shouldSyncAfterWrites() throws IOException {
        try (AioFile file = openForWriting()) {
            assertNoGarbage(2, i -> {
                if (i % 4 < 2) {
                    context.write(file, at(i), memory, memoryAt(i), PAGE, NONE, counter, PAGE);
                } else if (i % 4 == 2) {
                    context.sync(file, NONE, counter, 0);
                } else {
                    context.dataSync(file, NONE, counter, 0);
                }
            });
        }
    }

    @Test
    void shouldPoll() {
        int fd = Native.eventfd();
        try {
            assertNoGarbage(50, i -> context.poll(fd, PollEvents.OUT, NONE, counter, PollEvents.OUT));
        } finally {
            Native.close(fd);
        }
    }

    @Test
    void shouldCancel() throws IOException {
        try (AioFile file = AioFile.open(source.path)) {
            assertNoGarbage(50, i -> {
                long id = context.read(file, at(i), memory, memoryAt(i), PAGE, NONE, counter, -125); // ECANCELED
                if (!context.cancel(id)) {
                    throw new IllegalStateException();
                }
            });
        }
    }

    private AioFile openForWriting() throws IOException {
        return AioFile.open(source.path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private AioFile openForWritingDirect() throws IOException {
        return DirectFile.open(source.path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }
}
