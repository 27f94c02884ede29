package dev.aio.netty;

import dev.aio.core.AioContext;
import dev.aio.core.AioException;
import dev.aio.core.BlockingTransfer;
import dev.aio.core.OperationOptions;
import dev.aio.core.internal.Linux;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/**
 * Writes all bytes: where they are, if the kernel can use them there, else window by window through aligned
 * buffers of the pool. What comes back short is resumed.
 */
final class WriteOperation extends TransferOperation {

    private final boolean append;
    private boolean begun;
    private boolean windowed;
    private ByteBuf window;

    WriteOperation(NettyAioFile owner, BufferPieces source, long position, boolean append, OperationOptions options) {
        super(owner, append ? "append" : "write", source, position, options);
        this.append = append;
    }

    @Override
    boolean isChange() {
        return true;
    }

    @Override
    boolean isAppend() {
        return append;
    }

    @Override
    void step() throws AioException {
        if (!begun) {
            begun = true;
            // As a whole: else the part before the last window would be written, and then the rest be refused.
            file.requireAlignedWrite(append ? 0 : at(), pieces.remaining());
            windowed = !pieces.isDirect() || file.isDirectOpen() && !pieces.isAligned(file);
        }
        if (pieces.remaining() == 0) {
            succeed(done());
        } else if (!windowed || fillWindow()) {
            if (loop.engine() != null) {
                toEngine();
            } else {
                toLane();
            }
        } // else it comes back here when there is a window
    }

    private boolean fillWindow() {
        int length = (int) Math.min(pieces.remaining(), AlignedBufferPool.LARGEST);
        window = allocate(length);
        if (window == null) {
            return false;
        }
        pieces.copyTo(window, length);
        return true;
    }

    @Override
    long prepare(AioContext context) {
        if (window != null) {
            AlignedByteBuf memory = AlignedByteBuf.unwrap(window);
            return context.write(
                    file, at(), memory.memory(), memory.memoryOffset(), window.readableBytes(), options, this, 0);
        }
        return pieces.isSingle()
                ? context.write(file, at(), pieces.head(), options, this, 0)
                : context.writev(file, at(), pieces.vectors(), options, this, 0);
    }

    @Override
    long carryOut() throws AioException {
        if (window == null && !pieces.isSingle()) {
            return BlockingTransfer.writev(file, at(), pieces.vectors(), options);
        }
        ByteBuffer source = window == null ? pieces.head() : window.nioBuffer();
        return BlockingTransfer.write(file, at(), source, options);
    }

    @Override
    void stepped(long bytes, boolean byEngine) {
        releaseWindow();
        count(byEngine ? Rung.AIO_WRITE : Rung.LANE_WRITE, bytes);
        if (bytes == 0) {
            fail(AioException.of(Linux.EIO, "write", file.path(), at(), pieces.remaining()));
            return;
        }
        advance(bytes);
        proceed();
    }

    private void releaseWindow() {
        ByteBuf held = window;
        window = null;
        if (held != null) {
            held.release();
        }
    }

    @Override
    void free() {
        releaseWindow();
        super.free();
    }
}
