package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.output.WaitingConsumer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/** Docker's default seccomp profile, which newer engines close to io_uring, leaves AIO open. */
@Timeout(120)
class ContainerTest {

    private static final int SIZE = 5_000_000;
    private static final Pattern LISTENING = Pattern.compile("listening on http://127\\.0\\.0\\.1:(\\d+)");

    @TempDir(factory = WorkDirectory.class)
    static Path directory;

    private static byte[] content;
    private static DockerClient docker;

    @BeforeAll
    static void makeImage() throws IOException {
        if (dockerUnavailable() != null) {
            return;
        }
        Path served = Files.createDirectory(directory.resolve("served"));
        content = Content.write(served.resolve("f.bin"), 1, SIZE);
        ContainerImage.in(Files.createDirectory(directory.resolve("image")))
                .copy(served.resolve("f.bin"), "/srv/f.bin")
                .importIntoDocker();
        docker = DockerClientFactory.lazyClient();
    }

    /** Why there is no engine, as bin/test found out or as we see; {@code null} if there is one. */
    private static String dockerUnavailable() {
        String reason = System.getenv("AIO_DOCKER_UNAVAILABLE");
        boolean answers = reason == null && DockerClientFactory.instance().isDockerAvailable();
        return answers ? null : "no Docker engine: " + (reason == null ? "none answers" : reason);
    }

    @BeforeEach
    void assumeDocker() {
        String reason = dockerUnavailable();
        Host.assume(reason == null, reason);
    }

    @AfterAll
    static void removeImage() {
        if (docker != null) {
            docker.removeImageCmd(ContainerImage.NAME).withForce(true).exec();
        }
    }

    @Test
    void shouldServeMountedDirectoryByAio() {
        Host.assumeAsynchronousFileSystem(directory);

        String log = serve("/data");

        assertThat(log).containsPattern("served by .*AIO_(READ|HELPED)=");
    }

    @Test
    void shouldServeDirectoryOfTheImage() {
        serve("/srv");
    }

    /** Serves the file cold, then hot, ends the container by SIGTERM and returns what it has printed. */
    private static String serve(String inContainer) {
        try (GenericContainer<?> container = container(inContainer)) {
            container.start();
            assertThat(seccompMode(container))
                    .as("Seccomp in /proc/PID/status: 2 is a filter")
                    .isEqualTo("2");
            Host.makeCold(directory.resolve("served/f.bin"));
            for (int i = 0; i < 2; i++) {
                try (Client client = Client.connect(address(container))) {
                    assertThat(Content.sha256(client.get("/f.bin").body())).isEqualTo(Content.sha256(content));
                }
            }
            return terminate(container);
        }
    }

    private static GenericContainer<?> container(String inContainer) {
        return new GenericContainer<>(DockerImageName.parse(ContainerImage.NAME))
                .withNetworkMode("host") // a private engine may have no bridge
                .withFileSystemBind(directory.resolve("served").toString(), "/data", BindMode.READ_ONLY)
                .withCommand(
                        "/jre/bin/java", "-jar", "/aio.jar", "serve", inContainer, "--port", "0", "--engine", "aio")
                .waitingFor(Wait.forLogMessage("listening on .*\\n", 1).withStartupTimeout(Duration.ofSeconds(40)));
    }

    private static InetSocketAddress address(GenericContainer<?> container) {
        Matcher listening = LISTENING.matcher(container.getLogs());
        assertThat(listening.find()).as(container.getLogs()).isTrue();
        return new InetSocketAddress("127.0.0.1", Integer.parseInt(listening.group(1)));
    }

    private static String seccompMode(GenericContainer<?> container) {
        Long pid = container.getCurrentContainerInfo().getState().getPidLong();
        Path status = Path.of("/proc/" + pid + "/status");
        Host.assume(Files.isReadable(status), "the engine is on another machine");
        return Arrays.stream(Host.read(status.toString()).split("\n"))
                .filter(line -> line.startsWith("Seccomp:"))
                .map(line -> line.substring("Seccomp:".length()).strip())
                .findFirst()
                .orElse("none");
    }

    private static String terminate(GenericContainer<?> container) {
        docker.killContainerCmd(container.getContainerId()).withSignal("TERM").exec();
        WaitingConsumer end = new WaitingConsumer();
        container.followOutput(end);
        try {
            end.waitUntilEnd(30, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("container still running after SIGTERM: " + container.getLogs(), e);
        }
        assertThat(container.getCurrentContainerInfo().getState().getExitCodeLong())
                .isZero();
        return container.getLogs();
    }
}
