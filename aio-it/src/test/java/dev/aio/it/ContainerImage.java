package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The image that {@code bin/image} makes, of the jar under test. Made once, removed when this JVM ends. */
final class ContainerImage {

    /** Where the program and its runtime are in it. */
    static final String HOME = "/opt/aio";

    private static final String NAME = "aio-it:" + ProcessHandle.current().pid();
    private static final Path SCRIPT = Path.of("../bin/image");
    private static final Duration DEADLINE = Duration.ofMinutes(5);

    private static boolean made;

    private ContainerImage() {}

    /** Its name, once it is there; skips the test where there is no engine. */
    static synchronized String name() {
        DockerEngine.assume();
        if (!made) {
            make();
            made = true;
        }
        return NAME;
    }

    private static void make() {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> Program.run("docker", "image", "rm", "--force", NAME), "image"));
        Program script = Program.start(List.of(
                "env",
                "AIO_JAR=" + Program.jar(),
                "JAVA_HOME=" + Program.javaHome(),
                SCRIPT.toAbsolutePath().normalize().toString(),
                NAME));
        assertThat(script.awaitExit(DEADLINE))
                .as("exit code of %s: %s", SCRIPT, script.stderr())
                .isZero();
    }
}
