package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A file system of some kind, mounted until it is closed. */
final class LoopMount implements AutoCloseable {

    private static final long SIZE = 512L << 20; // of which only what is written takes place; xfs wants 300 MiB

    private final Path directory;

    private LoopMount(Path directory) {
        this.directory = directory;
    }

    /** Of a file in a directory, or of memory; skips the test where that cannot be. */
    static LoopMount of(String type, Path beneath) throws IOException {
        Host.assumeRoot("to mount " + type);
        Path at = Files.createDirectory(beneath.resolve(type));
        if (type.equals("tmpfs")) {
            Program.succeed("mount", "-t", type, type, at.toString());
        } else {
            Host.assumeProgram("mkfs." + type, type.equals("xfs") ? "xfsprogs" : "e2fsprogs");
            Path image = beneath.resolve(type + ".img");
            try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
                file.setLength(SIZE);
            }
            Program.succeed("mkfs." + type, "-q", image.toString());
            Program mounted = Program.run("mount", "-o", "loop", image.toString(), at.toString());
            Files.delete(image); // the mount keeps it
            Host.assume(mounted.exitCode() == 0, "cannot mount " + type + ": " + mounted.stderr());
        }
        Files.setPosixFilePermissions(at, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new LoopMount(at);
    }

    Path directory() {
        return directory;
    }

    @Override
    public void close() {
        Program.succeed("umount", directory.toString());
        assertThat(directory).isEmptyDirectory();
    }
}
