package dev.aio.core;

import dev.aio.core.internal.Linux;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The ways in which the file of a {@link ModelRun} is open. */
final class ModelFiles implements AutoCloseable {

    /** What does not go through a context: to compare the file with its model. */
    final FileChannel channel;

    final AioFile buffered;

    /** Without {@code O_DIRECT} where the file system has none. */
    final AioFile direct;

    final AioFile appending;
    final AioFile readOnly;
    final AioFile closed;

    /** Begins with an empty file. */
    ModelFiles(Path path) throws IOException {
        channel = FileChannel.open(
                path,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE,
                StandardOpenOption.READ);
        buffered = AioFile.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        direct = openDirect(path);
        appending = AioFile.open(path, StandardOpenOption.APPEND);
        readOnly = AioFile.open(path, StandardOpenOption.READ);
        closed = AioFile.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        closed.close();
    }

    private static AioFile openDirect(Path path) throws IOException {
        try {
            return AioFile.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, AioOpenOption.DIRECT);
        } catch (AioException e) {
            if (e.errno() != Linux.EINVAL) {
                throw e;
            }
            return AioFile.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        }
    }

    /** The one that is written to past the page cache, or the one through it. */
    AioFile of(ModelStep step) {
        return step.direct() ? direct : buffered;
    }

    @Override
    public void close() throws IOException {
        buffered.close();
        direct.close();
        appending.close();
        readOnly.close();
        channel.close();
    }
}
