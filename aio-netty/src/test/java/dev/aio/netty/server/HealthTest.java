package dev.aio.netty.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.Await;
import dev.aio.netty.TargetDirectory;
import dev.aio.netty.TestFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What load balancers and container engines are told, and what happens between the announcement and the end. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HealthTest {

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private FileServer server;

    private void start() throws Exception {
        TestFile.create(directory, "file", 100);
        server = FileServer.builder(directory)
                .loops(1)
                .files(options -> options.healthPath("/healthz"))
                .start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
    }

    private String url(String path) {
        return "http://127.0.0.1:" + server.address().getPort() + path;
    }

    /** Lines of the answers up to the end of the connection, which the last request has to bring about. */
    private List<String> answers(String... requests) throws IOException {
        try (Socket socket =
                new Socket(server.address().getAddress(), server.address().getPort())) {
            socket.getOutputStream().write(String.join("", requests).getBytes(StandardCharsets.US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))
                    .lines()
                    .toList();
        }
    }

    private static String request(String method, String path, String... fields) {
        return method + ' ' + path + " HTTP/1.1\r\nHost: h\r\n" + String.join("", fields) + "\r\n";
    }

    @Test
    void aServerThatServesIsWell() throws Exception {
        start();
        assertThat(answers(request("GET", "/healthz", "Connection: close\r\n")))
                .contains("HTTP/1.1 200 OK", "Cache-Control: no-store", "ok");
        assertThat(answers(request("HEAD", "/healthz", "Connection: close\r\n")))
                .contains("HTTP/1.1 200 OK", "Content-Length: 3")
                .doesNotContain("ok");
        assertThat(answers(request("POST", "/healthz", "Connection: close\r\n", "Content-Length: 0\r\n")))
                .contains("HTTP/1.1 405 Method Not Allowed");
        assertThat(answers(request("GET", "/healthz/", "Connection: close\r\n")))
                .contains("HTTP/1.1 404 Not Found");
    }

    @Test
    void oneThatIsAboutToEndSaysSoAndEndsEachConnectionBehindItsAnswers() throws Exception {
        start();
        server.announceEnd(Duration.ZERO);
        assertThat(answers(request("GET", "/healthz")))
                .contains("HTTP/1.1 503 Service Unavailable", "Connection: close", "ending");
        assertThat(answers(request("GET", "/file"), request("GET", "/file")))
                .contains("HTTP/1.1 200 OK")
                .containsOnlyOnce("Connection: close");
    }

    @Test
    void itAcceptsUntilTheDelayIsOver() throws Exception {
        start();
        CompletableFuture<Void> announced =
                CompletableFuture.runAsync(() -> server.announceEnd(Duration.ofSeconds(60)));
        Await.until("announced", () -> health() == 1);
        assertThat(answers(request("GET", "/file"))).contains("HTTP/1.1 200 OK");
        assertThat(announced).isNotDone();
        server.close(); // and with it the wait
        announced.get(30, TimeUnit.SECONDS);
    }

    @Test
    void streamsOfHttp2AreToldToo() throws Exception {
        start();
        try (RawHttp2 client = new RawHttp2(server.address(), 1 << 20)) {
            client.addRequest(1, "/healthz").send();
            assertThat(text(client)).isEqualTo("ok\n");
            server.announceEnd(Duration.ZERO);
            client.addRequest(3, "/healthz").send();
            assertThat(text(client)).isEqualTo("ending\n");
        }
    }

    private static String text(RawHttp2 client) throws IOException {
        return new String(client.read(RawHttp2.DATA).payload(), StandardCharsets.US_ASCII);
    }

    private int health() {
        return CommandLineRun.of("health", url("/healthz")).exitCode;
    }

    @Test
    void theCommandTellsByItsExitCode() throws Exception {
        start();
        CommandLineRun well = CommandLineRun.of("health", url("/healthz"));
        assertThat(well.exitCode).isZero();
        assertThat(well.out).contains("/healthz: 200");
        assertThat(CommandLineRun.of("health", url("/nothing")).exitCode).isEqualTo(1);
        server.announceEnd(Duration.ZERO);
        assertThat(health()).isEqualTo(1);
        String gone = url("/healthz");
        server.close();
        CommandLineRun refused = CommandLineRun.of("health", gone);
        assertThat(refused.exitCode).isEqualTo(1);
        assertThat(refused.err).contains("Connection refused");
    }

    @Test
    void theCommandTakesAnyCertificate() throws Exception {
        var tls = TestCertificate.create(directory);
        server = FileServer.builder(directory)
                .loops(1)
                .tls(tls)
                .files(options -> options.healthPath("/healthz"))
                .start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        assertThat(CommandLineRun.of("health", url("/healthz").replace("http:", "https:")).exitCode)
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://127.0.0.1/", "127.0.0.1:8080", "/healthz", "http:// /"})
    void theCommandSaysWhatItTakes(String url) {
        CommandLineRun run = CommandLineRun.of("health", url);
        assertThat(run.exitCode).isEqualTo(2);
        assertThat(run.err).contains("expected: http");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--health-path=healthz", "--health-path=/../..", "--drain-delay=-1", "--drain=-1"})
    void wrongOptionsAreNamed(String option) {
        CommandLineRun run = CommandLineRun.of("serve", directory, option);
        assertThat(run.exitCode).isEqualTo(2);
        assertThat(run.err).contains(option.substring(0, option.indexOf('=')));
    }
}
