package dev.aio.core.internal;

/**
 * Reads and writes that wait. Without flags by the calls that every kernel and sandbox has; a signal does not
 * end them, as it does not end the kernel's asynchronous operations.
 */
public final class BlockingCalls {

    private BlockingCalls() {}

    /** Bytes read, or {@code -errno}. */
    public static int read(int fd, long address, int length, long position, int flags) {
        int result;
        do {
            result = flags == 0
                    ? Native.pread(fd, address, length, position)
                    : Native.preadv2(fd, address, length, position, flags);
        } while (result == -Linux.EINTR);
        return result;
    }

    /** Bytes written, or {@code -errno}. */
    public static int write(int fd, long address, int length, long position, int flags) {
        int result;
        do {
            result = flags == 0
                    ? Native.pwrite(fd, address, length, position)
                    : Native.pwritev2(fd, address, length, position, flags);
        } while (result == -Linux.EINTR);
        return result;
    }

    /** Bytes read into {@code count} pieces, or {@code -errno}. */
    public static int readv(int fd, long iovecs, int count, long position, int flags) {
        int result;
        do {
            result = flags == 0
                    ? Native.preadv(fd, iovecs, count, position)
                    : Native.preadv2v(fd, iovecs, count, position, flags);
        } while (result == -Linux.EINTR);
        return result;
    }

    /** Bytes written from {@code count} pieces, or {@code -errno}. */
    public static int writev(int fd, long iovecs, int count, long position, int flags) {
        int result;
        do {
            result = flags == 0
                    ? Native.pwritev(fd, iovecs, count, position)
                    : Native.pwritev2v(fd, iovecs, count, position, flags);
        } while (result == -Linux.EINTR);
        return result;
    }
}
