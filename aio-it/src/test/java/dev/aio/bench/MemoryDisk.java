package dev.aio.bench;

import dev.aio.it.Program;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A disk in memory, with ext4 on it: the kernel's zram, which holds data that cannot be compressed as it is and has answered
 * when a submission returns. What is measured of it is what reading costs beside the disk. Not a loop device, whose reads
 * are those of a thread of the kernel.
 */
final class MemoryDisk implements AutoCloseable {

    private static final Path CONTROL = Path.of("/sys/class/zram-control");

    private final String number;
    private final Path mountPoint;
    private boolean mounted;
    private boolean closed;

    private MemoryDisk(String number, Path mountPoint) {
        this.number = number;
        this.mountPoint = mountPoint;
    }

    /**
     * Makes one.
     *
     * @param mountPoint an empty directory
     * @param bytes its size; taken from memory as far as it is written to
     * @throws UnavailableException if this machine cannot
     */
    static MemoryDisk create(Path mountPoint, long bytes) throws UnavailableException {
        MemoryDisk disk;
        try {
            disk = new MemoryDisk(Files.readString(CONTROL.resolve("hot_add")).strip(), mountPoint);
        } catch (IOException e) {
            throw new UnavailableException(
                    "no disk in memory: cannot read " + CONTROL + "/hot_add (a kernel with zram): " + e.getMessage());
        }
        try {
            write(disk.attribute("disksize"), Long.toString(bytes));
            disk.run("mkfs.ext4", "-q", "-E", "nodiscard", disk.device());
            disk.run("mount", disk.device(), mountPoint.toString());
            disk.mounted = true;
            return disk;
        } catch (IOException | RuntimeException e) {
            disk.close();
            throw new UnavailableException("no disk in memory: " + e.getMessage());
        }
    }

    /** Where files can be written. */
    Path directory() {
        return mountPoint;
    }

    private String device() {
        return "/dev/zram" + number;
    }

    private Path attribute(String name) {
        return Path.of("/sys/block/zram" + number, name);
    }

    private void run(String... command) throws IOException {
        Program program = Program.run(command);
        if (program.exitCode() != 0) {
            throw new IOException(String.join(" ", command) + ": " + program.stderr());
        }
    }

    /** The kernel takes these in one write only. */
    private static void write(Path file, String value) throws IOException {
        Files.write(file, value.getBytes(StandardCharsets.US_ASCII));
    }

    /** Gives its memory back. Idempotent. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (mounted) {
            Program.run("umount", mountPoint.toString());
        }
        try {
            write(attribute("reset"), "1");
            write(CONTROL.resolve("hot_remove"), number);
        } catch (IOException e) {
            Progress.say("%s is left behind: %s", device(), e.getMessage());
        }
    }
}
