package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Ten connections of fifty requests at once by h2load, and what nghttp understands of single answers. */
@Timeout(120)
class H2loadTest {

    private static final int REQUESTS = 2_000;
    private static final int SIZE = 50_000;

    @TempDir(factory = WorkDirectory.class)
    static Path directory;

    @TempDir(factory = WorkDirectory.class)
    static Path own;

    private static final Map<Security, ServerProcess> SERVERS = new EnumMap<>(Security.class);

    @BeforeAll
    static void start() {
        WebClient.H2LOAD.assumeThere("nghttp2-client");
        Content.write(directory.resolve("small.txt"), 1, 1_000);
        Content.write(directory.resolve("file.bin"), 2, SIZE);
        Certificate certificate = Certificate.create(own);
        for (Security security : Security.values()) {
            SERVERS.put(
                    security,
                    ServerProcess.serving(directory).with(security, certificate).start());
        }
    }

    @AfterAll
    static void stop() {
        SERVERS.values().forEach(ServerProcess::close);
    }

    @ParameterizedTest
    @CsvSource({"NONE, false", "NONE, true", "OPENSSL, false", "OPENSSL, true", "JDK, false", "JDK, true"})
    void shouldAnswerEverything(Security security, boolean http1) {
        ServerProcess server = SERVERS.get(security);
        List<String> command = new ArrayList<>(List.of("h2load", "-n", "" + REQUESTS, "-c", "10"));
        // pipelined, in HTTP/1
        command.addAll(http1 ? List.of("--h1", "-m", "10") : List.of("-m", "50"));
        command.addAll(List.of(server.url("/small.txt"), server.url("/file.bin")));

        String report = Program.succeed(command.toArray(new String[0]));

        String all = String.valueOf(REQUESTS);
        assertThat(report)
                .contains("requests: " + all + " total, " + all + " started, " + all + " done, " + all
                        + " succeeded, 0 failed, 0 errored, 0 timeout")
                .contains("status codes: " + all + " 2xx, 0 3xx, 0 4xx, 0 5xx");
        long bodies = (long) REQUESTS / 2 * (1_000 + SIZE);
        assertThat(report).as("bytes of bodies").contains("(" + bodies + ") data");
        WebClient.H2LOAD.wasRight(
                http1 ? "HTTP/1.1 pipelined" : protocol(security), "2,000 requests by 10 connections, lengths in sum");
    }

    @ParameterizedTest
    @EnumSource(Security.class)
    void shouldAnswerPartsAndValidators(Security security) throws IOException {
        String url = SERVERS.get(security).url("/file.bin");
        Path body = own.resolve("body");
        Program.succeed("sh", "-c", "nghttp \"$0\" >\"$1\"", url, body.toString());
        assertThat(Files.readAllBytes(body)).isEqualTo(Files.readAllBytes(directory.resolve("file.bin")));

        String whole = nghttp(url);
        assertThat(whole).contains(":status: 200", "content-length: " + SIZE);
        String tag = whole.lines()
                .filter(line -> line.contains(" etag: "))
                .map(line -> line.substring(line.indexOf(" etag: ") + " etag: ".length()))
                .findFirst()
                .orElseThrow();

        assertThat(nghttp(url, "-H", "range: bytes=100-199"))
                .contains(":status: 206", "content-range: bytes 100-199/" + SIZE, "content-length: 100");
        assertThat(nghttp(url, "-H", "if-none-match: " + tag)).contains(":status: 304", "etag: " + tag);
        WebClient.NGHTTP.gotIdentical(protocol(security), "whole file");
        WebClient.NGHTTP.wasRight(protocol(security), "one range");
        WebClient.NGHTTP.wasRight(protocol(security), "304 by tag");
    }

    private static String protocol(Security security) {
        return security == Security.NONE ? "h2c" : "h2";
    }

    /** Frames that came, one line each. */
    private static String nghttp(String url, String... options) {
        List<String> command = new ArrayList<>(List.of("nghttp", "-v", "-n"));
        command.addAll(List.of(options));
        command.add(url);
        return Program.succeed(command.toArray(new String[0])).replaceAll("\u001b\\[[0-9;]*m", "");
    }
}
