package dev.aio.netty.http;

import static dev.aio.netty.http.FallThroughTest.MAX_BODY;
import static dev.aio.netty.http.FallThroughTest.response;
import static dev.aio.netty.http.FallThroughTest.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.TestFile;
import dev.aio.netty.http.FallThroughTest.Layout;
import dev.aio.netty.http.FallThroughTest.Route;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpChunkedInput;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.stream.ChunkedStream;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.util.CharsetUtil;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the next handler gets, and what becomes of its answers, where things are not simple; bodies: PassedOnBodyTest. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NextHandlerTest extends FallThroughSuite {

    @ParameterizedTest(name = "RFC 9110 9.3.2: HEAD, {0}")
    @EnumSource(Layout.class)
    void answersToHeadHaveNoBody(Layout layout) throws Exception {
        start(layout, options -> {}, new HttpObjectAggregator(MAX_BODY), new Route());
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("HEAD", "/missing", "Accept-Encoding: identity")
                    + TestClient.request("GET", "/a.txt", "Accept-Encoding: identity"));
            assertThat(client.response(false).field("content-length")).isEqualTo("21");
            assertThat(text(client.response())).isEqualTo("200 file");
        }
    }

    /** In parts, as a proxy does. */
    private static final class InParts extends SimpleChannelInboundHandler<FullHttpRequest> {
        private final boolean chunked;

        InParts(boolean chunked) {
            this.chunked = chunked;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
            HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
            if (chunked) {
                head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            }
            ctx.write(head);
            ctx.write(new DefaultHttpContent(Unpooled.copiedBuffer("part", CharsetUtil.US_ASCII)));
            ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
        }
    }

    @Test
    void chunkedAnswersToHeadHaveNoBody_rfc9112_6_1() throws Exception {
        start(Layout.ENCODER_BEHIND, options -> {}, new HttpObjectAggregator(MAX_BODY), new InParts(true));
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("HEAD", "/missing") + TestClient.request("GET", "/a.txt"));
            assertThat(client.response(false).code()).isEqualTo(200);
            assertThat(text(client.response())).isEqualTo("200 file");
        }
    }

    @ParameterizedTest(name = "RFC 9112 6.3: {0}")
    @EnumSource(Layout.class)
    void anAnswerWithoutAnEndEndsTheConnection(Layout layout) throws Exception {
        start(layout, options -> {}, new HttpObjectAggregator(MAX_BODY), new InParts(false));
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("GET", "/missing", "Accept-Encoding: identity")
                    + TestClient.request("GET", "/a.txt"));
            TestClient.Response response = client.response();
            if (response.field("transfer-encoding") == null) { // the compressor's
                assertThat(response.field("connection")).isEqualTo("close");
                assertThat(client.in().readAllBytes())
                        .asString(StandardCharsets.US_ASCII)
                        .isEqualTo("part");
            }
        }
    }

    @Test
    void closingIsSaid() throws Exception {
        startWithRoute(options -> {});
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("GET", "/missing", "Connection: close"));
            assertThat(client.response().field("connection")).isEqualTo("close");
            client.assertClosed();
        }
    }

    /** A file that was found and then has changed: the second look finds nothing, but its body is gone. */
    @Test
    void whatWasOursIsNotPassedOn() throws Exception {
        startWithRoute(options -> options.trustFor(Duration.ofSeconds(60)));
        Path gone = TestSite.file(directory, "gone.txt", "here");
        try (TestClient client = site.connect()) {
            assertThat(text(client.get("/gone.txt"))).isEqualTo("200 here");
            Files.writeString(gone, "");
            Files.delete(gone);
            client.send(TestClient.request("GET", "/gone.txt") + TestClient.request("GET", "/a.txt"));
            assertThat(client.response().code()).isIn(404, 500, 503);
            assertThat(text(client.response())).isEqualTo("200 file");
        }
    }

    @ParameterizedTest(name = "{0} beneath no prefix: {1}")
    @CsvSource({
        "/api/a%2Fb, 200 route GET /api/a%2Fb 0",
        "/api/x%5Cy, 200 route GET /api/x%5Cy 0",
        "/api/%ff, 200 route GET /api/%ff 0",
        "/static/%ff, 400 400 Bad Request",
        "/%73tatic/%ff, 400 400 Bad Request",
        "/api/../static/%ff, 400 400 Bad Request",
        "/static/a%2Fb, 200 route GET /static/a%2Fb 0",
        "/static/a.txt, 200 file",
        "/a.txt, 200 route GET /a.txt 0",
    })
    void whatIsNoNameOfAFileMayBeAPath(String path, String answer) throws Exception {
        startWithRoute(options -> options.prefix("/static"));
        assertThat(text(site.get(path)).strip()).isEqualTo(answer);
    }

    @Test
    void aLongSegmentMayBeAPath() throws Exception {
        startWithRoute(options -> options.prefix("/static"));
        String path = "/api/" + "t".repeat(300);
        assertThat(text(site.get(path))).isEqualTo("200 route GET " + path + " 0");
    }

    @Test
    void aHookThatThrowsIsAnsweredBeforeItIsReported() throws Exception {
        start(
                Layout.ENCODER_BEHIND,
                options -> options.resolver((request, name) -> {
                    throw new IllegalStateException("resolver");
                }),
                new ChannelInboundHandlerAdapter() {
                    @Override
                    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                        ctx.close();
                    }
                });
        assertThat(site.get("/a.txt").code()).isEqualTo(500);
    }

    /** In Netty's usual order the writer of chunked input stands between the codec and us. */
    @Test
    void answersOfChunkedInputHaveAnEnd() throws Exception {
        TestSite.file(directory, "a.txt", "file");
        site = new TestSite(directory, options -> options.fallThrough(true), files -> new ChannelHandler[] {
            new HttpServerCodec(),
            new ChunkedWriteHandler(),
            files,
            new HttpObjectAggregator(MAX_BODY),
            new SimpleChannelInboundHandler<FullHttpRequest>() {
                @Override
                protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
                    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
                    head.headers().set(HttpHeaderNames.CONTENT_LENGTH, 5);
                    ctx.write(head);
                    ByteArrayInputStream bytes = new ByteArrayInputStream("input".getBytes(StandardCharsets.US_ASCII));
                    ctx.writeAndFlush(new HttpChunkedInput(new ChunkedStream(bytes)));
                }
            }
        });
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("GET", "/one")
                    + TestClient.request("HEAD", "/two")
                    + TestClient.request("GET", "/a.txt"));
            assertThat(text(client.response())).isEqualTo("200 input");
            assertThat(client.response(false).field("content-length")).isEqualTo("5");
            assertThat(text(client.response())).isEqualTo("200 file");
        }
    }

    @Test
    void aConnectionThatWasPausedIsReadAfterASwitch() throws Exception {
        start(Layout.CODEC_IN_FRONT, options -> options.prefix("/static"), new ChannelInboundHandlerAdapter() {
            private boolean switched;

            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                if (switched) {
                    ctx.writeAndFlush(message); // an echo
                    return;
                }
                if (message instanceof LastHttpContent) {
                    switched = true;
                    ctx.writeAndFlush(new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS, Unpooled.EMPTY_BUFFER));
                    ctx.pipeline().remove(HttpServerCodec.class);
                }
                ReferenceCountUtil.release(message);
            }
        });
        TestFile large = TestFile.create(directory, "large", 3_000_000).cold();
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("GET", "/static/large")
                    + TestClient.request("GET", "/static/a.txt").repeat(70)
                    + TestClient.request("GET", "/chat", "Connection: upgrade", "Upgrade: echo"));
            assertThat(client.response().body()).isEqualTo(large.content);
            for (int i = 0; i < 70; i++) {
                assertThat(text(client.response())).isEqualTo("200 file");
            }
            assertThat(client.line()).isEqualTo("HTTP/1.1 101 Switching Protocols");
            assertThat(client.line()).isEmpty();
            client.send("hello\n");
            assertThat(client.line()).isEqualTo("hello");
        }
    }

    @Test
    void keepingTheConnectionIsSaidToClientsOf10_rfc9112_9_3() throws Exception {
        startWithRoute(options -> {});
        try (TestClient client = site.connect()) {
            client.send("GET /one HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertThat(client.response().field("connection")).isEqualTo("keep-alive");
            client.send("GET /two HTTP/1.0\r\n\r\n");
            assertThat(client.response().field("connection")).isEqualTo("close");
            client.assertClosed();
        }
    }
}
