package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import java.io.IOException;
import java.nio.file.Path;

/** A named pipe whose two ends are descriptors: the JDK's pipes do not tell theirs. */
final class Fifo implements AutoCloseable {

    final Path path;
    private final AlignedMemory one = AlignedMemory.allocate(64, 64);
    private final int readEnd;
    private int writeEnd;

    private Fifo(Path path, int readEnd, int writeEnd) {
        this.path = path;
        this.readEnd = readEnd;
        this.writeEnd = writeEnd;
    }

    static Fifo create(Path directory) throws IOException {
        Path path = directory.resolve("fifo");
        FieldSuite.assumeRuns("mkfifo", path.toString());
        int readEnd = open(path, Linux.O_RDONLY);
        return new Fifo(path, readEnd, open(path, Linux.O_WRONLY)); // in this order, none of them waits
    }

    private static int open(Path path, int flags) {
        int fd = Native.openat(Linux.AT_FDCWD, Scratch.get().path(path.toString()), flags | Linux.O_NONBLOCK, 0);
        assertThat(fd).as("descriptor of %s", path).isNotNegative();
        return fd;
    }

    int readEnd() {
        return readEnd;
    }

    int writeEnd() {
        return writeEnd;
    }

    void writeByte() {
        assertThat(Native.pwritev2(writeEnd, one.address(0, 1), 1, -1, 0)).isEqualTo(1);
    }

    void readByte() {
        assertThat(Native.preadv2(readEnd, one.address(1, 1), 1, -1, 0)).isEqualTo(1);
    }

    void closeWriteEnd() {
        if (writeEnd >= 0) {
            Native.close(writeEnd);
            writeEnd = -1;
        }
    }

    @Override
    public void close() {
        closeWriteEnd();
        Native.close(readEnd);
    }
}
