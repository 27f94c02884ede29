package dev.aio.netty.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.Await;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ConnectionLimitsTest {

    private static final String BUSY = "busy";

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final List<Socket> sockets = new ArrayList<>();
    private Channel listener;

    @AfterEach
    void close() throws Exception {
        for (Socket socket : sockets) {
            socket.close();
        }
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    /** Echoes. */
    private void serve(ConnectionLimits limits) throws InterruptedException {
        listener = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(limits, new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelRead(ChannelHandlerContext ctx, Object message) {
                                ctx.writeAndFlush(message);
                            }
                        });
                    }
                })
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
    }

    private static Object busy() {
        return Unpooled.copiedBuffer(BUSY, StandardCharsets.US_ASCII);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.setSoTimeout((int) Await.DEADLINE.toMillis());
        socket.connect(listener.localAddress());
        return socket;
    }

    private static String ask(Socket socket) throws IOException {
        socket.getOutputStream().write("echo".getBytes(StandardCharsets.US_ASCII));
        return new String(socket.getInputStream().readNBytes(4), StandardCharsets.US_ASCII);
    }

    @Test
    void oneTooManyIsToldSoAndThereIsRoomWhenAnotherHasGone() throws Exception {
        ConnectionLimits limits = new ConnectionLimits(2, 0, ConnectionLimitsTest::busy);
        serve(limits);
        Socket first = connect();
        Socket second = connect();
        assertThat(ask(first)).isEqualTo("echo");
        assertThat(ask(second)).isEqualTo("echo");
        Socket third = connect();
        assertThat(ask(third)).isEqualTo(BUSY);
        assertThat(third.getInputStream().read()).as("end").isEqualTo(-1);
        assertThat(limits.refused()).isEqualTo(1);
        first.close();
        Await.until("room", () -> limits.open() == 1);
        assertThat(ask(connect())).isEqualTo("echo");
    }

    @Test
    void oneClientTakesNoMoreThanHisShare() throws Exception {
        ConnectionLimits limits = new ConnectionLimits(100, 1, null);
        serve(limits);
        Socket first = connect();
        assertThat(ask(first)).isEqualTo("echo");
        assertThat(connect().getInputStream().read()).isEqualTo(-1);
        first.close();
        Await.until("forgotten", () -> limits.open() == 0 && limits.clients() == 0);
        assertThat(ask(connect())).isEqualTo("echo");
    }

    private static EmbeddedChannel from(ConnectionLimits limits, String address) throws IOException {
        SocketAddress remote = new InetSocketAddress(InetAddress.getByName(address), 1);
        return new EmbeddedChannel(limits) {
            @Override
            protected SocketAddress remoteAddress0() {
                return remote;
            }
        };
    }

    @ParameterizedTest
    @CsvSource({
        "2001:db8:0:1::1, 2001:db8:0:1:ffff::2, false",
        "2001:db8:0:1::1, 2001:db8:0:2::1, true",
        "10.0.0.1, 10.0.0.2, true",
        "10.0.0.1, 10.0.0.1, false"
    })
    void anIpv6NetworkIsOneClient(String first, String second, boolean both) throws IOException {
        ConnectionLimits limits = new ConnectionLimits(0, 1, null);
        EmbeddedChannel one = from(limits, first);
        EmbeddedChannel other = from(limits, second);
        assertThat(one.isOpen()).isTrue();
        assertThat(other.isOpen()).isEqualTo(both);
        one.finishAndReleaseAll();
        other.finishAndReleaseAll();
        assertThat(limits.open()).isZero();
        assertThat(limits.clients()).isZero();
    }
}
