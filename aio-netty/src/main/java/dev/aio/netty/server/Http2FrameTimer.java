package dev.aio.netty.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how long a frame of HTTP/2 may take from its first byte to its last, and a header block from its HEADERS to
 * the CONTINUATION that ends it. Before the codec, which says nothing of what has come in part. Frames of DATA may take
 * longer as long as they come at the least rate.
 *
 * <p>Arms a timer only where a read ends within one; there is one for a connection, which looks whose time it is when
 * it runs. One for each channel, confined to its loop.
 */
final class Http2FrameTimer extends ChannelInboundHandlerAdapter {

    private static final int HEADER = Http2CodecUtil.FRAME_HEADER_LENGTH;
    private static final int END_HEADERS = 0x4;
    private static final byte PREFACE = -1;

    private final long nanos;
    private final long leastOfData;
    private final Cuts cuts;
    private long missing = Http2CodecUtil.connectionPrefaceBuf().readableBytes(); // of what has begun
    private byte type = PREFACE;
    private int flags;
    private int length;
    private int headerBytes;
    private boolean inBlock;
    private boolean ended; // a frame did, in this read
    private boolean running;
    private long since;
    private long received; // since then
    private @Nullable Future<?> task;

    /** @param times with one for heads */
    Http2FrameTimer(TimeLimits times, Cuts cuts) {
        nanos = times.head().toNanos();
        leastOfData = times.least(times.head());
        this.cuts = cuts;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf) {
            ByteBuf in = (ByteBuf) message;
            ended = false;
            received += in.readableBytes();
            scan(in);
            if (missing == 0 && headerBytes == 0 && !inBlock) {
                running = false;
            } else if (!running || ended) {
                begin(ctx);
            }
        }
        ctx.fireChannelRead(message);
    }

    private void scan(ByteBuf in) {
        int at = in.readerIndex();
        int end = in.writerIndex();
        while (at < end) {
            if (missing > 0) {
                int part = (int) Math.min(missing, end - at);
                missing -= part;
                at += part;
            } else {
                header(in.getByte(at++));
            }
            if (missing == 0 && headerBytes == 0) {
                frameEnded();
            }
        }
    }

    /** RFC 9113 4.1. */
    private void header(byte next) {
        switch (headerBytes++) {
            case 0:
            case 1:
            case 2:
                length = length << 8 | next & 0xff;
                break;
            case 3:
                type = next;
                break;
            case 4:
                flags = next;
                break;
            case HEADER - 1:
                headerBytes = 0;
                missing = length;
                length = 0;
                break;
            default: // the stream
                break;
        }
    }

    private void frameEnded() {
        if (type == Http2FrameTypes.HEADERS || type == Http2FrameTypes.CONTINUATION) {
            inBlock = (flags & END_HEADERS) == 0;
        }
        ended |= !inBlock;
    }

    private void begin(ChannelHandlerContext ctx) {
        running = true;
        since = ctx.executor().ticker().nanoTime();
        received = 0;
        if (task == null) {
            arm(ctx, nanos);
        }
    }

    private void arm(ChannelHandlerContext ctx, long delay) {
        task = ctx.executor().schedule(() -> look(ctx), delay, TimeUnit.NANOSECONDS);
    }

    private void look(ChannelHandlerContext ctx) {
        task = null;
        if (!running) {
            return;
        }
        long left = nanos - (ctx.executor().ticker().nanoTime() - since);
        if (left > 0) {
            arm(ctx, left);
        } else if (missing > 0 && type == Http2FrameTypes.DATA && received >= leastOfData) {
            begin(ctx);
        } else {
            cuts.count(Cuts.Reason.SLOW_HEAD);
            Http2Pipeline.calm(ctx.pipeline(), "frame took too long");
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (task != null) {
            task.cancel(false);
        }
    }
}
