package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.internal.Linux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the public suites of this field assert, re-derived for this API: no code of theirs, the
 * behaviour only. Each subclass names its suite, each test the case. Runs with every engine, on the
 * file system of {@code -Daio.fieldSuite.dir} (see src/test/sh/field-suite.sh).
 */
@ParameterizedClass(name = "{0}")
@EnumSource(FieldSuite.Engine.class)
// A separate thread, because a system call that waits for events hears no interrupt.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class FieldSuite {

    enum Engine {
        AIO_RING,
        AIO_IO_GETEVENTS,
        LANE
    }

    /** Starts an operation and returns its id. */
    @FunctionalInterface
    interface Start {
        long with(AioCompletion completion, long token);
    }

    static final int PAGE = AlignedMemory.PAGE;
    static final int MIB = 1 << 20;
    static final OperationOptions NONE = OperationOptions.NONE;

    /** Bounds one wait, not the test: whoever waits asks again. */
    private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    @Parameter
    Engine engine;

    @TempDir(factory = FieldDirectory.class)
    Path directory;

    private final Queue<Throwable> callbackFailures = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void assumeAvailable() {
        assumeTrue(engine == Engine.LANE || Aio.isAvailable(), () -> String.valueOf(Aio.unavailabilityCause()));
    }

    @AfterEach
    void noCallbackFailed() {
        assertThat(callbackFailures).as("exceptions of completions").isEmpty();
    }

    AioContextBuilder builder() {
        return AioContext.builder()
                .engine(engine == Engine.LANE ? AioEngine.LANE : AioEngine.AIO)
                .userSpaceReaping(engine == Engine.AIO_RING)
                .onCallbackFailure((thread, failure) -> callbackFailures.add(failure));
    }

    AioContext open() throws IOException {
        return open(64, 1024);
    }

    AioContext open(int depth, int pendingLimit) throws IOException {
        return builder().depth(depth).pendingLimit(pendingLimit).open();
    }

    /** Opens a file to read and write, and makes it if it is not there. */
    AioFile create(String name, OpenOption... more) throws IOException {
        OpenOption[] options = Stream.concat(
                        Stream.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE),
                        Arrays.stream(more))
                .toArray(OpenOption[]::new);
        return AioFile.open(directory.resolve(name), options);
    }

    /** As {@link #create}, with {@code O_DIRECT}; skips the test where the file system has none. */
    AioFile createDirect(String name, OpenOption... more) throws IOException {
        OpenOption[] options = Arrays.copyOf(more, more.length + 1);
        options[more.length] = AioOpenOption.DIRECT;
        try {
            return create(name, options);
        } catch (AioException e) {
            if (e.errno() == Linux.EINVAL || e.errno() == Linux.EOPNOTSUPP) {
                abort("O_DIRECT is not supported on " + directory + ": " + e.getMessage());
            }
            throw e;
        }
    }

    /** Opens a file that exists, to read. */
    AioFile openToRead(String name, OpenOption... more) throws IOException {
        OpenOption[] options = Arrays.copyOf(more, more.length + 1);
        options[more.length] = StandardOpenOption.READ;
        return AioFile.open(directory.resolve(name), options);
    }

    byte[] contentOf(String name) throws IOException {
        return Files.readAllBytes(directory.resolve(name));
    }

    /** Runs one operation to its end and returns its result. */
    static long perform(AioContext context, Start operation) {
        FieldOutcomes outcomes = new FieldOutcomes(1);
        assertThat(operation.with(outcomes, 0)).as("id of the operation").isPositive();
        drain(context, outcomes);
        return outcomes.result(0);
    }

    static long read(AioContext context, AioFile file, long position, AlignedMemory memory, int length) {
        return perform(context, (done, token) -> context.read(file, position, memory, 0, length, NONE, done, token));
    }

    static long write(AioContext context, AioFile file, long position, AlignedMemory memory, int length) {
        return perform(context, (done, token) -> context.write(file, position, memory, 0, length, NONE, done, token));
    }

    static long sync(AioContext context, AioFile file) {
        return perform(context, (done, token) -> context.sync(file, NONE, done, token));
    }

    /** Submits and reaps until every one of the outcomes is known. */
    static void drain(AioContext context, FieldOutcomes outcomes) {
        drain(context, outcomes, outcomes.expected());
    }

    static void drain(AioContext context, FieldOutcomes outcomes, int count) {
        while (outcomes.completed() < count) {
            context.submit();
            if (outcomes.completed() < count) {
                context.getEvents(1, Integer.MAX_VALUE, WAIT_NANOS);
            }
        }
    }

    static AlignedMemory pages(int n) {
        return AlignedMemory.allocate(n * PAGE, PAGE);
    }

    static AlignedMemory filled(int capacity, int value) {
        AlignedMemory memory = AlignedMemory.allocate(capacity, PAGE);
        fill(memory, value);
        return memory;
    }

    static void fill(AlignedMemory memory, int value) {
        fill(memory, 0, memory.capacity(), value);
    }

    static void fill(AlignedMemory memory, int offset, int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        put(memory, offset, bytes);
    }

    static void put(AlignedMemory memory, int offset, byte[] bytes) {
        memory.slice(offset, bytes.length).put(bytes);
    }

    static AlignedMemory holding(byte[] bytes) {
        AlignedMemory memory = AlignedMemory.allocate(Math.max(PAGE, (bytes.length + PAGE - 1) / PAGE * PAGE), PAGE);
        put(memory, 0, bytes);
        return memory;
    }

    static byte[] bytes(AlignedMemory memory, int offset, int length) {
        byte[] bytes = new byte[length];
        memory.slice(offset, length).get(bytes);
        return bytes;
    }

    /** Fails with the first byte that differs, not with a page of hexadecimal. */
    static void assertBytes(byte[] actual, byte[] expected) {
        assertThat(Arrays.mismatch(actual, expected))
                .as("first byte that differs, of %s (expected: %s bytes)", actual.length, expected.length)
                .isEqualTo(-1);
    }

    static void assertAll(byte[] actual, int value) {
        assertThat(firstOther(actual, value))
                .as("first byte that is not %s", value)
                .isEqualTo(-1);
    }

    static void assertWithin(byte[] actual, int lowest, int highest) {
        int i = 0;
        while (i < actual.length && actual[i] >= lowest && actual[i] <= highest) {
            i++;
        }
        assertThat(i).as("first byte that is not %s to %s", lowest, highest).isEqualTo(actual.length);
    }

    /** Index of the first byte that is not the value; -1 if all are. */
    static int firstOther(byte[] bytes, int value) {
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != (byte) value) {
                return i;
            }
        }
        return -1;
    }

    /** Random, and the same again if one wants: the seed is printed. */
    static Random random(String name) {
        long seed = Long.getLong("aio.seed", System.nanoTime());
        System.out.println(name + ": -Daio.seed=" + seed);
        return new Random(seed);
    }

    static byte[] randomBytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    FileSystemType fileSystem() throws IOException {
        try (AioDirectory root = AioDirectory.open(directory)) {
            return root.fileSystem();
        }
    }

    /** Runs a command to its end; skips the test where it is missing or fails. */
    static String assumeRuns(String... command) throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            return abort("cannot run " + List.of(command) + ": " + e.getMessage());
        }
        String output = new String(process.getInputStream().readAllBytes());
        int status = process.onExit().join().exitValue();
        assumeTrue(status == 0, () -> List.of(command) + " ended with status " + status + ": " + output);
        return output;
    }
}
