package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

/** Handshakes with {@code openssl s_client}, whoever does TLS on our side. */
@Timeout(60)
class OpensslTest {

    private static final String ALERT_RECEIVED = "(?s).*<<< TLS 1\\.[0-3], Alert[^\\n]*";

    private static final int SIZE = 100_000;

    @TempDir(factory = WorkDirectory.class)
    static Path directory;

    @TempDir(factory = WorkDirectory.class)
    static Path own;

    private static Certificate certificate;
    private static final Map<Security, ServerProcess> SERVERS = new EnumMap<>(Security.class);

    @BeforeAll
    static void start() {
        WebClient.OPENSSL.assumeThere("openssl");
        Content.write(directory.resolve("file.bin"), 1, SIZE);
        certificate = Certificate.create(own);
        for (Security security : new Security[] {Security.OPENSSL, Security.JDK}) {
            SERVERS.put(
                    security,
                    ServerProcess.serving(directory).with(security, certificate).start());
        }
    }

    @AfterAll
    static void stop() {
        SERVERS.values().forEach(ServerProcess::close);
    }

    /**
     * @param request what is sent, with its escapes; the connection is then read to its end. Nothing: it is ended
     */
    private static Program client(Security security, String request, String... options) {
        return client(SERVERS.get(security), request, options);
    }

    private static Program client(ServerProcess server, String request, String... options) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "printf \"$0\" | openssl s_client \"$@\"", request));
        String address = "127.0.0.1:" + server.address().getPort();
        command.addAll(
                List.of("-connect", address, "-CAfile", certificate.file().toString()));
        command.addAll(List.of("-verify_return_error", "-verify_ip", "127.0.0.1", "-msg"));
        if (!request.isEmpty()) {
            command.add("-ign_eof");
        }
        command.addAll(List.of(options));
        return Program.run(command.toArray(new String[0]));
    }

    private static Stream<Arguments> versions() {
        return SERVERS.keySet().stream()
                .flatMap(security -> Stream.of(
                        Arguments.of(security, "-tls1_2", "TLSv1.2"), Arguments.of(security, "-tls1_3", "TLSv1.3")));
    }

    @ParameterizedTest
    @MethodSource("versions")
    void shouldAgreeAndSayGoodbye(Security security, String option, String version) {
        String request = "GET /file.bin HTTP/1.1\\r\\nHost: test\\r\\nConnection: close\\r\\n\\r\\n";

        Program client = client(security, request, option, "-alpn", "http/1.1");

        assertThat(client.exitCode()).as(client.stderr()).isZero();
        assertThat(client.stdout())
                .contains("Verification: OK", "New, " + version + ", Cipher is ", "ALPN protocol: http/1.1")
                .contains("HTTP/1.1 200 OK")
                .matches(ALERT_RECEIVED + "warning close_notify.*");
        WebClient.OPENSSL.wasRight(protocol(version), "`close_notify` at the end");
    }

    private static String protocol(String version) {
        return "HTTP/1.1 over " + version.replace("TLSv", "TLS ");
    }

    @ParameterizedTest
    @MethodSource("versions")
    void shouldGetTheSameBytes(Security security, String option, String version) throws IOException {
        Path answer = own.resolve("answer");
        Program.succeed(
                "sh",
                "-c",
                "printf 'GET /file.bin HTTP/1.1\\r\\nHost: test\\r\\nConnection: close\\r\\n\\r\\n'"
                        + " | openssl s_client -quiet \"$@\" >\"$0\"",
                answer.toString(),
                "-connect",
                "127.0.0.1:" + SERVERS.get(security).address().getPort(),
                option);

        byte[] all = Files.readAllBytes(answer);
        assertThat(Arrays.copyOfRange(all, all.length - SIZE, all.length))
                .isEqualTo(Files.readAllBytes(directory.resolve("file.bin")));
        WebClient.OPENSSL.gotIdentical(protocol(version), "whole file");
    }

    @ParameterizedTest
    @MethodSource("versions")
    void shouldPreferHttp2(Security security, String option, String version) {
        Program client = client(security, "", option, "-alpn", "http/1.1,h2");

        assertThat(client.stdout()).contains("New, " + version, "ALPN protocol: h2");
    }

    /** Whoever agrees to HTTP/2 and speaks something else is shown out, and fills no log. */
    @ParameterizedTest
    @EnumSource(value = Security.class, mode = Mode.EXCLUDE, names = "NONE")
    void shouldEndQuietlyWithWhoSpeaksNoHttp2(Security security) {
        try (ServerProcess server =
                ServerProcess.serving(directory).with(security, certificate).start()) {
            Program client = client(server, "GET / HTTP/1.1\\r\\n\\r\\n\\r\\n\\r\\n", "-alpn", "h2");

            assertThat(client.stdout()).contains("ALPN protocol: h2").matches(ALERT_RECEIVED + "close_notify.*");
        } // which looks at what the server wrote
    }

    @ParameterizedTest
    @EnumSource(value = Security.class, mode = Mode.EXCLUDE, names = "NONE")
    void shouldServeWhoKnowsNoAlpn(Security security) {
        Program client = client(security, "GET /file.bin HTTP/1.0\\r\\n\\r\\n");

        assertThat(client.stdout()).contains("No ALPN negotiated", "HTTP/1.1 200 OK");
    }

    @ParameterizedTest
    @EnumSource(value = Security.class, mode = Mode.EXCLUDE, names = "NONE")
    void shouldRefuseTls11(Security security) {
        Program client = client(security, "", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0");

        assertThat(client.exitCode()).isNotZero();
        assertThat(client.stdout())
                .contains("ClientHello", "New, (NONE), Cipher is (NONE)")
                .matches(ALERT_RECEIVED + "fatal protocol_version.*");
        WebClient.OPENSSL.wasRight(protocol("TLSv1.3"), "alerts to old versions and ciphers");
    }

    /** What old clients have in common with nobody: no forward secrecy. */
    @ParameterizedTest
    @EnumSource(value = Security.class, mode = Mode.EXCLUDE, names = "NONE")
    void shouldRefuseOldCiphers(Security security) {
        Program client = client(security, "", "-tls1_2", "-cipher", "AES128-SHA:AES256-SHA");

        assertThat(client.exitCode()).isNotZero();
        assertThat(client.stdout()).matches(ALERT_RECEIVED + "fatal handshake_failure.*");
    }
}
