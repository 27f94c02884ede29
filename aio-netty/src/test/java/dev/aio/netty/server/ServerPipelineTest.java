package dev.aio.netty.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.Await;
import dev.aio.netty.TargetDirectory;
import dev.aio.netty.TestFile;
import dev.aio.netty.http.AccessEntry;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The protocols of the running server, spoken by the JDK's client. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServerPipelineTest {

    private static final int MIB = 1024 * 1024;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private FileServer server;

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
            assertThat(server.transport().pool().inUse()).as("buffers in use").isZero();
        }
    }

    private void start(Consumer<FileServerBuilder> options) throws IOException {
        FileServerBuilder builder = FileServer.builder(directory).loops(1);
        options.accept(builder);
        server = builder.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private SslContext certificate() throws Exception {
        return TestCertificate.create(directory);
    }

    private static HttpClient client(HttpClient.Version version) throws Exception {
        return HttpClient.newBuilder()
                .version(version)
                .sslContext(TestCertificate.trusting())
                .connectTimeout(Duration.ofSeconds(20))
                .build();
    }

    private HttpRequest.Builder request(String scheme, String path) {
        return HttpRequest.newBuilder(
                URI.create(scheme + "://localhost:" + server.address().getPort() + path));
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void filesArriveOverTls(HttpClient.Version version) throws Exception {
        TestFile small = TestFile.create(directory, "small", 1000);
        TestFile large = TestFile.create(directory, "large", 9 * MIB + 1).cold();
        SslContext tls = certificate();
        start(options -> options.tls(tls));
        HttpClient client = client(version);
        for (TestFile file : new TestFile[] {small, large}) {
            HttpResponse<byte[]> response =
                    client.send(request("https", "/" + file.name()).build(), HttpResponse.BodyHandlers.ofByteArray());
            assertThat(response.version()).isEqualTo(version);
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("etag")).isPresent();
            TestFile.assertSame(response.body(), file.content, file.name());
        }
        HttpResponse<byte[]> part = client.send(
                request("https", "/large").header("range", "bytes=4097-1000000").build(),
                HttpResponse.BodyHandlers.ofByteArray());
        assertThat(part.statusCode()).isEqualTo(206);
        TestFile.assertSame(part.body(), large.range(4097, 1000000 - 4097 + 1), "range");
    }

    /** An empty frame behind it has some proxies wait for more. */
    @ParameterizedTest
    @ValueSource(ints = {1, 1_000, 300_000})
    void theLastBytesOfAStreamAreItsEnd(int size) throws Exception {
        TestFile.create(directory, "file", size);
        start(options -> {});
        try (RawHttp2 client = new RawHttp2(server.address(), size)) {
            client.addRequest(1, "/file").add(RawHttp2.WINDOW_UPDATE, 0, 0, RawHttp2.number(size));
            client.send();
            int left = size;
            while (left > 0) {
                RawHttp2.Frame frame = client.read(RawHttp2.DATA);
                left -= frame.payload().length;
                assertThat((frame.flags() & RawHttp2.END_STREAM) != 0)
                        .as("END_STREAM with %s bytes to come", left)
                        .isEqualTo(left == 0);
            }
        }
    }

    @Test
    void manyStreamsOfOneConnectionArriveWhole() throws Exception {
        TestFile file = TestFile.create(directory, "file", 2 * MIB + 7).cold();
        SslContext tls = certificate();
        start(options -> options.tls(tls));
        HttpClient client = client(HttpClient.Version.HTTP_2);
        // Without this, each request would have a connection of its own.
        client.send(request("https", "/file").build(), HttpResponse.BodyHandlers.discarding());
        List<CompletableFuture<HttpResponse<byte[]>>> responses = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            responses.add(client.sendAsync(request("https", "/file").build(), HttpResponse.BodyHandlers.ofByteArray()));
        }
        for (CompletableFuture<HttpResponse<byte[]>> response : responses) {
            TestFile.assertSame(response.get(50, TimeUnit.SECONDS).body(), file.content, "stream");
        }
    }

    /** What an old or cut certificate or key is answered with helps whoever has to mend it. */
    @Test
    void aKeyThatCannotBeUsedIsNamed() throws Exception {
        Path nonsense = Files.writeString(directory.resolve("nonsense.pem"), "nonsense");
        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                        () -> TlsFiles.open(nonsense, nonsense, TlsProvider.AUTO)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nonsense.pem")
                .hasMessageContaining("expected");
        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                        () -> TlsFiles.open(directory.resolve("missing"), nonsense, TlsProvider.AUTO)))
                .hasMessageContaining("does not exist");
    }

    private String raw(String request) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
            socket.setSoTimeout((int) Await.DEADLINE.toMillis());
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void whatBeginsLikeThePrefaceAndIsNotIsAnsweredAsHttp1() throws Exception {
        TestFile.create(directory, "file", 10);
        start(options -> {});
        assertThat(raw("PRI * HTTP/1.1\r\nHost: a\r\n\r\n")).startsWith("HTTP/1.1 ");
        assertThat(raw("P")).startsWith("HTTP/1.1 400 ");
        assertThat(raw("GET /file HTTP/1.1\r\nHost: a\r\n\r\n")).startsWith("HTTP/1.1 200 OK");
        assertThat(raw("")).isEmpty();
        // The server's SETTINGS: a frame of type 4 on stream 0.
        assertThat(raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0").substring(3))
                .startsWith("\4\0\0\0\0\0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/.git/config", "/.htpasswd", "/a/.b/c", "/a/.b", "/.well-known/.x"})
    void hiddenNamesAreNotFoundUnlessAskedFor(String path) throws Exception {
        Path file = directory.resolve(path.substring(1));
        Files.createDirectories(file.getParent());
        Files.writeString(file, "hidden");
        start(options -> {});
        assertThat(raw("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n")).startsWith("HTTP/1.1 404 ");
        server.close();
        start(options -> options.files(files -> files.hiddenFiles(true)));
        assertThat(raw("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n")).endsWith("\r\n\r\nhidden");
    }

    @Test
    void theWellKnownDirectoryIsForEverybody() throws Exception {
        Path known = Files.createDirectories(directory.resolve(".well-known"));
        Files.writeString(known.resolve("security.txt"), "mail us");
        start(options -> {});
        assertThat(raw("GET /.well-known/security.txt HTTP/1.1\r\nHost: a\r\n\r\n"))
                .endsWith("\r\n\r\nmail us");
    }

    @Test
    void eachAnswerIsToldToTheAccessLog() throws Exception {
        TestFile file = TestFile.create(directory, "file", 1000);
        SslContext tls = certificate();
        Queue<AccessEntry> log = new ConcurrentLinkedQueue<>();
        start(options -> options.tls(tls).files(files -> files.accessLog(log::add)));
        for (HttpClient.Version version : HttpClient.Version.values()) {
            HttpRequest request = request("https", "/file?a=b")
                    .header("referer", "http://there/")
                    .header("user-agent", "tester")
                    .build();
            assertThat(client(version)
                            .send(request, HttpResponse.BodyHandlers.ofByteArray())
                            .body())
                    .hasSize(1000);
            Await.until("entry", () -> !log.isEmpty());
            AccessEntry entry = log.remove();
            assertThat(entry.client()).isInstanceOf(InetSocketAddress.class);
            assertThat(((InetSocketAddress) entry.client()).getAddress().isLoopbackAddress())
                    .isTrue();
            assertThat(entry.method() + ' ' + entry.target() + ' ' + entry.status() + ' ' + entry.bodyBytes())
                    .isEqualTo("GET /file?a=b 200 " + file.size());
            assertThat(entry.protocol()).isEqualTo(version == HttpClient.Version.HTTP_2 ? "HTTP/2.0" : "HTTP/1.1");
            assertThat(entry.complete()).isTrue();
            assertThat(entry.host()).startsWith("localhost");
            assertThat(entry.referer()).isEqualTo("http://there/");
            assertThat(entry.userAgent()).isEqualTo("tester");
        }
    }

    @Test
    void oneConnectionTooManyIsAnswered503() throws Exception {
        start(options -> options.connections(1, 0));
        try (Socket first =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
            first.setSoTimeout((int) Await.DEADLINE.toMillis());
            first.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(first.getInputStream().read()).isEqualTo('H');
            String refusal = raw("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(refusal).startsWith("HTTP/1.1 503 ").contains("Retry-After:");
            String body = refusal.substring(refusal.indexOf("\r\n\r\n") + 4);
            assertThat(refusal).contains("Content-Length: " + body.length() + "\r\n");
        }
    }
}
