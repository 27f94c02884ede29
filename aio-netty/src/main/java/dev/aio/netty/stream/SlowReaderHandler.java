package dev.aio.netty.stream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections whose clients take what is sent to them too slowly, or not at all, and by that keep buffers, files
 * and descriptors. First in a pipeline, before any {@code SslHandler}: it counts bytes of the socket.
 *
 * <p>While something waits to be written, the client must take a number of bytes in each period: on native epoll
 * sockets its kernel must have acknowledged them (Linux 4.1), on others our socket must have taken them, parts of
 * buffers and regions included. Looked at four times a period, so that who has become too slow is cut within one and a
 * quarter. While nothing waits, because all has left or because the next bytes are still being read from a disk, no
 * time passes. The end is a reset, so that the kernel forgets what it still has, too.
 *
 * <p>One for each channel. Costs a comparison for each flush, and a timer only where one leaves something behind.
 */
public final class SlowReaderHandler extends ChannelDuplexHandler {

    private static final int SAMPLES = 4;

    private final long sampleNanos;
    private final long least;
    private final Runnable onCut;
    private long written; // bytes that have passed
    private long flushed; // those of them that the channel was told to send
    private @Nullable Watch watch; // once something was left behind

    /**
     * @param period in which the least must be taken, more than 0
     * @param minBytesPerSecond on average over a period; 0: one byte a period is enough
     */
    public SlowReaderHandler(Duration period, long minBytesPerSecond) {
        this(period, minBytesPerSecond, () -> {});
    }

    /**
     * @param period in which the least must be taken, more than 0
     * @param minBytesPerSecond on average over a period; 0: one byte a period is enough
     * @param onCut run on the channel's loop before a client is cut
     */
    public SlowReaderHandler(Duration period, long minBytesPerSecond, Runnable onCut) {
        if (period.isNegative() || period.isZero()) {
            throw new IllegalArgumentException("period: " + period + " (expected: > 0)");
        }
        if (minBytesPerSecond < 0) {
            throw new IllegalArgumentException("minBytesPerSecond: " + minBytesPerSecond + " (expected: >= 0)");
        }
        sampleNanos = Math.max(1, period.toNanos() / SAMPLES);
        least = leastBytes(period, minBytesPerSecond);
        this.onCut = Objects.requireNonNull(onCut, "onCut");
    }

    /** What a rate makes of a period, in bytes, but at least one. */
    static long leastBytes(Duration period, long minBytesPerSecond) {
        return Math.max(1, (long) (minBytesPerSecond * (period.toNanos() / 1e9)));
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        written += bytes(message);
        ctx.write(message, promise);
    }

    private static long bytes(Object message) {
        if (message instanceof ByteBuf) {
            return ((ByteBuf) message).readableBytes();
        }
        if (message instanceof FileRegion) {
            return ((FileRegion) message).count() - ((FileRegion) message).transferred();
        }
        return 0;
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        if (watch != null && watch.isArmed() && !isWaiting(ctx)) {
            watch.restart(); // between two looks all was taken
        }
        flushed = written;
        ctx.flush();
        if (isWaiting(ctx)) {
            if (watch == null) {
                watch = new Watch(ctx);
            }
            watch.arm();
        }
    }

    private static boolean isWaiting(ChannelHandlerContext ctx) {
        ChannelOutboundBuffer unsent = ctx.channel().unsafe().outboundBuffer();
        return unsent != null && !unsent.isEmpty();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stop();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        stop();
    }

    private void stop() {
        if (watch != null) {
            watch.cancel();
        }
    }

    private void cut(ChannelHandlerContext ctx) {
        onCut.run();
        try {
            ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        } catch (ChannelException gone) {
            // there is no socket any more that could hold anything
        }
        ctx.close();
    }

    /** What the client had taken, the last four times that it was looked at. */
    private final class Watch implements Runnable, ChannelOutboundBuffer.MessageProcessor {

        private final ChannelHandlerContext ctx;
        private final boolean acknowledged; // our measure
        private final long[] samples = new long[SAMPLES];
        private long count;
        private long unsent;
        private @Nullable Future<?> task;

        Watch(ChannelHandlerContext ctx) {
            this.ctx = ctx;
            acknowledged = TcpProgress.of(ctx.channel()) != TcpProgress.UNKNOWN;
        }

        boolean isArmed() {
            return task != null;
        }

        void arm() {
            if (task == null) {
                count = 0;
                sample(taken());
                schedule();
            }
        }

        void restart() {
            count = 0; // the next look is the first
        }

        void cancel() {
            if (task != null) {
                task.cancel(false);
                task = null;
            }
        }

        private void schedule() {
            task = ctx.executor().schedule(this, sampleNanos, TimeUnit.NANOSECONDS);
        }

        private void sample(long taken) {
            samples[(int) (count++ % SAMPLES)] = taken;
        }

        @Override
        public void run() {
            task = null;
            if (!isWaiting(ctx)) {
                return;
            }
            long taken = taken();
            if (count >= SAMPLES && taken - samples[(int) (count % SAMPLES)] < least) {
                cut(ctx);
                return;
            }
            sample(taken);
            schedule();
        }

        private long taken() {
            return acknowledged ? TcpProgress.of(ctx.channel()) : flushed - unsent();
        }

        /** What the channel has taken of a message shows in the message. */
        private long unsent() {
            unsent = 0;
            try {
                ctx.channel().unsafe().outboundBuffer().forEachFlushedMessage(this);
            } catch (Exception e) {
                throw new IllegalStateException("counting throws nothing", e);
            }
            return unsent;
        }

        @Override
        public boolean processMessage(Object message) {
            unsent += bytes(message);
            return true;
        }
    }
}
