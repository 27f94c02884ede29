package dev.aio.netty.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.Aio;
import dev.aio.core.AioFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class BenchReadCommandTest {

    private static final int SIZE = 1 << 20;

    @TempDir(cleanup = CleanupMode.ALWAYS)
    Path directory;

    private Path file;

    @BeforeEach
    void makeFile() throws IOException {
        file = Files.write(directory.resolve("data"), new byte[SIZE]);
        try (AioFile opened = AioFile.open(file)) {
            assumeTrue(opened.openDirect(), () -> "O_DIRECT is not supported on " + directory);
        }
    }

    @ParameterizedTest
    @CsvSource({"aio, 8", "blocking, 1"})
    void shouldMeasureReads(String engine, int depth) throws IOException {
        assumeTrue(Aio.isAvailable(), () -> String.valueOf(Aio.unavailabilityCause()));
        CommandLineRun run =
                CommandLineRun.of("bench", "read", file, "--depth", 8, "--seconds", 1, "--engine", engine, "--json");
        assertThat(run.err).isEmpty();
        assertThat(run.exitCode).isZero();
        Map<String, Object> json = run.json();
        assertThat(json)
                .containsEntry("engine", engine)
                .containsEntry("depth", (double) depth)
                .containsEntry("block", 4096.0);
        double iops = (double) json.get("iops");
        assertThat(iops).isPositive();
        assertThat((double) json.get("bytes_per_second") / iops).isBetween(4090.0, 4102.0);
        assertThat((double) json.get("seconds")).isGreaterThanOrEqualTo(1);
        assertThat((double) json.get("p50_us")).isPositive();
        assertThat((double) json.get("p99_us")).isGreaterThanOrEqualTo((double) json.get("p50_us"));
    }

    @Test
    void shouldPrintForPeople() {
        CommandLineRun run = CommandLineRun.of("bench", "read", file, "--engine", "blocking", "--seconds", 1);
        assertThat(run.exitCode).isZero();
        assertThat(run.out.lines().map(line -> line.split(" ")[0]))
                .containsExactly("engine", "iops", "bytes/s", "latency");
    }

    @ParameterizedTest
    @CsvSource({
        "--depth, 0",
        "--depth, 65537",
        "--depth, many",
        "--block, 0",
        "--block, 4097",
        "--block, 2097152",
        "--seconds, 0",
        "--batch, 0",
        "--batch, 33",
        "--engine, io_uring",
    })
    void shouldNameTheOptionThatIsWrong(String option, String value) {
        CommandLineRun run = CommandLineRun.of("bench", "read", file, option, value);
        assertThat(run.exitCode).isEqualTo(2);
        assertThat(run.err.lines().findFirst().orElseThrow()).contains(option).contains(value);
        assertThat(run.out).isEmpty();
    }

    @Test
    void shouldLimitTheMemoryOfAllBuffers() {
        CommandLineRun run = CommandLineRun.of("bench", "read", file, "--depth", 60000, "--block", 1048576);
        assertThat(run.exitCode).isEqualTo(2);
        assertThat(run.err).startsWith("--depth: 60000 (expected: with --block 1048576 at most 1024)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing", "."})
    void shouldFailOnAFileThatCannotBeRead(String name) {
        Path path = directory.resolve(name);
        CommandLineRun run = CommandLineRun.of("bench", "read", path);
        assertThat(run.exitCode).isEqualTo(1);
        assertThat(run.err.lines()).hasSize(1);
        assertThat(run.err).startsWith("aio: ").contains(path.toString());
    }

    @Test
    void shouldFailOnAFileSystemWithoutDirectReads() {
        CommandLineRun run = CommandLineRun.of("bench", "read", "/proc/version");
        assertThat(run.exitCode).isEqualTo(1);
        assertThat(run.err).contains("/proc/version").contains("O_DIRECT");
    }

    @Test
    void shouldDemandAFile() {
        CommandLineRun run = CommandLineRun.of("bench", "read");
        assertThat(run.exitCode).isEqualTo(2);
        assertThat(run.err).contains("FILE");
    }
}
