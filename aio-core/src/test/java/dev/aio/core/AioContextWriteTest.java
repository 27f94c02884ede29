package dev.aio.core;

import static dev.aio.core.OperationOptions.NONE;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AioContextWriteTest extends ContextSuite {

    private AioFile openNew(boolean direct) throws IOException {
        Path path = directory.resolve("written");
        return direct ? DirectFile.open(path, CREATE_NEW, READ, WRITE) : AioFile.open(path, CREATE_NEW, READ, WRITE);
    }

    private static AlignedMemory random(int pages) {
        AlignedMemory memory = pages(pages);
        byte[] bytes = new byte[pages * PAGE];
        new Random(pages).nextBytes(bytes);
        memory.slice(0, bytes.length).put(bytes);
        return memory;
    }

    private static byte[] bytes(AlignedMemory memory, int offset, int length) {
        byte[] bytes = new byte[length];
        memory.slice(offset, length).get(bytes);
        return bytes;
    }

    private static byte[] content(AioFile file) throws IOException {
        return Files.readAllBytes(Path.of(file.path()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldWriteEachPageWhereItBelongs(boolean direct) throws IOException {
        AlignedMemory memory = random(32);
        try (AioFile file = openNew(direct);
                AioContext context = open(8, 32)) {
            Recorder recorder = new Recorder(32);
            for (int i = 0; i < 32; i++) {
                int page = i * 11 % 32;
                context.write(file, (long) page * PAGE, memory, page * PAGE, PAGE, NONE, recorder, i);
            }
            runAll(context);
            recorder.assertAllCompletedWith(PAGE);
            assertThat(content(file)).isEqualTo(bytes(memory, 0, 32 * PAGE));
        }
    }

    @Test
    void shouldWriteThroughTheBufferedDescriptionAtAnyAlignment() throws IOException {
        AlignedMemory memory = random(2);
        try (AioFile file = openNew(false);
                AioContext context = open(1, 0)) {
            Recorder recorder = new Recorder(1);
            context.write(file, 3, memory, 5, 1234, NONE, recorder, 0);
            runAll(context);
            assertThat(recorder.result(0)).isEqualTo(1234);
            byte[] content = content(file);
            assertThat(content).hasSize(1237).startsWith(0, 0, 0);
            assertThat(Arrays.copyOfRange(content, 3, 1237)).isEqualTo(bytes(memory, 5, 1234));
        }
    }

    @Test
    void shouldGatherAVectoredWriteFromItsPieces() throws IOException {
        AlignedMemory memory = random(8);
        IoVectors vectors = new IoVectors(3)
                .add(memory, 5 * PAGE, PAGE)
                .add(memory, 0, 2 * PAGE)
                .add(memory, 7 * PAGE, PAGE);
        try (AioFile file = openNew(true);
                AioContext context = open(1, 0)) {
            Recorder recorder = new Recorder(1);
            context.writev(file, PAGE, vectors, NONE, recorder, 0);
            runAll(context);
            assertThat(recorder.result(0)).isEqualTo(4 * PAGE);
            byte[] expected = new byte[5 * PAGE];
            memory.slice(5 * PAGE, PAGE).get(expected, PAGE, PAGE);
            memory.slice(0, 2 * PAGE).get(expected, 2 * PAGE, 2 * PAGE);
            memory.slice(7 * PAGE, PAGE).get(expected, 4 * PAGE, PAGE);
            assertThat(content(file)).isEqualTo(expected);
        }
    }

    @Test
    void shouldMoveThePositionOfABufferByWhatWasWritten() throws IOException {
        ByteBuffer source = ByteBuffer.allocateDirect(100);
        source.put(new byte[] {9, 8, 7}).position(1).limit(3);
        try (AioFile file = openNew(false);
                AioContext context = open(1, 0)) {
            int[] seen = {-1};
            context.write(file, 0, source, NONE, (token, result) -> seen[0] = source.position(), 0);
            assertThat(source.position()).as("before it has ended").isEqualTo(1);
            runAll(context);
            assertThat(seen[0]).as("inside the completion").isEqualTo(3);
            assertThat(content(file)).containsExactly(8, 7);
        }
    }

    /** linux_aio let reads change immutable bytes objects; a write here changes neither memory nor buffer. */
    @Test
    void shouldNotChangeWhatItWritesFrom() throws IOException {
        AlignedMemory memory = random(2);
        byte[] before = bytes(memory, 0, 2 * PAGE);
        try (AioFile file = openNew(true);
                AioContext context = open(1, 0)) {
            Recorder recorder = new Recorder(1);
            context.write(file, 0, memory, 0, 2 * PAGE, NONE, recorder, 0);
            runAll(context);
            assertThat(recorder.result(0)).isEqualTo(2 * PAGE);
            assertThat(bytes(memory, 0, 2 * PAGE)).isEqualTo(before);
        }
    }

    /** linux_aio offers data with its zero bytes stripped off its end. */
    @Test
    void shouldKeepZeroBytesAtTheEndOfData() throws IOException {
        AlignedMemory memory = pages(2);
        memory.buffer().put(0, (byte) 'x');
        try (AioFile file = openNew(true);
                AioContext context = open(1, 0)) {
            Recorder recorder = new Recorder(2);
            context.write(file, 0, memory, 0, PAGE, NONE, recorder, 0);
            runAll(context);
            context.read(file, 0, memory, PAGE, PAGE, NONE, recorder, 1);
            runAll(context);
            recorder.assertAllCompletedWith(PAGE);
            assertThat(bytes(memory, PAGE, PAGE)).isEqualTo(bytes(memory, 0, PAGE));
        }
    }

    @Test
    void shouldExtendAFileBehindAHole() throws IOException {
        AlignedMemory memory = random(1);
        try (AioFile file = openNew(true);
                AioContext context = open(1, 0)) {
            Recorder recorder = new Recorder(1);
            context.write(file, 64L * PAGE, memory, 0, PAGE, NONE, recorder, 0);
            runAll(context);
            assertThat(recorder.result(0)).isEqualTo(PAGE);
            assertThat(file.currentSize()).isEqualTo(65L * PAGE);
            byte[] content = content(file);
            assertThat(Arrays.copyOf(content, 64 * PAGE)).isEqualTo(new byte[64 * PAGE]);
            assertThat(Arrays.copyOfRange(content, 64 * PAGE, 65 * PAGE)).isEqualTo(bytes(memory, 0, PAGE));
        }
    }

    @Test
    void shouldAppendToAFileOpenedForThat() throws IOException {
        Path path = Files.write(directory.resolve("log"), new byte[] {1, 2, 3});
        ByteBuffer more = ByteBuffer.allocateDirect(2).put(0, (byte) 4).put(1, (byte) 5);
        try (AioFile file = AioFile.open(path, APPEND);
                AioContext context = open(1, 0)) {
            Recorder recorder = new Recorder(1);
            context.write(file, 0, more, NONE, recorder, 0);
            runAll(context);
            assertThat(recorder.result(0)).isEqualTo(2);
            assertThat(Files.readAllBytes(path)).containsExactly(1, 2, 3, 4, 5);
        }
    }

    /** Where an appended write went is not where its position says. */
    @Test
    void shouldNotTakeTheRangeOfAnAppendedWriteForWritten() throws IOException {
        AlignedMemory memory = random(1);
        try (AioFile file = openNew(true);
                AioContext context = open(1, 0)) {
            file.truncate(PAGE); // a hole
            Recorder recorder = new Recorder(2);
            context.write(file, 0, memory, 0, PAGE, NONE.append(), recorder, 0);
            runAll(context);
            assertThat(file.currentSize()).isEqualTo(2 * PAGE);
            assertThat(file.isOverwrite(0, PAGE)).isFalse();
            context.write(file, 0, memory, 0, PAGE, NONE, recorder, 1);
            runAll(context);
            recorder.assertAllCompletedWith(PAGE);
            assertThat(content(file)).startsWith(bytes(memory, 0, PAGE));
        }
    }
}
