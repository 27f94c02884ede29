package dev.aio.netty;

import dev.aio.core.AioFile;
import dev.aio.core.OperationOptions;

/** A read or write of {@link BufferPieces}, in as many steps as it takes. */
abstract class TransferOperation extends FileOperation<Long> {

    final OperationOptions options;
    final BufferPieces pieces;
    private final long position;
    private final long length;
    private long done;

    TransferOperation(NettyAioFile owner, String name, BufferPieces pieces, long position, OperationOptions options) {
        super(owner, name);
        this.pieces = pieces;
        this.position = position;
        this.options = options;
        length = pieces.remaining();
    }

    /** Where the next step begins, in bytes. */
    final long at() {
        return position + done;
    }

    /** Bytes so far. */
    final long done() {
        return done;
    }

    final void count(Rung rung, long bytes) {
        loop.transport().counters().add(rung, bytes);
    }

    final void advance(long bytes) {
        pieces.advance(bytes);
        done += bytes;
    }

    /** Whether the next step can be a direct one without a window. */
    final boolean isAligned(AioFile file) {
        return at() % file.directOffsetAlignment() == 0 && pieces.isAligned(file);
    }

    @Override
    void free() {
        pieces.release();
    }

    @Override
    final long position() {
        return position;
    }

    @Override
    final long length() {
        return length;
    }
}
