package dev.aio.netty.server;

import dev.aio.netty.http.StaticFileHandler;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.timeout.IdleStateEvent;
import java.io.IOException;

/** What a connection of HTTP/2 is made of, and what it may ask for. */
final class Http2Pipeline {

    /** Requests of one connection at once; nginx's default, and what browsers are content with. */
    private static final int MAX_STREAMS = 128;

    /** Bytes of a request's fields, as for HTTP/1. */
    private static final int MAX_HEADER_LIST = 32 * 1024;

    /** Requests that a connection may begin and take back within half a minute (CVE-2023-44487). */
    private static final int MAX_RESETS = 200;

    private static final int RESET_SECONDS = 30;

    /** Answers to PING, SETTINGS and RST_STREAM that may wait for a client that reads nothing (CVE-2019-9512, 9515). */
    private static final int MAX_CONTROL_FRAMES = 1_000;

    private final StaticFileHandler files;

    Http2Pipeline(StaticFileHandler files, TimeLimits times, Cuts cuts) {
        this.files = files;
    }

    /** Adds the handlers at the end of the pipeline. */
    void addTo(ChannelHandlerContext ctx) {
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

    /** Of a connection whose requests are answered in channels of their own. */
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
