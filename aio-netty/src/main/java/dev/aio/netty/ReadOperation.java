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
final class ReadOperation extends TransferOperation implements WindowListener {

    /** More is not copied from the page cache in one turn of the loop, in bytes. */
    static final int LARGEST_COPY = AlignedBufferPool.LARGEST;

    private static final int LARGEST_WINDOW = AlignedBufferPool.LARGEST - AlignedMemory.PAGE;

    private final boolean plain; // no options that a way of ours could not keep
    private boolean prepared;
    private boolean missed;
    private WindowRead window;
    private int windowLength;

    ReadOperation(NettyAioFile owner, BufferPieces targets, long position, OperationOptions options) {
        super(owner, "read", targets, position, options);
        plain = options == OperationOptions.NONE;
    }

    @Override
    void step() {
        // What goes window by window is asked about once: each question might have a page read.
        boolean asks = pieces.isDirect() || !missed;
        if (plain && asks && !readResident()) {
            return;
        }
        if (pieces.remaining() == 0) {
            filled();
        } else if (!pieces.isDirect()) {
            readWindow();
        } else if (loop.engine() == null || file.isLaneOnly()) {
            toLane();
        } else if (plain && file.mayReadDirect() && !isReady() && !prepared) {
            prepared = true;
            prepareFile();
        } else if (plain && file.isDirectOpen() && !isAligned(file)) {
            readWindow();
        } else {
            toEngine();
        }
    }

    private boolean isReady() {
        return file.isDirectOpen() && !file.needsPreparation(System.nanoTime());
    }

    /** Copies what is in the page cache; {@code false} if the operation is over, or goes on in another turn. */
    private boolean readResident() {
        int copied = 0;
        while (pieces.remaining() > 0 && file.isReadable() && ResidentRead.mayAsk(file)) {
            if (copied >= LARGEST_COPY) {
                proceedLater();
                return false;
            }
            ByteBuffer target = pieces.head();
            int length = Math.min(target.remaining(), LARGEST_COPY - copied);
            int n = pieces.isDirect() ? readResident(target, length) : copyResident(length);
            if (n <= 0) {
                noteMiss();
                return true;
            }
            advance(n);
            copied += n;
            if (n < length && isAtKnownEnd()) {
                filled();
                return false;
            }
        }
        return true;
    }

    private int readResident(ByteBuffer target, int length) {
        AlignedMemory memory = AlignedMemory.of(target);
        int n = file.readIfKnownResident(at(), memory, 0, length);
        if (n == 0 && file.isResident(at(), length)) {
            n = file.readResident(at(), memory, 0, length);
        }
        if (n > 0) {
            count(Rung.NOWAIT_READ, n);
        }
        return n;
    }

    /** For memory that the kernel cannot write to. */
    private int copyResident(int length) {
        ByteBuf bytes = ResidentRead.tryRead(loop, file, at(), length);
        if (bytes == null) {
            return 0;
        }
        try {
            int n = bytes.readableBytes();
            pieces.copyFrom(bytes);
            return n;
        } finally {
            bytes.release();
        }
    }

    /** The disk is asked for what is left: once for the operation, however many steps that takes. */
    private void noteMiss() {
        if (!missed) {
            missed = true;
            owner.missed(at(), pieces.remaining());
        }
    }

    /** Whether what came back short is all there is; of a file that is written to, only another read tells. */
    private boolean isAtKnownEnd() {
        return !file.isWritable() && at() >= file.size();
    }

    private void readWindow() {
        windowLength = (int) Math.min(pieces.remaining(), LARGEST_WINDOW);
        WindowRead read = loop.coldReads().begin(file.retain(), at(), windowLength, this, false);
        if (read.isWanted()) { // else it was answered already
            window = read;
            loop.watchdog().remove(this); // which looks after the window
        }
    }

    @Override
    public void windowRead(ByteBuf bytes) {
        window = null;
        loop.watchdog().add(this);
        try {
            int n = bytes.readableBytes();
            pieces.copyFrom(bytes);
            advance(n);
            if (n < windowLength) { // windows are short at the end of the file only
                filled();
            } else {
                proceed();
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            fail(e);
        } finally {
            bytes.release();
        }
    }

    @Override
    public void windowFailed(Throwable cause) {
        window = null;
        fail(cause);
    }

    @Override
    long prepare(AioContext context) {
        return pieces.isSingle()
                ? context.read(file, at(), pieces.head(), options, this, 0)
                : context.readv(file, at(), pieces.vectors(), options, this, 0);
    }

    @Override
    long carryOut() throws AioException {
        if (file.isReadable()) {
            loop.transport().preparations().prepareForLoop(file, loop.engine());
        }
        return pieces.isSingle()
                ? BlockingTransfer.read(file, at(), pieces.head(), options)
                : BlockingTransfer.readv(file, at(), pieces.vectors(), options);
    }

    @Override
    void stepped(long bytes, boolean byEngine) {
        count(byEngine ? Rung.AIO_READ : Rung.LANE_READ, bytes);
        boolean isShort = bytes < pieces.asked();
        advance(bytes);
        if (bytes == 0 || isShort && isAtKnownEnd()) {
            filled();
        } else {
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
