package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the program says to what it is told, and the exit code it ends with. */
@Timeout(60)
class CommandLineTest {

    @TempDir(factory = WorkDirectory.class)
    static Path directory;

    private static final int FAILURE = 1;
    private static final int USAGE = 2;

    @Test
    void shouldFailOnMissingDirectory() {
        Path missing = directory.resolve("missing");

        Program program = Program.aio("serve", missing.toString(), "--port", "0");

        assertFails(program, FAILURE, missing.toString());
    }

    @Test
    void shouldFailOnFileInsteadOfDirectory() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        Program program = Program.aio("serve", file.toString(), "--port", "0");

        assertFails(program, FAILURE, file.toString(), "not a directory");
    }

    @Test
    void shouldFailOnPortInUse() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String port = Integer.toString(taken.getLocalPort());

            Program program = Program.aio("serve", directory.toString(), "--port", port);

            assertFails(program, FAILURE, port, "in use");
        }
    }

    @ParameterizedTest
    @CsvSource({"--bogus, 1", "--port, 70000", "--port, x", "--loops, 0", "--drain, -1", "--engine, bogus"})
    void shouldNameTheOptionThatIsWrong(String option, String value) {
        Program program = Program.aio("serve", directory.toString(), option, value);

        assertFails(program, USAGE, option);
    }

    @Test
    void shouldSayWhichEnginesThereAre() {
        Program program = Program.aio("serve", directory.toString(), "--engine", "bogus");

        assertThat(program.stderr().toLowerCase()).contains("auto", "aio", "blocking");
    }

    /** A container whose file system is read-only and has no /tmp. */
    @Test
    void shouldSayWhatIsMissingWithoutPlaceForNativeLibrary() {
        List<String> command = new ArrayList<>(Program.java("-Djava.io.tmpdir=/proc/none"));
        command.addAll(List.of("serve", directory.toString(), "--port", "0"));

        Program program = Program.run(command.toArray(new String[0]));

        assertFails(program, FAILURE, "native library", "-Ddev.aio.native.workdir");
    }

    @Test
    void shouldSayWhyThereIsNoOpenSsl() {
        Certificate certificate = Certificate.create(directory);
        List<String> command = new ArrayList<>(Program.java("-Dio.netty.handler.ssl.noOpenSsl=true"));
        command.addAll(List.of("serve", directory.toString(), "--port", "0"));
        command.addAll(List.of(Security.OPENSSL.options(certificate)));

        Program program = Program.run(command.toArray(new String[0]));

        assertFails(program, FAILURE, "--tls-provider openssl", "io.netty.handler.ssl.noOpenSsl");
    }

    @Test
    void shouldNameUnknownCommand() {
        assertFails(Program.aio("frobnicate"), USAGE, "frobnicate");
    }

    @Test
    void shouldExplainItself() {
        Program program = Program.aio("serve", "--help");

        assertThat(program.exitCode()).isZero();
        assertThat(program.stdout()).contains("DIR", "--host", "--port", "--loops", "--engine", "--drain");
    }

    @Test
    void shouldTellItsVersion() {
        Program program = Program.aio("--version");

        assertThat(program.exitCode()).isZero();
        assertThat(program.stdout()).matches("aio \\d+\\.\\d+\\.\\d+.*");
    }

    /** They are read by reflection, which takes a quarter of a start. */
    @Test
    void shouldNotReadAnnotationsOfOptions() {
        List<String> command = new ArrayList<>(Program.java("-Xlog:class+load"));
        command.addAll(List.of("serve", directory.resolve("missing").toString(), "--port", "0"));

        Program program = Program.run(command.toArray(new String[0]));

        assertThat(program.stdoutLines())
                .anyMatch(line -> line.contains(" dev.aio.netty.server.ServeCommand "))
                .anyMatch(line -> line.contains(" picocli.CommandLine$Model$OptionSpec "))
                .noneMatch(line -> line.contains(" picocli.CommandLine$Option "))
                .noneMatch(line -> line.contains(" picocli.CommandLine$Model$TypedMember "))
                .noneMatch(line -> line.contains(" java.sql."));
    }

    private static void assertFails(Program program, int exitCode, String... named) {
        assertThat(program.exitCode()).as(program.stderr()).isEqualTo(exitCode);
        assertThat(program.stderr()).contains(named);
        assertThat(new Transcript(program.stderrLines()).problems()).isEmpty();
        assertThat(program.stdout()).doesNotContain("listening on");
    }
}
