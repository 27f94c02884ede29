package dev.aio.netty.server;

import dev.aio.netty.http.StaticFileHandler;
import dev.aio.netty.http1.StrictHttpRequestDecoder;
import dev.aio.netty.stream.SlowReaderHandler;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.handler.timeout.IdleStateEvent;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What the channels of the server are made of: limits, TLS, the protocol that was agreed on, the files. */
final class ServerPipeline extends ChannelInitializer<Channel> {

    private static final byte[] BUSY =
            ("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Type: text/plain\r\n"
                            + "Content-Length: 24\r\nConnection: close\r\n\r\n503 Service Unavailable\n")
                    .getBytes(StandardCharsets.US_ASCII);

    private final StaticFileHandler files;
    private final @Nullable SslContext tls;
    private final ConnectionLimits limits;
    private final TimeLimits times;
    private final Cuts cuts;
    private final Http2Pipeline http2;

    ServerPipeline(StaticFileHandler files, FileServerBuilder options, Cuts cuts) {
        this.files = files;
        this.cuts = cuts;
        tls = options.tls;
        limits = new ConnectionLimits(
                options.connections,
                options.connectionsPerClient,
                tls == null ? () -> Unpooled.wrappedBuffer(BUSY) : null);
        times = options.timeLimits();
        http2 = new Http2Pipeline(files, times, cuts);
    }

    @Override
    protected void initChannel(Channel channel) {
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast(limits);
        if (!times.send().isZero()) {
            pipeline.addLast(
                    new SlowReaderHandler(times.send(), times.minRate(), () -> cuts.count(Cuts.Reason.SLOW_READER)));
        }
        if (!times.idle().isZero()) {
            pipeline.addLast(new Idleness(times.idle(), cuts));
        }
        if (tls == null) {
            pipeline.addLast(new PrefaceDetector(this::addHttp1, http2::addTo, times.head(), cuts));
        } else {
            SslHandler handler = tls.newHandler(channel.alloc());
            handler.setHandshakeTimeoutMillis(times.head().toMillis());
            pipeline.addLast(handler, new Agreed());
        }
    }

    private void addHttp1(ChannelHandlerContext ctx) {
        StrictHttpRequestDecoder decoder = StrictHttpRequestDecoder.builder()
                .headTimeout(times.head())
                .onHeadTimeout(() -> cuts.count(Cuts.Reason.SLOW_HEAD))
                .build();
        ctx.pipeline().addLast(decoder, files);
    }

    private final class Agreed extends ApplicationProtocolNegotiationHandler {

        Agreed() {
            super(ApplicationProtocolNames.HTTP_1_1);
        }

        @Override
        protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
            if (!times.head().isZero()) {
                ctx.pipeline().addLast(new FirstByteTimer(times.head(), cuts));
            }
            if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
                http2.addTo(ctx);
            } else {
                addHttp1(ctx);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
            if (event instanceof SslHandshakeCompletionEvent handshake
                    && handshake.cause() instanceof SslHandshakeTimeoutException) {
                cuts.count(Cuts.Reason.SLOW_HANDSHAKE); // the channel is closed already
            }
            if (event instanceof IdleStateEvent) {
                ctx.close();
            } else if (event == StaticFileHandler.DRAIN) {
                LastCall.on(ctx);
            } else {
                super.userEventTriggered(ctx, event);
            }
        }

        @Override
        protected void handshakeFailure(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close(); // the client's affair
        }
    }
}
