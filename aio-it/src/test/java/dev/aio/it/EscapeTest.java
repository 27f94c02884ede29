package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing outside the served directory is served, whoever checks: openat2 or, without it, we. */
@ParameterizedClass(name = "openat2 available: {0}")
@ValueSource(booleans = {true, false})
@Timeout(60)
class EscapeTest {

    private static final String SECRET = "the secret outside";

    @TempDir(factory = WorkDirectory.class)
    static Path base;

    private static ServerProcess server;

    @Parameter
    boolean openat2;

    @BeforeParameterizedClassInvocation
    static void start(boolean openat2) throws IOException {
        Path root = Files.createDirectories(base.resolve("root"));
        if (!Files.exists(base.resolve("secret.txt"))) {
            layOut(root);
        }
        List<String> kernel = openat2 ? List.of() : Kernel.without("openat2=ENOSYS");
        server = ServerProcess.serving(root).wrappedIn(kernel).start();
    }

    private static void layOut(Path root) throws IOException {
        Path secret = base.resolve("secret.txt");
        Content.write(secret, SECRET.getBytes(StandardCharsets.UTF_8));
        Content.write(root.resolve("sub/a.txt"), "inside".getBytes(StandardCharsets.UTF_8));
        Files.createSymbolicLink(root.resolve("out.txt"), Path.of("../secret.txt"));
        Files.createSymbolicLink(root.resolve("absolute.txt"), secret.toAbsolutePath());
        Files.createSymbolicLink(root.resolve("up"), Path.of(".."));
        Files.createSymbolicLink(root.resolve("sub/up"), Path.of("../.."));
        Files.createSymbolicLink(root.resolve("twice.txt"), Path.of("up/secret.txt"));
        Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
        Files.createSymbolicLink(root.resolve("magic"), Path.of("/proc/self/root"));
        Files.createSymbolicLink(root.resolve("inside.txt"), Path.of("sub/a.txt"));
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    static Stream<String> escapes() {
        return Stream.of(
                "/../secret.txt",
                "/sub/../../secret.txt",
                "/%2e%2e/secret.txt",
                "/%2E%2e/secret.txt",
                "/.%2e/secret.txt",
                "/..%2fsecret.txt",
                "/%2e%2e%2fsecret.txt",
                "/..%5csecret.txt",
                "/..\\secret.txt",
                "/%252e%252e/secret.txt",
                "/%c0%ae%c0%ae/secret.txt",
                "/....//secret.txt",
                "/;/../secret.txt",
                "/secret.txt%00",
                "/../secret.txt%00.html",
                "http://test/../secret.txt",
                "/out.txt",
                "/absolute.txt",
                "/up/secret.txt",
                "/sub/up/secret.txt",
                "/twice.txt",
                "/loop",
                "/magic" + base.toAbsolutePath() + "/secret.txt",
                "//" + base.toAbsolutePath() + "/secret.txt",
                "/%2f" + base.toAbsolutePath() + "/secret.txt");
    }

    @ParameterizedTest
    @MethodSource("escapes")
    void shouldRefuseToLeaveTheDirectory(String target) {
        try (Client client = Client.connect(server)) {
            Response response = client.get(target);

            assertThat(response.status()).isIn(400, 403, 404);
            assertThat(response.text()).doesNotContain(SECRET);
        }
    }

    @Test
    void shouldFollowLinksThatStayInside() {
        try (Client client = Client.connect(server)) {
            assertThat(client.get("/inside.txt").text()).isEqualTo("inside");
        }
    }

    @Test
    void shouldFollowDotsThatStayInside() {
        try (Client client = Client.connect(server)) {
            assertThat(client.get("/sub/./../sub/%2e/a.txt").text()).isEqualTo("inside");
        }
    }
}
