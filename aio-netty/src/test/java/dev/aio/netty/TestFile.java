package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;

/** A file of random bytes that are known, written through to the disk. */
public final class TestFile {

    private static final int POSIX_FADV_DONTNEED = 4;

    public final Path path;
    public final byte[] content;

    private TestFile(Path path, byte[] content) {
        this.path = path;
        this.content = content;
    }

    public static TestFile create(Path directory, int size) throws IOException {
        return create(directory, "file-" + size + ".bin", size);
    }

    public static TestFile create(Path directory, String name, int size) throws IOException {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        Path path = directory.resolve(name);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer source = ByteBuffer.wrap(content);
            while (source.hasRemaining()) {
                channel.write(source);
            }
            channel.force(true); // only clean pages can be dropped
        }
        return new TestFile(path, content);
    }

    public String name() {
        return path.getFileName().toString();
    }

    public int size() {
        return content.length;
    }

    /** Drops the file from the page cache. */
    public TestFile cold() {
        return cold(0, 0);
    }

    /** Drops a range from the page cache; length 0 is the rest of the file. */
    public TestFile cold(long position, long length) {
        int fd = Native.openat(Linux.AT_FDCWD, Scratch.get().path(path.toString()), Linux.O_RDONLY, 0);
        assertThat(fd).as("open(%s)", path).isNotNegative();
        assertThat(Native.fadvise(fd, position, length, POSIX_FADV_DONTNEED)).isZero();
        Native.close(fd);
        return this;
    }

    /** Brings the file into the page cache. */
    public TestFile hot() throws IOException {
        Files.readAllBytes(path);
        return this;
    }

    public void truncate(long size) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }

    public byte[] range(long position, long length) {
        return Arrays.copyOfRange(content, (int) position, (int) (position + length));
    }

    /** Fails unless the buffer holds what the file holds at the position; releases the buffer. */
    public void assertContent(ByteBuf buffer, long position, int length) {
        byte[] actual = ByteBufUtil.getBytes(buffer);
        buffer.release();
        assertSame(actual, range(position, length), path + " from position " + position);
    }

    /** Equality of long arrays, with a short message. */
    public static void assertSame(byte[] actual, byte[] expected, String what) {
        assertThat(actual.length).as("bytes of %s", what).isEqualTo(expected.length);
        assertThat(Arrays.mismatch(actual, expected))
                .as("first wrong byte of %s", what)
                .isEqualTo(-1);
    }
}
