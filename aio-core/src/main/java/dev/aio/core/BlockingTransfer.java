package dev.aio.core;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import java.nio.ByteBuffer;

/**
 * Reads and writes by one system call that waits for the disk, with the same arguments, errors and descriptions of
 * the file as the operations of an {@link AioContext}: for threads that may wait, where there is no context. Any
 * thread; the caller holds a count of the file. Reads go through the page cache, direct files included.
 */
public final class BlockingTransfer {

    private BlockingTransfer() {}

    /**
     * Reads into a direct buffer, from its position to its limit. Neither is moved.
     *
     * @param position bytes
     * @return bytes read, 0 at the end of the file
     * @throws AioException if nothing was read; also for a heap buffer, {@code EINVAL}
     */
    public static int read(AioFile file, long position, ByteBuffer target, OperationOptions options)
            throws AioException {
        return transfer(AioOperation.READ, file, position, target, options);
    }

    /**
     * Writes from a direct buffer, from its position to its limit. Neither is moved.
     *
     * @return bytes written, fewer than there are if a limit was reached
     * @throws AioException if nothing was written; {@code EINVAL} names the alignment a direct write needs
     */
    public static int write(AioFile file, long position, ByteBuffer source, OperationOptions options)
            throws AioException {
        return transfer(AioOperation.WRITE, file, position, source, options);
    }

    private static int transfer(
            AioOperation kind, AioFile file, long position, ByteBuffer memory, OperationOptions options)
            throws AioException {
        int length = Math.min(memory.remaining(), Linux.MAX_RW_COUNT);
        String detail = memory.isDirect() ? null : "a heap buffer moves meanwhile (expected: a direct buffer)";
        if (detail == null && kind.isRead() && memory.isReadOnly()) {
            detail = "the memory is read-only (expected: memory that may be written)";
        }
        if (detail != null) {
            throw AioException.of(Linux.EINVAL, kind.label(), file.path(), position, length, detail);
        }
        long address = Native.bufferAddress(memory) + memory.position();
        int memoryBits = kind.isWrite() ? (int) (address & file.directMemoryAlignment() - 1) : 0;
        int fd = check(kind, file, position, length, memoryBits, options);
        return call(
                kind,
                file,
                position,
                length,
                options,
                () -> kind.isRead()
                        ? Native.preadv2(fd, address, length, position, options.rwFlags)
                        : Native.pwritev2(fd, address, length, position, options.rwFlags));
    }

    /** Reads into the first {@link IoVectors#IOV_MAX} pieces at most; otherwise like {@link #read}. */
    public static int readv(AioFile file, long position, IoVectors vectors, OperationOptions options)
            throws AioException {
        return transfer(AioOperation.READ_VECTORED, file, position, vectors, options);
    }

    /** Writes the first {@link IoVectors#IOV_MAX} pieces at most; otherwise like {@link #write}. */
    public static int writev(AioFile file, long position, IoVectors vectors, OperationOptions options)
            throws AioException {
        return transfer(AioOperation.WRITE_VECTORED, file, position, vectors, options);
    }

    private static int transfer(
            AioOperation kind, AioFile file, long position, IoVectors vectors, OperationOptions options)
            throws AioException {
        int count = Math.min(vectors.count(), IoVectors.IOV_MAX);
        int memoryBits = 0;
        for (int i = 0; i < count && kind.isWrite(); i++) {
            long address = vectors.memory(i).addressUnchecked() + vectors.offset(i);
            memoryBits |= (int) (address & file.directMemoryAlignment() - 1);
            memoryBits |= vectors.pieceLength(i) & file.directOffsetAlignment() - 1;
        }
        int fd = check(kind, file, position, vectors.length(), memoryBits, options);
        return call(
                kind,
                file,
                position,
                vectors.length(),
                options,
                () -> kind.isRead()
                        ? Native.preadv2v(fd, vectors.address(0), count, position, options.rwFlags)
                        : Native.pwritev2v(fd, vectors.address(0), count, position, options.rwFlags));
    }

    /** The descriptor to use. */
    private static int check(
            AioOperation kind, AioFile file, long position, long length, int memoryBits, OperationOptions options)
            throws AioException {
        String detail = null;
        int errno = Linux.EINVAL;
        if (position < 0) { // preadv2 and pwritev2 would take -1 for the description's own
            detail = "position: " + position + " (expected: >= 0)";
        } else if (kind.isWrite() ? !file.isWritable() : !file.isReadable()) {
            errno = Linux.EBADF;
            detail = "the file is not open for " + (kind.isWrite() ? "writing" : "reading") + ": open it so";
        } else if (kind.isWrite() && file.isDirectOpen() && memoryBits != 0) {
            detail = Pieces.alignmentOfWrites(file);
        }
        if (detail != null) {
            throw AioException.of(errno, kind.label(), file.path(), position, length, detail);
        }
        if (kind.isRead()) {
            return file.bufferedFd();
        }
        file.requireAlignedWrite(options.isAppend() ? 0 : position, length);
        return file.aioFd();
    }

    @FunctionalInterface
    private interface Call {
        int make();
    }

    private static int call(
            AioOperation kind, AioFile file, long position, long length, OperationOptions options, Call call)
            throws AioException {
        int result = options.priority == 0 ? 0 : Native.ioprioSet(options.priority);
        if (result >= 0) {
            do {
                result = call.make();
            } while (result == -Linux.EINTR);
            if (options.priority != 0) {
                Native.ioprioSet(0); // the thread serves others too
            }
        }
        if (result < 0) {
            throw AioException.of(result, kind.label(), file.path(), position, length);
        }
        if (kind.isWrite() && !options.isAppend() && !file.isAppending()) {
            file.noteWritten(position, result);
        }
        return result;
    }
}
