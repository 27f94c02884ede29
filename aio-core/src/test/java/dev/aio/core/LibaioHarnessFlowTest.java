package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cases 11.t to 23.t of the harness of libaio (harness/cases/*.t of 0.3.113), and its common code: how operations come and go. */
class LibaioHarnessFlowTest extends FieldSuite {

    private static final int SIZE = 512;

    @Test
    @DisplayName("libaio harness 11.t: the same page written and read over and over")
    void shouldWriteAndReadTheSamePageManyTimes() throws Exception {
        try (AioFile file = create("file");
                AioContext context = open()) {
            AlignedMemory memory = pages(1);
            for (int i = 0; i < 5_000; i++) {
                assertThat(write(context, file, 0, memory, 256)).isEqualTo(256);
            }
            for (int i = 0; i < 5_000; i++) {
                assertThat(read(context, file, 0, memory, 256)).isEqualTo(256);
            }
            assertThat(context.inFlight()).isZero();
        }
    }

    @Test
    @DisplayName("libaio harness 12.t: a forked process does not disturb its parent's context")
    void shouldGoOnWhileChildrenAreForked() throws Exception {
        try (AioFile file = create("file");
                AioContext context = open()) {
            FieldOutcomes outcomes = new FieldOutcomes(32);
            AlignedMemory memory = filled(PAGE, 12);
            for (int i = 0; i < 32; i++) {
                context.write(file, (long) i * PAGE, memory, 0, PAGE, NONE, outcomes, i);
                if (i % 8 == 0) {
                    context.submit();
                    assumeRuns("true");
                }
            }
            drain(context, outcomes);
            outcomes.assertAllCompletedWith(PAGE);
        }
        assertAll(contentOf("file"), 12);
    }

    @Test
    @DisplayName("libaio harness 13.t: several large writes in one submit")
    void shouldSubmitSeveralLargeWritesAtOnce() throws Exception {
        try (AioFile file = create("file");
                AioContext context = open()) {
            FieldOutcomes outcomes = new FieldOutcomes(8);
            AlignedMemory memory = filled(MIB, 13);
            for (int i = 0; i < 8; i++) {
                context.write(file, (long) i * MIB, memory, 0, MIB, NONE, outcomes, i);
            }
            drain(context, outcomes);
            outcomes.assertAllCompletedWith(MIB);
            assertThat(file.currentSize()).isEqualTo(8 * MIB);
        }
    }

    @Test
    @DisplayName("libaio harness 14.t: a process may exit with operations in flight")
    void shouldExitWithOperationsInFlight() throws Exception {
        Path path = directory.resolve("file");
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ExitInFlight.class.getName(),
                        path.toString(),
                        engine.name())
                .redirectErrorStream(true)
                .start();
        String output = new String(child.getInputStream().readAllBytes());
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).as(output).isZero();
        try (AioFile file = create("file")) {
            file.truncate(0);
            assertThat(file.currentSize()).isZero();
        }
    }

    /** The child of {@link #shouldExitWithOperationsInFlight}. */
    static final class ExitInFlight {

        public static void main(String[] arguments) throws Exception {
            AioFile file = AioFile.open(
                    Path.of(arguments[0]),
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.CREATE);
            Engine engine = Engine.valueOf(arguments[1]);
            AioContext context = AioContext.builder()
                    .engine(engine == Engine.LANE ? AioEngine.LANE : AioEngine.AIO)
                    .userSpaceReaping(engine == Engine.AIO_RING)
                    .open();
            AlignedMemory memory = AlignedMemory.allocate(4 * MIB, PAGE);
            FieldOutcomes outcomes = new FieldOutcomes(10);
            for (int i = 0; i < 10; i++) {
                if (i % 2 == 0) {
                    context.write(file, 0, memory, 0, 4 * MIB, NONE, outcomes, i);
                } else {
                    context.read(file, 0, memory, 0, 4 * MIB, NONE, outcomes, i);
                }
                context.submit();
            }
        }
    }

    @Test
    @DisplayName("libaio harness 15.t: vectors are written and read back")
    void shouldWriteAndReadVectors() throws Exception {
        try (AioFile file = create("file");
                AioContext context = open()) {
            AlignedMemory memory = AlignedMemory.allocate(10 * SIZE, SIZE);
            IoVectors vectors = new IoVectors(10);
            for (int i = 0; i < 10; i++) {
                fill(memory, i * SIZE, SIZE, i);
                vectors.add(memory, i * SIZE, SIZE);
            }
            byte[] expected = bytes(memory, 0, 10 * SIZE);
            assertThat(perform(context, (done, token) -> context.writev(file, 0, vectors, NONE, done, token)))
                    .isEqualTo(10 * SIZE);
            assertBytes(contentOf("file"), expected);

            fill(memory, -1);
            assertThat(perform(context, (done, token) -> context.readv(file, 0, vectors, NONE, done, token)))
                    .isEqualTo(10 * SIZE);
            assertBytes(bytes(memory, 0, 10 * SIZE), expected);
        }
    }

    @Test
    @DisplayName("libaio harness 15.t: vectors at a position")
    void shouldWriteAndReadVectorsAtAPosition() throws Exception {
        try (AioFile file = create("file");
                AioContext context = open()) {
            AlignedMemory memory = AlignedMemory.allocate(10 * SIZE, SIZE);
            put(memory, 0, randomBytes(10 * SIZE, 15));
            IoVectors vectors = new IoVectors(9);
            for (int i = 1; i < 10; i++) {
                vectors.add(memory, i * SIZE, SIZE);
            }
            file.truncate(10 * SIZE);
            assertThat(perform(context, (done, token) -> context.writev(file, SIZE, vectors, NONE, done, token)))
                    .isEqualTo(9 * SIZE);
            byte[] expected = randomBytes(10 * SIZE, 15);
            Arrays.fill(expected, 0, SIZE, (byte) 0);
            assertBytes(contentOf("file"), expected);

            fill(memory, 0);
            assertThat(perform(context, (done, token) -> context.readv(file, SIZE, vectors, NONE, done, token)))
                    .isEqualTo(9 * SIZE);
            assertBytes(bytes(memory, 0, 10 * SIZE), expected);
        }
    }

    @Test
    @DisplayName("libaio harness 16.t: an eventfd tells of a completion, which then is there, writing and reading")
    void shouldSignalTheContextsOwnEventFd() throws Exception {
        int size = 10_000_000 / PAGE * PAGE;
        try (AioFile file = create("file");
                AioContext context = builder().ownEventFd(true).open();
                AioContext observer = open()) {
            AlignedMemory memory = filled(size, 0x42);
            FieldOutcomes outcomes = new FieldOutcomes(2);
            context.write(file, 0, memory, 0, size, NONE, outcomes, 0);
            awaitCompletionByEventFd(context, context.eventFd(), observer, outcomes, 1);
            fill(memory, 0);
            context.read(file, 0, memory, 0, size, NONE, outcomes, 1);
            awaitCompletionByEventFd(context, context.eventFd(), observer, outcomes, 2);
            outcomes.assertAllCompletedWith(size);
            assertAll(bytes(memory, 0, size), 0x42);
        }
    }

    @Test
    @DisplayName("libaio harness 16.t: an eventfd of the caller's is signalled as well, and stays the caller's")
    @SuppressWarnings("try") // closed once more before the end of the block: that is the case
    void shouldSignalAGivenEventFd() throws Exception {
        int eventFd = Native.eventfd();
        try (AioFile file = create("file");
                AioContext observer = open()) {
            try (AioContext context = builder().eventFd(eventFd).open()) {
                assertThat(context.eventFd()).isEqualTo(eventFd);
                FieldOutcomes outcomes = new FieldOutcomes(1);
                context.write(file, 0, filled(PAGE, 1), 0, PAGE, NONE, outcomes, 0);
                awaitCompletionByEventFd(context, eventFd, observer, outcomes, 1);
                assertThat(outcomes.result(0)).isEqualTo(PAGE);
                context.close();
                context.destroyed().get(60, TimeUnit.SECONDS);
            }
            assertThat(Native.eventfdSignal(eventFd)).as("still open").isNotNegative();
        } finally {
            Native.close(eventFd);
        }
    }

    /** As an event loop has it: the eventfd is polled, the context only asked for what is there. */
    private static void awaitCompletionByEventFd(
            AioContext context, int eventFd, AioContext observer, FieldOutcomes outcomes, int count) {
        context.submit();
        while (outcomes.completed() < count) {
            long mask = perform(observer, (done, token) -> observer.poll(eventFd, PollEvents.IN, NONE, done, token));
            assertThat(mask & PollEvents.IN).isEqualTo(PollEvents.IN);
            Native.eventfdDrain(eventFd);
            context.getEvents(0, 16, 0);
            if (outcomes.completed() < count) {
                context.submit(); // what a helper or the lane handed back
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {31, 32, 33, 127, 128, 129, 512})
    @DisplayName("libaio harness 17.t: more operations than the completion ring has places do not hang")
    void shouldCompleteMoreOperationsThanTheRingHolds(int operations) throws Exception {
        try (AioFile file = createDirect("file");
                AioContext context = open(32, 1024)) {
            file.truncate((long) operations * PAGE);
            AlignedMemory memory = pages(operations);
            fill(memory, -1);
            FieldOutcomes outcomes = new FieldOutcomes(operations);
            for (int i = 0; i < operations; i++) {
                assertThat(context.read(file, 0, memory, i * PAGE, PAGE, NONE, outcomes, i))
                        .isPositive();
            }
            drain(context, outcomes);
            outcomes.assertAllCompletedWith(PAGE);
            assertAll(bytes(memory, 0, operations * PAGE), 0);
        }
    }

    @Test
    @DisplayName("libaio harness 18.t: once a context is destroyed, nothing writes into its buffers")
    void shouldNotTouchMemoryAfterDestruction() throws Exception {
        Files.write(directory.resolve("file"), filledBytes(PAGE, '1'));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (AioFile file = createDirect("file")) {
            List<Future<?>> workers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                workers.add(threads.submit(() -> {
                    destroyInFlight(file, 15);
                    return null;
                }));
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    private void destroyInFlight(AioFile file, int times) throws Exception {
        AlignedMemory memory = pages(1);
        for (int i = 0; i < times; i++) {
            fill(memory, '0');
            AioContext context = open(1, 0);
            FieldOutcomes outcomes = new FieldOutcomes(1);
            context.read(file, 0, memory, 0, PAGE, NONE, outcomes, 0);
            context.submit();
            context.close();
            context.destroyed().get(60, TimeUnit.SECONDS);
            assertThat(outcomes.result(0)).isIn((long) PAGE, -(long) Linux.ECANCELED);
            fill(memory, '2');
            assertAll(bytes(memory, 0, PAGE), '2');
        }
    }

    private static byte[] filledBytes(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    @Test
    @DisplayName("libaio harness 19.t: completions are reaped from the ring in user space, without a system call")
    void shouldReapFromTheRing() throws Exception {
        assumeTrue(engine == Engine.AIO_RING, "this engine has no ring");
        try (AioFile file = create("file");
                AioContext context = open()) {
            assumeTrue(context.reapsInUserSpace(), "this kernel's ring is not the known one");
            for (int i = 0; i < 100; i++) {
                FieldOutcomes outcomes = new FieldOutcomes(1);
                context.write(file, 0, pages(1), 0, PAGE, NONE, outcomes, 0);
                context.submit();
                while (!outcomes.isCompleted(0)) {
                    context.reap(1);
                    Thread.onSpinWait();
                }
                assertThat(outcomes.result(0)).isEqualTo(PAGE);
            }
        }
    }

    @Test
    @DisplayName("libaio harness 21.t: NOWAIT declines a direct read over dirty cached pages, then does it")
    void shouldDeclineToWaitForDirtyPages() throws Exception {
        FileSystemType type = fileSystem();
        assumeTrue(type == FileSystemType.EXT || type == FileSystemType.XFS, () -> type + " has rules of its own");
        try (AioFile buffered = create("file");
                AioFile direct = createDirect("file");
                AioContext context = open()) {
            AlignedMemory memory = filled(PAGE, 0xa);
            OperationOptions nowait = NONE.nowait();
            assertThat(write(context, buffered, 0, memory, PAGE)).isEqualTo(PAGE);
            assertThat(perform(context, (done, t) -> context.read(direct, 0, memory, 0, PAGE, nowait, done, t)))
                    .isEqualTo(-Linux.EAGAIN);
            assertThat(write(context, direct, 0, memory, PAGE)).isEqualTo(PAGE);
            assertThat(perform(context, (done, t) -> context.read(direct, 0, memory, 0, PAGE, nowait, done, t)))
                    .isEqualTo(PAGE);
        }
    }

    @Test
    @DisplayName("libaio harness 22.t: a poll of a pipe ends when it becomes readable, and says so")
    void shouldPollAPipe() throws Exception {
        try (Fifo fifo = Fifo.create(directory);
                AioContext context = open()) {
            FieldOutcomes outcomes = new FieldOutcomes(1);
            context.poll(fifo.readEnd(), PollEvents.IN, NONE, outcomes, 0);
            context.submit();
            assertThat(context.getEvents(0, 1, 0)).isZero();
            fifo.writeByte();
            drain(context, outcomes);
            assertThat(outcomes.result(0) & PollEvents.IN).isEqualTo(PollEvents.IN);
        }
    }

    @Test
    @DisplayName("libaio harness 22.t: a signal does not end a wait for events")
    void shouldWaitThroughSignals() throws Exception {
        try (Fifo fifo = Fifo.create(directory);
                AioContext context = open()) {
            FieldOutcomes outcomes = new FieldOutcomes(1);
            context.poll(fifo.readEnd(), PollEvents.IN, NONE, outcomes, 0);
            context.submit();
            String thread = Files.readSymbolicLink(Path.of("/proc/thread-self"))
                    .getFileName()
                    .toString();
            // SIGUSR2 is what HotSpot itself interrupts threads with; unasked for, its handler returns at once.
            Path sender = Files.writeString(
                    directory.resolve("signals.py"),
                    "import ctypes, sys, time\n"
                            + "pid, tid = int(sys.argv[1]), int(sys.argv[2])\n"
                            + "state = lambda: open(f'/proc/{pid}/task/{tid}/stat').read().rsplit(')')[-1].split()[0]\n"
                            + "for i in range(20):\n"
                            + "    while state() != 'S': time.sleep(0.001)\n"
                            + "    assert ctypes.CDLL(None).tgkill(pid, tid, 12) == 0\n"
                            + "open(sys.argv[3], 'w').write('x')\n");
            Process signals = new ProcessBuilder(
                            "python3",
                            sender.toString(),
                            Long.toString(ProcessHandle.current().pid()),
                            thread,
                            fifo.path.toString())
                    .redirectErrorStream(true)
                    .start();
            signals.onExit().thenRun(fifo::writeByte); // ends the wait also if the sender fails
            while (!outcomes.isCompleted(0)) {
                context.getEvents(1, 1, -1);
            }
            String output = new String(signals.getInputStream().readAllBytes());
            assumeTrue(signals.waitFor() == 0, () -> "no signals sent: " + output);
            assertThat(outcomes.result(0) & PollEvents.IN).isEqualTo(PollEvents.IN);
        }
    }

    @Test
    @DisplayName("libaio harness 23.t: a poll misses no event, though others write and read the pipe meanwhile")
    void shouldMissNoEventOfAPipe() throws Exception {
        ExecutorService others = Executors.newFixedThreadPool(2);
        try (Fifo fifo = Fifo.create(directory);
                AioContext context = open()) {
            for (int i = 0; i < 500; i++) {
                FieldOutcomes outcomes = new FieldOutcomes(1);
                context.poll(fifo.readEnd(), PollEvents.IN, NONE, outcomes, 0);
                context.submit();
                Future<?> writer = others.submit(fifo::writeByte);
                Future<?> swapper = others.submit(() -> {
                    writer.get();
                    fifo.readByte();
                    fifo.writeByte();
                    return null;
                });
                drain(context, outcomes);
                swapper.get();
                fifo.readByte();
                assertThat(outcomes.result(0)).as("round %s", i).isPositive();
            }
        } finally {
            others.shutdown();
        }
    }

    @Test
    @DisplayName("libaio harness common-7-8.h: what fails has an exception that says which operation it was")
    void shouldSayWhichOperationFailed() throws Exception {
        List<AioException> failures = new ArrayList<>();
        try (AioFile file = create("file");
                AioContext context = open()) {
            context.write(file, -SIZE, pages(1), 0, SIZE, NONE, (token, result) -> failures.add(context.failure()), 0);
            context.submit();
            context.getEvents(0, 1, 0);
        }
        assertThat(failures).hasSize(1);
        assertThatThrownBy(() -> {
                    throw failures.get(0);
                })
                .isInstanceOfSatisfying(AioException.class, e -> {
                    assertThat(e.errno()).isEqualTo(Linux.EINVAL);
                    assertThat(e.operation()).isEqualTo("write");
                    assertThat(e.path()).isEqualTo(directory.resolve("file").toString());
                    assertThat(e.length()).isEqualTo(SIZE);
                });
    }
}
