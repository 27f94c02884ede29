package dev.aio.bench.fill;

import dev.aio.core.AioFile;
import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Files under their two descriptions, as prepared as the server has them before the first window. */
final class OpenFiles implements AutoCloseable {

    private final List<AioFile> files = new ArrayList<>();

    private OpenFiles() {}

    static List<Path> in(Path directory) throws IOException {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.sorted().collect(Collectors.toList());
        }
    }

    /**
     * @param readsAhead whether their readahead is the normal one; else they are marked {@code POSIX_FADV_RANDOM},
     *     as {@link AioFile#open(Path)} does
     */
    static OpenFiles open(List<Path> paths, boolean readsAhead) throws IOException {
        OpenFiles opened = new OpenFiles();
        try {
            for (Path path : paths) {
                AioFile file = readsAhead ? normal(path) : AioFile.open(path);
                opened.files.add(file);
                if (!file.openDirect()) {
                    throw new IOException("no O_DIRECT on " + file.fileSystem());
                }
                file.prepare();
            }
            return opened;
        } catch (Throwable t) {
            opened.close();
            throw t;
        }
    }

    /** A duplicate shares the description, which nobody has marked. */
    private static AioFile normal(Path path) throws IOException {
        int flags = Linux.O_RDONLY | Linux.O_NOATIME;
        int fd = Native.openat(Linux.AT_FDCWD, Scratch.get().path(path.toString()), flags, 0);
        if (fd < 0) {
            throw new IOException("open " + path + " answered " + fd);
        }
        try {
            return AioFile.ofDescriptor(fd);
        } finally {
            Native.close(fd);
        }
    }

    List<AioFile> files() {
        return files;
    }

    /** All of them in windows of that size, file by file. */
    List<Range> ranges(int window) {
        List<Range> ranges = new ArrayList<>();
        for (AioFile file : files) {
            for (long position = 0; position < file.size(); position += window) {
                ranges.add(new Range(file, position, (int) Math.min(window, file.size() - position)));
            }
        }
        return ranges;
    }

    @Override
    public void close() {
        files.forEach(AioFile::close);
    }
}
