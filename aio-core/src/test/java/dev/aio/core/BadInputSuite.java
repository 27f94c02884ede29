package dev.aio.core;

import static dev.aio.core.OperationOptions.NONE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What is wrong with one operation is told of that operation alone, whatever it is. */
abstract class BadInputSuite extends ContextSuite {

    static final int SIZE = 4 * PAGE;

    TestFile source;
    AioFile good;
    AioContext context;

    @BeforeEach
    void openGoodFile() throws IOException {
        source = TestFile.create(directory, SIZE);
        good = source.openDirect();
        context = open(8, 8);
    }

    @AfterEach
    void closeAll() throws IOException {
        if (context == null) {
            return; // skipped: nothing was opened
        }
        context.takeOver(); // the test ran on a thread of its own
        context.close();
        context.destroyed().join();
        good.close();
        assertThat(OpenDescriptors.under(directory)).isZero();
    }

    /** Prepares one operation. */
    interface Attempt {
        long prepare(AioCompletion completion, long token);
    }

    /** Runs an operation between two good ones, and another one after them. */
    Outcomes besideGoodOnes(Attempt attempt) {
        AlignedMemory memory = pages(3);
        Outcomes outcomes = new Outcomes(context, 4);
        context.read(good, 0, memory, 0, PAGE, NONE, outcomes, 0);
        assertThat(attempt.prepare(outcomes, 1)).isPositive();
        context.read(good, PAGE, memory, PAGE, PAGE, NONE, outcomes, 2);
        runAll(context);
        context.read(good, 2 * PAGE, memory, 2 * PAGE, PAGE, NONE, outcomes, 3);
        runAll(context);
        outcomes.assertEachReleasedOnce();
        assertThat(new long[] {outcomes.result(0), outcomes.result(2), outcomes.result(3)})
                .containsOnly(PAGE);
        source.assertContent(memory, 0, 0, 3 * PAGE);
        assertThat(context.stats().staleEvents()).isZero();
        return outcomes;
    }

    static void assertFailure(
            AioException failure,
            String errno,
            AioOperation operation,
            String path,
            long position,
            long length,
            String advice) {
        assertThat(failure.errnoName()).isEqualTo(errno);
        assertThat(failure.operation()).isEqualTo(operation.label());
        assertThat(failure.path()).isEqualTo(path);
        assertThat(failure.position()).isEqualTo(position);
        assertThat(failure.length()).isEqualTo(length);
        assertThat(failure).hasMessageContaining(advice);
    }

    Path file(String name, int size) throws IOException {
        return Files.write(directory.resolve(name), new byte[size]);
    }

    AioFile openNew(String name) throws IOException {
        return AioFile.open(directory.resolve(name), CREATE_NEW, READ, WRITE);
    }

    AioFile openNewDirect(String name) throws IOException {
        return DirectFile.open(directory.resolve(name), CREATE_NEW, READ, WRITE);
    }

    static long prepare(
            AioContext context,
            AioOperation kind,
            AioFile file,
            long position,
            AlignedMemory memory,
            AioCompletion completion,
            long token) {
        IoVectors vectors = new IoVectors(1).add(memory, 0, memory.capacity());
        switch (kind) {
            case READ:
                return context.read(file, position, memory, 0, memory.capacity(), NONE, completion, token);
            case WRITE:
                return context.write(file, position, memory, 0, memory.capacity(), NONE, completion, token);
            case READ_VECTORED:
                return context.readv(file, position, vectors, NONE, completion, token);
            case WRITE_VECTORED:
                return context.writev(file, position, vectors, NONE, completion, token);
            case SYNC:
                return context.sync(file, NONE, completion, token);
            default:
                return context.dataSync(file, NONE, completion, token);
        }
    }

    static void assertUntouched(AlignedMemory memory, int from, int to) {
        byte[] bytes = new byte[to - from];
        memory.slice(from, to - from).get(bytes);
        assertThat(bytes).isEqualTo(new byte[to - from]);
    }
}
