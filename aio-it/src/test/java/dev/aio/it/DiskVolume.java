package dev.aio.it;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Function;

/**
 * A volume of the engine on a loop device with a file system of its own. The engine mounts it: what a test mounted, an
 * engine in another mount namespace might not see.
 */
final class DiskVolume implements AutoCloseable {

    private static final long SIZE = 512L << 20; // of which only what is written takes place; xfs wants 300 MiB

    private final String device;
    private final String name;

    private DiskVolume(String device, String name) {
        this.device = device;
        this.name = name;
    }

    /**
     * Makes one; skips the test where that cannot be.
     *
     * @param type of the file system, as {@code mkfs} knows it
     * @param directory where its image is, and where it is mounted while it is filled
     */
    static DiskVolume of(String type, Path directory) throws IOException {
        Host.assumeRoot("to make a loop device");
        Host.assumeProgram("mkfs." + type, type.equals("xfs") ? "xfsprogs" : "e2fsprogs");
        Path image = directory.resolve(type + ".img");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(SIZE);
        }
        Program.succeed("mkfs." + type, "-q", image.toString());
        Program device = Program.run("losetup", "--find", "--show", image.toString());
        Host.assume(device.exitCode() == 0, "no loop device: " + device.stderr());
        return new DiskVolume(
                        device.stdout().strip(),
                        "aio-it-" + type + '-' + ProcessHandle.current().pid())
                .create(type);
    }

    private DiskVolume create(String type) {
        Program.succeed(
                "docker", "volume", "create", "--driver=local", "--opt=type=" + type, "--opt=device=" + device, name);
        return this;
    }

    /** Has something written into it, before a container has it. */
    <T> T fill(Path mountPoint, Function<Path, T> writer) throws IOException {
        Path at = Files.createDirectory(mountPoint);
        Program mounted = Program.run("mount", device, at.toString());
        Host.assume(mounted.exitCode() == 0, "cannot mount " + device + ": " + mounted.stderr());
        try {
            Files.setPosixFilePermissions(at, PosixFilePermissions.fromString("rwxr-xr-x"));
            return writer.apply(at);
        } finally {
            Program.succeed("umount", at.toString());
        }
    }

    String name() {
        return name;
    }

    @Override
    public void close() {
        Program.run("docker", "volume", "rm", "--force", name);
        Program.succeed("losetup", "--detach", device);
    }
}
