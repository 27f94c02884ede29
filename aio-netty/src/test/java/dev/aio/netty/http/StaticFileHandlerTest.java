package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.netty.Await;
import dev.aio.netty.Engine;
import dev.aio.netty.LoopKind;
import dev.aio.netty.OpenDescriptors;
import dev.aio.netty.Rung;
import dev.aio.netty.TargetDirectory;
import dev.aio.netty.TestFile;
import dev.aio.netty.TestTransport;
import dev.aio.netty.http1.StrictHttpRequestDecoder;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The handler in a pipeline of a real server, seen by a client that looks at every byte. */
@SuppressWarnings("try") // a blocked lane is unblocked at the end of its block, and not used in it
@ParameterizedClass(name = "{0}")
@EnumSource(
        value = LoopKind.class,
        names = {"EPOLL", "NIO"})
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StaticFileHandlerTest {

    private static final int MIB = 1024 * 1024;

    @Parameter
    LoopKind loops;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private TestTransport t;
    private StaticFileHandler site;
    private SslContext tls;
    private Channel listener;
    private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
    private final BlockingQueue<Throwable> uncaught = new LinkedBlockingQueue<>();

    @BeforeEach
    void open() throws Exception {
        t = TestTransport.of(loops, Engine.AUTO);
        site = StaticFileHandler.builder(t.transport, directory)
                .trustFor(Duration.ofMillis(100))
                .build();
        listener = new ServerBootstrap()
                .group(t.group)
                .channel(loops.serverChannel())
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                        }
                        channel.pipeline()
                                .addLast(StrictHttpRequestDecoder.builder().build(), site, new Uncaught());
                        accepted.add(channel);
                    }
                })
                .bind(loops.anyAddress())
                .sync()
                .channel();
    }

    private final class Uncaught extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            uncaught.add(cause);
        }
    }

    @AfterEach
    void everythingIsGivenBack() throws Exception {
        listener.close().sync();
        for (Channel channel : accepted) {
            channel.close().sync();
        }
        site.close();
        Await.until("buffers back", () -> t.transport.pool().inUse() == 0);
        Await.until("descriptors closed", () -> OpenDescriptors.under(directory).isEmpty());
        t.close();
        assertThat(uncaught).isEmpty();
    }

    private Client connect() throws IOException {
        return new Client((InetSocketAddress) listener.localAddress());
    }

    /** An HTTP/1.1 client that does as it is told. */
    private static final class Client implements AutoCloseable {
        private final Socket socket;
        private final InputStream in;

        Client(InetSocketAddress address) throws IOException {
            this(new Socket(address.getAddress(), address.getPort()));
        }

        Client(Socket socket) throws IOException {
            this.socket = socket;
            socket.setSoTimeout((int) Await.DEADLINE.toMillis());
            in = new BufferedInputStream(socket.getInputStream());
        }

        Client send(String request) throws IOException {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return this;
        }

        Response get(String path, String... fields) throws IOException {
            send(request("GET", path, fields));
            return response();
        }

        Response response() throws IOException {
            return response(true);
        }

        Response response(boolean withBody) throws IOException {
            String status = line();
            Map<String, String> fields = new LinkedHashMap<>();
            for (String line = line(); !line.isEmpty(); line = line()) {
                int colon = line.indexOf(':');
                fields.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
            int length = Integer.parseInt(fields.getOrDefault("content-length", "0"));
            byte[] body = in.readNBytes(withBody ? length : 0);
            return new Response(status, fields, body, withBody && body.length < length);
        }

        private String line() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b < 0) {
                    throw new EOFException("connection closed after " + line);
                }
                line.write(b);
            }
            return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
        }

        void assertClosed() throws IOException {
            assertThat(in.read()).as("byte behind the last response").isEqualTo(-1);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private record Response(String status, Map<String, String> fields, byte[] body, boolean cutShort) {
        int code() {
            return Integer.parseInt(status.substring("HTTP/1.1 ".length(), "HTTP/1.1 ".length() + 3));
        }

        String field(String name) {
            return fields.get(name);
        }
    }

    private static String request(String method, String path, String... fields) {
        StringBuilder request = new StringBuilder(method + ' ' + path + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String field : fields) {
            request.append(field).append("\r\n");
        }
        return request.append("\r\n").toString();
    }

    @ParameterizedTest
    @CsvSource({
        "0, hot",
        "1, hot",
        "4096, hot",
        "65000, hot",
        "65536, hot",
        "1048577, hot",
        "1, cold",
        "4097, cold",
        "65000, cold",
        "65536, cold",
        "1048577, cold"
    })
    void aFileArrivesWhole(int size, String state) throws Exception {
        TestFile source = TestFile.create(directory, size);
        if (state.equals("cold")) {
            source.cold();
        }
        try (Client client = connect()) {
            for (int i = 0; i < 3; i++) {
                Response response = client.get('/' + source.name());
                assertThat(response.code()).isEqualTo(200);
                TestFile.assertSame(response.body(), source.content, source.name());
            }
        }
    }

    @Test
    void aResponseDescribesItsFile() throws Exception {
        TestFile source = TestFile.create(directory, "page.html", 1234);
        Files.setLastModifiedTime(source.path, FileTime.fromMillis(784111777_000L));
        try (Client client = connect()) {
            Response response = client.get("/page.html");
            assertThat(response.status()).isEqualTo("HTTP/1.1 200 OK");
            assertThat(response.field("content-length")).isEqualTo("1234");
            assertThat(response.field("content-type")).startsWith("text/html");
            assertThat(response.field("last-modified")).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
            assertThat(response.field("etag")).matches("\"[0-9a-f-]+\"");
            assertThat(response.field("accept-ranges")).isEqualTo("bytes");
            assertThat(response.field("date")).endsWith("GMT");
        }
    }

    @Test
    void headAnswersWithoutBody() throws Exception {
        TestFile source = TestFile.create(directory, "a", 100_000);
        try (Client client = connect()) {
            client.send(request("HEAD", "/a"));
            Response head = client.response(false);
            assertThat(head.code()).isEqualTo(200);
            assertThat(head.field("content-length")).isEqualTo("100000");
            TestFile.assertSame(client.get("/a").body(), source.content, "the response behind it");
        }
    }

    @ParameterizedTest
    @CsvSource({"bytes=0-0,0,1", "bytes=70001-99998,70001,29998", "bytes=500000-,500000,24288", "bytes=-5,524283,5"})
    void aRangeArrivesExactly(String range, int position, int length) throws Exception {
        TestFile source = TestFile.create(directory, "a", 512 * 1024).cold();
        try (Client client = connect()) {
            Response response = client.get("/a", "Range: " + range);
            assertThat(response.code()).isEqualTo(206);
            assertThat(response.field("content-range"))
                    .isEqualTo("bytes " + position + '-' + (position + length - 1) + "/524288");
            TestFile.assertSame(response.body(), source.range(position, length), range);
        }
    }

    @Test
    void aRangeBehindTheEndIsRefused() throws Exception {
        TestFile.create(directory, "a", 100);
        try (Client client = connect()) {
            Response response = client.get("/a", "Range: bytes=100-");
            assertThat(response.code()).isEqualTo(416);
            assertThat(response.field("content-range")).isEqualTo("bytes */100");
            assertThat(client.get("/a").code()).as("the connection goes on").isEqualTo(200);
        }
    }

    @Test
    void whatTheClientHasIsNotSentAgain() throws Exception {
        TestFile source = TestFile.create(directory, "a", 100);
        Files.setLastModifiedTime(source.path, FileTime.fromMillis(784111777_000L));
        try (Client client = connect()) {
            Response full = client.get("/a");
            Response byTag = client.get("/a", "If-None-Match: " + full.field("etag"));
            assertThat(byTag.code()).isEqualTo(304);
            assertThat(byTag.field("etag")).isEqualTo(full.field("etag"));
            assertThat(client.get("/a", "If-Modified-Since: " + full.field("last-modified"))
                            .code())
                    .isEqualTo(304);
            assertThat(client.get("/a", "If-None-Match: \"other\"").code()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/missing, 404",
        "/sub/missing, 404",
        "/a/, 404",
        "/a/b, 404",
        "/sub/, 403",
        "/../secret, 400 403 404",
        "/%2e%2e/secret, 400 403 404",
        "/link, 403",
        "/a%00, 400 404"
    })
    void whatCannotBeServedIsRefused(String path, String codes) throws Exception {
        TestFile.create(directory, "a", 10);
        Files.createDirectory(directory.resolve("sub"));
        Files.createSymbolicLink(directory.resolve("link"), Path.of("/etc/hostname"));
        try (Client client = connect()) {
            Response response = client.get(path);
            assertThat(codes.split(" ")).contains(String.valueOf(response.code()));
            assertThat(new String(response.body(), StandardCharsets.ISO_8859_1)).doesNotContain("secret");
        }
    }

    @Test
    void aFifoIsRefusedAndTheConnectionGoesOn() throws Exception {
        TestFile.create(directory, "a", 10);
        Path fifo = directory.resolve("fifo");
        assumeTrue(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor() == 0, "no mkfifo");
        try (Client client = connect()) {
            assertThat(client.get("/fifo").code()).isEqualTo(403);
            assertThat(client.get("/a").code()).isEqualTo(200);
        }
    }

    @Test
    void aDirectoryIsAnsweredByItsIndex() throws Exception {
        Files.createDirectory(directory.resolve("sub"));
        TestFile index = TestFile.create(directory.resolve("sub"), "index.html", 77);
        try (Client client = connect()) {
            assertThat(client.get("/sub/").body()).isEqualTo(index.content);
            Response redirect = client.get("/sub");
            assertThat(redirect.code()).isIn(301, 308);
            assertThat(redirect.field("location")).isEqualTo("/sub/");
        }
    }

    @Test
    void aFileThatChangesIsServedAnewOnceTrustIsOver() throws Exception {
        TestFile first = TestFile.create(directory, "a", 100);
        TestFile second = TestFile.create(directory, "b", 200);
        try (Client client = connect()) {
            assertThat(client.get("/a").body()).isEqualTo(first.content);
            Files.move(second.path, first.path, StandardCopyOption.REPLACE_EXISTING);
            Await.until("new content", () -> client.get("/a").body().length == 200);
            assertThat(client.get("/a").body()).isEqualTo(second.content);
        }
    }

    @Test
    void connectionCloseIsHonoured() throws Exception {
        TestFile source = TestFile.create(directory, "a", 300_000);
        try (Client client = connect()) {
            Response response = client.get("/a", "Connection: close");
            assertThat(response.field("connection")).isEqualTo("close");
            TestFile.assertSame(response.body(), source.content, "a");
            client.assertClosed();
        }
    }

    @Test
    void http10ClosesUnlessAskedNotTo() throws Exception {
        TestFile source = TestFile.create(directory, "a", 100);
        try (Client client = connect()) {
            client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertThat(client.response().field("connection")).isEqualTo("keep-alive");
            client.send("GET /a HTTP/1.0\r\n\r\n");
            assertThat(client.response().body()).isEqualTo(source.content);
            client.assertClosed();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GARBAGE\r\n\r\n", "GET\r\n\r\n", "GET /a HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n"})
    void aMalformedRequestIsAnsweredAndEndsTheConnection(String request) throws Exception {
        TestFile.create(directory, "a", 10);
        try (Client client = connect()) {
            client.send(request);
            assertThat(client.response().code()).isEqualTo(400);
            client.assertClosed();
        }
    }

    /** More than may wait, of all kinds, in one write. */
    @Test
    void fiveHundredPipelinedRequestsAreAnsweredInOrder() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<TestFile> sources = List.of(
                TestFile.create(directory, "empty", 0),
                TestFile.create(directory, "tiny", 10),
                TestFile.create(directory, "small", 5_000).cold(),
                TestFile.create(directory, "large", 100_000),
                TestFile.create(directory, "cold", 300_001).cold());
        StringBuilder requests = new StringBuilder();
        List<TestFile> expected = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            int which = random.nextInt(sources.size() + 1);
            TestFile source = which < sources.size() ? sources.get(which) : null;
            expected.add(source);
            requests.append(request("GET", source == null ? "/missing" : '/' + source.name()));
        }
        try (Client client = connect()) {
            Thread sender = new Thread(() -> {
                try {
                    client.send(requests.toString());
                } catch (IOException e) {
                    uncaught.add(e);
                }
            });
            sender.start();
            for (int i = 0; i < expected.size(); i++) {
                Response response = client.response();
                String what = "response " + i + ", seed " + seed;
                TestFile source = expected.get(i);
                assertThat(response.code()).as(what).isEqualTo(source == null ? 404 : 200);
                if (source != null) {
                    TestFile.assertSame(response.body(), source.content, what);
                }
            }
            sender.join();
        }
    }

    /** As {@code nc} does: asks, ends its half, then reads. */
    @ParameterizedTest
    @ValueSource(ints = {10, 60_000, 3_000_000})
    void aClientThatHasSaidAllStillGetsItsAnswers(int size) throws Exception {
        // Its epoll_ctl answers ENOENT when such a channel has to wait until its socket takes more.
        assumeTrue(loops == LoopKind.NIO || size == 10, "Netty 4.2.18's epoll loses half-closed channels");
        TestFile source = TestFile.create(directory, "a", size);
        int requests = Math.max(2, 12_000_000 / Math.max(size, 60_000));
        try (Client client = connect()) {
            client.send(request("GET", "/a").repeat(requests));
            client.socket.shutdownOutput();
            for (int i = 0; i < requests; i++) {
                TestFile.assertSame(client.response().body(), source.content, "response " + i);
            }
            client.assertClosed();
        }
    }

    @Test
    void aClientThatAsksForMuchAndReadsLittleHoldsFewBuffers() throws Exception {
        TestFile source = TestFile.create(directory, "a", 60_000);
        int requests = 400; // far more than the sockets hold
        try (Client client = connect()) {
            client.send(request("GET", "/a").repeat(requests));
            for (int i = 0; i < requests; i++) {
                TestFile.assertSame(client.response().body(), source.content, "response " + i);
                assertThat(t.transport.pool().inUse()).isLessThanOrEqualTo(8);
            }
        }
    }

    @Test
    void theLastOfManyAnswersArrivesBeforeTheConnectionEnds() throws Exception {
        TestFile source = TestFile.create(directory, "a", 60_000);
        int requests = 200;
        try (Client client = connect()) {
            client.send(request("GET", "/a").repeat(requests - 1) + request("GET", "/a", "Connection: close"));
            for (int i = 0; i < requests; i++) {
                TestFile.assertSame(client.response().body(), source.content, "response " + i);
            }
            client.assertClosed();
        }
    }

    @Test
    void drainingEndsAnIdleConnection() throws Exception {
        TestFile.create(directory, "a", 10);
        try (Client client = connect()) {
            assertThat(client.get("/a").code()).isEqualTo(200);
            accepted.take().pipeline().fireUserEventTriggered(StaticFileHandler.DRAIN);
            client.assertClosed();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {60_000, 8 * MIB})
    void drainingLetsAnswersArriveWhole(int size) throws Exception {
        TestFile source = TestFile.create(directory, "a", size);
        int requests = 16 * MIB / size; // more than the sockets hold
        try (Client client = connect()) {
            client.send(request("GET", "/a").repeat(requests));
            TestFile.assertSame(client.response().body(), source.content, "response 0");
            Channel channel = accepted.take();
            channel.pipeline().fireUserEventTriggered(StaticFileHandler.DRAIN);
            int answered = 1;
            try {
                while (answered < requests) {
                    Response response = client.response();
                    assertThat(response.cutShort())
                            .as("response %s cut short", answered)
                            .isFalse();
                    TestFile.assertSame(response.body(), source.content, "response " + answered);
                    answered++;
                }
            } catch (EOFException e) {
                assertThat(e).hasMessage("connection closed after "); // between two answers
            }
        }
    }

    @Test
    void aFileTruncatedWhileItIsServedEndsTheConnection() throws Exception {
        TestFile source = TestFile.create(directory, "a", 16 * MIB);
        byte[] arrived;
        try (Client client = connect()) {
            client.send(request("GET", "/a"));
            String status = client.line();
            assertThat(status).contains("200");
            for (String line = client.line(); !line.isEmpty(); line = client.line()) {}
            byte[] first = client.in.readNBytes(1000);
            source.truncate(12 * MIB + 77);
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.write(first);
            try {
                client.in.transferTo(all);
            } catch (IOException reset) {
                assertThat(reset).hasMessageContaining("reset");
            }
            arrived = all.toByteArray();
        }
        assertThat(arrived.length).isLessThanOrEqualTo(12 * MIB + 77);
        TestFile.assertSame(arrived, Arrays.copyOf(source.content, arrived.length), "what arrived");
    }

    @Test
    void overloadIsAnsweredAndTheConnectionGoesOn() throws Exception {
        TestFile source = TestFile.create(directory, "a", 100);
        try (Client client = connect()) {
            assertThat(client.get("/a").code()).isEqualTo(200);
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                lane.fill();
                assertThat(client.get("/never-asked-for-" + System.nanoTime()).code())
                        .isEqualTo(503);
            }
            assertThat(client.get("/a").body()).isEqualTo(source.content);
        }
    }

    @Test
    void clientsThatGoAwayLeaveNothingBehind() throws Exception {
        TestFile.create(directory, "hot", 4 * MIB);
        TestFile.create(directory, "cold", 4 * MIB + 1).cold();
        for (int i = 0; i < 10; i++) {
            try (Client client = connect()) {
                client.send(request("GET", i % 2 == 0 ? "/hot" : "/cold").repeat(5));
                client.in.readNBytes(1000 * i);
                client.socket.setSoLinger(true, 0);
            }
        }
        for (int i = 0; i < 10; i++) {
            Await.ended(accepted.take().closeFuture());
        }
        Await.until("buffers back", () -> t.transport.pool().inUse() == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hot", "cold"})
    void filesAreServedOverTls(String state) throws Exception {
        X509Bundle certificate = new CertificateBuilder()
                .subject("CN=localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        tls = SslContextBuilder.forServer(certificate.toKeyManagerFactory())
                .sslProvider(SslProvider.JDK)
                .build();
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, new TrustManager[] {certificate.toTrustManager()}, null);
        TestFile small = TestFile.create(directory, "small", 1000);
        TestFile large = TestFile.create(directory, "large", 2 * MIB + 5);
        if (state.equals("cold")) {
            small.cold();
            large.cold();
        }
        InetSocketAddress address = (InetSocketAddress) listener.localAddress();
        try (Client client =
                new Client(trusting.getSocketFactory().createSocket(address.getAddress(), address.getPort()))) {
            TestFile.assertSame(client.get("/small").body(), small.content, "small");
            TestFile.assertSame(client.get("/large").body(), large.content, "large");
        }
        assertThat(t.count(Rung.SENDFILE)).isZero();
    }

    @Test
    void manyConnectionsAreServedAtOnce() throws Exception {
        TestFile small = TestFile.create(directory, "small", 1000);
        TestFile large = TestFile.create(directory, "large", MIB).cold();
        List<Client> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 64; i++) {
                clients.add(connect());
            }
            for (Client client : clients) {
                client.send(request("GET", "/small") + request("GET", "/large"));
            }
            for (Client client : clients) {
                TestFile.assertSame(client.response().body(), small.content, "small");
                TestFile.assertSame(client.response().body(), large.content, "large");
            }
        } finally {
            for (Client client : clients) {
                client.close();
            }
        }
    }

    @Test
    void aRequestAfterTheHandlerWasClosedIsRefused() throws Exception {
        TestFile.create(directory, "a", 10);
        try (Client client = connect()) {
            assertThat(client.get("/a").code()).isEqualTo(200);
            site.close();
            assertThat(client.get("/a").code()).isEqualTo(503);
            assertThat(client.get("/b").code()).isEqualTo(503);
        }
    }

    @Test
    void theEndOfTheTransportIsAnsweredAsOverload() throws Exception {
        TestFile.create(directory, "a", MIB).cold();
        try (Client client = connect()) {
            assertThat(client.get("/missing").code()).isEqualTo(404);
            t.closeTransport();
            assertThat(client.get("/a").code()).isEqualTo(503);
        }
    }
}
