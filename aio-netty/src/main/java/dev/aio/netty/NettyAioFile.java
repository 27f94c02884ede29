package dev.aio.netty;

import dev.aio.core.AioException;
import dev.aio.core.AioFile;
import dev.aio.core.FileStat;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.concurrent.RejectedExecutionException;

/**
 * An open file whose reads are answered by promises of one event loop. Any thread may call; listeners
 * run on the loop.
 *
 * <p>What is in memory is read there and then, the rest by Linux AIO.
 */
public final class NettyAioFile implements AutoCloseable {

    private final AioLoop loop;
    private final AioFile file;

    NettyAioFile(AioLoop loop, AioFile file) {
        this.loop = loop;
        this.file = file;
    }

    /** Bytes, when it was opened. */
    public long size() {
        return file.size();
    }

    /** Size, times and identity of the inode when it was opened. */
    public FileStat stat() {
        return file.stat();
    }

    /** The file below, for {@code dev.aio.netty.stream}; valid until {@link #close()}. */
    public AioFile file() {
        return file;
    }

    /** The share of the transport that answers reads. */
    public AioLoop loop() {
        return loop;
    }

    public EventLoop eventLoop() {
        return loop.eventLoop();
    }

    /**
     * Reads up to {@link AlignedBufferPool#LARGEST} bytes less one page.
     *
     * @param position bytes
     * @param length bytes
     * @return the bytes, to be released by whoever gets them; fewer than asked for at the end of the
     *     file, where the buffer may be empty. Cancelling it gives the buffer back when the kernel is
     *     done with it. Fails with an {@link AioException}, or with an {@link IllegalStateException}
     *     after {@link #close()}
     */
    public Future<ByteBuf> read(long position, int length) {
        if (position < 0) {
            throw new IllegalArgumentException("position: " + position + " (expected: >= 0)");
        }
        int most = AlignedBufferPool.LARGEST - 4096;
        if (length < 1 || length > most) {
            throw new IllegalArgumentException("length: " + length + " (expected: 1.." + most + ')');
        }
        Promise<ByteBuf> promise = loop.eventLoop().newPromise();
        if (!file.tryRetain()) {
            return promise.setFailure(new IllegalStateException("file is closed: " + file.path()));
        }
        if (loop.eventLoop().inEventLoop()) {
            readRetained(position, length, promise);
            return promise;
        }
        try {
            loop.eventLoop().execute(() -> readRetained(position, length, promise));
        } catch (RejectedExecutionException terminated) {
            file.release();
            promise.tryFailure(terminated);
        }
        return promise;
    }

    /** A read keeps a count of its own: the number of a closed descriptor may be another file's. */
    private void readRetained(long position, int length, Promise<ByteBuf> promise) {
        try {
            read(position, length, promise);
        } finally {
            file.release();
        }
    }

    private void read(long position, int length, Promise<ByteBuf> promise) {
        WindowListener listener = new WindowListener() {
            @Override
            public void windowRead(ByteBuf window) {
                if (!promise.trySuccess(window)) {
                    window.release(); // cancelled meanwhile
                }
            }

            @Override
            public void windowFailed(Throwable cause) {
                promise.tryFailure(cause);
            }
        };
        try {
            ByteBuf resident = ResidentRead.tryRead(loop, file, position, length);
            if (resident != null) {
                listener.windowRead(resident);
                return;
            }
            WindowRead read = loop.read(file, position, length, listener);
            promise.addListener(future -> {
                if (future.isCancelled()) {
                    read.cancel();
                }
            });
        } catch (RuntimeException e) {
            promise.tryFailure(e);
        }
    }

    /** Ends the use of the file; reads in flight are answered all the same. Idempotent. */
    @Override
    public void close() {
        file.close();
    }
}
