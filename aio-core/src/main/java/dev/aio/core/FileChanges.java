package dev.aio.core;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;

/** Changes of a whole file that wait for the disk. Whoever calls holds a count on the descriptors. */
final class FileChanges {

    /** What {@link #zeroFill} writes at a time, in bytes. */
    private static final int PIECE = 1 << 20;

    private final FileDescriptors descriptors;
    private final String path;
    private final DeviceTraits traits;
    private final int directAlignment;
    private final WrittenPrefix written;

    FileChanges(
            FileDescriptors descriptors, String path, DeviceTraits traits, int directAlignment, WrittenPrefix written) {
        this.descriptors = descriptors;
        this.path = path;
        this.traits = traits;
        this.directAlignment = directAlignment;
        this.written = written;
    }

    /** Zeros that nobody writes to, made when first needed. */
    private static final class Zeros {
        static final AlignedMemory MEMORY = AlignedMemory.allocate(PIECE, AlignedMemory.PAGE);
    }

    void truncate(long size) throws AioException {
        if (size < 0) {
            throw new IllegalArgumentException("size: " + size + " (expected: >= 0)");
        }
        requireWritable("truncate");
        written.truncated(size); // before, so that nobody is promised blocks that go
        int result = ftruncate(descriptors.buffered(), size);
        written.truncated(size); // after, for what a write has added meanwhile
        if (result < 0) {
            throw AioException.of(result, "truncate", path, -1, size);
        }
    }

    static int ftruncate(int fd, long size) {
        int result;
        do {
            result = Native.ftruncate(fd, size);
        } while (result == -Linux.EINTR);
        return result;
    }

    void preallocate(long position, long length) throws AioException {
        checkRange(position, length);
        requireWritable("preallocate");
        if (length == 0) {
            return; // the kernel would refuse it
        }
        int result;
        do {
            result = Native.fallocate(descriptors.buffered(), 0, position, length);
        } while (result == -Linux.EINTR);
        if (result == -Linux.EOPNOTSUPP || result == -Linux.ENOSYS) {
            throw AioException.of(
                    Linux.EOPNOTSUPP,
                    "preallocate",
                    path + " (" + traits.type.label() + " cannot preallocate: use zeroFill, which writes the blocks)",
                    position,
                    length);
        }
        if (result < 0) {
            throw AioException.of(result, "preallocate", path, position, length);
        }
    }

    void zeroFill(long position, long length) throws AioException {
        checkRange(position, length);
        requireWritable("zeroFill");
        if (descriptors.isAppending()) {
            throw AioException.of(
                    Linux.EINVAL,
                    "zeroFill",
                    path + " (open with APPEND, where each write goes to the end: open it with WRITE)",
                    position,
                    length);
        }
        long end = position + length;
        for (long at = position; at < end; ) {
            int result = writeZeros(at, (int) Math.min(PIECE, end - at));
            if (result > 0) {
                at += result;
            } else if (result != -Linux.EINTR) {
                throw AioException.of(result == 0 ? Linux.EIO : result, "zeroFill", path, at, end - at);
            }
        }
        dataSync();
        written.written(position, length);
    }

    private int writeZeros(long at, int piece) {
        int direct = descriptors.direct();
        boolean fits = direct >= 0 && at % directAlignment == 0 && piece % directAlignment == 0;
        return Native.pwrite(fits ? direct : descriptors.buffered(), Zeros.MEMORY.address(0, piece), piece, at);
    }

    void sync() throws AioException {
        int result;
        do {
            result = Native.fsync(descriptors.buffered());
        } while (result == -Linux.EINTR);
        if (result < 0) {
            throw AioException.of(result, "sync", path);
        }
    }

    void dataSync() throws AioException {
        int result;
        do {
            result = Native.fdatasync(descriptors.buffered());
        } while (result == -Linux.EINTR);
        if (result < 0) {
            throw AioException.of(result, "dataSync", path);
        }
    }

    private void requireWritable(String operation) throws AioException {
        if (!descriptors.isWritable()) {
            throw AioException.of(
                    Linux.EBADF, operation, path + " (open for reading; expected: opened with WRITE or APPEND)");
        }
    }

    private static void checkRange(long position, long length) {
        if (position < 0) {
            throw new IllegalArgumentException("position: " + position + " (expected: >= 0)");
        }
        if (length < 0 || position > Long.MAX_VALUE - length) {
            throw new IllegalArgumentException("length: "
                    + length
                    + " (expected: 0.."
                    + (Long.MAX_VALUE - position)
                    + " at position "
                    + position
                    + ')');
        }
    }
}
