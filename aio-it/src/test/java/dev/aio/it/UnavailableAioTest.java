package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the kernel gives no AIO context, or only a small one. */
@Tag("alone")
@Timeout(60)
class UnavailableAioTest {

    private static final int SIZE = 3 << 20;

    @TempDir(factory = WorkDirectory.class)
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "io_setup=EAGAIN, fs.aio-max-nr",
        "io_setup=ENOSYS, CONFIG_AIO",
        "io_setup=EPERM, seccomp",
        // what the probe gets but the loops do not
        "io_setup>1=EAGAIN, fs.aio-max-nr"
    })
    void shouldFailIfAioIsDemanded(String denial, String cause) {
        List<String> command = Kernel.without(denial);
        command.addAll(Program.java());
        command.addAll(List.of("serve", directory.toString(), "--port", "0", "--engine", "aio"));

        Program program = Program.run(command.toArray(new String[0]));

        assertThat(program.exitCode()).as(program.stderr()).isEqualTo(1);
        assertThat(program.stderr()).contains(cause);
        assertThat(new Transcript(program.stderrLines()).problems()).isEmpty();
        assertThat(program.stdout()).doesNotContain("listening on");
    }

    @Test
    void shouldNameTheSysctlAndItsValue() {
        List<String> command = Kernel.without("io_setup=EAGAIN");
        command.addAll(Program.java());
        command.addAll(List.of("serve", directory.toString(), "--port", "0", "--engine", "aio"));

        Program program = Program.run(command.toArray(new String[0]));

        assertThat(program.stderr())
                .contains("--engine aio", "sysctl -w fs.aio-max-nr", Host.read("/proc/sys/fs/aio-max-nr"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_setup=EAGAIN", "io_setup=ENOSYS", "io_setup=EPERM", "io_setup>1=EAGAIN"})
    void shouldServeByTheLaneIfAioIsOptional(String denial) {
        byte[] content = Content.write(directory.resolve("f.bin"), 1, SIZE);
        ServerProcess server = ServerProcess.serving(directory)
                .wrappedIn(Kernel.without(denial))
                .start();
        try (server) {
            Host.makeCold(directory.resolve("f.bin"));
            assertServed(server, content);
        }

        Map<String, Long> rungs = server.servedBy();
        assertThat(rungs).containsKey("LANE_READ").doesNotContainKey("AIO_READ");
        assertThat(warnings(server)).as("exactly one warning").hasSize(1);
    }

    @Test
    void shouldMakeDoWithSmallerContexts() {
        Host.assumeAsynchronousFileSystem(directory);
        byte[] content = Content.write(directory.resolve("f.bin"), 1, SIZE);
        ServerProcess server = ServerProcess.serving(directory)
                .engine("aio")
                .with("--loops", "1")
                .wrappedIn(Kernel.without("io_setup>16=EAGAIN"))
                .start();
        try (server) {
            Host.makeCold(directory.resolve("f.bin"));
            assertServed(server, content);
        }

        assertThat(server.servedBy()).containsKey("AIO_READ");
        assertThat(warnings(server)).as("one warning for the one loop").hasSize(1);
    }

    private static void assertServed(ServerProcess server, byte[] content) {
        try (Client client = Client.connect(server)) {
            assertThat(Content.sha256(client.get("/f.bin").body())).isEqualTo(Content.sha256(content));
        }
    }

    /** Lines of the log, of which each record has two: when and where, then level and message. */
    private static List<String> warnings(ServerProcess server) {
        return server.stderrLines().stream()
                .filter(line -> line.startsWith("WARNING:"))
                .toList();
    }
}
