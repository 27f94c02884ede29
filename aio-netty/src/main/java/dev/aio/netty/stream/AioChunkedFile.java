package dev.aio.netty.stream;

import dev.aio.core.AioFile;
import dev.aio.netty.AioLoop;
import dev.aio.netty.Misses;
import dev.aio.netty.NettyAioFile;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.stream.ChunkedInput;
import io.netty.handler.stream.ChunkedWriteHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A range of a file for Netty's stock {@link ChunkedWriteHandler}, read ahead and without ever
 * blocking the loop: while the next window is on its way, {@code readChunk} answers {@code null}, and
 * the channel's handler is resumed when it has arrived.
 *
 * <p>The file must have been opened for the channel's own event loop. Holds it open until {@link
 * #close()}, which the handler calls.
 */
public final class AioChunkedFile implements ChunkedInput<ByteBuf> {

    private final AioFile file;
    private final Misses misses;
    private final AioLoop loop;
    private final Channel channel;
    private final long start;
    private final long end;
    private long position;
    private final FileVersion version;
    private @Nullable WindowReader reader;
    private int handed; // bytes of the window that the channel has
    private long handedNanos;
    private boolean closed;

    /** A handler that was taken out of its pipeline closes nothing. */
    private final ChannelFutureListener channelClosed = future -> close();

    /** The whole file, as long as it was when it was opened. */
    public AioChunkedFile(Channel channel, NettyAioFile file) {
        this(channel, file, 0, file.file().size());
    }

    /**
     * @param channel whose pipeline has the {@link ChunkedWriteHandler}
     * @param position where to begin, in bytes
     * @param length bytes; if the file turns out shorter, reading fails with {@link
     *     TruncatedFileException}
     */
    public AioChunkedFile(Channel channel, NettyAioFile file, long position, long length) {
        if (position < 0 || length < 0 || position > Long.MAX_VALUE - length) {
            throw new IllegalArgumentException("position: " + position + ", length: " + length + " (expected: >= 0)");
        }
        this.channel = Objects.requireNonNull(channel, "channel");
        loop = file.loop();
        if (channel.eventLoop() != loop.eventLoop()) {
            throw new IllegalArgumentException("file of event loop "
                    + loop.eventLoop()
                    + " for a channel of "
                    + channel.eventLoop()
                    + " (expected: the same)");
        }
        this.file = file.file().retain();
        misses = file.misses();
        start = position;
        end = position + length;
        this.position = position;
        version = newVersion();
        channel.closeFuture().addListener(channelClosed);
    }

    private FileVersion newVersion() {
        try {
            return new FileVersion(file, end);
        } catch (IOException e) {
            file.release();
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean isEndOfInput() {
        return position == end;
    }

    /** Gives buffers and file back. Idempotent. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        channel.closeFuture().removeListener(channelClosed);
        if (reader != null) {
            reader.close();
        }
        file.release();
    }

    @Override
    @Deprecated
    public @Nullable ByteBuf readChunk(ChannelHandlerContext ctx) throws Exception {
        return readChunk(ctx.alloc());
    }

    /**
     * The next window, or {@code null} if it is still being read.
     *
     * @param allocator not used: windows come from the transport's aligned pool
     * @throws TruncatedFileException if the file ends too early
     * @throws ChangedFileException if the file was written to in place, as far as its times tell; asked
     *     before the first and before the last window
     */
    @Override
    public @Nullable ByteBuf readChunk(ByteBufAllocator allocator) throws Exception {
        if (closed || isEndOfInput()) {
            return null;
        }
        if (reader == null) {
            reader = new WindowReader(
                    loop, file, position, end, true, false, WindowPolicy.of(channel), this::resume, this::missed);
        }
        if (handed > 0) { // whoever asks for more has room again
            reader.drained(handed, System.nanoTime() - handedNanos);
            handed = 0;
        }
        ByteBuf window = reader.poll();
        if (window != null) {
            release(window);
        }
        return window;
    }

    /** Lets a window go, unless the file has changed. */
    private void release(ByteBuf window) throws IOException {
        boolean first = position == start;
        position += window.readableBytes();
        IOException change = first || isEndOfInput() ? version.change() : null;
        if (change != null) {
            window.release();
            throw change;
        }
        handed = window.readableBytes();
        handedNanos = System.nanoTime();
    }

    private void missed(long from) {
        loop.transport().missed(misses, from, end);
    }

    private void resume() {
        ChunkedWriteHandler handler = channel.pipeline().get(ChunkedWriteHandler.class);
        if (!closed && handler != null) {
            handler.resumeTransfer();
        }
    }

    @Override
    public long length() {
        return end - start;
    }

    @Override
    public long progress() {
        return position - start;
    }
}
