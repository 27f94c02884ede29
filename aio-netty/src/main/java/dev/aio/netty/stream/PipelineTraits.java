package dev.aio.netty.stream;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.MessageToByteEncoder;
import io.netty.handler.codec.http.HttpContentEncoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.traffic.AbstractTrafficShapingHandler;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a pipeline can carry: file regions only where nobody on their way wants to see the bytes. */
final class PipelineTraits {

    /** Wherever in the pipeline they are: they want the bytes, or count them. */
    private static final List<Class<? extends ChannelHandler>> NEED_BUFFERS = List.of(
            SslHandler.class,
            AbstractTrafficShapingHandler.class,
            HttpContentEncoder.class, // compression
            MessageToByteEncoder.class); // compression again, and ciphers

    /** Between us and the socket these announce the length of a region, which may end early. */
    private static final List<Class<? extends ChannelHandler>> ANNOUNCE_LENGTH =
            List.of(HttpServerCodec.class, HttpResponseEncoder.class);

    /** {@code null} where the HTTP/2 codec is not on the class path. */
    private static final @Nullable Class<? extends ChannelHandler> HTTP2 =
            handler("io.netty.handler.codec.http2.Http2ConnectionHandler");

    private PipelineTraits() {}

    private static @Nullable Class<? extends ChannelHandler> handler(String name) {
        try {
            return Class.forName(name, false, PipelineTraits.class.getClassLoader())
                    .asSubclass(ChannelHandler.class);
        } catch (ClassNotFoundException absent) {
            return null;
        }
    }

    /** Whether a region that is written to that context reaches a socket as it is. Allocates nothing. */
    static boolean carriesRegions(ChannelHandlerContext ctx) {
        if (!(ctx.channel() instanceof EpollSocketChannel)) {
            return false; // nor does a stream of HTTP/2, which is a channel of its own kind
        }
        ChannelPipeline pipeline = ctx.pipeline();
        for (int i = 0; i < NEED_BUFFERS.size(); i++) {
            if (pipeline.context(NEED_BUFFERS.get(i)) != null) {
                return false;
            }
        }
        for (int i = 0; i < ANNOUNCE_LENGTH.size(); i++) {
            if (isBefore(pipeline, pipeline.context(ANNOUNCE_LENGTH.get(i)), ctx)) {
                return false;
            }
        }
        return HTTP2 == null || pipeline.context(HTTP2) == null;
    }

    private static boolean isBefore(ChannelPipeline pipeline, ChannelHandlerContext other, ChannelHandlerContext ctx) {
        if (other == null) {
            return false;
        }
        List<String> names = pipeline.names();
        return names.indexOf(other.name()) < names.indexOf(ctx.name());
    }
}
