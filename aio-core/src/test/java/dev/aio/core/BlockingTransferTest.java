package dev.aio.core;

import static dev.aio.core.OperationOptions.NONE;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.aio.core.internal.Linux;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BlockingTransferTest {

    private static final int PAGE = AlignedMemory.PAGE;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private static ByteBuffer direct(byte[] content) {
        return ByteBuffer.allocateDirect(content.length).put(content).flip();
    }

    private static AioException failure(ThrowingCallable call) {
        return catchThrowableOfType(AioException.class, call);
    }

    @Test
    void shouldReadFromPositionToLimitAndMoveNeither() throws IOException {
        TestFile source = TestFile.create(directory, PAGE);
        ByteBuffer target = ByteBuffer.allocateDirect(200).position(20).limit(120);
        try (AioFile file = AioFile.open(source.path)) {
            assertThat(BlockingTransfer.read(file, 7, target, NONE)).isEqualTo(100);
            assertThat(target.position()).isEqualTo(20);
            source.assertContent(AlignedMemory.of(target), 20, 7, 100);
            assertThat(BlockingTransfer.read(file, PAGE, target, NONE)).isZero();
        }
    }

    @Test
    void shouldWriteAndReadSeveralPieces() throws IOException {
        byte[] content = "some pieces of memory".getBytes();
        AlignedMemory memory = AlignedMemory.of(direct(content));
        IoVectors pieces = new IoVectors(3).add(memory, 0, 5).add(memory, 5, 7).add(memory, 12, content.length - 12);
        Path path = directory.resolve("pieces");
        try (AioFile file = AioFile.open(path, CREATE_NEW, READ, WRITE)) {
            assertThat(BlockingTransfer.writev(file, 0, pieces, NONE)).isEqualTo(content.length);
            AlignedMemory copy = AlignedMemory.of(ByteBuffer.allocateDirect(content.length));
            IoVectors targets = new IoVectors(2).add(copy, 0, 9).add(copy, 9, content.length - 9);
            assertThat(BlockingTransfer.readv(file, 0, targets, NONE)).isEqualTo(content.length);
            assertThat(copy.buffer()).isEqualTo(memory.buffer());
        }
    }

    @Test
    void shouldPassFlagsAndPriority() throws IOException {
        Path path = directory.resolve("flags");
        OperationOptions options = NONE.append().priority(IoPriority.of(IoPriority.Class.IDLE, 0));
        try (AioFile file = AioFile.open(path, CREATE_NEW, WRITE)) {
            BlockingTransfer.write(file, 0, direct(new byte[] {1, 2}), options);
            BlockingTransfer.write(file, 0, direct(new byte[] {3}), options);
        }
        assertThat(Files.readAllBytes(path)).containsExactly(1, 2, 3);
    }

    @Test
    void shouldRefuseWhatAContextRefuses() throws IOException {
        TestFile source = TestFile.create(directory, PAGE);
        ByteBuffer memory = ByteBuffer.allocateDirect(10);
        try (AioFile reader = AioFile.open(source.path);
                AioFile writer = AioFile.open(source.path, APPEND)) {
            assertThat(failure(() -> BlockingTransfer.write(reader, 0, memory, NONE)))
                    .hasMessageContaining("not open for writing");
            assertThat(failure(() -> BlockingTransfer.read(writer, 0, memory, NONE)))
                    .hasMessageContaining("not open for reading");
            assertThat(failure(() -> BlockingTransfer.read(reader, -1, memory, NONE)))
                    .hasMessageContaining("position: -1");
            assertThat(failure(() -> BlockingTransfer.read(reader, 0, ByteBuffer.allocate(1), NONE)))
                    .hasMessageContaining("heap buffer");
            assertThat(failure(() -> BlockingTransfer.read(reader, 0, memory.asReadOnlyBuffer(), NONE)))
                    .hasMessageContaining("read-only");
        }
    }

    @Test
    void shouldRefuseADirectWriteThatIsNotAlignedAndNameTheAlignment() throws IOException {
        TestFile source = TestFile.create(directory, 2 * PAGE);
        AlignedMemory memory = AlignedMemory.allocate(2 * PAGE, PAGE);
        try (AioFile file = DirectFile.open(source.path, WRITE)) {
            String expected = "multiples of " + file.directOffsetAlignment() + " bytes";
            ByteBuffer[] sources = {memory.slice(0, 100), memory.slice(1, PAGE), memory.slice(0, PAGE)};
            long[] positions = {0, 0, 1};
            for (int i = 0; i < sources.length; i++) {
                ByteBuffer from = sources[i];
                long position = positions[i];
                AioException refused = failure(() -> BlockingTransfer.write(file, position, from, NONE));
                assertThat(refused).as("case %s", i).hasMessageContaining(expected);
                assertThat(refused.errno()).isEqualTo(Linux.EINVAL);
            }
            assertThat(BlockingTransfer.write(file, PAGE, memory.slice(0, PAGE), NONE))
                    .isEqualTo(PAGE);
        }
    }
}
