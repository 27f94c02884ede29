package dev.aio.netty.stream;

import dev.aio.core.AioFile;
import dev.aio.core.internal.Linux;
import dev.aio.netty.AioLoop;
import dev.aio.netty.AlignedByteBuf;
import dev.aio.netty.Rung;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The socket of a channel, written to past the pipeline and past Netty's queue: no promise, no message, no flush. That is
 * right only while nothing {@linkplain #isFree waits} in the queue, and only where no handler on the way has to see what
 * is written, which whoever builds the pipeline has to know. What the socket does not take goes the usual way.
 *
 * <p>On the channel's loop.
 */
public final class DirectSocket {

    /** Answer of {@link #send(ByteBuf, AioFile, long, long)}: a byte is not in memory. */
    public static final long NOT_RESIDENT = -1;

    private final ChannelHandlerContext ctx;
    private final AioLoop loop;
    private final int fd;

    private DirectSocket(ChannelHandlerContext ctx, AioLoop loop) {
        this.ctx = ctx;
        this.loop = loop;
        fd = ((UnixChannel) ctx.channel()).fd().intValue();
    }

    /** {@code null} where bytes of a context do not reach a native epoll socket as they are, as behind TLS. */
    public static @Nullable DirectSocket of(ChannelHandlerContext ctx, AioLoop loop) {
        return PipelineTraits.carriesRegions(ctx) ? new DirectSocket(ctx, loop) : null;
    }

    /**
     * Whether what is sent now follows what was written before; to be asked before each. A channel that is closed, whose
     * descriptor may be another's by now, or has no output any more, has no queue.
     */
    public boolean isFree() {
        ChannelOutboundBuffer queue = ctx.channel().unsafe().outboundBuffer();
        return queue != null && queue.totalPendingWriteBytes() == 0;
    }

    /**
     * Sends bytes.
     *
     * @param bytes the loop's {@linkplain AioLoop#scratch scratch buffer}
     * @return {@code null} if all have left; otherwise the rest is written to the channel and waits to be flushed, or the
     *     channel is being closed, since its client is gone
     */
    public @Nullable ChannelFuture send(ByteBuf bytes) {
        int length = bytes.readableBytes();
        int sent = send(bytes, false);
        if (sent == length) {
            return null;
        }
        if (sent < 0) {
            ctx.close();
            return ctx.newFailedFuture(failure("send", sent));
        }
        bytes.skipBytes(sent);
        return ctx.write(copy(bytes));
    }

    /**
     * Sends a head and, by {@code sendfile(2)}, a range of a file that is in memory.
     *
     * @param head the loop's scratch buffer; what has left of it is skipped
     * @param length bytes of the range, at most {@link FileTransfer#SENDFILE_WINDOW}
     * @return bytes of the range that have left, or {@link #NOT_RESIDENT}: then nothing has
     * @throws ChangedFileException if the file is not what it was when it was opened; nothing has left
     * @throws TruncatedFileException if it ends early; something may have left
     * @throws IOException if the client is gone
     */
    public long send(ByteBuf head, AioFile file, long position, long length) throws IOException {
        IOException change = FileVersion.changeSinceOpened(file, position + length);
        if (change != null) {
            throw change;
        }
        if (!file.isResident(position, length)) {
            return NOT_RESIDENT;
        }
        int sent = send(head, true);
        if (sent < 0) {
            throw failure("send", sent);
        }
        head.skipBytes(sent);
        if (head.isReadable()) {
            return 0;
        }
        long body = file.sendTo(fd, position, length);
        if (body == 0) {
            throw new TruncatedFileException(file.path(), position, position + length);
        }
        if (body < 0 && body != -Linux.EAGAIN) {
            throw failure("sendfile of " + file.path(), body);
        }
        long moved = Math.max(body, 0);
        loop.transport().counters().add(Rung.SENDFILE, moved);
        return moved;
    }

    /** Bytes taken, 0 if the socket is full, or {@code -errno}. */
    private int send(ByteBuf bytes, boolean more) {
        AlignedByteBuf aligned = AlignedByteBuf.unwrap(bytes);
        int sent =
                aligned.memory().sendTo(fd, aligned.memoryOffset() + bytes.readerIndex(), bytes.readableBytes(), more);
        return sent == -Linux.EAGAIN ? 0 : sent;
    }

    private static IOException failure(String call, long errno) {
        return new IOException(call + " failed: errno " + -errno);
    }

    private ByteBuf copy(ByteBuf scratch) {
        int length = scratch.readableBytes();
        ByteBuf pooled = loop.transport().pool().tryAllocate(length);
        ByteBuf copy = pooled != null ? pooled : ctx.alloc().directBuffer(length);
        return copy.writeBytes(scratch);
    }
}
