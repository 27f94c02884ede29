package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the first requests and handshakes need besides files: loops find it in memory. */
@Tag("alone")
@Timeout(120)
class FirstRequestsTest {

    private static final Set<String> CALLS_ON_FILES =
            Set.of("open", "openat", "openat2", "stat", "lstat", "newfstatat", "lseek", "read", "pread64");

    @TempDir(factory = WorkDirectory.class)
    Path directory;

    @TempDir(factory = WorkDirectory.class)
    Path own;

    @ParameterizedTest
    @EnumSource(Security.class)
    void shouldNotReadClassesOnLoops(Security security) throws IOException {
        Host.assumeProgram("curl", "curl");
        Content.write(directory.resolve("small.txt"), 1, 1_000);
        Content.write(directory.resolve("large.bin"), 2, 3 << 20);
        Content.write(directory.resolve("sub/index.html"), 3, 100);
        Certificate certificate = Certificate.create(own);
        Path log = own.resolve("classes");
        try (ServerProcess server = ServerProcess.serving(directory)
                .with(security, certificate)
                .with("--loops", "1")
                .jvm(Program.BARE, "-Xlog:class+load=info:file=" + log + ":tid")
                .start()) {
            awaitPreloaded(server);
            List<String> before = Files.readAllLines(log);

            assertThat(statuses(server, security, certificate)).contains(200, 206, 301, 304, 404, 405, 416);

            int loop = server.tasks().named("aio-loop-").get(0);
            List<String> loaded = Files.readAllLines(log);
            assertThat(loaded.subList(before.size(), loaded.size()))
                    .filteredOn(line -> line.startsWith("[" + loop + "]"))
                    // what the JVM makes itself, or has in its archive, costs no disk
                    .filteredOn(line -> line.contains("source: jrt:") || line.contains("source: file:"))
                    .isEmpty();
        }
    }

    /** By the calls that a loop makes. */
    @ParameterizedTest
    @EnumSource(value = Security.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldOpenNothingForHandshakes(Security security) {
        Host.assumeProgram("curl", "curl");
        Certificate certificate = Certificate.create(own);
        try (ServerProcess server = ServerProcess.serving(directory)
                .with(security, certificate)
                .with("--loops", "1")
                .jvm(Program.BARE)
                .start()) {
            awaitPreloaded(server);
            Strace strace = Strace.attach(server, own);
            try (strace) {
                for (List<String> protocol : protocols(security)) {
                    assertThat(status(server, certificate, protocol, List.of("/missing")))
                            .isEqualTo(404);
                }
            }

            int loop = server.tasks().named("aio-loop-").get(0);
            assertThat(strace.calls())
                    .filteredOn(call -> call.thread() == loop)
                    .anyMatch(call -> call.name().equals("accept4"))
                    .filteredOn(call -> CALLS_ON_FILES.contains(call.name()))
                    // of what was asked for; the second does not exist in any cache
                    .filteredOn(call -> !call.arguments().contains("RESOLVE_CACHED"))
                    // the JDK's random numbers: a device, but no disk
                    .filteredOn(call -> !isRandomDevice(server, call))
                    .isEmpty();
        }
    }

    private static boolean isRandomDevice(ServerProcess server, Strace.Call call) {
        String descriptor = call.arguments().split(",")[0];
        return call.name().equals("read")
                && server.tasks().descriptor(Integer.parseInt(descriptor)).matches("/dev/u?random");
    }

    private static void awaitPreloaded(ServerProcess server) {
        await("the end of aio-preload")
                .atMost(Duration.ofSeconds(60))
                .until(() -> server.tasks().named("aio-preload").isEmpty());
    }

    private Set<Integer> statuses(ServerProcess server, Security security, Certificate certificate) {
        return protocols(security).stream()
                .flatMap(protocol -> requests().stream().map(request -> status(server, certificate, protocol, request)))
                .collect(Collectors.toSet());
    }

    /**
     * @param request a path, then options
     */
    private static int status(
            ServerProcess server, Certificate certificate, List<String> protocol, List<String> request) {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "--path-as-is"));
        command.addAll(List.of("--cacert", certificate.file().toString(), "-o", "/dev/null", "-w", "%{http_code}"));
        command.addAll(protocol);
        command.addAll(request.subList(1, request.size()));
        command.add(server.url(request.get(0)));
        return Integer.parseInt(Program.succeed(command.toArray(new String[0])));
    }

    private static List<List<String>> protocols(Security security) {
        return security == Security.NONE
                ? List.of(List.of("--http1.1"), List.of("--http1.0"), List.of("--http2-prior-knowledge"))
                : List.of(
                        List.of("--http1.1", "--tlsv1.3"),
                        List.of("--http2", "--tlsv1.3"),
                        List.of("--http2", "--tls-max", "1.2"));
    }

    private static List<List<String>> requests() {
        return List.of(
                List.of("/small.txt"),
                List.of("/large.bin"),
                List.of("/missing"),
                List.of("/sub"),
                List.of("/sub/"),
                List.of("/../x"),
                List.of("/%00"),
                List.of("/large.bin", "-I"),
                List.of("/large.bin", "-r", "100000-2000000"),
                List.of("/large.bin", "-r", "0-10,20-30"),
                List.of("/large.bin", "-r", "9999999-"),
                List.of("/small.txt", "-H", "If-None-Match: *"),
                List.of("/small.txt", "-H", "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT"),
                List.of("/small.txt", "-H", "If-Modified-Since: nonsense"),
                List.of("/small.txt", "-H", "Accept-Encoding: gzip;q=0.5, br"),
                List.of("/small.txt", "-d", "body"));
    }
}
