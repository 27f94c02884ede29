package dev.aio.netty.stream;

import dev.aio.core.AioFile;
import dev.aio.netty.AioTransport;
import dev.aio.netty.AlignedBufferPool;
import dev.aio.netty.AlignedByteBuf;
import dev.aio.netty.Misses;
import dev.aio.netty.NettyAioFile;
import dev.aio.netty.OpenFile;
import io.netty.buffer.ByteBuf;
import io.netty.util.AbstractReferenceCounted;
import io.netty.util.ReferenceCounted;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A range of a file, behind an optional head, to be written to a pipeline with a {@link
 * FileMessageHandler}. The promise of the write is done when the socket has accepted all of it.
 *
 * <p>Holds a reference of the file, which whoever made the message may therefore close at once, and the
 * head. Both are given back when the message is released, as writing it does in all cases.
 */
public final class FileMessage extends AbstractReferenceCounted {

    private final AioTransport transport;
    private final AioFile file;
    private final @Nullable OpenFile cached;
    private final Misses misses;
    private final long position;
    private final long length;
    private final boolean buffersOnly;
    private final @Nullable Function<ByteBuf, ?> wrapper;
    private @Nullable ByteBuf head;

    private FileMessage(Builder options) {
        transport = options.transport;
        cached = options.cached;
        misses = options.misses;
        position = options.position;
        length = options.length;
        buffersOnly = options.buffersOnly || options.wrapper != null;
        wrapper = options.wrapper;
        file = options.file.retain();
        head = options.head;
        options.head = null;
    }

    /** The whole of a file, as long as it was when it was opened. */
    public static FileMessage of(NettyAioFile file) {
        return builder(file).build();
    }

    /** A message of a file, whichever loop it was opened for. */
    public static Builder builder(NettyAioFile file) {
        return new Builder(file.loop().transport(), file.file(), null, file.misses());
    }

    /** A message of a file that is asked for by name; the caller keeps and releases his reference. */
    public static Builder builder(AioTransport transport, OpenFile file) {
        return new Builder(transport, file.file(), file, file.misses());
    }

    /** What is sent of which file, and how. */
    public static final class Builder {
        private final AioTransport transport;
        private final AioFile file;
        private final @Nullable OpenFile cached;
        private final Misses misses;
        private long position;
        private long length;
        private boolean buffersOnly;
        private @Nullable Function<ByteBuf, ?> wrapper;
        private @Nullable ByteBuf head;

        private Builder(AioTransport transport, AioFile file, @Nullable OpenFile cached, Misses misses) {
            this.transport = transport;
            this.file = file;
            this.cached = cached;
            this.misses = misses;
            length = file.size();
        }

        /**
         * @param position bytes, need not be aligned
         * @param length bytes; if the file turns out to be shorter, the write fails with a {@link
         *     TruncatedFileException}
         */
        public Builder range(long position, long length) {
            if (position < 0 || length < 0 || position > Long.MAX_VALUE - length) {
                throw new IllegalArgumentException(
                        "position: " + position + ", length: " + length + " (expected: >= 0)");
            }
            this.position = position;
            this.length = length;
            return this;
        }

        /**
         * Bytes that go before those of the file, in the same segments if they fit; the message's once
         * built. Default: none.
         */
        public Builder head(ByteBuf head) {
            this.head = Objects.requireNonNull(head, "head");
            return this;
        }

        /** Never sendfile, since a handler that nobody else knows of wants to see the bytes. */
        public Builder buffersOnly() {
            buffersOnly = true;
            return this;
        }

        /**
         * What to make of each window before it is written, as {@code DefaultHttp2DataFrame::new} for a
         * stream of HTTP/2 or {@code DefaultHttpContent::new} for an HTTP codec. The result owns the
         * window. The head is written as it is. Default: windows are written as buffers.
         */
        public Builder windowsAs(Function<ByteBuf, ?> wrapper) {
            this.wrapper = Objects.requireNonNull(wrapper, "wrapper");
            return this;
        }

        /**
         * A builder may build several messages; the head is that of the first.
         *
         * @throws IllegalStateException if the file is closed; the head is then still the caller's
         */
        public FileMessage build() {
            return new FileMessage(this);
        }
    }

    AioTransport transport() {
        return transport;
    }

    AioFile file() {
        return file;
    }

    @Nullable
    OpenFile cached() {
        return cached;
    }

    Misses misses() {
        return misses;
    }

    boolean isBuffersOnly() {
        return buffersOnly;
    }

    @Nullable
    Function<ByteBuf, ?> wrapper() {
        return wrapper;
    }

    /** Where the range begins, in bytes. */
    public long position() {
        return position;
    }

    /** Bytes of the range. */
    public long length() {
        return length;
    }

    /** The head, now the caller's; where possible in aligned memory, from which sendfile can follow it. */
    @Nullable
    ByteBuf takeHead(AlignedBufferPool pool) {
        ByteBuf aligned = null;
        if (head != null && !AlignedByteBuf.isAligned(head) && head.readableBytes() <= AlignedBufferPool.LARGEST) {
            aligned = pool.tryAllocate(head.readableBytes());
        }
        ByteBuf taken = head;
        head = null;
        if (aligned == null) {
            return taken;
        }
        aligned.writeBytes(taken);
        taken.release();
        return aligned;
    }

    @Override
    protected void deallocate() {
        if (head != null) {
            head.release();
            head = null;
        }
        file.release();
    }

    @Override
    public ReferenceCounted touch(Object hint) {
        if (head != null) {
            head.touch(hint);
        }
        return this;
    }

    @Override
    public String toString() {
        return "FileMessage(" + file.path() + ", " + length + " bytes from position " + position + ')';
    }
}
