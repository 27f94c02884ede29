package dev.aio.netty.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.core.Aio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbeCommandTest {

    @TempDir
    Path directory;

    @Test
    void shouldPrintATable() {
        CommandLineRun run = CommandLineRun.of("probe", directory);
        assertThat(run.exitCode).isZero();
        assertThat(run.err).isEmpty();
        assertThat(run.out.lines().map(line -> line.substring(0, 28).trim()))
                .contains(
                        "path",
                        "tested on",
                        "kernel",
                        "file system",
                        "Linux AIO",
                        "reaping in user space",
                        "O_DIRECT",
                        "NOWAIT buffered read",
                        "NOWAIT direct AIO read",
                        "NOWAIT buffered write",
                        "NOWAIT direct AIO overwrite",
                        "openat2",
                        "openat2 RESOLVE_CACHED",
                        "cachestat",
                        "served on event loops",
                        "fs.aio-nr");
        assertThat(run.out).contains("of fs.aio-max-nr " + Aio.aioMaxNr());
    }

    @Test
    void shouldPrintJson() throws IOException {
        CommandLineRun run = CommandLineRun.of("probe", directory, "--json");
        assertThat(run.exitCode).isZero();
        Map<String, Object> json = run.json();
        assertThat(json)
                .containsEntry("path", directory.toString())
                .containsEntry("aio.supported", Aio.isAvailable())
                .containsEntry("aio_max_nr", (double) Aio.aioMaxNr())
                .containsKeys("file_system", "kernel", "tested_on", "aio_nr")
                .containsKeys("direct.supported", "direct_nowait_read.supported", "openat2.detail");
        if (json.get("direct.supported").equals(true)) {
            assertThat(json).containsKeys("direct_offset_alignment", "direct_memory_alignment");
            assertThat(json.get("direct_alignment_source")).isIn("statx", "assumed");
        }
    }

    @Test
    void shouldPrintNullForWhatItCannotTry() throws IOException {
        Path file = Files.write(directory.resolve("file"), new byte[5000]);
        Map<String, Object> json = CommandLineRun.of("probe", "--json", file).json();
        assertThat(json)
                .containsEntry("tested_on", "the file itself, only read")
                .containsEntry("buffered_nowait_write.supported", "null")
                .containsEntry("direct_nowait_overwrite.supported", "null");
    }

    @Test
    void shouldFailOnAPathThatIsNotThere() {
        CommandLineRun run = CommandLineRun.of("probe", directory.resolve("missing"));
        assertThat(run.exitCode).isEqualTo(1);
        assertThat(run.err).isEqualToIgnoringNewLines("aio: " + directory.resolve("missing") + ": does not exist");
        assertThat(run.out).isEmpty();
    }
}
