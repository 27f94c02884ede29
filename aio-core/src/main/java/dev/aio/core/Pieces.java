package dev.aio.core;

import dev.aio.core.internal.IocbSlab;
import dev.aio.core.internal.Linux;
import java.nio.ByteBuffer;

/**
 * Cuts operations into what one call of the kernel takes: at most {@code MAX_RW_COUNT} bytes and {@code
 * IOV_MAX} vectors. A direct read that is not aligned is read in aligned pieces of a bounce buffer and
 * copied from there.
 */
final class Pieces {

    private final IocbSlab iocbs;
    private final Bounces bounces;

    Pieces(IocbSlab iocbs, Bounces bounces) {
        this.iocbs = iocbs;
        this.bounces = bounces;
    }

    /** Looks at the alignment of a direct transfer: refuses an unaligned write, bounces a read. */
    void align(Operation operation) {
        AioFile file = operation.file;
        int offsets = file.directOffsetAlignment();
        int addresses = file.directMemoryAlignment();
        boolean positionFits = (operation.position & offsets - 1) == 0
                || operation.kind.isWrite() && (operation.options.isAppend() || file.isAppending());
        if (positionFits && memoryFits(operation, offsets, addresses)) {
            return;
        }
        if (operation.kind.isWrite()) {
            operation.refuse(Linux.EINVAL, alignmentOfWrites(file));
        } else if (Bounces.suit(offsets, addresses)) {
            operation.bounces = operation.length > 0;
        } else { // as of extents of a megabyte: the page cache is the buffer then
            operation.direct = false;
            operation.fd = file.bufferedFd();
        }
    }

    static String alignmentOfWrites(AioFile file) {
        return "a direct write needs position and length in multiples of "
                + file.directOffsetAlignment()
                + " bytes and memory addresses in multiples of "
                + file.directMemoryAlignment()
                + "; write whole blocks, or open the file without DIRECT";
    }

    private static boolean memoryFits(Operation operation, int offsets, int addresses) {
        IoVectors vectors = operation.vectors;
        if (vectors == null) {
            return ((operation.address & addresses - 1) | (operation.length & offsets - 1)) == 0;
        }
        for (int i = 0; i < vectors.count(); i++) {
            long address = vectors.memory(i).addressUnchecked() + vectors.offset(i);
            if (((address & addresses - 1) | (vectors.pieceLength(i) & offsets - 1)) != 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Writes the control block of what comes next.
     *
     * @return {@code false} if that has to wait until another operation gives its bounce buffer back
     * @throws OutOfMemoryError if a bounce buffer is needed and no direct memory is left
     */
    boolean prepareNext(Operation operation) {
        switch (operation.kind) {
            case SYNC:
            case DATA_SYNC:
                write(operation, operation.kind.opcode, 0, 0, 0, 0);
                break;
            case POLL:
                write(operation, operation.kind.opcode, operation.address, 0, 0, 0);
                break;
            default:
                return prepareTransfer(operation);
        }
        return true;
    }

    private boolean prepareTransfer(Operation operation) {
        long at = operation.position + operation.done;
        long left = operation.length - operation.done;
        if (operation.bounces) {
            return prepareBounce(operation, at, left);
        }
        if (operation.vectors != null) {
            prepareVectors(operation, at, left);
        } else {
            operation.piece = Math.min(left, Linux.MAX_RW_COUNT);
            long address = operation.address + operation.done;
            write(operation, operation.kind.opcode, address, operation.piece, at, operation.rwFlags());
        }
        return true;
    }

    private boolean prepareBounce(Operation operation, long at, long left) {
        int alignment = operation.file.directOffsetAlignment();
        AlignedMemory bounce = operation.bounce;
        if (bounce == null) { // only now: those that wait for their turn hold none
            bounce = bounces.take(operation.length + 2L * alignment);
            if (bounce == null) {
                return false;
            }
            operation.bounce = bounce;
        }
        operation.bounceSkip = (int) (at & alignment - 1);
        operation.piece = Math.min(left, bounce.capacity() - operation.bounceSkip);
        long whole = operation.bounceSkip + operation.piece + alignment - 1 & -alignment;
        long from = at - operation.bounceSkip;
        write(operation, Linux.IOCB_CMD_PREAD, bounce.addressUnchecked(), whole, from, operation.rwFlags());
        return true;
    }

    private void prepareVectors(Operation operation, long at, long left) {
        IoVectors vectors = operation.vectors;
        skipVectors(operation, 0); // a call of empty ones only would answer 0, as at the end of the file
        int count = Math.min(vectors.count() - operation.vector, Linux.IOV_MAX);
        long bytes = left;
        if (operation.vector + count < vectors.count()) {
            bytes = -operation.vectorSkip;
            for (int i = operation.vector; i < operation.vector + count; i++) {
                bytes += vectors.pieceLength(i);
            }
        }
        operation.piece = Math.min(bytes, Linux.MAX_RW_COUNT);
        if (operation.vectorSkip > 0) {
            vectors.adjust(operation.vector, operation.vectorSkip);
        }
        write(operation, operation.kind.opcode, vectors.address(operation.vector), count, at, operation.rwFlags());
    }

    private void write(Operation operation, short opcode, long address, long length, long position, int flags) {
        iocbs.prepare(
                operation.slot,
                operation.id(),
                opcode,
                operation.fd,
                address,
                length,
                position,
                flags,
                operation.options.priority);
    }

    /**
     * Books the bytes of a piece that has ended.
     *
     * @param result what the kernel said, more than 0
     * @return bytes of the operation among them
     */
    long ended(Operation operation, long result) {
        long bytes = result;
        if (operation.bounce != null) {
            bytes = Math.max(0, Math.min(result - operation.bounceSkip, operation.piece));
            if (!operation.detached) { // nobody reads it any more
                copyOut(operation, (int) bytes);
            }
        } else if (operation.vectors != null && operation.done + bytes < operation.length) {
            advanceVectors(operation, bytes);
        }
        operation.done += bytes;
        return bytes;
    }

    private static void copyOut(Operation operation, int bytes) {
        AlignedMemory source = operation.bounce;
        IoVectors vectors = operation.vectors;
        if (operation.buffer != null) {
            copyOut(
                    source,
                    operation.bounceSkip,
                    operation.buffer,
                    operation.bufferPosition + (int) operation.done,
                    bytes);
            return;
        }
        if (vectors == null) {
            AlignedMemory target = (AlignedMemory) operation.memory;
            target.put(operation.bufferPosition + (int) operation.done, source, operation.bounceSkip, bytes);
            return;
        }
        int copied = 0;
        while (copied < bytes) {
            int room = vectors.pieceLength(operation.vector) - operation.vectorSkip;
            int n = Math.min(room, bytes - copied);
            int to = vectors.offset(operation.vector) + operation.vectorSkip;
            vectors.memory(operation.vector).put(to, source, operation.bounceSkip + copied, n);
            copied += n;
            skipVectors(operation, n);
        }
    }

    /** The caller may have lowered the limit meanwhile; the kernel would not care either. */
    private static void copyOut(AlignedMemory source, int from, ByteBuffer target, int to, int bytes) {
        int limit = target.limit();
        target.limit(target.capacity());
        // ByteBuffer.put(int, ByteBuffer, int, int) allocates nothing.
        target.put(to, source.buffer(), from, bytes);
        target.limit(limit);
    }

    private static void advanceVectors(Operation operation, long bytes) {
        if (operation.vectorSkip > 0) {
            operation.vectors.restore(operation.vector);
        }
        skipVectors(operation, bytes);
    }

    private static void skipVectors(Operation operation, long bytes) {
        long left = operation.vectorSkip + bytes;
        while (operation.vector < operation.vectors.count()
                && left >= operation.vectors.pieceLength(operation.vector)) {
            left -= operation.vectors.pieceLength(operation.vector++);
        }
        operation.vectorSkip = (int) left;
    }

    /** The operation has ended: gives back what was taken for it. */
    void end(Operation operation) {
        if (operation.vectors != null) {
            if (operation.vectorSkip > 0 && !operation.bounces) {
                operation.vectors.restore(operation.vector);
            }
            operation.vectors.endUse();
        }
        if (operation.bounce != null) {
            bounces.give(operation.bounce);
        }
    }
}
