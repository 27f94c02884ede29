package dev.aio.netty;

import dev.aio.core.AioFile;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.concurrent.RejectedExecutionException;

/** A read of one window into a buffer of the pool, for {@link NettyAioFile#read(long, int)}. */
final class PooledRead implements WindowListener {

    private final NettyAioFile owner;
    private final AioLoop loop;
    private final AioFile file;
    private final long position;
    private final int length;
    private final Promise<ByteBuf> promise;

    PooledRead(NettyAioFile owner, long position, int length) {
        int most = AlignedBufferPool.LARGEST - 4096;
        if (length < 1 || length > most) {
            throw new IllegalArgumentException("length: " + length + " (expected: 1.." + most + ')');
        }
        this.owner = owner;
        loop = owner.loop();
        file = owner.file();
        this.position = position;
        this.length = length;
        promise = loop.eventLoop().newPromise();
    }

    /** Any thread. */
    Future<ByteBuf> submit() {
        if (!file.tryRetain()) {
            return promise.setFailure(new IllegalStateException("file is closed: " + file.path()));
        }
        EventLoop eventLoop = loop.eventLoop();
        if (eventLoop.inEventLoop()) {
            readRetained();
            return promise;
        }
        try {
            eventLoop.execute(this::readRetained);
        } catch (RejectedExecutionException terminated) {
            file.release();
            promise.tryFailure(terminated);
        }
        return promise;
    }

    /** A read keeps a count of its own: the number of a closed descriptor may be another file's. */
    private void readRetained() {
        try {
            read();
        } catch (RuntimeException e) {
            promise.tryFailure(e);
        } finally {
            file.release();
        }
    }

    private void read() {
        ByteBuf resident = ResidentRead.tryRead(loop, file, position, length);
        if (resident != null) {
            windowRead(resident);
            return;
        }
        owner.missed(position, length);
        if (!loop.load().tryEnter()) {
            promise.tryFailure(loop.overload());
            return;
        }
        WindowRead read = loop.coldReads().begin(file.retain(), position, length, this, true);
        promise.addListener(future -> {
            if (future.isCancelled()) {
                read.cancel();
            }
        });
    }

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
}
