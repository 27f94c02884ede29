package dev.aio.netty.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameLogger;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2StreamVisitor;
import io.netty.handler.logging.LogLevel;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What flow control of HTTP/2 allows and sockets do not show: clients that take an answer byte by byte, or never, while
 * they read all else.
 *
 * <ul>
 *   <li>A stream that has bytes to send, whose own window is used up, and of which none has left for a period, is reset.
 *       A window of the connection that others have used up is not its fault.
 *   <li>A connection of which fewer bytes of DATA have left in a period than the rate asks for, while some stream
 *       waited all the time, is closed.
 * </ul>
 *
 * <p>Looks four times a period, while there are streams that wait. Between the socket and the codec, whose frames of
 * DATA it is told of as their logger. One for each channel, confined to its loop.
 */
final class Http2StreamWatch extends ChannelOutboundHandlerAdapter implements Http2StreamVisitor {

    private static final int LOOKS = 4;

    private final long lookNanos;
    private final long least;
    private final Cuts cuts;
    private final long[] samples = new long[LOOKS];
    private long looks; // since a stream has been waiting
    private long moved; // bytes of DATA
    private boolean waiting;
    private boolean reset;
    private Http2FrameCodec codec;
    private ChannelHandlerContext codecContext;
    private Http2Connection.@Nullable PropertyKey key; // of what is known of a stream that waits
    private @Nullable Future<?> task;

    /** A stream that has waited at the last look. */
    private static final class Waiting {
        private boolean moved;
        private int quiet; // looks
    }

    /** @param times with one for sending */
    Http2StreamWatch(TimeLimits times, Cuts cuts) {
        lookNanos = times.send().toNanos() / LOOKS;
        least = times.least(times.send());
        this.cuts = cuts;
    }

    /** For the codec. */
    Http2FrameLogger counter() {
        return new Http2FrameLogger(LogLevel.TRACE, Http2StreamWatch.class) {
            @Override
            public void logData(
                    Direction direction, ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean end) {
                if (direction == Direction.OUTBOUND) {
                    sent(id, data.readableBytes());
                }
            }
        };
    }

    private void sent(int id, int bytes) {
        moved += bytes;
        if (task != null && bytes > 0) {
            Http2Stream stream = codec.connection().stream(id);
            Waiting known = stream == null ? null : stream.getProperty(key);
            if (known != null) {
                known.moved = true;
            }
        }
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        ctx.flush();
        if (task == null) {
            if (key == null) {
                codecContext = ctx.pipeline().context(Http2FrameCodec.class);
                codec = (Http2FrameCodec) codecContext.handler();
                key = codec.connection().newKey();
            }
            if (codec.connection().numActiveStreams() > 0) {
                looks = 0;
                arm(ctx);
            }
        }
    }

    private void arm(ChannelHandlerContext ctx) {
        task = ctx.executor().schedule(() -> look(ctx), lookNanos, TimeUnit.NANOSECONDS);
    }

    private void look(ChannelHandlerContext ctx) {
        waiting = false;
        reset = false;
        try {
            codec.connection().forEachActiveStream(this);
        } catch (Http2Exception e) {
            throw new IllegalStateException("looking throws nothing", e);
        }
        if (reset) {
            looks = 0; // how it does without those is not known yet
            codec.flush(codecContext);
        }
        if (!waiting) {
            task = null; // the next flush that leaves something begins anew
        } else if (looks >= LOOKS && moved - samples[(int) (looks % LOOKS)] < least) {
            task = null;
            cuts.count(Cuts.Reason.SLOW_READER);
            Http2Pipeline.calm(ctx.pipeline(), "answers are taken too slowly");
        } else {
            samples[(int) (looks++ % LOOKS)] = moved;
            arm(ctx);
        }
    }

    @Override
    public boolean visit(Http2Stream stream) {
        Http2RemoteFlowController flow = codec.encoder().flowController();
        if (!flow.hasFlowControlled(stream)) {
            stream.removeProperty(key);
            return true;
        }
        Waiting known = stream.getProperty(key);
        if (known == null) {
            stream.setProperty(key, new Waiting());
        } else if (known.moved || flow.windowSize(stream) > 0) {
            known.moved = false;
            known.quiet = 0;
        } else if (++known.quiet >= LOOKS) {
            reset = true;
            cuts.count(Cuts.Reason.STALLED_STREAM);
            codec.encoder()
                    .writeRstStream(codecContext, stream.id(), Http2Error.CANCEL.code(), codecContext.newPromise());
            return true;
        }
        waiting = true;
        return true;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (task != null) {
            task.cancel(false);
        }
    }
}
