package dev.aio.netty.server;

import dev.aio.netty.http.StaticFileHandler;
import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.TimeUnit;

/**
 * What a connection is told at the end of the server on which no request can have come yet: one may be on its way, and
 * to close the connection under it would cost that request. So it has a moment to arrive.
 */
final class LastCall {

    /** Round trips of a handshake and a request, and a loaded client. */
    static final long MILLIS = 1_000;

    private LastCall() {}

    /**
     * Closes the connection in a moment if the handler is still there, which waits for the first bytes; else passes
     * the event on to who has come in its place.
     */
    static void on(ChannelHandlerContext ctx) {
        ctx.executor().schedule(() -> end(ctx), MILLIS, TimeUnit.MILLISECONDS);
    }

    private static void end(ChannelHandlerContext ctx) {
        if (ctx.isRemoved()) {
            ctx.channel().pipeline().fireUserEventTriggered(StaticFileHandler.DRAIN);
        } else {
            ctx.close();
        }
    }
}
