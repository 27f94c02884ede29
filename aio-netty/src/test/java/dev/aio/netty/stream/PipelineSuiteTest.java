package dev.aio.netty.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.netty.Await;
import dev.aio.netty.NettyAioFile;
import dev.aio.netty.Rung;
import dev.aio.netty.TestFile;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpChunkedInput;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpContentCompressor;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataChunkedInput;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.handler.traffic.ChannelTrafficShapingHandler;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files arrive as they are through whatever Netty's own handlers make of them. */
class PipelineSuiteTest extends ServingSuite {

    private static final int SIZE = MIB + 4097;

    enum Security {
        PLAIN,
        JDK,
        OPENSSL
    }

    /** Files are written as one or the other. */
    enum As {
        CHUNKS,
        MESSAGE
    }

    private SslContext serverTls;
    private SslContext clientTls;

    private void secure(Security security) throws Exception {
        if (security == Security.PLAIN) {
            return;
        }
        assumeTrue(
                security == Security.JDK || OpenSsl.isAvailable(),
                () -> "no OpenSSL: " + OpenSsl.unavailabilityCause());
        X509Bundle certificate = new CertificateBuilder()
                .subject("CN=localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        serverTls = SslContextBuilder.forServer(certificate.toKeyManagerFactory())
                .sslProvider(security == Security.JDK ? SslProvider.JDK : SslProvider.OPENSSL)
                .build();
        clientTls = SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .endpointIdentificationAlgorithm("")
                .build();
    }

    private void protect(Channel server) {
        if (serverTls != null) {
            server.pipeline().addLast(serverTls.newHandler(server.alloc()));
        }
    }

    /** Collects bodies until enough is there, on the client's loop. */
    private static final class Collector extends ChannelInboundHandlerAdapter {
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private final int expected;
        private final Promise<byte[]> all;

        Collector(int expected, Promise<byte[]> all) {
            this.expected = expected;
            this.all = all;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            ByteBuf bytes = message instanceof ByteBuf buffer
                    ? buffer
                    : message instanceof HttpContent content
                            ? content.content()
                            : message instanceof Http2DataFrame data ? data.content() : Unpooled.EMPTY_BUFFER;
            bytes.readBytes(received, bytes.readableBytes());
            boolean last = message instanceof LastHttpContent;
            ReferenceCountUtil.release(message);
            if (last || received.size() >= expected) {
                all.trySuccess(received.toByteArray());
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            all.trySuccess(received.toByteArray());
        }
    }

    /** Connects a client of Netty's, since what the pipelines make of files is not for sockets to read. */
    private void withClient(Consumer<Channel> pipeline, Exchange exchange) throws Exception {
        boolean local = loops == dev.aio.netty.LoopKind.LOCAL;
        EventLoopGroup group =
                new MultiThreadIoEventLoopGroup(1, local ? LocalIoHandler.newFactory() : NioIoHandler.newFactory());
        try {
            Channel client = new Bootstrap()
                    .group(group)
                    .channel(local ? LocalChannel.class : NioSocketChannel.class)
                    .handler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            if (clientTls != null) {
                                channel.pipeline().addLast(clientTls.newHandler(channel.alloc()));
                            }
                            pipeline.accept(channel);
                        }
                    })
                    .connect(listener.localAddress())
                    .sync()
                    .channel();
            exchange.run(client, group);
            client.close().sync();
        } finally {
            group.shutdownGracefully(0, 10, java.util.concurrent.TimeUnit.SECONDS)
                    .sync();
        }
    }

    private interface Exchange {
        void run(Channel client, EventLoopGroup group) throws Exception;
    }

    private TestFile source(String state) throws Exception {
        TestFile source = TestFile.create(directory, SIZE);
        return state.equals("hot") ? source.hot() : source.cold();
    }

    private void assertArrives(TestFile source, Promise<byte[]> received) throws Exception {
        TestFile.assertSame(Await.result(received), source.content, source.name());
    }

    @ParameterizedTest
    @EnumSource(Security.class)
    void bytesAsTheyAre(Security security) throws Exception {
        secure(security);
        for (As as : As.values()) {
            TestFile source = TestFile.create(directory, as.name(), SIZE).cold();
            serve(channel -> {
                protect(channel);
                channel.pipeline().addLast(as == As.CHUNKS ? new ChunkedWriteHandler() : new FileMessageHandler());
            });
            Promise<byte[]> received = promise();
            withClient(channel -> channel.pipeline().addLast(new Collector(SIZE, received)), (client, group) -> {
                Channel channel = accept();
                NettyAioFile file = open(channel, source);
                channel.writeAndFlush(as == As.CHUNKS ? new AioChunkedFile(channel, file) : FileMessage.of(file));
                file.close();
                assertArrives(source, received);
            });
            listener.close().sync();
            source.hot();
        }
        if (security != Security.PLAIN) {
            assertThat(t.count(Rung.SENDFILE)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Security.class)
    void http1(Security security) throws Exception {
        secure(security);
        http1(channel -> {}, channel -> {}, "cold");
        http1(channel -> {}, channel -> {}, "hot");
    }

    /** Under -Xcheck:jni the JDK's deflater spoils even what Netty's own ChunkedNioFile reads. */
    @Tag("unchecked-jni")
    @Test
    void compressedHttp1() throws Exception {
        http1(
                channel -> channel.pipeline().addLast(new HttpContentCompressor()),
                channel -> {},
                "hot",
                packed -> new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes());
        assertThat(t.count(Rung.SENDFILE)).isZero();
    }

    private interface Unpacking {
        byte[] unpack(byte[] received) throws IOException;
    }

    private void http1(Consumer<Channel> server, Consumer<Channel> client, String state) throws Exception {
        http1(server, client, state, received -> received);
    }

    private void http1(Consumer<Channel> server, Consumer<Channel> client, String state, Unpacking unpacking)
            throws Exception {
        for (As as : As.values()) {
            TestFile source = TestFile.create(directory, state + as, SIZE);
            TestFile ready = state.equals("hot") ? source.hot() : source.cold();
            serve(channel -> {
                protect(channel);
                channel.pipeline().addLast(new HttpServerCodec());
                server.accept(channel);
                channel.pipeline()
                        .addLast(
                                as == As.CHUNKS ? new ChunkedWriteHandler() : new FileMessageHandler(),
                                answering(
                                        (ctx, file) -> {
                                            DefaultHttpResponse head = new DefaultHttpResponse(
                                                    HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
                                            head.headers()
                                                    .set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
                                            ctx.write(head);
                                            if (as == As.CHUNKS) {
                                                ctx.writeAndFlush(
                                                        new HttpChunkedInput(new AioChunkedFile(ctx.channel(), file)));
                                            } else {
                                                ctx.write(FileMessage.builder(file)
                                                        .windowsAs(DefaultHttpContent::new)
                                                        .build());
                                                ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
                                            }
                                        },
                                        ready));
            });
            Promise<byte[]> received = promise();
            withClient(
                    channel -> {
                        channel.pipeline().addLast(new HttpClientCodec());
                        client.accept(channel);
                        channel.pipeline().addLast(new Collector(Integer.MAX_VALUE, received));
                    },
                    (channel, group) -> {
                        DefaultHttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
                        request.headers().set(HttpHeaderNames.ACCEPT_ENCODING, "gzip");
                        channel.write(request);
                        channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
                        byte[] body = unpacking.unpack(Await.result(received));
                        TestFile.assertSame(body, source.content, source.name());
                    });
            listener.close().sync();
        }
    }

    private interface Answer {
        void write(ChannelHandlerContext ctx, NettyAioFile file);
    }

    /** Opens the file for each request. */
    private ChannelHandler answering(Answer answer, TestFile source) {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                boolean asked = message instanceof HttpRequest || message instanceof Http2HeadersFrame;
                ReferenceCountUtil.release(message);
                if (asked) {
                    t.transport.open(ctx.channel().eventLoop(), source.path).addListener((Future<NettyAioFile> f) -> {
                        answer.write(ctx, f.getNow());
                        f.getNow().close();
                    });
                }
            }
        };
    }

    @ParameterizedTest
    @EnumSource(Security.class)
    void http2(Security security) throws Exception {
        secure(security);
        for (As as : As.values()) {
            TestFile source = TestFile.create(directory, as.name(), SIZE).cold();
            serve(channel -> {
                protect(channel);
                channel.pipeline()
                        .addLast(
                                Http2FrameCodecBuilder.forServer().build(),
                                new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel stream) {
                                        stream.pipeline()
                                                .addLast(
                                                        as == As.CHUNKS
                                                                ? new ChunkedWriteHandler()
                                                                : new FileMessageHandler(),
                                                        answering((ctx, file) -> answerHttp2(as, ctx, file), source));
                                    }
                                }));
            });
            Promise<byte[]> received = promise();
            withClient(
                    channel -> channel.pipeline()
                            .addLast(
                                    Http2FrameCodecBuilder.forClient().build(),
                                    new Http2MultiplexHandler(new ChannelInboundHandlerAdapter())),
                    (channel, group) -> {
                        Channel stream = new Http2StreamChannelBootstrap(channel)
                                .handler(new Collector(SIZE, received))
                                .open()
                                .sync()
                                .getNow();
                        stream.writeAndFlush(new DefaultHttp2HeadersFrame(
                                new DefaultHttp2Headers()
                                        .method("GET")
                                        .path("/")
                                        .scheme("http"),
                                true));
                        assertArrives(source, received);
                    });
            listener.close().sync();
        }
        assertThat(t.count(Rung.SENDFILE)).isZero();
    }

    private static void answerHttp2(As as, ChannelHandlerContext ctx, NettyAioFile file) {
        ctx.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200"), false));
        if (as == As.CHUNKS) {
            ctx.writeAndFlush(new Http2DataChunkedInput(
                    new AioChunkedFile(ctx.channel(), file),
                    ((io.netty.handler.codec.http2.Http2StreamChannel) ctx.channel()).stream()));
        } else {
            ctx.write(FileMessage.builder(file)
                    .windowsAs(DefaultHttp2DataFrame::new)
                    .build());
            ctx.writeAndFlush(new DefaultHttp2DataFrame(true));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hot", "cold"})
    void trafficShapingSeesTheBytes(String state) throws Exception {
        TestFile source = source(state);
        serve(channel ->
                channel.pipeline().addLast(new ChannelTrafficShapingHandler(0, 0, 0), new FileMessageHandler()));
        Promise<byte[]> received = promise();
        withClient(channel -> channel.pipeline().addLast(new Collector(SIZE, received)), (client, group) -> {
            Channel channel = accept();
            NettyAioFile file = open(channel, source);
            channel.writeAndFlush(FileMessage.of(file));
            file.close();
            assertArrives(source, received);
        });
        assertThat(t.count(Rung.SENDFILE)).isZero();
    }
}
