package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.model.ContainerConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The image: small, with nothing in it but the server, which tells how it is and ends well. */
@Tag("alone")
@Timeout(300) // the first makes the image
class ContainerImageTest {

    private static final int SIZE = 16 << 20;
    private static final int STARTS = 5;
    private static final Pattern OF_THE_ENGINE =
            Pattern.compile("\\.dockerenv|dev/console|etc/(hostname|hosts|resolv\\.conf)");

    @TempDir(factory = WorkDirectory.class)
    Path directory;

    @BeforeEach
    void needEngine() {
        DockerEngine.assume();
    }

    private static InspectImageResponse image() {
        return DockerEngine.client().inspectImageCmd(ContainerImage.name()).exec();
    }

    @Test
    void isSmallAndNobodys() {
        long bytes = image().getSize();
        assertThat(bytes).isLessThan(100_000_000);
        assertThat(image().getConfig().getUser()).isEqualTo("65532:65532");
        Results.record("image", "size, of JDK " + Runtime.version().feature(), bytes / 1_000_000 + " MB");
    }

    @Test
    void hasNoShellAndNoOtherProgram() {
        String container = Program.succeed("docker", "create", "--network", "none", ContainerImage.name());
        try {
            Path tar = directory.resolve("root.tar");
            Program.succeed("docker", "export", "--output", tar.toString(), container);
            List<String> programs = Program.succeed("tar", "--list", "--verbose", "--file", tar.toString())
                    .lines()
                    .filter(line -> line.matches("-..x.*"))
                    .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                    .filter(name -> !name.matches(".*\\.so(\\.\\d+)*"))
                    .toList();
            String bin = ContainerImage.HOME.substring(1) + "/jre/";
            assertThat(programs)
                    .contains(bin + "bin/java")
                    .allMatch(name ->
                            name.startsWith(bin) || OF_THE_ENGINE.matcher(name).matches());
        } finally {
            Program.succeed("docker", "rm", container);
        }
    }

    /** bin/image takes the settings from the last stage of the Dockerfile, which nobody here can build. */
    @Test
    void isWhatTheDockerfileSays() throws IOException {
        String dockerfile = Files.readString(Path.of("../Dockerfile")).replace("\\\n", " ");
        ContainerConfig config = image().getConfig();
        assertThat(words(dockerfile, "ENTRYPOINT")).isEqualTo(List.of(config.getEntrypoint()));
        assertThat(words(dockerfile, "CMD")).isEqualTo(List.of(config.getCmd()));
        assertThat(dockerfile)
                .contains("USER " + config.getUser(), "WORKDIR " + config.getWorkingDir(), "bin/image --root /image\n");
        assertThat(words(dockerfile, "HEALTHCHECK .* CMD"))
                .isEqualTo(config.getHealthcheck().getTest().subList(1, 7));
        assertThat(config.getEnv()).contains("LANG=C.UTF-8", "MALLOC_ARENA_MAX=2");
    }

    /** Those of an instruction in its exec form. */
    private static List<String> words(String dockerfile, String instruction) {
        Matcher line = Pattern.compile("^" + instruction + "\\s+\\[(.*)]$", Pattern.MULTILINE)
                .matcher(dockerfile);
        assertThat(line.find()).as(instruction).isTrue();
        return Arrays.stream(line.group(1).split(", "))
                .map(word -> word.substring(1, word.length() - 1))
                .toList();
    }

    @Test
    void finishesItsTransfers() {
        byte[] content = Content.write(directory.resolve("large.bin"), 1, SIZE);
        try (ServerContainer server = ContainerOptions.serving(directory)
                        .with("--drain", "50")
                        .start();
                Client client = Client.slow(server.address())) {
            client.send(Client.message("GET", "/large.bin"));
            client.readHead();
            byte[] begin = client.readBytes(100_000);
            server.terminate();
            byte[] rest = client.readBytes(SIZE - begin.length);
            assertThat(Content.sha256(rest)).isEqualTo(Content.sha256(Arrays.copyOfRange(content, begin.length, SIZE)));
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void tellsTheEngineHowItIs() {
        try (ServerContainer server = ContainerOptions.asItIs().start()) {
            await("healthy")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> server.health().equals("healthy"));
        }
    }

    @Test
    @Tag("long")
    void firstByteAfterDockerRun() {
        Content.write(directory.resolve("f.bin"), 1, 1000);
        List<Long> millis = new ArrayList<>();
        for (int i = 0; i < STARTS; i++) {
            millis.add(millisToFirstByte());
        }
        millis.sort(null);
        Results.record(
                "image",
                "from `docker run` to the first byte, median of " + STARTS,
                millis.get(STARTS / 2) + " ms (" + millis.get(0) + ".." + millis.get(STARTS - 1) + ')');
    }

    private long millisToFirstByte() {
        long begin = System.nanoTime();
        Program run = Program.start(List.of(
                "docker",
                "run",
                "--rm",
                "--read-only",
                "--network=host",
                "--volume=" + directory + ":/srv:ro",
                ContainerImage.name(),
                "serve",
                "/srv",
                "--port=0"));
        try {
            Pattern listening = Pattern.compile("listening on http://127\\.0\\.0\\.1:(\\d+)");
            Matcher[] found = new Matcher[1];
            await("listening")
                    .atMost(Duration.ofSeconds(60))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> (found[0] = listening.matcher(run.stdout())).find() || !run.isAlive());
            try (Client client =
                    Client.connect(new InetSocketAddress("127.0.0.1", Integer.parseInt(found[0].group(1))))) {
                assertThat(client.get("/f.bin").status()).isEqualTo(200);
                return Duration.ofNanos(System.nanoTime() - begin).toMillis();
            }
        } finally {
            run.terminate();
            run.awaitExit(Duration.ofSeconds(60));
        }
    }
}
