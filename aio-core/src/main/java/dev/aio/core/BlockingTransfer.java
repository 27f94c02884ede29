package dev.aio.core;

import dev.aio.core.internal.BlockingCalls;
import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * Reads and writes by one system call that waits for the disk, with the same arguments, errors and descriptions of
 * the file as the operations of an {@link AioContext}: for threads that may wait, where there is no context. Any
 * thread; the caller holds a count of the file. Reads go through the page cache, direct files included. A priority
 * is set for the call; the thread has none of its own afterwards.
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
        String wrong = ArgumentChecks.buffer(kind, memory);
        if (wrong != null) {
            throw AioException.of(Linux.EINVAL, kind.label(), file.path(), position, length, wrong);
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
                memory,
                () -> kind.isRead()
                        ? BlockingCalls.read(fd, address, length, position, options.rwFlags)
                        : BlockingCalls.write(fd, address, length, position, options.rwFlags));
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
                vectors,
                () -> kind.isRead()
                        ? BlockingCalls.readv(fd, vectors.address(0), count, position, options.rwFlags)
                        : BlockingCalls.writev(fd, vectors.address(0), count, position, options.rwFlags));
    }

    /** The descriptor to use. */
    private static int check(
            AioOperation kind, AioFile file, long position, long length, int memoryBits, OperationOptions options)
            throws AioException {
        String invalid = ArgumentChecks.range(position, length);
        String denied = ArgumentChecks.access(kind, file);
        if (invalid == null && denied == null && kind.isWrite() && file.isDirectOpen() && memoryBits != 0) {
            invalid = Pieces.alignmentOfWrites(file);
        }
        if (invalid != null || denied != null) {
            int errno = invalid != null ? Linux.EINVAL : Linux.EBADF;
            String wrong = invalid != null ? invalid : denied;
            throw AioException.of(errno, kind.label(), file.path(), position, length, wrong);
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
            AioOperation kind,
            AioFile file,
            long position,
            long length,
            OperationOptions options,
            Object memory,
            Call call)
            throws AioException {
        int result = options.priority == 0 ? 0 : Native.ioprioSet(options.priority);
        if (result >= 0) {
            try {
                result = call.make();
            } finally {
                Reference.reachabilityFence(memory); // of the address alone the collector does not know
            }
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
