package dev.aio.core;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.internal.Linux;
import java.io.IOException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Arrays;

/** Files that are direct from the beginning, as those that are written have to be. */
final class DirectFile {

    private DirectFile() {}

    /** Skips the test where the file system has no {@code O_DIRECT}. */
    static AioFile open(Path path, OpenOption... options) throws IOException {
        OpenOption[] direct = Arrays.copyOf(options, options.length + 1);
        direct[options.length] = AioOpenOption.DIRECT;
        try {
            return AioFile.open(path, direct);
        } catch (AioException e) {
            assumeTrue(e.errno() != Linux.EINVAL, () -> "O_DIRECT is not supported on " + path);
            throw e;
        }
    }
}
