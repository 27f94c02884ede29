package dev.aio.netty.server;

import dev.aio.netty.http.StaticFileHandler;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.timeout.IdleStateEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

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
    private final TimeLimits times;
    private final Cuts cuts;

    Http2Pipeline(StaticFileHandler files, TimeLimits times, Cuts cuts) {
        this.files = files;
        this.times = times;
        this.cuts = cuts;
    }

    /** Adds the handlers at the end of the pipeline. */
    void addTo(ChannelHandlerContext ctx) {
        ChannelHandler streams = new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel stream) {
                stream.pipeline().addLast(files);
            }
        };
        ChannelPipeline pipeline = ctx.pipeline();
        pipeline.addFirst(new LingeringClose());
        if (!times.head().isZero()) {
            pipeline.addLast(new Http2FrameTimer(times, cuts));
        }
        Http2StreamWatch watch = null;
        if (!times.send().isZero()) {
            watch = new Http2StreamWatch(times, cuts);
            pipeline.addLast(watch);
        }
        pipeline.addLast(codec(watch), new Http2MultiplexHandler(streams), new ConnectionEnd());
    }

    private static Http2FrameCodec codec(@Nullable Http2StreamWatch watch) {
        Http2FrameCodecBuilder builder = Http2FrameCodecBuilder.forServer()
                .initialSettings(Http2Settings.defaultSettings()
                        .maxConcurrentStreams(MAX_STREAMS)
                        .maxHeaderListSize(MAX_HEADER_LIST))
                .decoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESET_SECONDS)
                .encoderEnforceMaxQueuedControlFrames(MAX_CONTROL_FRAMES)
                // close() waits for the streams that there are; the codec's own default is not to wait at all
                .gracefulShutdownTimeoutMillis(-1);
        if (watch != null) {
            builder.frameLogger(watch.counter());
        }
        return builder.build();
    }

    /** Ends a connection with a GOAWAY that says why. */
    static void calm(ChannelPipeline pipeline, String reason) {
        ChannelHandlerContext ctx = pipeline.context(Http2FrameCodec.class);
        Http2FrameCodec codec = (Http2FrameCodec) ctx.handler();
        codec.onError(ctx, true, Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, reason));
    }

    /** Of a connection whose requests are answered in channels of their own. */
    private static final class ConnectionEnd extends ChannelInboundHandlerAdapter {

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            boolean over = event instanceof IdleStateEvent || event instanceof ChannelInputShutdownEvent;
            if (over || event == StaticFileHandler.DRAIN) {
                ctx.close(); // with GOAWAY, and after what is being answered
            }
            if (over) {
                ctx.pipeline().firstContext().close(); // which nothing would get to its end: no more windows come
            }
            ctx.fireUserEventTriggered(event);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (cause instanceof Http2Exception) {
                return; // the client's affair; the codec ends the connection and says why
            }
            ctx.close();
            if (!(cause instanceof IOException)) {
                ctx.fireExceptionCaught(cause);
            }
        }
    }
}
