package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.Await;
import dev.aio.netty.Engine;
import dev.aio.netty.LoopKind;
import dev.aio.netty.OpenDescriptors;
import dev.aio.netty.TargetDirectory;
import dev.aio.netty.TestFile;
import dev.aio.netty.TestTransport;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContentCompressor;
import io.netty.handler.codec.http.HttpContentDecompressor;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same answers in all pipelines that the handler may be put into. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PipelineKindTest {

    private static final int MIB = 1024 * 1024;

    enum Pipeline {
        BYTES,
        CODEC,
        HTTP2
    }

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private TestTransport t;
    private StaticFileHandler site;
    private Channel listener;
    private Channel client;
    private final BlockingQueue<FullHttpResponse> responses = new LinkedBlockingQueue<>();

    @BeforeEach
    void open() throws Exception {
        t = TestTransport.of(LoopKind.EPOLL, Engine.AUTO);
        site = StaticFileHandler.builder(t.transport, directory).build();
    }

    @AfterEach
    void everythingIsGivenBack() throws Exception {
        if (client != null) {
            client.close().sync();
        }
        listener.close().sync();
        site.close();
        Await.until("buffers back", () -> t.transport.pool().inUse() == 0);
        Await.until("descriptors closed", () -> OpenDescriptors.under(directory).isEmpty());
        t.close();
    }

    private static ChannelInitializer<Channel> adding(ChannelHandler... handlers) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(handlers);
            }
        };
    }

    private void start(ChannelInitializer<Channel> server, ChannelInitializer<Channel> connected) throws Exception {
        listener = new ServerBootstrap()
                .group(t.group)
                .channel(LoopKind.EPOLL.serverChannel())
                .childHandler(server)
                .bind(LoopKind.EPOLL.anyAddress())
                .sync()
                .channel();
        client = new Bootstrap()
                .group(t.group)
                .channel(io.netty.channel.epoll.EpollSocketChannel.class)
                .handler(connected)
                .connect(listener.localAddress())
                .sync()
                .channel();
    }

    private void start(Pipeline pipeline) throws Exception {
        ChannelInitializer<Channel> http1 =
                adding(new HttpClientCodec(), new HttpObjectAggregator(16 * MIB), new Collector());
        switch (pipeline) {
            case BYTES:
                start(adding(new HttpRequestDecoder(), site), http1);
                break;
            case CODEC:
                start(adding(new HttpServerCodec(), site), http1);
                break;
            default:
                start(
                        adding(Http2FrameCodecBuilder.forServer().build(), new Http2MultiplexHandler(adding(site))),
                        adding(
                                Http2FrameCodecBuilder.forClient().build(),
                                new Http2MultiplexHandler(new ChannelInboundHandlerAdapter())));
        }
    }

    private final class Collector extends SimpleChannelInboundHandler<FullHttpResponse> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
            responses.add(response.retain());
        }
    }

    private static DefaultFullHttpRequest request(HttpMethod method, String path) {
        DefaultFullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, path);
        request.headers().set(HttpHeaderNames.HOST, "host");
        return request;
    }

    private FullHttpResponse ask(Pipeline pipeline, DefaultFullHttpRequest request) throws Exception {
        Channel to = client;
        if (pipeline == Pipeline.HTTP2) {
            to = new Http2StreamChannelBootstrap(client)
                    .handler(adding(
                            new Http2StreamFrameToHttpObjectCodec(false),
                            new HttpObjectAggregator(16 * MIB),
                            new Collector()))
                    .open()
                    .sync()
                    .getNow();
        }
        to.writeAndFlush(request);
        FullHttpResponse response = responses.poll(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
        assertThat(response).as("response to %s", request).isNotNull();
        return response;
    }

    private static String header(FullHttpResponse response, CharSequence name) {
        return response.headers().get(name);
    }

    private static void assertBody(FullHttpResponse response, int status, byte[] expected) {
        assertThat(response.status().code()).isEqualTo(status);
        TestFile.assertSame(ByteBufUtil.getBytes(response.content()), expected, "body");
        response.release();
    }

    @ParameterizedTest
    @EnumSource(Pipeline.class)
    void filesArriveWhole(Pipeline pipeline) throws Exception {
        start(pipeline);
        for (int size : new int[] {0, 1, 1000, 300_000, 5 * MIB + 3}) {
            for (boolean cold : new boolean[] {true, false}) {
                TestFile source = TestFile.create(directory, "f" + size + cold, size);
                if (cold) {
                    source.cold();
                }
                FullHttpResponse response = ask(pipeline, request(HttpMethod.GET, "/f" + size + cold));
                assertThat(header(response, "content-length")).isEqualTo(String.valueOf(size));
                assertThat(header(response, "etag")).isNotNull();
                assertThat(header(response, "date")).isNotNull();
                assertBody(response, 200, source.content);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Pipeline.class)
    void answersAreAlike(Pipeline pipeline) throws Exception {
        TestFile source = TestFile.create(directory, "file", 100_000);
        start(pipeline);
        FullHttpResponse head = ask(pipeline, request(HttpMethod.HEAD, "/file"));
        assertThat(header(head, "content-length")).isEqualTo("100000");
        assertBody(head, 200, new byte[0]);

        DefaultFullHttpRequest part = request(HttpMethod.GET, "/file");
        part.headers().set("range", "bytes=99-299");
        FullHttpResponse partial = ask(pipeline, part);
        assertThat(header(partial, "content-range")).isEqualTo("bytes 99-299/100000");
        assertBody(partial, 206, source.range(99, 201));

        DefaultFullHttpRequest parts = request(HttpMethod.GET, "/file");
        parts.headers().set("range", "bytes=0-9,50000-50009,99990-");
        FullHttpResponse several = ask(pipeline, parts);
        assertThat(header(several, "content-type")).startsWith("multipart/byteranges; boundary=");
        assertThat(several.headers().getAll("content-type")).hasSize(1);
        assertThat(several.content().readableBytes()).isEqualTo(Integer.parseInt(header(several, "content-length")));
        several.release();

        DefaultFullHttpRequest conditional = request(HttpMethod.GET, "/file");
        conditional.headers().set("if-none-match", "*");
        FullHttpResponse notModified = ask(pipeline, conditional);
        assertThat(header(notModified, "etag")).isNotNull();
        assertBody(notModified, 304, new byte[0]);

        FullHttpResponse missing = ask(pipeline, request(HttpMethod.GET, "/missing"));
        assertBody(missing, 404, "404 Not Found\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        FullHttpResponse refused = ask(pipeline, request(HttpMethod.POST, "/file"));
        assertThat(header(refused, "allow")).contains("GET");
        assertThat(refused.status().code()).isEqualTo(405);
        refused.release();
    }

    @ParameterizedTest
    @EnumSource(names = {"BYTES", "CODEC"})
    void aClientThatWantsTheEndGetsIt(Pipeline pipeline) throws Exception {
        TestFile source = TestFile.create(directory, "file", 100_000);
        start(pipeline);
        DefaultFullHttpRequest last = request(HttpMethod.GET, "/file");
        last.headers().set("connection", "close");
        FullHttpResponse response = ask(pipeline, last);
        assertThat(header(response, "connection")).isEqualTo("close");
        assertBody(response, 200, source.content);
        Await.until("closed", () -> !client.isOpen());
    }

    /** Nothing else can tell the client that what it has is not all. */
    @ParameterizedTest
    @EnumSource(Pipeline.class)
    void aFileThatShrinksWhileItIsSentEndsTheAnswer(Pipeline pipeline) throws Exception {
        TestFile source = TestFile.create(directory, "file", 100_000);
        start(pipeline);
        FullHttpResponse first = ask(pipeline, request(HttpMethod.GET, "/file"));
        assertBody(first, 200, source.content);
        source.truncate(10);
        FullHttpResponse second = ask(pipeline, request(HttpMethod.GET, "/file"));
        assertThat(second.content().readableBytes()).isEqualTo(Integer.parseInt(header(second, "content-length")));
        second.release();
    }

    @Test
    @Tag("unchecked-jni")
    void compressionIsNettysOwnAffair() throws Exception {
        TestFile source = TestFile.create(directory, "file.txt", 300_000);
        start(
                adding(new HttpServerCodec(), new HttpContentCompressor(), site),
                adding(
                        new HttpClientCodec(),
                        new HttpContentDecompressor(0),
                        new HttpObjectAggregator(16 * MIB),
                        new Collector()));
        DefaultFullHttpRequest request = request(HttpMethod.GET, "/file.txt");
        request.headers().set("accept-encoding", "gzip");
        FullHttpResponse response = ask(Pipeline.CODEC, request);
        assertBody(response, 200, source.content);
    }
}
