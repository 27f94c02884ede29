package dev.aio.netty.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.AioFile;
import dev.aio.netty.TargetDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileVersionTest {

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void aFileThatIsCutOffIsFound() throws Exception {
        Path path = Files.write(directory.resolve("file"), new byte[1000]);
        try (AioFile file = AioFile.open(path)) {
            assumeTrue(file.fileSystem().isLoopSafe());
            FileVersion version = new FileVersion(file, 1000);
            assertThat(version.change()).isNull();
            Files.write(path, new byte[10]);
            assertThat(version.change()).isInstanceOf(TruncatedFileException.class);
        }
    }

    /** It is asked on the loop, which must not wait. */
    @Test
    void fileSystemsThatMayWaitAreNotAsked() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "mounting needs root");
        Path other = Files.createDirectory(directory.resolve("other"));
        run("mount", "-t", "ramfs", "aio-other", other.toString()); // none of those that are known
        try {
            Path path = Files.write(other.resolve("file"), new byte[1000]);
            try (AioFile file = AioFile.open(path)) {
                // What was learned of a device stays with its number, which the kernel gives to the next mount.
                assumeTrue(!file.fileSystem().isLoopSafe(), "another test had a file system of that number");
                FileVersion version = new FileVersion(file, 1000);
                Files.write(path, new byte[10]);
                assertThat(version.change()).isNull();
            }
        } finally {
            run("umount", other.toString());
        }
    }

    private static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assumeTrue(process.onExit().join().exitValue() == 0, () -> String.join(" ", command));
    }
}
