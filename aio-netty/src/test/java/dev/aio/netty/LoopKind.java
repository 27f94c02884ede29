package dev.aio.netty;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** The kinds of event loops that a transport can be made for. */
public enum LoopKind {
    /** Completions arrive as events of the loop itself. */
    EPOLL(EpollServerSocketChannel.class),
    /** The same, by the handler that the standalone server uses. */
    STEADY_EPOLL(EpollServerSocketChannel.class),
    /** Served by the transport's private epoll loop. */
    NIO(NioServerSocketChannel.class),
    /** The same, and its channels have no socket. */
    LOCAL(LocalServerChannel.class),
    /** Served by the private epoll loop too. */
    IO_URING(IoUringServerSocketChannel.class);

    private final Class<? extends ServerChannel> serverChannel;

    LoopKind(Class<? extends ServerChannel> serverChannel) {
        this.serverChannel = serverChannel;
    }

    /**
     * What a suite that must be the same everywhere runs on: in the long tier every kind of loop with every engine,
     * in the quick one every kind of loop once and every engine with several.
     */
    public static Stream<Arguments> withEngines() {
        if ("long".equals(System.getProperty("aio.tier"))) {
            return Stream.of(values())
                    .flatMap(
                            loops -> Stream.of(Engine.AIO, Engine.BLOCKING).map(engine -> Arguments.of(loops, engine)));
        }
        return Stream.of(
                Arguments.of(EPOLL, Engine.AIO),
                Arguments.of(STEADY_EPOLL, Engine.BLOCKING),
                Arguments.of(NIO, Engine.AIO),
                Arguments.of(LOCAL, Engine.BLOCKING),
                Arguments.of(IO_URING, Engine.AIO));
    }

    /** Whether channels have an epoll loop's sockets, which take files by sendfile. */
    public boolean isEpoll() {
        return this == EPOLL || this == STEADY_EPOLL;
    }

    public EventLoopGroup newGroup(int loops) {
        return new MultiThreadIoEventLoopGroup(loops, new DefaultThreadFactory("test-loop", true), ioHandler());
    }

    private IoHandlerFactory ioHandler() {
        return switch (this) {
            case EPOLL -> EpollIoHandler.newFactory();
            case NIO -> NioIoHandler.newFactory();
            case LOCAL -> LocalIoHandler.newFactory();
            case STEADY_EPOLL -> SteadyEpollIoHandler.newFactory();
            case IO_URING -> ioUring();
        };
    }

    private static IoHandlerFactory ioUring() {
        assumeTrue(IoUring.isAvailable(), () -> "no io_uring here: " + IoUring.unavailabilityCause());
        return IoUringIoHandler.newFactory();
    }

    public Class<? extends ServerChannel> serverChannel() {
        return serverChannel;
    }

    /** Where a server channel of this kind can be bound without being in anybody's way. */
    public SocketAddress anyAddress() {
        return this == LOCAL ? LocalAddress.ANY : new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }
}
