package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What curl gets, in each protocol it speaks. */
@Timeout(120)
class CurlTest {

    private static final int SIZE = (3 << 20) + 7;

    @TempDir(factory = WorkDirectory.class)
    static Path base;

    private static Path own;
    private static byte[] content;
    private static byte[] text;
    private static Certificate certificate;
    private static final Map<Security, ServerProcess> SERVERS = new EnumMap<>(Security.class);

    /** How curl is told to speak, and what it must have spoken. */
    enum Way {
        HTTP_1_0(Security.NONE, "1.1", "--http1.0"),
        HTTP_1_1(Security.NONE, "1.1", "--http1.1"),
        UPGRADE_TO_HTTP_2(Security.NONE, "1.1", "--http2"), // RFC 9113 has no upgrade any more: it is ignored
        HTTP_2_PRIOR_KNOWLEDGE(Security.NONE, "2", "--http2-prior-knowledge"),
        OPENSSL_TLS_1_2(Security.OPENSSL, "1.1", "--http1.1", "--tlsv1.2", "--tls-max", "1.2"),
        OPENSSL_TLS_1_3(Security.OPENSSL, "1.1", "--http1.1", "--tlsv1.3"),
        OPENSSL_HTTP_2(Security.OPENSSL, "2", "--http2"),
        JDK_TLS_1_2(Security.JDK, "1.1", "--http1.1", "--tlsv1.2", "--tls-max", "1.2"),
        JDK_TLS_1_3(Security.JDK, "1.1", "--http1.1", "--tlsv1.3"),
        JDK_HTTP_2(Security.JDK, "2", "--http2");

        final Security security;
        final String version;
        final List<String> options;

        Way(Security security, String version, String... options) {
            this.security = security;
            this.version = version;
            this.options = List.of(options);
        }
    }

    private static String protocol(Way way) {
        return switch (way) {
            case HTTP_1_0 -> "HTTP/1.0";
            case HTTP_2_PRIOR_KNOWLEDGE -> "h2c";
            case OPENSSL_TLS_1_2, JDK_TLS_1_2 -> "HTTP/1.1 over TLS 1.2";
            case OPENSSL_TLS_1_3, JDK_TLS_1_3 -> "HTTP/1.1 over TLS 1.3";
            case OPENSSL_HTTP_2, JDK_HTTP_2 -> "h2";
            default -> "HTTP/1.1";
        };
    }

    /** What came of a transfer. */
    private record Transfer(int exitCode, String written, String header, byte[] body) {

        int status() {
            return Integer.parseInt(written.split(" ")[0]);
        }

        String version() {
            return written.split(" ")[1];
        }
    }

    @BeforeAll
    static void start() throws IOException {
        WebClient.CURL.assumeThere("curl");
        own = Files.createDirectory(base.resolve("own"));
        Path site = Files.createDirectory(base.resolve("site"));
        content = Content.write(site.resolve("file.bin"), 1, SIZE);
        Content.write(base.resolve("secret"), "secret".getBytes(StandardCharsets.US_ASCII));
        text = "all work and no play\n".repeat(2_000).getBytes(StandardCharsets.US_ASCII);
        for (String name : new String[] {"both.txt", "gzip.txt"}) {
            Content.write(site.resolve(name), text);
            Content.write(site.resolve(name + ".gz"), gzip(text));
        }
        Content.write(site.resolve("both.txt.br"), storedBrotli(text));
        certificate = Certificate.create(own);
        for (Security security : Security.values()) {
            SERVERS.put(
                    security,
                    ServerProcess.serving(site).with(security, certificate).start());
        }
    }

    @AfterAll
    static void stop() {
        SERVERS.values().forEach(ServerProcess::close);
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    /** RFC 7932: window of 64 KiB, one meta-block that is not compressed, an empty last one. */
    private static byte[] storedBrotli(byte[] bytes) throws IOException {
        int head = (bytes.length - 1) << 4 | 1 << 20;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(head);
        out.write(head >> 8);
        out.write(head >> 16);
        out.write(bytes);
        out.write(3);
        return out.toByteArray();
    }

    private static Transfer curl(Way way, String path, String... options) throws IOException {
        Path body = own.resolve("body");
        Files.deleteIfExists(body);
        return curlInto(body, way, path, options);
    }

    private static Transfer curlInto(Path body, Way way, String path, String... options) throws IOException {
        Path header = own.resolve("header");
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "--max-time", "50"));
        command.addAll(List.of("--cacert", certificate.file().toString()));
        command.addAll(List.of("-D", header.toString(), "-o", body.toString()));
        command.addAll(List.of("-w", "%{http_code} %{http_version} %{size_upload}"));
        command.addAll(way.options);
        command.addAll(List.of(options));
        command.add(SERVERS.get(way.security).url(path));
        Program program = Program.run(command.toArray(new String[0]));
        return new Transfer(
                program.exitCode(),
                program.stdout() + program.stderr(),
                Files.readString(header, StandardCharsets.ISO_8859_1),
                Files.exists(body) ? Files.readAllBytes(body) : new byte[0]);
    }

    private static void assertSame(byte[] found, byte[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        assertThat(Content.sha256(found)).isEqualTo(Content.sha256(expected));
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void shouldGetFile(Way way) throws IOException {
        Transfer transfer = curl(way, "/file.bin");

        assertThat(transfer.exitCode()).as(transfer.written()).isZero();
        assertThat(transfer.status()).isEqualTo(200);
        assertThat(transfer.version()).isEqualTo(way.version);
        assertSame(transfer.body(), content);
        WebClient.CURL.gotIdentical(protocol(way), "whole file");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void shouldGetHead(Way way) throws IOException {
        Transfer transfer = curl(way, "/file.bin", "-I");

        assertThat(transfer.exitCode()).as(transfer.written()).isZero();
        assertThat(transfer.status()).isEqualTo(200);
        assertThat(transfer.header()).containsIgnoringCase("\ncontent-length: " + SIZE + "\r");
        WebClient.CURL.wasRight(protocol(way), "HEAD");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void shouldGetRanges(Way way) throws IOException {
        Transfer first = curl(way, "/file.bin", "-r", "0-99");
        Transfer last = curl(way, "/file.bin", "-r", "-5");
        Transfer middle = curl(way, "/file.bin", "-r", "4097-2000000");

        assertThat(List.of(first.status(), last.status(), middle.status())).containsOnly(206);
        assertSame(first.body(), Arrays.copyOf(content, 100));
        assertSame(last.body(), Arrays.copyOfRange(content, SIZE - 5, SIZE));
        assertSame(middle.body(), Arrays.copyOfRange(content, 4097, 2_000_001));
        WebClient.CURL.gotIdentical(protocol(way), "one range");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void shouldGetSeveralRanges(Way way) throws IOException {
        Transfer transfer = curl(way, "/file.bin", "-r", "0-99,1000000-1100000,-5");

        assertThat(transfer.exitCode()).as(transfer.written()).isZero();
        assertThat(transfer.status()).isEqualTo(206);
        assertThat(transfer.header()).containsIgnoringCase("\ncontent-type: multipart/byteranges; boundary=");
        assertThat(new String(transfer.body(), StandardCharsets.ISO_8859_1))
                .contains(part(0, 100), part(1_000_000, 1_100_001), part(SIZE - 5, SIZE));
        WebClient.CURL.gotIdentical(protocol(way), "several ranges");
    }

    private static String part(int from, int to) {
        String bytes = new String(content, from, to - from, StandardCharsets.ISO_8859_1);
        return "bytes " + from + '-' + (to - 1) + '/' + SIZE + "\r\n\r\n" + bytes + "\r\n--";
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void shouldResume(Way way) throws IOException {
        Path begun = Files.write(own.resolve("begun"), Arrays.copyOf(content, 1_234_567));

        Transfer rest = curlInto(begun, way, "/file.bin", "-C", "-");

        assertThat(rest.status()).isEqualTo(206);
        assertSame(Files.readAllBytes(begun), content);

        Transfer nothing = curlInto(begun, way, "/file.bin", "-C", "-");

        assertThat(nothing.status()).isEqualTo(416);
        assertThat(nothing.exitCode()).as(nothing.written()).isZero();
        assertSame(Files.readAllBytes(begun), content);
        WebClient.CURL.gotIdentical(protocol(way), "resumed");
        WebClient.CURL.wasRight(protocol(way), "416 of a resumed whole");
    }

    @ParameterizedTest
    @CsvSource({"both.txt, br", "gzip.txt, gzip"})
    void shouldGetWhatLiesCompressed(String name, String coding) throws IOException {
        for (Way way : Way.values()) {
            Transfer transfer = curl(way, "/" + name, "--compressed");

            assertThat(transfer.exitCode()).as(transfer.written()).isZero();
            assertThat(transfer.header()).containsIgnoringCase("\ncontent-encoding: " + coding + "\r");
            assertSame(transfer.body(), text);
            WebClient.CURL.gotIdentical(protocol(way), "`.br` and `.gz` sidecars");
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void shouldNotSendWhatIsKnown(Way way) throws IOException {
        Path copy = own.resolve("copy");
        Path tag = own.resolve("tag");
        Files.deleteIfExists(tag);
        curlInto(copy, way, "/file.bin", "-R", "--etag-save", tag.toString());

        Transfer byTime = curl(way, "/file.bin", "-z", copy.toString());
        Transfer byTag = curl(way, "/file.bin", "--etag-compare", tag.toString());

        assertSame(Files.readAllBytes(copy), content);
        assertThat(Files.readString(tag)).startsWith("\"");
        assertThat(List.of(byTime.status(), byTag.status())).containsOnly(304);
        assertThat(byTime.body()).isEmpty();
        assertThat(byTag.body()).isEmpty();
        WebClient.CURL.wasRight(protocol(way), "304 by time and by tag");
    }

    /** A body is refused before curl has sent a byte of it: it would wait longer than it may take. */
    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"HTTP_1_1", "OPENSSL_TLS_1_3", "JDK_TLS_1_2"})
    void shouldRefuseBodyThatIsAnnounced(Way way) throws IOException {
        assertThat(put(way, 100_000).status()).isEqualTo(405);
        assertThat(put(way, 200 << 20).status())
                .as("more than is read and thrown away")
                .isEqualTo(413);
        WebClient.CURL.wasRight(protocol(way), "405 or 413 to a body announced by `Expect`");
    }

    private static Transfer put(Way way, int length) throws IOException {
        Path file = own.resolve("sparse");
        try (RandomAccessFile made = new RandomAccessFile(file.toFile(), "rw")) {
            made.setLength(length);
        }
        Transfer transfer = curl(
                way, "/file.bin", "-H", "Expect: 100-continue", "--expect100-timeout", "55", "-T", file.toString());
        assertThat(transfer.exitCode()).as(transfer.written()).isZero();
        assertThat(transfer.written()).as("bytes sent").endsWith(" 0");
        return transfer;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../secret",
                "/../../../../../../../../etc/passwd",
                "/%2e%2e/secret",
                "/..%2fsecret",
                "/x/../../secret",
                "/..;/secret",
                "/..%5csecret",
                "//../secret",
                "/%252e%252e/secret"
            })
    void shouldNotBeLedOutside(String path) throws IOException {
        for (Way way : Way.values()) {
            Transfer transfer = curl(way, path, "--path-as-is");

            assertThat(transfer.status()).as("%s %s", way, path).isIn(400, 404);
            assertThat(new String(transfer.body(), StandardCharsets.ISO_8859_1))
                    .doesNotContain("root:", "secret\n")
                    .isNotEqualTo("secret");
            WebClient.CURL.wasRight(protocol(way), "`..` in 9 spellings");
        }
    }

    /** Not by prior knowledge: curl 7.88 cannot use such a connection again, nghttpd's neither. */
    @ParameterizedTest
    @EnumSource(value = Way.class, mode = EnumSource.Mode.EXCLUDE, names = "HTTP_2_PRIOR_KNOWLEDGE")
    void shouldKeepConnectionForSeveralFiles(Way way) {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "-w", "%{num_connects}"));
        command.addAll(List.of("--cacert", certificate.file().toString()));
        command.addAll(way.options);
        for (int i = 0; i < 3; i++) {
            command.addAll(List.of(SERVERS.get(way.security).url("/file.bin"), "-o", "/dev/null"));
        }

        String connects = Program.succeed(command.toArray(new String[0]));

        assertThat(connects).isEqualTo(way == Way.HTTP_1_0 ? "111" : "100");
    }
}
