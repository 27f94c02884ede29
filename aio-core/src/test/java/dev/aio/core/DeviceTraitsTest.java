package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is known of a device number is known of one file system, mounted in one way. */
@Timeout(60)
class DeviceTraitsTest {

    @TempDir
    Path directory;

    @BeforeEach
    void assumeRoot() {
        assumeTrue("root".equals(System.getProperty("user.name")), "mounting needs root");
    }

    @Test
    void shouldKnowTheFileSystemThatHasTheNumberNow() throws IOException {
        Path mounted = Files.createDirectory(directory.resolve("mounted"));
        long number;
        try (Mount first = new Mount(mounted, "-t", "tmpfs", "tmpfs");
                AioFile file = first.file()) {
            number = file.stat().device();
            assertThat(file.fileSystem()).isEqualTo(FileSystemType.TMPFS);
        }
        try (Mount second = new Mount(mounted, "-t", "ramfs", "ramfs");
                AioFile file = second.file()) {
            assumeTrue(file.stat().device() == number, "the number was not given again");
            assertThat(file.fileSystem()).isNotEqualTo(FileSystemType.TMPFS);
        }
    }

    @Test
    void shouldKnowHowEachMountTreatsAtime() throws IOException {
        Path plain = Files.createDirectory(directory.resolve("plain"));
        Path still = Files.createDirectory(directory.resolve("still"));
        try (Mount mount = new Mount(plain, "-t", "tmpfs", "tmpfs");
                Mount bound = new Mount(still, "--bind", plain.toString())) {
            FieldSuite.assumeRuns("mount", "-o", "remount,bind,noatime", still.toString());
            try (AioFile quiet = bound.file();
                    AioFile file = mount.file()) {
                long now = System.currentTimeMillis() * 1_000_000;
                assertThat(quiet.traits().readWritesAtime(quiet.stat(), now)).isFalse();
                assertThat(file.traits().readWritesAtime(file.stat(), now)).isTrue();
                assertThat(file.diskQueue()).as("it is one device").isSameAs(quiet.diskQueue());
            }
        }
    }

    private record Mount(Path root) implements AutoCloseable {

        Mount(Path root, String... what) throws IOException {
            this(root);
            String[] command = new String[what.length + 2];
            command[0] = "mount";
            System.arraycopy(what, 0, command, 1, what.length);
            command[command.length - 1] = root.toString();
            FieldSuite.assumeRuns(command);
        }

        AioFile file() throws IOException {
            Path path = root.resolve("file");
            if (!Files.exists(path)) {
                Files.write(path, new byte[1]);
            }
            return AioFile.open(path);
        }

        @Override
        public void close() throws IOException {
            new ProcessBuilder("umount", root.toString()).start().onExit().join();
        }
    }
}
