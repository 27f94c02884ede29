package dev.aio.netty.stream;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.netty.Await;
import dev.aio.netty.Engine;
import dev.aio.netty.LoopKind;
import dev.aio.netty.NettyAioFile;
import dev.aio.netty.OpenDescriptors;
import dev.aio.netty.TargetDirectory;
import dev.aio.netty.TestFile;
import dev.aio.netty.TestTransport;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.local.LocalChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A server of each kind of loop and with each engine, and clients of it; everything is given back. */
@ParameterizedClass(name = "{0}, {1}")
@MethodSource("setups")
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class ServingSuite {

    static final int MIB = 1024 * 1024;
    private static final int SOCKET_BUFFER = 64 * 1024;

    @Parameter(0)
    LoopKind loops;

    @Parameter(1)
    Engine engine;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    TestTransport t;
    Channel listener;
    final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();

    static Stream<Arguments> setups() {
        return LoopKind.withEngines();
    }

    @BeforeEach
    void open() throws Exception {
        t = TestTransport.of(loops, engine, options -> options.poolBytes(8 * MIB));
    }

    @AfterEach
    void everythingIsGivenBack() throws Exception {
        if (listener != null) {
            listener.close();
        }
        accepted.forEach(Channel::close);
        Await.until("buffers back", () -> t.transport.pool().inUse() == 0);
        Await.until("descriptors closed", () -> OpenDescriptors.under(directory).isEmpty());
        t.close();
    }

    void assumeSockets() {
        assumeTrue(loops != LoopKind.LOCAL, "needs a socket");
    }

    interface Pipeline {
        void init(Channel channel) throws Exception;
    }

    void serve(Pipeline pipeline) throws Exception {
        listener = new ServerBootstrap()
                .group(t.group)
                .channel(loops.serverChannel())
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) throws Exception {
                        if (loops != LoopKind.LOCAL) {
                            channel.config().setOption(ChannelOption.SO_SNDBUF, SOCKET_BUFFER);
                        }
                        pipeline.init(channel);
                        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelActive(ChannelHandlerContext ctx) {
                                accepted.add(ctx.channel());
                            }

                            @Override
                            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                                ctx.close();
                            }
                        });
                    }
                })
                .bind(loops.anyAddress())
                .sync()
                .channel();
    }

    /** The server's end of the next connection. */
    Channel accept() throws InterruptedException {
        Channel channel = accepted.poll(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
        if (channel == null) {
            throw new AssertionError("no connection was accepted");
        }
        return channel;
    }

    NettyAioFile open(Channel channel, TestFile source) throws Exception {
        return Await.result(t.transport.open(channel.eventLoop(), source.path));
    }

    Client connect() throws Exception {
        return loops == LoopKind.LOCAL ? new LocalClient() : new SocketClient();
    }

    /** The other end. */
    interface Client extends AutoCloseable {

        /** That many bytes, or fewer if the server closes before. */
        byte[] read(int length) throws Exception;

        @Override
        void close() throws IOException;
    }

    private final class SocketClient implements Client {
        private final Socket socket = new Socket();

        SocketClient() throws IOException {
            socket.setReceiveBufferSize(SOCKET_BUFFER);
            socket.setSoTimeout((int) Await.DEADLINE.toMillis());
            socket.connect((InetSocketAddress) listener.localAddress());
        }

        @Override
        public byte[] read(int length) throws IOException {
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            byte[] some = new byte[64 * 1024];
            try {
                int n;
                while (received.size() < length
                        && (n = socket.getInputStream().read(some, 0, Math.min(some.length, length - received.size())))
                                >= 0) {
                    received.write(some, 0, n);
                }
            } catch (IOException e) {
                if (!String.valueOf(e.getMessage()).contains("reset")) {
                    throw e;
                }
            }
            return received.toByteArray();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private final class LocalClient extends SimpleChannelInboundHandler<ByteBuf> implements Client {
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private final Channel channel;
        private int given;

        LocalClient() throws InterruptedException {
            channel = new Bootstrap()
                    .group(t.group)
                    .channel(LocalChannel.class)
                    .handler(this)
                    .connect(listener.localAddress())
                    .sync()
                    .channel();
        }

        @Override
        protected synchronized void channelRead0(ChannelHandlerContext ctx, ByteBuf message) throws IOException {
            message.readBytes(received, message.readableBytes());
        }

        private synchronized int received() {
            return received.size() - given;
        }

        @Override
        public byte[] read(int length) {
            Await.until("bytes or end", () -> received() >= length || !channel.isOpen());
            synchronized (this) {
                byte[] all = received.toByteArray();
                int n = Math.min(length, all.length - given);
                byte[] part = java.util.Arrays.copyOfRange(all, given, given + n);
                given += n;
                return part;
            }
        }

        @Override
        public void close() {
            channel.close();
        }
    }

    static <T> Throwable failure(Future<T> future) {
        Throwable cause = Await.ended(future).cause();
        if (cause == null) {
            throw new AssertionError("expected to fail: " + future);
        }
        return cause;
    }

    <T> Promise<T> promise() {
        return t.loop().newPromise();
    }
}
