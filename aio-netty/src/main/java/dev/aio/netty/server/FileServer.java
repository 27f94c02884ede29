package dev.aio.netty.server;

import dev.aio.core.AioException;
import dev.aio.netty.AioTransport;
import dev.aio.netty.SteadyEpollIoHandler;
import dev.aio.netty.http.StaticFileHandler;
import dev.aio.netty.http.StaticFileHandlerBuilder;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A listening HTTP server over one directory, with event loops and transport of its own. */
public final class FileServer implements AutoCloseable {

    /**
     * Bytes that the kernel takes for a client beyond what it may send: enough for the round trip to a loop, while its
     * send buffer grows to megabytes for a client that reads nothing. See {@code tcp(7)}, TCP_NOTSENT_LOWAT.
     */
    private static final long UNSENT_BYTES = 256 * 1024;

    private final EventLoopGroup group;
    private final AioTransport transport;
    private final StaticFileHandler files;
    private final Cuts cuts = new Cuts();
    private final ServerPipeline pipeline;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private Channel listener;
    private volatile boolean draining;

    private FileServer(FileServerBuilder options) throws AioException, IOException {
        IoHandlerFactory io = Epoll.isAvailable() ? SteadyEpollIoHandler.newFactory() : NioIoHandler.newFactory();
        group = new MultiThreadIoEventLoopGroup(options.loops, new LoopThreadFactory(), io);
        AioTransport made = null;
        try {
            made = AioTransport.builder(group)
                    .engine(options.engine)
                    .pendingLimit(options.pendingReads)
                    .pinLimit(options.pinLimit)
                    .mapLimit(options.mapLimit)
                    .build();
            made.start();
            StaticFileHandlerBuilder builder = StaticFileHandler.builder(made, options.root)
                    .onSlowBody(() -> cuts.count(Cuts.Reason.SLOW_BODY))
                    .directWrites(true); // the pipeline is ours, and none of it minds
            options.files.accept(builder);
            files = builder.build();
        } catch (IOException | RuntimeException | Error e) {
            if (made != null) {
                made.close();
            }
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw e;
        }
        transport = made;
        pipeline = new ServerPipeline(files, options, cuts);
    }

    /** Options for a server of a directory. */
    public static FileServerBuilder builder(Path root) {
        return new FileServerBuilder(root);
    }

    static FileServer start(FileServerBuilder options, InetSocketAddress address) throws IOException {
        FileServer server = new FileServer(options);
        try {
            server.listen(address);
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
        return server;
    }

    private void listen(InetSocketAddress address) throws IOException {
        Class<? extends ServerChannel> type =
                Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        ServerBootstrap bootstrap = new ServerBootstrap();
        if (Epoll.isAvailable()) {
            bootstrap.childOption(EpollChannelOption.TCP_NOTSENT_LOWAT, UNSENT_BYTES);
        }
        ChannelFuture bound = bootstrap
                .group(group)
                .channel(type)
                .option(ChannelOption.SO_BACKLOG, 4096)
                .option(ChannelOption.SO_REUSEADDR, true)
                .handler(new AcceptFailures())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.add(channel);
                        channel.pipeline().addLast(pipeline);
                        if (draining) {
                            // accepted before, but nobody else will tell it
                            channel.pipeline().fireUserEventTriggered(StaticFileHandler.DRAIN);
                        }
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on "
                            + address.getHostString()
                            + ':'
                            + address.getPort()
                            + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        listener = bound.channel();
    }

    /** Where the server listens; the port is the real one if 0 was asked for. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    public AioTransport transport() {
        return transport;
    }

    /** Whom the time limits have cut. */
    Cuts cuts() {
        return cuts;
    }

    /**
     * Says that the end is near, and serves on for a while, so that load balancers notice before anybody is refused.
     * Waits for it.
     *
     * @see StaticFileHandler#announceEnd
     */
    public void announceEnd(Duration delay) {
        files.announceEnd();
        group.schedule(() -> {}, delay.toNanos(), TimeUnit.NANOSECONDS).awaitUninterruptibly();
    }

    /**
     * Stops accepting, ends idle connections, those too on which nothing has come for a second, and waits for the others to finish what they send.
     *
     * @return whether all had finished within the deadline
     */
    public boolean drain(Duration deadline) {
        draining = true;
        if (listener != null) {
            listener.close().awaitUninterruptibly();
        }
        connections.forEach(c -> c.pipeline().fireUserEventTriggered(StaticFileHandler.DRAIN));
        return connections.newCloseFuture().awaitUninterruptibly(deadline.toMillis());
    }

    private static void cut(Channel connection) {
        ChannelHandlerContext first = connection.pipeline().firstContext();
        if (first != null) {
            first.close();
        } else {
            connection.close();
        }
    }

    /** Cuts what is still open and gives everything back; waits for it. */
    @Override
    public void close() {
        if (listener != null) {
            listener.close().awaitUninterruptibly();
        }
        // Not from the end of the pipeline: HTTP/2 would wait for its streams.
        connections.forEach(FileServer::cut);
        connections.close(); // and whoever comes late
        connections.newCloseFuture().awaitUninterruptibly();
        files.close();
        transport.close();
        transport.closeFuture().awaitUninterruptibly(30, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
