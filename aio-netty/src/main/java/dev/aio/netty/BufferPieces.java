package dev.aio.netty;

import dev.aio.core.AioFile;
import dev.aio.core.AlignedMemory;
import dev.aio.core.IoVectors;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The memory of the buffers of a transfer, piece by piece, and how far the transfer has come. The buffers'
 * indices stay as they are until the end.
 */
final class BufferPieces {

    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(AioTransport.class);

    private final List<ByteBuf> buffers;
    private final List<ByteBuffer> pieces = new ArrayList<>(1);
    private final boolean direct;
    private int first;
    private long remaining;

    private BufferPieces(List<ByteBuf> buffers, boolean targets) {
        this.buffers = buffers;
        boolean allDirect = true;
        for (ByteBuf buffer : buffers) {
            int length = targets ? buffer.writableBytes() : buffer.readableBytes();
            if (length > 0) {
                for (ByteBuffer piece : piecesOf(buffer, targets, length)) {
                    if (piece.hasRemaining()) {
                        pieces.add(piece);
                        remaining += piece.remaining();
                        allDirect &= piece.isDirect();
                    }
                }
            }
        }
        direct = allDirect;
    }

    /** What is readable; the buffers are taken over. */
    static BufferPieces readable(List<ByteBuf> buffers) {
        return new BufferPieces(buffers, false);
    }

    /**
     * What is writable; the buffers are taken over.
     *
     * @throws IllegalArgumentException for a buffer that cannot be written to in place
     */
    static BufferPieces writable(List<ByteBuf> buffers) {
        return new BufferPieces(buffers, true);
    }

    private static ByteBuffer[] piecesOf(ByteBuf buffer, boolean target, int length) {
        if (buffer.nioBufferCount() > 0) {
            return buffer.nioBuffers(target ? buffer.writerIndex() : buffer.readerIndex(), length);
        }
        if (target) {
            throw new IllegalArgumentException("target: " + buffer + " (expected: a buffer with memory of its own)");
        }
        return new ByteBuffer[] {ByteBuffer.wrap(ByteBufUtil.getBytes(buffer))};
    }

    /** Bytes to go. */
    long remaining() {
        return remaining;
    }

    /** Whether the kernel can use all of them where they are. */
    boolean isDirect() {
        return direct;
    }

    /** Whether a direct transfer can use what is left as it is, position in the file aside. */
    boolean isAligned(AioFile file) {
        for (int i = first; i < pieces.size(); i++) {
            ByteBuffer piece = pieces.get(i);
            if (piece.alignmentOffset(piece.position(), file.directMemoryAlignment()) != 0
                    || piece.remaining() % file.directOffsetAlignment() != 0) {
                return false;
            }
        }
        return true;
    }

    /** A view of the first piece that is left. */
    ByteBuffer head() {
        return pieces.get(first).slice();
    }

    /** Whether {@link #head} is all there is. */
    boolean isSingle() {
        return first == pieces.size() - 1;
    }

    /** What is left, as far as one call takes it. */
    IoVectors vectors() {
        int count = Math.min(pieces.size() - first, IoVectors.IOV_MAX);
        IoVectors vectors = new IoVectors(count);
        for (int i = first; i < first + count; i++) {
            ByteBuffer piece = pieces.get(i);
            vectors.add(AlignedMemory.of(piece), piece.position(), piece.remaining());
        }
        return vectors;
    }

    /** So many bytes were transferred. */
    void advance(long bytes) {
        remaining -= bytes;
        for (long left = bytes; left > 0; ) {
            ByteBuffer piece = pieces.get(first);
            int n = (int) Math.min(left, piece.remaining());
            piece.position(piece.position() + n);
            left -= n;
            if (!piece.hasRemaining()) {
                first++;
            }
        }
    }

    /** Copies the next bytes to a window, without advancing. */
    void copyTo(ByteBuf window, int bytes) {
        int left = bytes;
        for (int i = first; left > 0; i++) {
            ByteBuffer piece = pieces.get(i).duplicate();
            piece.limit(piece.position() + Math.min(left, piece.remaining()));
            left -= piece.remaining();
            window.writeBytes(piece);
        }
    }

    /** Copies a window to where the next bytes belong, without advancing. */
    void copyFrom(ByteBuf window) {
        for (int i = first; window.isReadable(); i++) {
            ByteBuffer piece = pieces.get(i).duplicate();
            piece.limit(piece.position() + Math.min(window.readableBytes(), piece.remaining()));
            window.readBytes(piece);
        }
    }

    /** Moves the writer indices of the targets over what was filled. */
    void filled(long bytes) {
        long left = bytes;
        for (ByteBuf buffer : buffers) {
            int n = (int) Math.min(left, buffer.writableBytes());
            buffer.writerIndex(buffer.writerIndex() + n);
            left -= n;
        }
    }

    /** Gives every buffer back; those that their user has released once too often are nobody's any more. */
    void release() {
        for (ByteBuf buffer : buffers) {
            try {
                buffer.release();
            } catch (IllegalReferenceCountException released) {
                LOGGER.warn("a buffer was released by its user while it was read or written", released);
            }
        }
    }
}
