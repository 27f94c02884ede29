package dev.aio.core;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system that is soon full, mounted for one test. Needs root. */
final class SmallFileSystem implements AutoCloseable {

    enum Kind {
        /** 1 MiB of memory. */
        TMPFS,
        /** 8 MiB of a loop device. */
        EXT4
    }

    final Path root;

    private SmallFileSystem(Path root) {
        this.root = root;
    }

    static SmallFileSystem mount(Kind kind, Path directory) throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "mounting needs root");
        Path root = Files.createDirectory(directory.resolve("small-" + kind));
        if (kind == Kind.TMPFS) {
            FieldSuite.assumeRuns("mount", "-t", "tmpfs", "-o", "size=1m", "aio-small", root.toString());
        } else {
            Path image = Files.createTempFile("aio-small", ".img"); // a loop device over any file system
            try {
                try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
                    file.setLength(8 << 20);
                }
                FieldSuite.assumeRuns("mkfs.ext4", "-q", "-F", "-m", "0", image.toString());
                FieldSuite.assumeRuns("mount", "-o", "loop", image.toString(), root.toString());
            } finally {
                Files.delete(image); // the mount keeps it until it is unmounted
            }
        }
        return new SmallFileSystem(root);
    }

    @Override
    public void close() throws IOException {
        if (run("umount", root.toString()) != 0) {
            run("umount", "-l", root.toString());
            throw new IOException("cannot unmount " + root + ": something in it is still open");
        }
    }

    private static int run(String... command) throws IOException {
        return new ProcessBuilder(command).start().onExit().join().exitValue();
    }
}
