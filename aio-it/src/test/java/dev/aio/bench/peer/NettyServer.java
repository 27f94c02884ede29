package dev.aio.bench.peer;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.stream.ChunkedWriteHandler;
import java.io.File;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * {@code NettyServer DIRECTORY region|kept|chunked epoll|io_uring [CERTIFICATE KEY]}: one loop, {@link
 * HttpServerCodec}, and what Netty has for files. Prints {@code listening on URI}.
 */
public final class NettyServer {

    private NettyServer() {}

    /** Serves until it is killed. */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        FileBody body = FileBody.valueOf(arguments[1].toUpperCase(Locale.ROOT));
        boolean uring = arguments[2].equals("io_uring");
        SslContext security = arguments.length > 3 ? security(arguments[3], arguments[4]) : null;
        if (uring && !IoUring.isAvailable()) {
            System.err.println("no io_uring: " + IoUring.unavailabilityCause());
            System.exit(1);
        }
        IoHandlerFactory loops = uring ? IoUringIoHandler.newFactory() : EpollIoHandler.newFactory();
        Class<? extends ServerChannel> type = uring ? IoUringServerSocketChannel.class : EpollServerSocketChannel.class;
        Supplier<ChannelHandler> files = () -> new FileHandler(directory, body);
        Channel server = new ServerBootstrap()
                .group(new MultiThreadIoEventLoopGroup(1, loops))
                .channel(type)
                .option(ChannelOption.SO_BACKLOG, 16384)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new Pipeline(security, files))
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
        int port = ((InetSocketAddress) server.localAddress()).getPort();
        System.out.println("listening on http" + (security == null ? "" : "s") + "://127.0.0.1:" + port);
        server.closeFuture().sync();
    }

    private static SslContext security(String certificate, String key) throws Exception {
        return SslContextBuilder.forServer(new File(certificate), new File(key))
                .protocols("TLSv1.3")
                .build();
    }

    private static final class Pipeline extends ChannelInitializer<Channel> {
        private final SslContext security;
        private final Supplier<ChannelHandler> files;

        Pipeline(SslContext security, Supplier<ChannelHandler> files) {
            this.security = security;
            this.files = files;
        }

        @Override
        protected void initChannel(Channel channel) {
            if (security != null) {
                channel.pipeline().addLast(security.newHandler(channel.alloc()));
            }
            channel.pipeline().addLast(new HttpServerCodec(), new ChunkedWriteHandler(), files.get());
        }
    }
}
