package dev.aio.netty.server;

import dev.aio.netty.http.StaticFileHandler;
import dev.aio.netty.http1.StrictHttpRequestDecoder;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the channels of the server are made of: limits, TLS, the protocol that was agreed on, the files. */
final class ServerPipeline extends ChannelInitializer<Channel> {

    /** Seconds without a byte in either direction after which a connection is closed; nginx's default. */
    private static final int IDLE_SECONDS = 75;

    /** Requests of one connection at once; nginx's default, and what browsers are content with. */
    private static final int MAX_STREAMS = 128;

    /** Bytes of a request's fields, as for HTTP/1. */
    private static final int MAX_HEADER_LIST = 32 * 1024;

    /** Requests that a connection may begin and take back within half a minute (CVE-2023-44487). */
    private static final int MAX_RESETS = 200;

    private static final int RESET_SECONDS = 30;

    /** Answers to PING, SETTINGS and RST_STREAM that may wait for a client that reads nothing (CVE-2019-9512, 9515). */
    private static final int MAX_CONTROL_FRAMES = 1_000;

    private static final byte[] BUSY =
            ("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Type: text/plain\r\n"
                            + "Content-Length: 24\r\nConnection: close\r\n\r\n503 Service Unavailable\n")
                    .getBytes(StandardCharsets.US_ASCII);

    private final StaticFileHandler files;
    private final @Nullable SslContext tls;
    private final ConnectionLimits limits;

    /**
     * @param tls {@code null} for none
     */
    ServerPipeline(StaticFileHandler files, @Nullable SslContext tls, int connections, int connectionsPerClient) {
        this.files = files;
        this.tls = tls;
        limits = new ConnectionLimits(
                connections, connectionsPerClient, tls == null ? () -> Unpooled.wrappedBuffer(BUSY) : null);
    }

    @Override
    protected void initChannel(Channel channel) {
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast(limits, new IdleStateHandler(true, 0, 0, IDLE_SECONDS, TimeUnit.SECONDS));
        if (tls == null) {
            pipeline.addLast(new PrefaceDetector(this::addHttp1, this::addHttp2));
        } else {
            pipeline.addLast(tls.newHandler(channel.alloc()), new Agreed());
        }
    }

    private void addHttp1(ChannelHandlerContext ctx) {
        ctx.pipeline().addLast(StrictHttpRequestDecoder.builder().build(), files);
    }

    private void addHttp2(ChannelHandlerContext ctx) {
        ChannelHandler streams = new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel stream) {
                stream.pipeline().addLast(files);
            }
        };
        ctx.pipeline().addLast(codec(), new Http2MultiplexHandler(streams), new ConnectionEnd());
    }

    private static Http2FrameCodec codec() {
        return Http2FrameCodecBuilder.forServer()
                .initialSettings(Http2Settings.defaultSettings()
                        .maxConcurrentStreams(MAX_STREAMS)
                        .maxHeaderListSize(MAX_HEADER_LIST))
                .decoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESET_SECONDS)
                .encoderEnforceMaxQueuedControlFrames(MAX_CONTROL_FRAMES)
                .build();
    }

    private final class Agreed extends ApplicationProtocolNegotiationHandler {

        Agreed() {
            super(ApplicationProtocolNames.HTTP_1_1);
        }

        @Override
        protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
            if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
                addHttp2(ctx);
            } else {
                addHttp1(ctx);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
            if (event == StaticFileHandler.DRAIN) {
                ctx.close();
            } else {
                super.userEventTriggered(ctx, event);
            }
        }

        @Override
        protected void handshakeFailure(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close(); // the client's affair
        }
    }

    /** Of a connection of HTTP/2, whose requests are answered in channels of their own. */
    private static final class ConnectionEnd extends ChannelInboundHandlerAdapter {

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof IdleStateEvent
                    || event instanceof ChannelInputShutdownEvent
                    || event == StaticFileHandler.DRAIN) {
                ctx.close(); // with GOAWAY, and after what is being answered
            }
            ctx.fireUserEventTriggered(event);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
            if (!(cause instanceof IOException)) {
                ctx.fireExceptionCaught(cause);
            }
        }
    }
}
