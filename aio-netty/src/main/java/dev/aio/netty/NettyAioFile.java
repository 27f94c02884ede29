package dev.aio.netty;

import dev.aio.core.AioException;
import dev.aio.core.AioFile;
import dev.aio.core.FileStat;
import dev.aio.core.OperationOptions;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open file whose operations are answered by promises of one event loop. Any thread may call; listeners run on
 * the loop. Operations may end in any order and what overlaps may be carried out in any order, but for syncs, which
 * begin when the changes accepted before them have ended, and appends, which go out one after another.
 *
 * <p>Direct buffers go to the kernel as they are; for {@link dev.aio.core.AioOpenOption#DIRECT} files if their memory
 * is aligned, as that of {@link AioTransport#pool()} is. All others are copied through buffers of that pool, {@link
 * AlignedBufferPool#LARGEST} bytes at a time, large ones in several rounds.
 *
 * <p>Reads are answered by the page cache where it has what they ask for, and bring nothing there; but what is read
 * again, from the same place and before much else is missed, is brought there in the background. Not so of files that
 * are opened to be written, or with {@link dev.aio.core.AioOpenOption#DIRECT}.
 *
 * <p>Each future fails with an {@link AioException} for what the kernel says; with a {@link
 * RejectedExecutionException} under overload (see {@link AioLoop#isWritable}) and when loop or transport are closed;
 * with an {@link IllegalStateException} after {@link #close()}. Cancelling it detaches it: what the kernel has not
 * begun is dropped, what it has goes on, and buffers are released when it is done.
 */
public final class NettyAioFile implements AutoCloseable {

    private final AioLoop loop;
    private final AioFile file;
    private final Promise<Void> closed;
    private final FileOrder order = new FileOrder();
    private final HotReads hot;
    private final Misses misses;
    private final AtomicInteger handedOver = new AtomicInteger(); // to the loop, by tasks that have not run

    private NettyAioFile(AioLoop loop, AioFile file, Promise<Void> closed) {
        this.loop = loop;
        this.file = file;
        this.closed = closed;
        hot = new HotReads(loop, file);
        misses = Misses.ofRanges(file);
        if (file.isDirectOpen() || file.isWritable()) {
            misses.stop(); // that is what was asked for; and direct writes would take out again what was filled
        }
    }

    /** Waits for the disk. */
    static NettyAioFile open(AioLoop loop, Path path, OpenOption... options) throws AioException {
        Promise<Void> closed = loop.eventLoop().newPromise();
        AioFile file = AioFile.open(
                path,
                close -> loop.transport().lane().closer().execute(() -> {
                    close.run();
                    closed.trySuccess(null);
                }),
                options);
        loop.transport().mapHotRangesOf(file);
        return new NettyAioFile(loop, file, closed);
    }

    /** Size, times and identity of the inode when it was opened. */
    public FileStat stat() {
        return file.stat();
    }

    /** The file below, for {@code dev.aio.netty.stream}; valid until {@link #close()}. */
    public AioFile file() {
        return file;
    }

    /** The share of the transport that answers. */
    public AioLoop loop() {
        return loop;
    }

    /** The event loop on which results come. */
    public EventLoop eventLoop() {
        return loop.eventLoop();
    }

    /** What of it was not resident when it was asked for, for {@code dev.aio.netty.stream}. */
    public Misses misses() {
        return misses;
    }

    /** Notes that what follows a position was not resident. */
    void missed(long position, long length) {
        long end = Math.min(file.size(), position + length);
        if (position < end) {
            loop.transport().missed(misses, position, end);
        }
    }

    FileOrder order() {
        return order;
    }

    /**
     * Reads up to {@link AlignedBufferPool#LARGEST} bytes less one page.
     *
     * @param position bytes
     * @param length bytes
     * @return the bytes, to be released by whoever gets them; fewer than asked for at the end of the file, where the
     *     buffer may be empty
     * @throws IllegalArgumentException for a negative position, and a length that no buffer of the pool has room for
     */
    public Future<ByteBuf> read(long position, int length) {
        checkPosition(position);
        return new PooledRead(this, position, length).submit();
    }

    /** With no options; see {@link #read(ByteBuf, long, OperationOptions)}. */
    public Future<Long> read(ByteBuf target, long position) {
        return read(target, position, OperationOptions.NONE);
    }

    /**
     * Fills the writable bytes of a buffer ({@link ByteBuf#writableBytes()}; its capacity stays) and moves its writer
     * index. The buffer stays the caller's, who must not touch it before the end; it is retained until the kernel is
     * done with it.
     *
     * @param position bytes
     * @param options not applied to what goes through windows
     * @return bytes read, fewer than fit at the end of the file; when it fails, the writer index stays
     * @throws IllegalArgumentException for a negative position, and a buffer that is read-only or has no memory of
     *     its own
     */
    public Future<Long> read(ByteBuf target, long position, OperationOptions options) {
        checkPosition(position);
        int filled = options == OperationOptions.NONE && isNext() ? hot.fill(target, position) : 0;
        if (filled > 0 && filled == target.writableBytes()) {
            target.writerIndex(target.writerIndex() + filled);
            return hot.answer(filled);
        }
        return readv(List.of(target), position, options, filled);
    }

    /** Fills several buffers, one after another; otherwise like {@link #read(ByteBuf, long)}. */
    public Future<Long> readv(List<ByteBuf> targets, long position) {
        return readv(targets, position, OperationOptions.NONE);
    }

    /** See {@link #readv(List, long)}. */
    public Future<Long> readv(ByteBuf[] targets, long position) {
        return readv(List.of(targets), position);
    }

    /** See {@link #readv(List, long)} and {@link #read(ByteBuf, long, OperationOptions)}. */
    public Future<Long> readv(List<ByteBuf> targets, long position, OperationOptions options) {
        return readv(targets, position, options, 0);
    }

    /**
     * @param filled bytes that are in the targets already
     */
    private Future<Long> readv(List<ByteBuf> targets, long position, OperationOptions options, int filled) {
        checkPosition(position);
        Objects.requireNonNull(options, "options");
        List<ByteBuf> buffers = List.copyOf(targets);
        for (ByteBuf target : buffers) {
            if (target.isReadOnly()) {
                throw new IllegalArgumentException("target: " + target + " (expected: a buffer that may be written)");
            }
        }
        BufferPieces pieces = BufferPieces.writable(buffers); // which finds those that were released already
        buffers.forEach(ByteBuf::retain);
        ReadOperation operation = new ReadOperation(this, pieces, position, options);
        operation.advance(filled);
        return operation.submit();
    }

    /** With no options; see {@link #write(ByteBuf, long, OperationOptions)}. */
    public Future<Long> write(ByteBuf source, long position) {
        return write(source, position, OperationOptions.NONE);
    }

    /**
     * Writes all readable bytes; what is written short is resumed. Takes over one reference, as {@code
     * Channel.write} does, whatever the outcome; the content must not change before the end. The indices of the
     * buffer do not move.
     *
     * @param position bytes; without meaning if the file was opened to append
     * @return bytes written: all. When it fails, the part before the exception's position was written. Fails with
     *     {@code EINVAL} and the alignment needed where a {@link dev.aio.core.AioOpenOption#DIRECT} file takes only
     *     whole blocks
     * @throws IllegalArgumentException for a negative position
     */
    public Future<Long> write(ByteBuf source, long position, OperationOptions options) {
        return writev(List.of(source), position, options);
    }

    /** Writes several buffers one after another, by one call if they are direct; otherwise like {@link #write}. */
    public Future<Long> writev(List<ByteBuf> sources, long position) {
        return writev(sources, position, OperationOptions.NONE);
    }

    /** See {@link #writev(List, long)}. */
    public Future<Long> writev(ByteBuf[] sources, long position) {
        return writev(List.of(sources), position);
    }

    /** See {@link #writev(List, long)} and {@link #write(ByteBuf, long, OperationOptions)}. */
    public Future<Long> writev(List<ByteBuf> sources, long position, OperationOptions options) {
        return write(sources, position, file.isAppending(), options);
    }

    /**
     * Writes all readable bytes at the end of the file, wherever that is then, behind the appends asked for before;
     * otherwise like {@link #write}. Buffers that need more than one round may find those of others in between.
     */
    public Future<Long> append(ByteBuf source) {
        return write(List.of(source), 0, true, OperationOptions.NONE.append());
    }

    private Future<Long> write(List<ByteBuf> sources, long position, boolean append, OperationOptions options) {
        WriteOperation operation;
        try {
            checkPosition(position);
            Objects.requireNonNull(options, "options");
            BufferPieces pieces = BufferPieces.readable(List.copyOf(sources));
            operation = new WriteOperation(this, pieces, position, append, options);
        } catch (Throwable t) {
            sources.forEach(ReferenceCountUtil::safeRelease); // taken over all the same; some may be null
            throw t;
        }
        return operation.submit();
    }

    /** {@code fsync}: content and attributes are on the disk, of all changes that were asked for before. */
    public Future<Void> sync() {
        return new SyncOperation(this, false).submit();
    }

    /** {@code fdatasync}: like {@link #sync()}, without attributes that are not needed to find the content again. */
    public Future<Void> dataSync() {
        return new SyncOperation(this, true).submit();
    }

    /** Makes the file that long, by cutting it off or letting it end in a hole. */
    public Future<Void> truncate(long size) {
        if (size < 0) {
            throw new IllegalArgumentException("size: " + size + " (expected: >= 0)");
        }
        return new LaneOperation<Void>(this, "truncate", true, true, () -> {
                    file.truncate(size);
                    return null;
                })
                .submit();
    }

    /** Reserves disk space, extending the file if need be; see {@link AioFile#preallocate}. */
    public Future<Void> preallocate(long position, long length) {
        checkPosition(position);
        if (length < 0 || position > Long.MAX_VALUE - length) {
            throw new IllegalArgumentException(
                    "length: " + length + " (expected: 0.." + (Long.MAX_VALUE - position) + ')');
        }
        return new LaneOperation<Void>(this, "preallocate", true, true, () -> {
                    file.preallocate(position, length);
                    return null;
                })
                .submit();
    }

    /** Bytes, now. What it was when the file was opened, {@link #stat()} knows. */
    public Future<Long> size() {
        boolean mayWait = !file.fileSystem().isLoopSafe();
        return new LaneOperation<>(this, "size", false, mayWait, file::currentSize).submit();
    }

    private static void checkPosition(long position) {
        if (position < 0) {
            throw new IllegalArgumentException("position: " + position + " (expected: >= 0)");
        }
    }

    /** Whether what is asked for now is accepted now, with nothing before it. */
    private boolean isNext() {
        return loop.eventLoop().inEventLoop() && handedOver.get() == 0;
    }

    /** Has the loop accept an operation, in the order of the calls wherever those are made. */
    void handOver(FileOperation<?> operation) {
        if (isNext()) {
            operation.accept();
            return;
        }
        handedOver.incrementAndGet();
        try {
            loop.eventLoop().execute(() -> {
                handedOver.decrementAndGet();
                operation.accept();
            });
        } catch (RejectedExecutionException terminated) {
            handedOver.decrementAndGet();
            operation.refuse(terminated);
        }
    }

    /** Ends the use of the file; operations asked for before are answered all the same. Idempotent. */
    @Override
    public void close() {
        misses.stop();
        file.close();
    }

    /** {@link #close()}, and {@link #closeFuture()}. */
    public Future<Void> closeAsync() {
        close();
        return closed;
    }

    /** Completes when the descriptors are closed: after {@link #close()}, and the end of what was in flight. */
    public Future<Void> closeFuture() {
        return closed;
    }
}
