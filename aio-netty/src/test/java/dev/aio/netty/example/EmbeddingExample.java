package dev.aio.netty.example;

import dev.aio.netty.AioTransport;
import dev.aio.netty.http.StaticFileHandler;
import dev.aio.netty.http1.StrictHttpRequestDecoder;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.nio.file.Path;

final class EmbeddingExample {

    private EmbeddingExample() {}

    // README: begin
    static Channel serve(EventLoopGroup group, AioTransport transport, Path site, int port) throws Exception {
        StaticFileHandler files =
                StaticFileHandler.builder(transport, site).openFiles(1024).build();
        return new ServerBootstrap()
                .group(group) // new MultiThreadIoEventLoopGroup(EpollIoHandler.newFactory())
                .channel(EpollServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(StrictHttpRequestDecoder.builder().build(), files);
                    }
                })
                .bind("127.0.0.1", port)
                .sync()
                .channel();
    }
    // transport: AioTransport.of(group), made once, closed before the group is shut down
    // README: end
}
