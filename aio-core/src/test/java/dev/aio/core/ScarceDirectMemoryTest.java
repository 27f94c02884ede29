package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.internal.Linux;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** In a process of its own, because the limit of direct memory is the whole process's. */
@Timeout(120)
class ScarceDirectMemoryTest {

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void shouldFailTheReadWhoseHelperHasNoMemoryAndCarryOutTheNext() throws Exception {
        assumeTrue(Aio.isAvailable(), () -> String.valueOf(Aio.unavailabilityCause()));
        Path file = Files.write(directory.resolve("file"), new byte[1 << 20]); // its map is not in its inode
        Path out = directory.resolve("out");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:MaxDirectMemorySize=2m",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        ScarceDirectMemory.class.getName(),
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            assertThat(process.waitFor(100, TimeUnit.SECONDS)).as("ended").isTrue();
        } finally {
            process.destroyForcibly();
        }
        List<String> lines = Files.readAllLines(out);
        assumeFalse(lines.contains("writes atime: false"), "the file system needs no preparation of atime");
        assertThat(lines)
                .contains(
                        "without memory: " + -Linux.ENOMEM,
                        "with memory: " + AlignedMemory.PAGE,
                        "nothing was in flight any more",
                        "destroyed");
    }
}
