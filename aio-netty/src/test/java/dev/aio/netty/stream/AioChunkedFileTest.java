package dev.aio.netty.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.Aio;
import dev.aio.netty.AioLoop;
import dev.aio.netty.Await;
import dev.aio.netty.Engine;
import dev.aio.netty.LoopKind;
import dev.aio.netty.NettyAioFile;
import dev.aio.netty.OpenDescriptors;
import dev.aio.netty.Rung;
import dev.aio.netty.TargetDirectory;
import dev.aio.netty.TestFile;
import dev.aio.netty.TestTransport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpChunkedInput;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URL;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass(name = "{0}, {1}")
@MethodSource("setups")
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AioChunkedFileTest {

    private static final int MIB = 1024 * 1024;

    enum Security {
        PLAIN,
        TLS
    }

    static Stream<Arguments> setups() {
        return Stream.of(LoopKind.EPOLL, LoopKind.NIO)
                .flatMap(loops -> Stream.of(Security.values()).map(security -> Arguments.of(loops, security)));
    }

    private static SslContext serverTls;
    private static SSLContext clientTls;

    @Parameter(0)
    LoopKind loops;

    @Parameter(1)
    Security security;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private TestTransport t;
    private Channel listener;

    @BeforeAll
    static void makeCertificate() throws Exception {
        X509Bundle certificate = new CertificateBuilder()
                .subject("CN=localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        serverTls = SslContextBuilder.forServer(certificate.toKeyManagerFactory())
                .sslProvider(SslProvider.JDK)
                .build();
        clientTls = SSLContext.getInstance("TLS");
        clientTls.init(null, new TrustManager[] {certificate.toTrustManager()}, null);
    }

    @BeforeEach
    void open() throws Exception {
        t = TestTransport.of(loops, Engine.AUTO);
    }

    @AfterEach
    void everythingIsGivenBack() throws Exception {
        if (listener != null) {
            listener.close();
        }
        Await.until("buffers back", () -> t.transport.pool().inUse() == 0);
        Await.until("descriptors closed", () -> OpenDescriptors.under(directory).isEmpty());
        t.close();
    }

    /** What a server writes to a new connection. */
    private interface Writer {
        /** On the channel's loop; the promise is that of the last write. */
        void write(Channel channel, NettyAioFile file, ChannelPromise last);
    }

    /** Serves one file to each connection: opens it for the connection's loop, then writes. */
    private final class Server extends ChannelInboundHandlerAdapter {
        private final TestFile source;
        private final Writer writer;
        private final Promise<Void> written = t.loop().newPromise();
        private volatile Channel channel;

        Server(TestFile source, Writer writer) {
            this.source = source;
            this.writer = writer;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            channel = ctx.channel();
            t.transport.open(channel.eventLoop(), source.path).addListener((Future<NettyAioFile> opened) -> {
                NettyAioFile file = opened.getNow();
                ChannelPromise last = channel.newPromise();
                last.addListener(future -> {
                    if (future.isSuccess()) {
                        written.setSuccess(null);
                    } else {
                        written.setFailure(future.cause());
                    }
                    channel.close();
                });
                writer.write(channel, file, last);
                file.close(); // what was written holds it open
            });
        }

        Server start() throws Exception {
            listener = new ServerBootstrap()
                    .group(t.group)
                    .channel(loops.serverChannel())
                    .childHandler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel child) {
                            if (security == Security.TLS) {
                                child.pipeline().addLast(serverTls.newHandler(child.alloc()));
                            }
                            child.pipeline().addLast(new ChunkedWriteHandler(), Server.this);
                        }
                    })
                    .bind(loops.anyAddress())
                    .sync()
                    .channel();
            return this;
        }

        Throwable failure() {
            Throwable cause = Await.ended(written).cause();
            assertThat(cause).as("failure of the write").isNotNull();
            return cause;
        }
    }

    private Server serve(TestFile source, Writer writer) throws Exception {
        return new Server(source, writer).start();
    }

    private static void writeWhole(Channel channel, NettyAioFile file, ChannelPromise last) {
        channel.writeAndFlush(new AioChunkedFile(channel, file), last);
    }

    private Socket connect() throws IOException {
        InetSocketAddress address = (InetSocketAddress) listener.localAddress();
        Socket socket = security == Security.TLS
                ? clientTls.getSocketFactory().createSocket(address.getAddress(), address.getPort())
                : new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout((int) Await.DEADLINE.toMillis());
        return socket;
    }

    private byte[] fetch() throws IOException {
        try (Socket socket = connect()) {
            return socket.getInputStream().readAllBytes();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4095, 65537, 3 * MIB + 777})
    void aColdFileArrivesWhole(int size) throws Exception {
        TestFile source = TestFile.create(directory, size).cold();
        Server server = serve(source, AioChunkedFileTest::writeWhole);
        TestFile.assertSame(fetch(), source.content, source.name());
        assertThat(Await.ended(server.written).isSuccess()).isTrue();
    }

    @Test
    void aHotFileArrivesWholeFromThePageCache() throws Exception {
        TestFile source = TestFile.create(directory, 3 * MIB + 777);
        // More than once, because everybody on this host may drop the page cache meanwhile.
        for (int attempt = 0; attempt < 5 && t.bytes(Rung.NOWAIT_READ) == 0; attempt++) {
            serve(source.hot(), AioChunkedFileTest::writeWhole);
            TestFile.assertSame(fetch(), source.content, source.name());
            listener.close().sync();
        }
        assertThat(t.bytes(Rung.NOWAIT_READ)).isPositive();
    }

    @Test
    void whatIsSentAgainComesIntoThePageCache() throws Exception {
        TestFile source = TestFile.create(directory, 300_000);
        assumeTrue(Aio.isAvailable(), "the lane's reads bring it in as they are");
        Await.until("filled", () -> {
            serve(source.cold(), this::writeThrice);
            assertThat(fetch()).hasSize(3 * source.size()).endsWith(source.content);
            listener.close().sync();
            return t.bytes(Rung.FILL_LANE) > 0;
        });
    }

    private void writeThrice(Channel channel, NettyAioFile closedSoon, ChannelPromise last) {
        t.transport
                .open(channel.eventLoop(), Path.of(closedSoon.file().path()))
                .addListener((Future<NettyAioFile> opened) -> {
                    NettyAioFile file = opened.getNow();
                    channel.write(new AioChunkedFile(channel, file));
                    channel.write(new AioChunkedFile(channel, file));
                    channel.writeAndFlush(new AioChunkedFile(channel, file), last);
                    last.addListener(written -> file.close());
                });
    }

    @Test
    void anEmptyFileIsWrittenAtOnce() throws Exception {
        TestFile source = TestFile.create(directory, 0);
        Server server = serve(source, AioChunkedFileTest::writeWhole);
        try {
            assertThat(fetch()).isEmpty();
        } catch (IOException closed) {
            assertThat(security).as("closed during the handshake").isEqualTo(Security.TLS);
        }
        assertThat(Await.ended(server.written).isSuccess()).isTrue();
    }

    @Test
    void rangesFollowOneAnotherInOrder() throws Exception {
        TestFile source = TestFile.create(directory, MIB + 5).cold();
        serve(source, (channel, file, last) -> {
            channel.write(new AioChunkedFile(channel, file, 700_001, 99));
            channel.write(new AioChunkedFile(channel, file, 3, 600_000));
            channel.writeAndFlush(new AioChunkedFile(channel, file, MIB + 4, 1), last);
        });
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        expected.write(source.range(700_001, 99));
        expected.write(source.range(3, 600_000));
        expected.write(source.range(MIB + 4, 1));
        TestFile.assertSame(fetch(), expected.toByteArray(), "three ranges");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hot", "cold"})
    void httpChunkedInputCarriesIt(String state) throws Exception {
        TestFile source = TestFile.create(directory, 2 * MIB + 1);
        if (state.equals("cold")) {
            source.cold();
        }
        listener = new ServerBootstrap()
                .group(t.group)
                .channel(loops.serverChannel())
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel child) {
                        child.pipeline()
                                .addLast(new HttpServerCodec(), new ChunkedWriteHandler(), new HttpServer(source));
                    }
                })
                .bind(loops.anyAddress())
                .sync()
                .channel();
        InetSocketAddress address = (InetSocketAddress) listener.localAddress();
        HttpURLConnection connection = (HttpURLConnection)
                new URL("http://127.0.0.1:" + address.getPort() + "/").openConnection(Proxy.NO_PROXY);
        connection.setReadTimeout((int) Await.DEADLINE.toMillis());
        try (InputStream in = connection.getInputStream()) {
            TestFile.assertSame(in.readAllBytes(), source.content, source.name());
        }
    }

    private final class HttpServer extends ChannelInboundHandlerAdapter {
        private final TestFile source;

        HttpServer(TestFile source) {
            this.source = source;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof HttpRequest) {
                t.transport.open(ctx.channel().eventLoop(), source.path).addListener((Future<NettyAioFile> opened) -> {
                    HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
                    response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
                    ctx.write(response);
                    ctx.writeAndFlush(new HttpChunkedInput(new AioChunkedFile(ctx.channel(), opened.getNow())));
                    opened.getNow().close();
                });
            }
        }
    }

    @Test
    void aFileThatIsTooShortFailsTheWrite() throws Exception {
        TestFile source = TestFile.create(directory, 2 * MIB).cold();
        Server server = serve(
                source,
                (channel, file, last) -> channel.writeAndFlush(new AioChunkedFile(channel, file, MIB, 2 * MIB), last));
        byte[] arrived = fetch();
        assertThat(server.failure()).isInstanceOf(TruncatedFileException.class).hasMessageContaining(source.name());
        TestFile.assertSame(arrived, source.range(MIB, arrived.length), "what arrived");
    }

    @Test
    void aFileTruncatedOnTheWayFailsTheWrite() throws Exception {
        TestFile source = TestFile.create(directory, 8 * MIB).hot();
        Server server = serve(source, AioChunkedFileTest::writeWhole);
        ByteArrayOutputStream arrived = new ByteArrayOutputStream();
        try (Socket socket = connect()) {
            arrived.write(socket.getInputStream().readNBytes(10_000));
            source.truncate(6 * MIB + 1);
            arrived.write(socket.getInputStream().readAllBytes());
        }
        assertThat(server.failure()).isInstanceOf(TruncatedFileException.class);
        TestFile.assertSame(arrived.toByteArray(), Arrays.copyOf(source.content, arrived.size()), "what arrived");
        assertThat(arrived.size()).isLessThanOrEqualTo(6 * MIB + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hot", "cold"})
    void aPeerThatGoesAwayEndsTheWrite(String state) throws Exception {
        TestFile source = TestFile.create(directory, 8 * MIB);
        if (state.equals("cold")) {
            source.cold();
        }
        Server server = serve(source, AioChunkedFileTest::writeWhole);
        try (Socket socket = connect()) {
            socket.getInputStream().readNBytes(10_000);
        }
        assertThat(server.failure()).isInstanceOf(IOException.class);
    }

    @Test
    void closeOfTheChannelEndsTheWrite() throws Exception {
        TestFile source = TestFile.create(directory, 8 * MIB).cold();
        Server server = serve(source, AioChunkedFileTest::writeWhole);
        try (Socket socket = connect()) {
            socket.getInputStream().readNBytes(10_000);
            server.channel.close().sync();
        }
        assertThat(server.failure()).isInstanceOf(IOException.class);
    }

    @Test
    void closeOfTheTransportFailsTheWrite() throws Exception {
        TestFile source = TestFile.create(directory, 8 * MIB).cold();
        Server server = serve(source, AioChunkedFileTest::writeWhole);
        try (Socket socket = connect()) {
            socket.getInputStream().readNBytes(10_000);
            t.closeTransport();
            socket.getInputStream().readAllBytes();
            assertThat(server.failure()).hasMessageContaining("closed");
        }
    }

    @Test
    void progressIsCounted() throws Exception {
        TestFile source = TestFile.create(directory, 100_000).cold();
        NettyAioFile file = t.open(source.path);
        UnwrittenInput input = new UnwrittenInput(file, 1000, 90_000);
        assertThat(input.file.length()).isEqualTo(90_000);
        assertThat(input.file.progress()).isZero();
        assertThat(input.file.isEndOfInput()).isFalse();
        int progress = 0;
        while (progress < 90_000) {
            assertThat(input.file.isEndOfInput()).isFalse();
            ByteBuf chunk = input.next();
            int length = chunk.readableBytes();
            source.assertContent(chunk, 1000 + progress, length);
            progress += length;
            assertThat(input.file.progress()).isEqualTo(progress);
        }
        assertThat(input.file.isEndOfInput()).isTrue();
        input.close();
        file.close();
    }

    @Test
    void afterCloseThereAreNoMoreChunks() throws Exception {
        TestFile source = TestFile.create(directory, 4 * MIB).cold();
        NettyAioFile file = t.open(source.path);
        UnwrittenInput input = new UnwrittenInput(file, 0, source.size());
        input.next().release();
        input.close();
        input.close();
        TestTransport.run(file.eventLoop(), () -> {
            try {
                assertThat(input.file.readChunk(ByteBufAllocator.DEFAULT)).isNull();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        file.close();
    }

    /** An input that nobody writes; its channel only stands for the loop. */
    private final class UnwrittenInput {
        private final AioChunkedFile file;
        private final Channel channel;

        UnwrittenInput(NettyAioFile file, long position, long length) throws Exception {
            channel = new ServerBootstrap()
                    .group(file.eventLoop())
                    .channel(loops.serverChannel())
                    .childHandler(new ChannelInboundHandlerAdapter())
                    .register()
                    .sync()
                    .channel();
            this.file = new AioChunkedFile(channel, file, position, length);
        }

        ByteBuf next() throws Exception {
            while (true) {
                ByteBuf chunk = TestTransport.on(channel.eventLoop(), () -> file.readChunk(ByteBufAllocator.DEFAULT));
                if (chunk != null) {
                    return chunk;
                }
                Thread.onSpinWait();
            }
        }

        void close() throws Exception {
            TestTransport.run(channel.eventLoop(), file::close);
            channel.close().sync();
        }
    }

    @Test
    void aFileOfAnotherLoopIsRefused() throws Exception {
        TestFile source = TestFile.create(directory, 100);
        AioLoop other = t.aioLoop();
        NettyAioFile file = t.open(source.path); // the group's other loop
        assertThat(file.loop()).isNotSameAs(other);
        Channel channel = new ServerBootstrap()
                .group(other.eventLoop())
                .channel(loops.serverChannel())
                .childHandler(new ChannelInboundHandlerAdapter())
                .register()
                .sync()
                .channel();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AioChunkedFile(channel, file))
                .withMessageContaining("expected: the same");
        channel.close().sync();
        file.close();
    }

    @Test
    void aClosedFileIsRefused() throws Exception {
        TestFile source = TestFile.create(directory, 100);
        NettyAioFile file = t.open(source.path);
        file.close();
        Channel channel = new ServerBootstrap()
                .group(file.eventLoop())
                .channel(loops.serverChannel())
                .childHandler(new ChannelInboundHandlerAdapter())
                .register()
                .sync()
                .channel();
        assertThatThrownBy(() -> new AioChunkedFile(channel, file)).isInstanceOf(IllegalStateException.class);
        channel.close().sync();
    }

    @Test
    void anEmbeddedChannelCanBeUsedInTests() throws Exception {
        TestFile source = TestFile.create(directory, MIB + 3).cold();
        EmbeddedChannel channel = new EmbeddedChannel(new ChunkedWriteHandler());
        Future<NettyAioFile> opened = t.transport.open(channel.eventLoop(), source.path);
        runUntilDone(channel, opened);
        Future<Void> written = channel.writeAndFlush(new AioChunkedFile(channel, opened.getNow()));
        opened.getNow().close();
        runUntilDone(channel, written);
        assertThat(written.isSuccess()).isTrue();
        ByteArrayOutputStream arrived = new ByteArrayOutputStream();
        for (ByteBuf chunk = channel.readOutbound(); chunk != null; chunk = channel.readOutbound()) {
            chunk.readBytes(arrived, chunk.readableBytes());
            chunk.release();
        }
        TestFile.assertSame(arrived.toByteArray(), source.content, source.name());
        t.transport.close();
        runUntilDone(channel, t.transport.closeFuture());
        channel.finish();
    }

    private static void runUntilDone(EmbeddedChannel channel, Future<?> future) {
        Await.until("done: " + future, () -> {
            channel.runPendingTasks();
            return future.isDone();
        });
    }
}
