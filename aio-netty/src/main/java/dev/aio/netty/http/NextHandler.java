package dev.aio.netty.http;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind the handler in its pipeline and answers what falls through; sees where its answers end. Confined
 * to the channel's loop.
 */
final class NextHandler {

    /** Told how an answer of the next handler ended. */
    interface Listener {

        /**
         * All of it has been written, though perhaps not flushed.
         *
         * @param close whether it said that the connection ends
         */
        void nextAnswered(boolean close);

        /** The connection has become one of another protocol. */
        void nextSwitched();
    }

    private final ChannelHandlerContext ctx;
    private final boolean encoderInFront;
    private final Listener listener;
    private boolean watching;
    private @Nullable HttpRequest request; // that has no whole answer yet

    NextHandler(ChannelHandlerContext ctx, PipelineKind kind, Listener listener) {
        this.ctx = ctx;
        this.listener = listener;
        encoderInFront = kind != PipelineKind.BYTES;
    }

    /** Whether anybody is there. */
    boolean isThere() {
        boolean behind = false;
        for (Map.Entry<String, ChannelHandler> each : ctx.pipeline()) {
            if (behind && each.getValue() instanceof ChannelInboundHandler) {
                return true;
            }
            behind |= each.getValue() == ctx.handler();
        }
        return false;
    }

    /**
     * Gets ready for the answer to a request that is about to be passed on.
     *
     * @throws IllegalStateException if the answer could not be encoded
     */
    void expectAnswerTo(HttpRequest passedOn) {
        if (!watching) {
            ctx.pipeline().addAfter(placeOfWatch(), null, new Watch());
            watching = true;
        }
        request = passedOn;
    }

    /** Where objects pass that the next handler writes. */
    private String placeOfWatch() {
        if (encoderInFront) {
            return ctx.name();
        }
        ChannelPipeline pipeline = ctx.pipeline();
        ChannelHandlerContext encoder = pipeline.context(HttpResponseEncoder.class);
        if (encoder == null) {
            throw new IllegalStateException(
                    "nobody encodes what the next handler answers: found " + pipeline.names()
                            + " (expected: an HttpResponseEncoder behind the StaticFileHandler, or an HttpServerCodec in front)");
        }
        return encoder.name();
    }

    private final class Watch extends ChannelOutboundHandlerAdapter {

        private boolean informational;
        private boolean switching;
        private boolean close;

        @Override
        public void write(ChannelHandlerContext c, Object message, ChannelPromise promise) {
            HttpRequest answered = request;
            if (message instanceof HttpResponse && answered != null) {
                begins(answered, (HttpResponse) message);
            }
            boolean last = message instanceof LastHttpContent && !informational && answered != null;
            if (last) {
                request = null;
            }
            c.write(message, promise);
            if (last && switching) {
                listener.nextSwitched();
            } else if (last) {
                listener.nextAnswered(close);
            }
        }

        private void begins(HttpRequest answered, HttpResponse response) {
            HttpResponseStatus status = response.status();
            switching = status.code() == 101
                    || HttpMethod.CONNECT.equals(answered.method()) && status.codeClass() == HttpStatusClass.SUCCESS;
            informational = status.codeClass() == HttpStatusClass.INFORMATIONAL && !switching;
            close = response.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
        }
    }
}
