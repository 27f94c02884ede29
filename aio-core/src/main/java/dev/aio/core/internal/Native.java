package dev.aio.core.internal;

import java.nio.ByteBuffer;

/**
 * The system calls of {@code aio.c}: each method is one call and returns its result or {@code
 * -errno}. Addresses are raw; whoever passes one answers for the memory behind it until the call
 * (or, for {@link #ioSubmit}, the operation) has ended.
 */
public final class Native {

    static {
        NativeLoader.load();
    }

    private Native() {}

    /** Runs the static initialiser: throws {@link UnsatisfiedLinkError} if the library cannot load. */
    public static void ensureLoaded() {}

    /** The context (the user address of its ring) or {@code -errno}. */
    public static native long ioSetup(int events);

    public static native int ioDestroy(long context);

    public static native int ioSubmit(long context, int count, long iocbPointers);

    /**
     * @param timeoutNanos 0 polls, a negative value waits for ever
     */
    public static native int ioGetevents(long context, int min, int max, long events, long timeoutNanos);

    /** Cancels a poll; its event comes all the same. */
    public static native int ioCancel(long context, long iocb);

    public static native int eventfd();

    public static native int eventfdSignal(int fd);

    /** Takes the count of a non-blocking eventfd, which is dropped. */
    public static native int eventfdDrain(int fd);

    public static native int openat(int dirfd, long path, int flags, int mode);

    public static native int openat2(int dirfd, long path, int flags, int mode, long resolve);

    public static native int close(int fd);

    /** {@code fcntl(F_DUPFD_CLOEXEC)}. */
    public static native int dupfd(int fd, int lowest);

    /** {@code fcntl(F_GETFL)}: access mode and status flags. */
    public static native int getfl(int fd);

    public static native int statx(int dirfd, long path, int flags, int mask, long out);

    /**
     * Writes eleven longs to {@code out}: device (major and minor number, 32 bits each), inode, mode, links, uid, size,
     * block size, atime, mtime and ctime in ns, and the device that the inode stands for.
     */
    public static native int fstat(int fd, long out);

    /** Writes two longs to {@code out}: {@code f_type} and {@code f_flags}. */
    public static native int fstatfs(int fd, long out);

    public static native int readlinkat(int dirfd, long path, long out, int size);

    public static native int fadvise(int fd, long position, long length, int advice);

    public static native int madvise(long address, long length, int advice);

    /** Maps a file from its begin on, shared and to be read only: the address, or {@code -errno}. */
    public static native long mmap(int fd, long length);

    public static native int munmap(long address, long length);

    public static native int mlock(long address, long length);

    /** The number of extents that the range maps to. */
    public static native int fiemap(int fd, long position, long length, int flags);

    /**
     * @param fiemap address of a {@code struct fiemap} with room for {@code fm_extent_count} extents
     */
    public static native int fiemapExtents(int fd, long fiemap);

    /** {@code FS_IOC_GETFLAGS}, without the sign bit. */
    public static native int inodeFlags(int fd);

    public static native int pread(int fd, long address, int length, long position);

    /** {@code pread} of {@code /proc/self/pagemap}, which waits for no disk: a long for each page, see proc(5). */
    public static native int readPagemap(int fd, long address, int length, long position);

    public static native int preadv(int fd, long iovecs, int count, long position);

    public static native int preadv2(int fd, long address, int length, long position, int flags);

    public static native int pwritev2(int fd, long address, int length, long position, int flags);

    /** {@code preadv2} with an array of {@code struct iovec}. */
    public static native int preadv2v(int fd, long iovecs, int count, long position, int flags);

    public static native int pwrite(int fd, long address, int length, long position);

    public static native int pwritev(int fd, long iovecs, int count, long position);

    /** {@code pwritev2} with an array of {@code struct iovec}. */
    public static native int pwritev2v(int fd, long iovecs, int count, long position, int flags);

    public static native int fsync(int fd);

    public static native int fdatasync(int fd);

    public static native int ftruncate(int fd, long size);

    public static native int fallocate(int fd, int mode, long position, long length);

    /**
     * @param fds address of an array of {@code struct pollfd}
     * @param timeoutMillis 0 does not wait, a negative value waits for ever
     */
    public static native int poll(long fds, int count, int timeoutMillis);

    /** {@code ioprio_set} of the calling thread. */
    public static native int ioprioSet(int priority);

    /** How often the calling thread has given up its CPU in order to wait: {@code ru_nvcsw} of {@code getrusage}. */
    public static native long voluntarySwitches();

    /** Writes the five longs of {@code struct cachestat} to {@code out}. */
    public static native int cachestat(int fd, long position, long length, long out);

    public static native long sendfile(int out, int in, long position, long count);

    public static native int send(int fd, long address, int length, int flags);

    public static native long bufferAddress(ByteBuffer buffer);

    public static native ByteBuffer view(long address, long length);
}
