package dev.aio.netty.http;

import static dev.aio.netty.http.FallThroughTest.response;
import static dev.aio.netty.http.FallThroughTest.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.Await;
import dev.aio.netty.TestFile;
import dev.aio.netty.http.FallThroughTest.Layout;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies of requests that fall through: whole, in order, within bounds, and with an end. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PassedOnBodyTest extends FallThroughSuite {

    @Test
    void uploadsThatWereGivenLeaveKeepTheConnection_rfc9110_10_1_1() throws Exception {
        startWithRoute(options -> {});
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("PUT", "/up", "Content-Length: 3", "Expect: 100-continue"));
            assertThat(client.line()).isEqualTo("HTTP/1.1 100 Continue");
            assertThat(client.line()).isEmpty();
            client.send("abc");
            TestClient.Response response = client.response();
            assertThat(text(response)).isEqualTo("200 route PUT /up 3");
            assertThat(response.field("connection")).isNull();
            client.send(TestClient.request("GET", "/a.txt"));
            assertThat(text(client.response())).isEqualTo("200 file");
        }
    }

    @Test
    void uploadsThatWereNotGivenLeaveEndIt_rfc9110_10_1_1() throws Exception {
        start(Layout.ENCODER_BEHIND, options -> {}, new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                if (message instanceof HttpRequest) {
                    ctx.writeAndFlush(response("no"));
                }
                ReferenceCountUtil.release(message);
            }
        });
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("PUT", "/up", "Content-Length: 3", "Expect: 100-continue"));
            TestClient.Response response = client.response();
            assertThat(text(response)).isEqualTo("200 no");
            assertThat(response.field("connection")).isEqualTo("close");
            client.assertClosed();
        }
    }

    @Test
    void aBodyThatIsNotLimitedHereArrivesWhole() throws Exception {
        startWithRoute(options -> options.maxBody(0).bodyTimeout(Duration.ofMillis(1), 1_000_000));
        TestFile large = TestFile.create(directory, 3_000_000).cold();
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("GET", "/miss", "Content-Length: 10") + "12345");
            client.send("67890");
            assertThat(text(client.response())).isEqualTo("200 route GET /miss 10");
            client.send(TestClient.request("GET", "/" + large.name())
                    + TestClient.request("POST", "/up", "Content-Length: 4") + "1234"
                    + TestClient.request("PUT", "/up", "Content-Length: 3", "Expect: 100-continue"));
            assertThat(client.response().body()).isEqualTo(large.content);
            assertThat(text(client.response())).isEqualTo("200 route POST /up 4");
            assertThat(client.line()).isEqualTo("HTTP/1.1 100 Continue");
            assertThat(client.line()).isEmpty();
            client.send("abc");
            assertThat(text(client.response())).isEqualTo("200 route PUT /up 3");
        }
    }

    /** Answers when all has come, with what has come; reads on as soon as it sees a head. */
    private static final class Eager extends ChannelInboundHandlerAdapter {
        private final BlockingQueue<Channel> heads;
        private final boolean readsOn;
        private StringBuilder body;

        Eager(BlockingQueue<Channel> heads, boolean readsOn) {
            this.heads = heads;
            this.readsOn = readsOn;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof HttpRequest) {
                body = new StringBuilder();
                ctx.channel().config().setAutoRead(readsOn);
                if (readsOn) {
                    ctx.read();
                }
                heads.add(ctx.channel());
            }
            if (message instanceof HttpContent) {
                ByteBuf content = ((HttpContent) message).content();
                body.append(content.toString(StandardCharsets.US_ASCII));
            }
            if (message instanceof LastHttpContent) {
                ctx.writeAndFlush(response(body.toString())).addListener((ChannelFutureListener)
                        written -> written.channel().config().setAutoRead(true));
            }
            ReferenceCountUtil.release(message);
        }
    }

    private static String numbers(int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append(String.format("%06d ", i));
        }
        return text.toString();
    }

    @ParameterizedTest(name = "the next handler reads on: {0}")
    @ValueSource(booleans = {true, false})
    void aBodyThatWasKeptArrivesInOrder(boolean readsOn) throws Exception {
        BlockingQueue<Channel> heads = new LinkedBlockingQueue<>();
        start(Layout.ENCODER_BEHIND, options -> {}, new Eager(heads, readsOn));
        TestFile large = TestFile.create(directory, 8_000_000).cold();
        String body = numbers(0, 600_000); // more than sockets hold
        try (TestClient client = site.connect()) {
            StringBuilder chunks = new StringBuilder();
            for (int at = 0; at < body.length(); at += 7_000) {
                String chunk = body.substring(at, Math.min(body.length(), at + 7_000));
                chunks.append(Integer.toHexString(chunk.length()))
                        .append("\r\n")
                        .append(chunk)
                        .append("\r\n");
            }
            client.send(TestClient.request("GET", "/" + large.name())
                    + TestClient.request("POST", "/up", "Transfer-Encoding: chunked"));
            Thread sender = new Thread(() -> {
                try {
                    client.send(chunks + "0\r\n\r\n");
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            sender.start();
            assertThat(client.response().body()).isEqualTo(large.content);
            Channel channel = heads.poll(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
            if (!readsOn) { // nobody but the next handler decides that
                channel.eventLoop().submit(() -> {}).sync();
                assertThat(channel.config().isAutoRead()).isFalse();
                channel.config().setAutoRead(true);
            }
            assertThat(text(client.response())).isEqualTo("200 " + body);
            sender.join();
        }
    }

    /** However many wait: reading stops when there is enough. */
    @Test
    void keptBodiesAreBoundedForAConnection() throws Exception {
        startWithRoute(options -> {});
        TestFile large = TestFile.create(directory, 20_000_000).cold();
        String upload = TestClient.request("POST", "/up", "Content-Length: 60000") + "x".repeat(60_000);
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("GET", "/" + large.name()));
            Thread sender = new Thread(() -> {
                try {
                    client.send(upload.repeat(60));
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            sender.start();
            assertThat(client.response().body()).isEqualTo(large.content);
            for (int i = 0; i < 60; i++) {
                assertThat(text(client.response())).isEqualTo("200 route POST /up 60000");
            }
            sender.join();
        }
    }

    /** Under leak detection. */
    @Test
    void anErrorOfAHookGivesTheBodyBack() throws Exception {
        startWithRoute(options -> options.resolver((request, name) -> {
            throw new AssertionError("resolver");
        }));
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("GET", "/a.txt", "Content-Length: 5000") + "x".repeat(5_000));
            client.assertClosed();
        }
        assertThat(site.uncaught.poll(20, TimeUnit.SECONDS)).hasMessage("resolver");
    }

    @Test
    void aHalfClosedUploadHasAnEnd() throws Exception {
        start(Layout.CODEC_IN_FRONT, options -> {}, new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                if (message instanceof LastHttpContent) {
                    boolean failed = ((LastHttpContent) message).decoderResult().isFailure();
                    ctx.writeAndFlush(response(failed ? "cut short" : "whole"));
                }
                ReferenceCountUtil.release(message);
            }
        });
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("POST", "/up", "Content-Length: 10") + "12345");
            client.socket().shutdownOutput();
            TestClient.Response response = client.response();
            assertThat(text(response)).isEqualTo("200 cut short");
            assertThat(response.field("connection")).isEqualTo("close");
        }
    }

    @Test
    void aMalformedBodyEndsTheConnectionBehindTheAnswer() throws Exception {
        start(Layout.ENCODER_BEHIND, options -> {}, new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                if (message instanceof LastHttpContent) {
                    ctx.writeAndFlush(response("seen"));
                }
                ReferenceCountUtil.release(message);
            }
        });
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("POST", "/up", "Transfer-Encoding: chunked") + "zz\r\n"
                    + TestClient.request("GET", "/a.txt"));
            TestClient.Response response = client.response();
            assertThat(text(response)).isEqualTo("200 seen");
            assertThat(response.field("connection")).isEqualTo("close");
            client.assertClosed();
        }
    }
}
