package dev.aio.netty;

import dev.aio.core.AioContext;
import dev.aio.core.AioException;
import dev.aio.core.AlignedMemory;
import dev.aio.core.BlockingTransfer;
import dev.aio.core.OperationOptions;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/**
 * Fills buffers from a file: what is resident there and then, the rest by engine or lane where it belongs, or
 * window by window where the kernel cannot write to the buffers.
 */
final class ReadOperation extends TransferOperation {

    /** More is not copied from the page cache in one turn of the loop. */
    private static final int LARGEST_COPY = AlignedBufferPool.LARGEST;

    private static final int LARGEST_WINDOW = AlignedBufferPool.LARGEST - AlignedMemory.PAGE;

    private final boolean plain; // no options that a way of ours could not keep
    private boolean prepared;
    private WindowRead window;

    ReadOperation(NettyAioFile owner, BufferPieces targets, long position, OperationOptions options) {
        super(owner, "read", targets, position, options);
        plain = options == OperationOptions.NONE;
    }

    @Override
    void step() {
        if (plain && pieces.isDirect()) {
            readResident();
        }
        if (pieces.remaining() == 0) {
            filled();
        } else if (!pieces.isDirect()) {
            readWindow();
        } else if (loop.engine() == null || file.isLaneOnly()) {
            toLane(this::read, this::read);
        } else if (plain && file.mayReadDirect() && !isReady() && !prepared) {
            prepared = true;
            toLane(this::makeReady, done -> proceed());
        } else if (plain && file.isDirectOpen() && !isAligned(file)) {
            readWindow();
        } else {
            toEngine(this::read);
        }
    }

    private boolean isReady() {
        return file.isDirectOpen() && !file.needsPreparation(System.nanoTime());
    }

    private long makeReady() throws AioException {
        loop.transport().counters().add(Rung.PREPARE_LANE);
        file.prepare();
        file.openDirect();
        return 0;
    }

    private void readResident() {
        while (pieces.remaining() > 0) {
            ByteBuffer target = pieces.head();
            if (target.remaining() > LARGEST_COPY
                    || !file.isReadable()
                    || file.isLaneOnly()
                    || file.needsPreparation(System.nanoTime())
                    || !file.isResident(at(), target.remaining())) {
                return;
            }
            int n = file.readResident(at(), AlignedMemory.of(target), 0, target.remaining());
            if (n <= 0) {
                return;
            }
            loop.transport().counters().add(Rung.NOWAIT_READ, n);
            advance(n);
        }
    }

    private void readWindow() {
        int length = (int) Math.min(pieces.remaining(), LARGEST_WINDOW);
        WindowRead read = loop.read(file, at(), length, new WindowListener() {
            @Override
            public void windowRead(ByteBuf bytes) {
                window = null;
                int n = bytes.readableBytes();
                pieces.copyFrom(bytes);
                bytes.release();
                read(n);
            }

            @Override
            public void windowFailed(Throwable cause) {
                window = null;
                fail(cause);
            }
        });
        if (read.isWanted()) { // else it was answered already
            window = read;
        }
    }

    @Override
    long prepare(AioContext context) {
        return pieces.isSingle()
                ? context.read(file, at(), pieces.head(), options, this, 0)
                : context.readv(file, at(), pieces.vectors(), options, this, 0);
    }

    private long read() throws AioException {
        return pieces.isSingle()
                ? BlockingTransfer.read(file, at(), pieces.head(), options)
                : BlockingTransfer.readv(file, at(), pieces.vectors(), options);
    }

    private void read(long bytes) {
        advance(bytes);
        if (bytes == 0) {
            filled();
        } else {
            loop.watchdog().renew(this);
            proceed();
        }
    }

    private void filled() {
        pieces.filled(done());
        succeed(done());
    }

    @Override
    void free() {
        WindowRead read = window;
        window = null;
        if (read != null) {
            read.cancel();
        }
        super.free();
    }
}
