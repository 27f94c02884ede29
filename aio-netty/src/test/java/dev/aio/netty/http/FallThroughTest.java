package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.Await;
import dev.aio.netty.TargetDirectory;
import dev.aio.netty.TestFile;
import dev.aio.netty.http1.StrictHttpRequestDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContentCompressor;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerExpectContinueHandler;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.CharsetUtil;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the handler does not serve is answered by the next one, in its turn and with its whole body. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FallThroughTest {

    static final int MAX_BODY = 8 * 1024 * 1024;

    /** Where the encoder may stand. */
    enum Layout {
        /** Files leave as bytes, by sendfile. */
        ENCODER_BEHIND(site ->
                new ChannelHandler[] {StrictHttpRequestDecoder.builder().build(), site, new HttpResponseEncoder()}),
        CODEC_IN_FRONT(site -> new ChannelHandler[] {new HttpServerCodec(), site}),
        STRICT_IN_FRONT(site ->
                new ChannelHandler[] {StrictHttpRequestDecoder.builder().build(), new HttpResponseEncoder(), site}),
        COMPRESSED(site -> new ChannelHandler[] {new HttpServerCodec(), new HttpContentCompressor(), site});

        private final Function<StaticFileHandler, ChannelHandler[]> inFront;

        Layout(Function<StaticFileHandler, ChannelHandler[]> inFront) {
            this.inFront = inFront;
        }

        ChannelHandler[] with(StaticFileHandler site, ChannelHandler... behind) {
            ChannelHandler[] front = inFront.apply(site);
            ChannelHandler[] all = new ChannelHandler[front.length + behind.length];
            System.arraycopy(front, 0, all, 0, front.length);
            System.arraycopy(behind, 0, all, front.length, behind.length);
            return all;
        }
    }

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private TestSite site;

    private void start(Layout layout, ChannelHandler... behind) throws Exception {
        TestSite.file(directory, "a.txt", "file");
        TestSite.file(directory, ".hidden", "secret");
        Files.createDirectories(directory.resolve("empty"));
        site = new TestSite(directory, options -> options.fallThrough(true), files -> layout.with(files, behind));
    }

    private void startWithRoute(Layout layout) throws Exception {
        start(layout, new HttpServerExpectContinueHandler(), new HttpObjectAggregator(MAX_BODY), new Route());
    }

    @AfterEach
    void close() throws Exception {
        site.close();
    }

    /** Says what it was asked. */
    static final class Route extends SimpleChannelInboundHandler<FullHttpRequest> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
            ctx.writeAndFlush(response("route " + request.method() + ' ' + request.uri() + ' '
                    + request.content().readableBytes()));
        }
    }

    static FullHttpResponse response(String text) {
        ByteBuf content = Unpooled.copiedBuffer(text, CharsetUtil.US_ASCII);
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, content);
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, text.length());
        return response;
    }

    static String text(TestClient.Response response) {
        return response.code() + " " + new String(response.body(), StandardCharsets.US_ASCII);
    }

    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvSource({
        "GET, /missing, 200 route GET /missing 0",
        "GET, /empty/, 200 route GET /empty/ 0",
        "GET, /.hidden, 200 route GET /.hidden 0",
        "POST, /a.txt, 200 route POST /a.txt 0",
        "OPTIONS, /a.txt, 200 route OPTIONS /a.txt 0",
        "BREW, /pot, 200 route BREW /pot 0",
        "GET, /a.txt, 200 file",
        "GET, /empty, '301 301 Moved Permanently\n'",
        "GET, /%00, '400 400 Bad Request\n'",
    })
    void onlyWhatIsNotHereGoesOn(String method, String path, String answer) throws Exception {
        startWithRoute(Layout.ENCODER_BEHIND);
        try (TestClient client = site.connect()) {
            client.send(TestClient.request(method, path));
            assertThat(text(client.response())).isEqualTo(answer);
        }
    }

    @ParameterizedTest
    @EnumSource(Layout.class)
    void pipelinedAnswersStayInOrder(Layout layout) throws Exception {
        TestFile large = TestFile.create(directory, 3_000_000).cold();
        startWithRoute(layout);
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("GET", "/" + large.name())
                    + TestClient.request("GET", "/missing")
                    + TestClient.request("GET", "/a.txt")
                    + TestClient.request("POST", "/one", "Content-Length: 3")
                    + "abc"
                    + TestClient.request("POST", "/two", "Content-Length: 5")
                    + "12345"
                    + TestClient.request("GET", "/a.txt"));
            assertThat(client.response().body()).isEqualTo(large.content);
            assertThat(text(client.response())).isEqualTo("200 route GET /missing 0");
            assertThat(text(client.response())).isEqualTo("200 file");
            assertThat(text(client.response())).isEqualTo("200 route POST /one 3");
            assertThat(text(client.response())).isEqualTo("200 route POST /two 5");
            assertThat(text(client.response())).isEqualTo("200 file");
        }
    }

    @ParameterizedTest
    @EnumSource(Layout.class)
    void theNextHandlerMayTakeItsTime(Layout layout) throws Exception {
        BlockingQueue<ChannelHandlerContext> asked = new LinkedBlockingQueue<>();
        start(layout, new HttpObjectAggregator(MAX_BODY), new SimpleChannelInboundHandler<FullHttpRequest>() {
            @Override
            protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
                asked.add(ctx);
            }
        });
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("GET", "/first")
                    + TestClient.request("GET", "/second")
                    + TestClient.request("GET", "/a.txt"));
            ChannelHandlerContext ctx = asked.poll(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
            ctx.executor()
                    .submit(() ->
                            assertThat(asked).as("asked before it has answered").isEmpty())
                    .sync();
            ctx.writeAndFlush(response("one"));
            assertThat(text(client.response())).isEqualTo("200 one");
            asked.poll(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS).writeAndFlush(response("two"));
            assertThat(text(client.response())).isEqualTo("200 two");
            assertThat(text(client.response())).isEqualTo("200 file");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_536, 65_537, 3_000_000})
    void bodiesGoOnWhole(int length) throws Exception {
        startWithRoute(Layout.ENCODER_BEHIND);
        try (TestClient client = site.connect()) {
            for (String method : new String[] {"PUT", "GET"}) {
                client.send(TestClient.request(method, "/up", "Content-Length: " + length) + "x".repeat(length));
                assertThat(text(client.response())).isEqualTo("200 route " + method + " /up " + length);
                client.send(TestClient.request(method, "/up", "Transfer-Encoding: chunked"));
                for (int sent = 0; sent < length; sent += 10_000) {
                    int chunk = Math.min(10_000, length - sent);
                    client.send(Integer.toHexString(chunk) + "\r\n" + "y".repeat(chunk) + "\r\n");
                }
                client.send("0\r\n\r\n");
                assertThat(text(client.response())).isEqualTo("200 route " + method + " /up " + length);
            }
        }
    }

    /** Under leak detection: what was kept for the next handler is given back. */
    @Test
    void bodiesOfWhatIsHereAreDropped() throws Exception {
        startWithRoute(Layout.ENCODER_BEHIND);
        try (TestClient client = site.connect()) {
            for (int i = 0; i < 20; i++) {
                client.send(TestClient.request("GET", "/a.txt", "Content-Length: 100000") + "z".repeat(100_000));
                assertThat(text(client.response())).isEqualTo("200 file");
            }
            client.send(TestClient.request("GET", "/missing", "Content-Length: 50000") + "z".repeat(40_000));
        }
    }

    @Test
    void theNextHandlerSaysContinue() throws Exception {
        startWithRoute(Layout.CODEC_IN_FRONT);
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("PUT", "/up", "Content-Length: 3", "Expect: 100-continue"));
            assertThat(client.line()).isEqualTo("HTTP/1.1 100 Continue");
            assertThat(client.line()).isEmpty();
            client.send("abc");
            assertThat(text(client.response())).isEqualTo("200 route PUT /up 3");
        }
    }

    @ParameterizedTest
    @EnumSource(Layout.class)
    void aConnectionEndsBehindTheAnswer(Layout layout) throws Exception {
        startWithRoute(layout);
        try (TestClient client = site.connect()) {
            client.send(
                    TestClient.request("GET", "/missing", "Connection: close") + TestClient.request("GET", "/a.txt"));
            assertThat(text(client.response())).isEqualTo("200 route GET /missing 0");
            client.assertClosed();
        }
    }

    @Test
    void anAnswerMayComeBeforeTheBody() throws Exception {
        start(Layout.ENCODER_BEHIND, new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                if (message instanceof HttpRequest) {
                    ctx.writeAndFlush(response("early"));
                }
                ReferenceCountUtil.release(message);
            }
        });
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("POST", "/up", "Content-Length: 10") + "12345");
            assertThat(text(client.response())).isEqualTo("200 early");
            client.send("67890" + TestClient.request("GET", "/a.txt"));
            assertThat(text(client.response())).isEqualTo("200 file");
        }
    }

    /** As WebSocket does: what comes behind the switch is not for us. */
    @Test
    void theNextHandlerMaySwitchProtocols() throws Exception {
        start(Layout.CODEC_IN_FRONT, new ChannelDuplexHandler() {
            private boolean switched;

            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                if (switched) {
                    ctx.writeAndFlush(message); // an echo
                    return;
                }
                if (message instanceof LastHttpContent) {
                    FullHttpResponse response = new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS, Unpooled.EMPTY_BUFFER);
                    ctx.writeAndFlush(response);
                    switched = true;
                    ctx.pipeline().remove(HttpServerCodec.class);
                }
                ReferenceCountUtil.release(message);
            }
        });
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("GET", "/chat", "Connection: upgrade", "Upgrade: echo"));
            assertThat(client.line()).isEqualTo("HTTP/1.1 101 Switching Protocols");
            assertThat(client.line()).isEmpty();
            client.send("hello\n");
            assertThat(client.line()).isEqualTo("hello");
        }
    }

    @Test
    void withoutAnEncoderItIsSaidWhatIsMissing() throws Exception {
        TestSite.file(directory, "a.txt", "file");
        site = new TestSite(directory, options -> options.fallThrough(true), files ->
                new ChannelHandler[] {StrictHttpRequestDecoder.builder().build(), files});
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("GET", "/missing") + TestClient.request("GET", "/a.txt"));
            assertThat(client.response().code()).isEqualTo(500);
            assertThat(text(client.response())).isEqualTo("200 file");
        }
        assertThat(site.uncaught.poll(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS))
                .hasMessageContaining("expected: an HttpResponseEncoder behind the StaticFileHandler");
    }

    @Test
    void aClientThatGoesAwayLeavesNothingBehind() throws Exception {
        BlockingQueue<ChannelHandlerContext> asked = new LinkedBlockingQueue<>();
        start(Layout.ENCODER_BEHIND, new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                asked.add(ctx);
                ReferenceCountUtil.release(message);
            }
        });
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("POST", "/up", "Content-Length: 100000")
                    + "x".repeat(1_000)
                    + "y".repeat(50_000));
            assertThat(asked.poll(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS)).isNotNull();
            reset(client);
        }
        Await.until(
                "channel closed",
                () -> asked.stream().noneMatch(ctx -> ctx.channel().isOpen()));
    }

    private static void reset(TestClient client) throws IOException {
        try {
            client.socket().setSoLinger(true, 0);
        } catch (SocketException closedAlready) {
            assertThat(client.socket().isClosed()).isTrue();
        }
    }
}
