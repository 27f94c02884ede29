package dev.aio.core;

import static dev.aio.core.OperationOptions.NONE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.core.internal.Linux;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AioContextSplitTest extends ContextSuite {

    private AioContext openOwnerOnly() throws IOException {
        return builder().depth(4).neverWait(false).open();
    }

    @ParameterizedTest
    @ValueSource(ints = {1024, 1025, 2048, 2500})
    void shouldReadIntoMoreVectorsThanOneCallTakes(int count) throws IOException {
        int piece = 7;
        TestFile source = TestFile.create(directory, count * piece);
        AlignedMemory memory = pages(5);
        IoVectors vectors = new IoVectors(count);
        for (int i = 0; i < count; i++) {
            vectors.add(memory, i * piece, piece);
        }
        try (AioFile file = AioFile.open(source.path);
                AioContext context = openOwnerOnly()) {
            Recorder recorder = new Recorder(1);
            context.readv(file, 0, vectors, NONE, recorder, 0);
            runAll(context);
            assertThat(recorder.result(0)).isEqualTo(count * piece);
            source.assertContent(memory, 0, 0, count * piece);
            assertThat(context.stats().submittedOperations()).isEqualTo((count + 1023) / 1024);
        }
    }

    @Test
    void shouldWriteFromMoreVectorsThanOneCallTakesAndReadThemBackDirectly() throws IOException {
        int count = 1100;
        AlignedMemory memory = pages(2);
        IoVectors vectors = new IoVectors(count);
        for (int i = 0; i < count; i++) {
            vectors.add(memory, 0, PAGE);
        }
        for (int i = 0; i < PAGE; i++) {
            memory.buffer().put(i, (byte) (i * 31));
        }
        try (AioFile file = DirectFile.open(directory.resolve("new"), CREATE_NEW, READ, WRITE);
                AioContext context = open(4, 0)) {
            Recorder recorder = new Recorder(2);
            context.writev(file, 0, vectors, NONE, recorder, 0);
            runAll(context);
            assertThat(recorder.result(0)).isEqualTo(count * PAGE);
            assertThat(file.currentSize()).isEqualTo(count * PAGE);
            context.read(file, (count - 1) * PAGE, memory, PAGE, PAGE, NONE, recorder, 1);
            runAll(context);
            assertThat(memory.slice(PAGE, PAGE)).isEqualTo(memory.slice(0, PAGE));
        }
    }

    @Test
    void shouldReportOneShortReadWhereTheFileEndsInALaterCall() throws IOException {
        TestFile source = TestFile.create(directory, 1500);
        AlignedMemory memory = pages(1);
        IoVectors vectors = new IoVectors(3000);
        for (int i = 0; i < 3000; i++) {
            vectors.add(memory, i, 1);
        }
        try (AioFile file = AioFile.open(source.path);
                AioContext context = open(4, 0)) {
            Recorder recorder = new Recorder(1);
            context.readv(file, 0, vectors, NONE, recorder, 0);
            runAll(context);
            assertThat(recorder.result(0)).isEqualTo(1500);
            source.assertContent(memory, 0, 0, 1500);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1024})
    void shouldNotTakeEmptyVectorsForTheEndOfTheFile(int at) throws IOException {
        TestFile source = TestFile.create(directory, 100);
        AlignedMemory memory = pages(1);
        IoVectors vectors = new IoVectors(3000);
        for (int i = 0; i < 2500; i++) {
            vectors.add(memory, i, i == at ? 10 : 0);
        }
        vectors.add(memory, at + 10, 90);
        try (AioFile file = AioFile.open(source.path);
                AioContext context = open(4, 0)) {
            Recorder recorder = new Recorder(1);
            context.readv(file, 0, vectors, NONE, recorder, 0);
            runAll(context);
            assertThat(recorder.result(0)).isEqualTo(100);
            source.assertContent(memory, at, 0, 100);
        }
    }

    @Test
    @Tag("long")
    void shouldReadMoreBytesThanOneCallTransfers() throws IOException {
        int block = 1 << 20;
        int count = Linux.MAX_RW_COUNT / block + 3;
        long length = (long) count * block;
        AlignedMemory memory = AlignedMemory.allocate(block, PAGE); // for all of them: the last one stays
        IoVectors vectors = new IoVectors(count);
        for (int i = 0; i < count; i++) {
            vectors.add(memory, 0, block);
        }
        try (AioFile file = DirectFile.open(directory.resolve("sparse"), CREATE_NEW, READ, WRITE);
                AioContext context = openOwnerOnly()) {
            AlignedMemory last = pages(1);
            last.buffer().put(PAGE - 1, (byte) 77);
            Recorder recorder = new Recorder(2);
            context.write(file, length - PAGE, last, 0, PAGE, NONE, recorder, 0);
            runAll(context);
            context.readv(file, 0, vectors, NONE, recorder, 1);
            runAll(context);
            assertThat(recorder.result(1)).isEqualTo(length);
            assertThat(memory.buffer().get(block - 1)).isEqualTo((byte) 77);
        }
    }
}
