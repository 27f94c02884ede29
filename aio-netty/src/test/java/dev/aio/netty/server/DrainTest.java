package dev.aio.netty.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.Await;
import dev.aio.netty.TargetDirectory;
import dev.aio.netty.TestFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is being sent when the server is told to stop arrives whole, unless it takes too long. */
@Timeout(value = 90, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DrainTest {

    private static final int SIZE = 12 * 1024 * 1024;
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(100);

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private FileServer server;
    private TestFile file;

    private void start(Consumer<FileServerBuilder> options) throws Exception {
        file = TestFile.create(directory, "file", SIZE);
        FileServerBuilder builder = FileServer.builder(directory).loops(1);
        options.accept(builder);
        server = builder.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() {
        server.close();
        assertThat(server.transport().pool().inUse()).as("buffers in use").isZero();
    }

    /** In the background, and has begun. */
    private CompletableFuture<Boolean> drain() {
        CompletableFuture<Boolean> drained = CompletableFuture.supplyAsync(() -> server.drain(LONG));
        Await.until("stopped listening", () -> !accepts());
        return drained;
    }

    private boolean accepts() {
        try (Socket socket = new Socket()) {
            socket.connect(server.address());
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    /** An answer over TLS that the client does not read on yet. */
    private InputStream beginOverTls() throws Exception {
        var tls = TestCertificate.create(directory);
        start(options -> options.tls(tls));
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(TestCertificate.trusting())
                .build();
        URI uri = URI.create("https://localhost:" + server.address().getPort() + "/file");
        return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofInputStream())
                .body();
    }

    @Test
    void anAnswerOverTlsArrivesWhole() throws Exception {
        try (InputStream body = beginOverTls()) {
            byte[] first = body.readNBytes(100_000);
            CompletableFuture<Boolean> drained = drain();
            byte[] rest = body.readAllBytes();
            TestFile.assertSame(first, file.range(0, first.length), "what came before");
            TestFile.assertSame(rest, file.range(first.length, SIZE - first.length), "what came behind");
            assertThat(drained.get(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void anAnswerOverTlsThatTakesTooLongIsCut() throws Exception {
        try (InputStream body = beginOverTls()) {
            assertThat(body.readNBytes(10)).hasSize(10);
            assertThat(server.drain(SHORT)).isFalse();
            assertCloses();
        }
    }

    private void assertCloses() {
        CompletableFuture<Void> closed = CompletableFuture.runAsync(server::close);
        Await.until("closed", closed::isDone);
    }

    @Test
    void aStreamArrivesWhole_rfc9113_6_8() throws Exception {
        start(options -> {});
        try (RawHttp2 client = new RawHttp2(server.address(), SIZE)) {
            client.addRequest(1, "/file").send();
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            while (body.size() < 65_535) { // the connection's first window
                body.writeBytes(client.read(RawHttp2.DATA).payload());
            }
            CompletableFuture<Boolean> drained = drain();
            assertThat(client.read(RawHttp2.GOAWAY).error()).as("error").isZero();
            client.add(RawHttp2.WINDOW_UPDATE, 0, 0, RawHttp2.number(SIZE)).send();
            RawHttp2.Frame frame;
            do {
                frame = client.read(RawHttp2.DATA);
                body.writeBytes(frame.payload());
            } while ((frame.flags() & RawHttp2.END_STREAM) == 0);
            TestFile.assertSame(body.toByteArray(), file.content, "file");
            client.readToEnd();
            assertThat(drained.get(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
    }

    /** What it sends while it reads must not reset the connection under what the kernel still has. */
    @Test
    void aStreamArrivesWholeAtAClientThatSendsWhileItReads() throws Exception {
        start(options -> {});
        int size = 200 * 1024; // more than the client's socket takes; ours takes all
        TestFile tail = TestFile.create(directory, "tail", size);
        CompletableFuture<Boolean> drained;
        try (RawHttp2 client = new RawHttp2(server.address(), size, 16 * 1024)) {
            client.add(RawHttp2.WINDOW_UPDATE, 0, 0, RawHttp2.number(size));
            client.addRequest(1, "/tail").send();
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            body.writeBytes(client.read(RawHttp2.DATA).payload());
            drained = drain();
            while (body.size() < size) {
                client.add(RawHttp2.WINDOW_UPDATE, 0, 0, RawHttp2.number(1)).send();
                body.writeBytes(client.read(RawHttp2.DATA).payload());
            }
            TestFile.assertSame(body.toByteArray(), tail.content, "file");
            client.readToEnd();
        }
        assertThat(drained.get(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aStreamThatTakesTooLongIsCut() throws Exception {
        start(options -> {});
        try (RawHttp2 client = new RawHttp2(server.address(), 0)) {
            client.addRequest(1, "/file").send();
            client.read(RawHttp2.HEADERS);
            assertThat(server.drain(SHORT)).isFalse();
            assertCloses();
        }
    }

    /** It was accepted, and what it asks for may be on its way. */
    @Test
    void aConnectionThatHasJustBegunIsAnswered() throws Exception {
        start(options -> {});
        try (Socket client = connect()) {
            server.announceEnd(Duration.ZERO);
            CompletableFuture<Boolean> drained = drain();
            assertAnsweredForTheLastTime(client);
            assertThat(drained.get(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void soIsOneOverTls() throws Exception {
        var tls = TestCertificate.create(directory);
        start(options -> options.tls(tls));
        try (Socket plain = connect()) {
            server.announceEnd(Duration.ZERO);
            CompletableFuture<Boolean> drained = drain();
            Socket client = TestCertificate.trusting().getSocketFactory().createSocket(plain, "localhost", 0, true);
            assertAnsweredForTheLastTime(client);
            assertThat(drained.get(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
    }

    private Socket connect() throws IOException {
        return new Socket(server.address().getAddress(), server.address().getPort());
    }

    private void assertAnsweredForTheLastTime(Socket client) throws IOException {
        client.getOutputStream().write("GET /file HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        byte[] answer = client.getInputStream().readAllBytes();
        String head = new String(answer, 0, answer.length - SIZE, StandardCharsets.US_ASCII);
        assertThat(head).startsWith("HTTP/1.1 200 OK").contains("\r\nConnection: close\r\n");
        byte[] body = Arrays.copyOfRange(answer, answer.length - SIZE, answer.length);
        TestFile.assertSame(body, file.content, "file");
    }
}
