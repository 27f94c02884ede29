package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;

/** A file of random bytes that are known, written through to the disk. */
final class TestFile {

    final Path path;
    private final byte[] content;

    private TestFile(Path path, byte[] content) {
        this.path = path;
        this.content = content;
    }

    static TestFile create(Path directory, int size) throws IOException {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        Path path = directory.resolve("file-" + size);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer source = ByteBuffer.wrap(content);
            while (source.hasRemaining()) {
                channel.write(source);
            }
            channel.force(true); // a direct read over dirty pages would have to write them first
        }
        return new TestFile(path, content);
    }

    /** Opens the file for direct reads; skips the test where its file system has none. */
    AioFile openDirect() throws IOException {
        AioFile file = AioFile.open(path);
        boolean direct = file.openDirect();
        if (!direct) {
            file.close();
        }
        assumeTrue(direct, () -> "O_DIRECT is not supported on " + path);
        return file;
    }

    /** Fails unless the memory holds what the file holds at the position. */
    void assertContent(AlignedMemory memory, int offset, long position, int length) {
        byte[] actual = new byte[length];
        memory.slice(offset, length).get(actual);
        byte[] expected = Arrays.copyOfRange(content, (int) position, (int) position + length);
        assertThat(Arrays.mismatch(actual, expected))
                .as("first wrong byte of %s at position %s", path, position)
                .isEqualTo(-1);
    }
}
