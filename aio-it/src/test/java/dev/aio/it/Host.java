package dev.aio.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What the machine lets a test do, and how it is done. */
public final class Host {

    private static final Set<String> ASYNCHRONOUS = Set.of("ext4", "xfs", "btrfs");

    private static final boolean ROOT = Program.succeed("id", "-u").equals("0");

    private Host() {}

    public static boolean isRoot() {
        return ROOT;
    }

    static void assumeRoot(String reason) {
        assume(isRoot(), "needs root: " + reason);
    }

    /** Skips the test, and says why where people look. */
    static void assume(boolean given, String reason) {
        if (!given) {
            System.err.println("skipped: " + reason);
        }
        assumeTrue(given, reason);
    }

    /** Skips the test where a program is not on the path; {@code bin/test} installs what it can. */
    static void assumeProgram(String name, String debianPackage) {
        assume(hasProgram(name), "no " + name + " on the path (Debian package " + debianPackage + ')');
    }

    /** By its name on the path, or by its own path. */
    static boolean hasProgram(String name) {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory).resolve(name)));
    }

    /** On others cold files come by another rung. */
    static void assumeAsynchronousFileSystem(Path directory) {
        try {
            String type = Files.getFileStore(directory).type();
            assume(
                    ASYNCHRONOUS.contains(type),
                    directory + " is on " + type + " (needed: one of " + ASYNCHRONOUS + ')');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes files out of the page cache: as root with all inodes and extents, else each by itself. */
    public static void makeCold(Path... files) {
        if (isRoot()) {
            write("/proc/sys/vm/drop_caches", "3");
            return;
        }
        for (Path file : files) {
            evict(file);
        }
    }

    /** Takes one file out of the page cache; its inode and extents stay. */
    public static void evict(Path file) {
        Program.succeed("dd", "of=" + file, "oflag=nocache", "conv=notrunc,fdatasync", "count=0", "status=none");
    }

    /** Runs what follows as a user who owns nothing here. */
    static List<String> asNobody() {
        assumeRoot("to become another user");
        assume(
                WorkDirectory.isOpenToAll(Program.javaHome()),
                "other users cannot reach the JDK in " + Program.javaHome());
        return List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--");
    }

    /** Sets a kernel parameter until it is closed. */
    public static Restored sysctl(String name, String value) {
        String file = "/proc/sys/" + name.replace('.', '/');
        assume(Files.exists(Path.of(file)), "no sysctl " + name);
        String before = read(file);
        write(file, value);
        return () -> write(file, before);
    }

    /** Puts something back as it was. */
    public interface Restored extends AutoCloseable {
        @Override
        void close();
    }

    /** All of it, as it comes in large reads: of a sysctl that is a number there is no second. */
    static String read(String file) {
        try {
            return String.join("\n", Files.readAllLines(Path.of(file))).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void write(String file, String value) {
        try {
            Files.writeString(Path.of(file), value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
