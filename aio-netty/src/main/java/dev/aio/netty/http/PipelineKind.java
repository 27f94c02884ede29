package dev.aio.netty.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a pipeline that a {@link StaticFileHandler} was put into wants to be given. */
enum PipelineKind {

    /** The bytes of HTTP/1: there is nobody to encode objects. */
    BYTES,

    /** Netty's objects. */
    OBJECTS,

    /** Netty's objects, which become frames of one stream of HTTP/2. */
    STREAM;

    private static final boolean HTTP2 = isPresent("io.netty.handler.codec.http2.Http2StreamChannel");

    private static boolean isPresent(String name) {
        try {
            Class.forName(name, false, PipelineKind.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException absent) {
            return false;
        }
    }

    static boolean isStream(Channel channel) {
        return HTTP2 && Http2.isStream(channel);
    }

    static PipelineKind of(ChannelHandlerContext ctx) {
        if (isStream(ctx.channel())) {
            return STREAM;
        }
        return encoderInFront(ctx) != null ? OBJECTS : BYTES;
    }

    /** Those behind encode for others. */
    private static @Nullable ChannelHandlerContext encoderInFront(ChannelHandlerContext ctx) {
        for (Map.Entry<String, ChannelHandler> each : ctx.pipeline()) {
            if (each.getValue() == ctx.handler()) {
                return null;
            }
            if (each.getValue() instanceof HttpServerCodec || each.getValue() instanceof HttpResponseEncoder) {
                return ctx.pipeline().context(each.getKey());
            }
        }
        return null;
    }

    /** What makes bytes or frames of objects, in front of the handler; null if nothing does. */
    @Nullable
    ChannelHandlerContext encoder(ChannelHandlerContext ctx) {
        return this == STREAM ? Http2.translator(ctx) : encoderInFront(ctx);
    }

    /** Puts a translator between objects and frames in front, unless there is one. */
    void complete(ChannelHandlerContext ctx) {
        if (this == STREAM) {
            Http2.translate(ctx);
        }
    }

    /** Tells the client that the rest of its request is not wanted, if the protocol has a word for that. */
    void stopRequest(ChannelHandlerContext ctx) {
        if (this == STREAM) {
            Http2.stop(ctx);
        }
    }

    /** Loaded only where Netty's codec of HTTP/2 is there. */
    private static final class Http2 {

        static boolean isStream(Channel channel) {
            return channel instanceof Http2StreamChannel;
        }

        static @Nullable ChannelHandlerContext translator(ChannelHandlerContext ctx) {
            return ctx.pipeline().context(Http2StreamFrameToHttpObjectCodec.class);
        }

        static void stop(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR)); // RFC 9113 8.1
        }

        static void translate(ChannelHandlerContext ctx) {
            if (ctx.pipeline().get(Http2StreamFrameToHttpObjectCodec.class) == null) {
                ctx.pipeline().addBefore(ctx.name(), null, new Http2StreamFrameToHttpObjectCodec(true));
            }
        }
    }
}
