package dev.aio.netty.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind the handler in its pipeline and answers what falls through; sees where its answers end, and makes
 * them fit the connection. Confined to the channel's loop.
 */
final class NextHandler {

    /** Told how an answer of the next handler ended. */
    interface Listener {

        /** Whether nothing will be answered behind the request that was passed on. */
        boolean isLastAnswer();

        /**
         * All of it has been written, though perhaps not flushed.
         *
         * @param close whether the connection ends behind it
         * @param last done when the last of it has left
         */
        void nextAnswered(boolean close, ChannelFuture last);

        /** The connection has become one of another protocol. */
        void nextSwitched();
    }

    private final ChannelHandlerContext ctx;
    private final PipelineKind kind;
    private final Listener listener;
    private boolean seen; // there is somebody
    private boolean watching;
    private @Nullable IncomingRequest request; // that has no whole answer yet
    private Persistence persistence = Persistence.CLOSE; // that it asks for

    NextHandler(ChannelHandlerContext ctx, PipelineKind kind, Listener listener) {
        this.ctx = ctx;
        this.kind = kind;
        this.listener = listener;
    }

    /** Whether anybody is there. */
    boolean isThere() {
        if (seen) {
            return true;
        }
        boolean behind = false;
        for (Map.Entry<String, ChannelHandler> each : ctx.pipeline()) {
            seen |= behind && each.getValue() instanceof ChannelInboundHandler;
            behind |= each.getValue() == ctx.handler();
        }
        return seen;
    }

    /**
     * Gets ready for the answer to a request that is about to be passed on.
     *
     * @param asked what the request says of the connection
     * @throws IllegalStateException if the answer could not be encoded
     */
    void expectAnswerTo(IncomingRequest passedOn, Persistence asked) {
        if (!watching) {
            ctx.pipeline().addAfter(placeOfWatch(), null, new Watch());
            watching = true;
        }
        request = passedOn;
        persistence = asked;
    }

    /** Right behind the encoder: what else makes objects of other things, as chunked input, stands behind it. */
    private String placeOfWatch() {
        ChannelPipeline pipeline = ctx.pipeline();
        ChannelHandlerContext encoder =
                kind == PipelineKind.BYTES ? pipeline.context(HttpResponseEncoder.class) : kind.encoder(ctx);
        if (encoder == null) {
            throw new IllegalStateException(
                    "nobody encodes what the next handler answers: found " + pipeline.names()
                            + " (expected: an HttpResponseEncoder behind the StaticFileHandler, or an HttpServerCodec in front)");
        }
        return encoder.name();
    }

    private final class Watch extends ChannelOutboundHandlerAdapter {

        private boolean leaveGiven; // to send the body
        private boolean informational;
        private boolean switching;
        private boolean bodiless; // an answer to HEAD
        private boolean close;

        @Override
        public void write(ChannelHandlerContext c, Object message, ChannelPromise promise) {
            IncomingRequest answered = request;
            if (answered == null) {
                c.write(message, promise);
                return;
            }
            if (message instanceof HttpResponse) {
                begins(answered, (HttpResponse) message);
            }
            boolean last = message instanceof LastHttpContent && !informational;
            if (last) {
                request = null;
                leaveGiven = false;
            }
            if (bodiless) {
                writeHead(c, message, promise);
            } else {
                c.write(message, promise);
            }
            if (last && switching) {
                listener.nextSwitched();
            } else if (last) {
                listener.nextAnswered(close, promise);
            }
        }

        private void begins(IncomingRequest answered, HttpResponse response) {
            HttpRequest asked = answered.head();
            HttpResponseStatus status = response.status();
            boolean connected =
                    HttpMethod.CONNECT.equals(asked.method()) && status.codeClass() == HttpStatusClass.SUCCESS;
            switching = status.code() == 101 || connected;
            informational = status.codeClass() == HttpStatusClass.INFORMATIONAL && !switching;
            leaveGiven |= status.code() == 100;
            if (informational) {
                return;
            }
            bodiless = HttpMethod.HEAD.equals(asked.method());
            if (connected) { // RFC 9112 6.3: only codecs know the method
                response.headers().remove(HttpHeaderNames.TRANSFER_ENCODING).remove(HttpHeaderNames.CONTENT_LENGTH);
            }
            boolean bodyUnsure =
                    answered.expectation() == Expectation.CONTINUE && !leaveGiven && !answered.isComplete();
            close = false;
            if (!switching && kind != PipelineKind.STREAM) {
                close = !HttpUtil.isKeepAlive(response)
                        || bodyUnsure
                        || persistence == Persistence.CLOSE
                        || listener.isLastAnswer()
                        || !(bodiless || saysItsEnd(asked, response));
                (close ? Persistence.CLOSE : persistence).addTo(response.headers());
            }
        }

        /** Otherwise only the end of the connection does, RFC 9112 6.3. */
        private boolean saysItsEnd(HttpRequest asked, HttpResponse response) {
            int code = response.status().code();
            return code == 204
                    || code == 304
                    || HttpUtil.isContentLengthSet(response)
                    || HttpUtil.isTransferEncodingChunked(response)
                            && asked.protocolVersion().compareTo(HttpVersion.HTTP_1_0) > 0;
        }

        /** An encoder by itself does not know that the request was HEAD. */
        private void writeHead(ChannelHandlerContext c, Object message, ChannelPromise promise) {
            if (message instanceof HttpResponse) {
                HttpResponse response = (HttpResponse) message;
                response.headers().remove(HttpHeaderNames.TRANSFER_ENCODING); // or it would end a chunked body
                c.write(
                        new DefaultFullHttpResponse(
                                response.protocolVersion(),
                                response.status(),
                                Unpooled.EMPTY_BUFFER,
                                response.headers(),
                                EmptyHttpHeaders.INSTANCE),
                        promise);
                ReferenceCountUtil.release(message);
            } else if (message instanceof HttpContent || message instanceof FileRegion) {
                ReferenceCountUtil.release(message);
                promise.trySuccess();
            } else {
                c.write(message, promise);
            }
        }
    }
}
