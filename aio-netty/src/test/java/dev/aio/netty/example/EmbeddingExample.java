package dev.aio.netty.example;

import static io.netty.buffer.ByteBufUtil.writeAscii;
import static io.netty.handler.codec.http.HttpResponseStatus.OK;
import static io.netty.handler.codec.http.HttpVersion.HTTP_1_1;

import dev.aio.netty.AioTransport;
import dev.aio.netty.http.StaticFileHandler;
import dev.aio.netty.http1.StrictHttpRequestDecoder;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpUtil;
import java.nio.file.Path;
import java.time.Instant;

final class EmbeddingExample {

    private EmbeddingExample() {}

    // README: begin
    static Channel serve(EventLoopGroup group, AioTransport transport, Path site, int port) throws Exception {
        var files = StaticFileHandler.builder(transport, site).fallThrough(true).build();
        var channels = new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(StrictHttpRequestDecoder.builder().build(), files);
                channel.pipeline().addLast(new HttpResponseEncoder(), new HttpObjectAggregator(65_536), new Clock());
            }
        };
        var server = new ServerBootstrap().group(group).channel(EpollServerSocketChannel.class);
        return server.childHandler(channels).bind("127.0.0.1", port).sync().channel();
    }

    static final class Clock extends SimpleChannelInboundHandler<FullHttpRequest> { // answers whatever is no file
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
            var answer = new DefaultFullHttpResponse(HTTP_1_1, OK, writeAscii(ctx.alloc(), Instant.now() + "\n"));
            HttpUtil.setContentLength(answer, answer.content().readableBytes());
            ctx.writeAndFlush(answer);
        }
    }
    // group: new MultiThreadIoEventLoopGroup(SteadyEpollIoHandler.newFactory())
    // transport: AioTransport.of(group), made once, closed before the group is shut down
    // README: end
}
