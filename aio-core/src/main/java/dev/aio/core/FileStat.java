package dev.aio.core;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;

/**
 * What {@code statx(2)}, or {@code fstat(2)} where a sandbox denies that, said of an inode at one moment.
 *
 * @param device major and minor number of the file system's device
 * @param inode inode number
 * @param mode type and permission bits ({@code st_mode})
 * @param links names that it has
 * @param uid owner
 * @param size bytes
 * @param blockSize preferred I/O size in bytes
 * @param accessedNanos atime in ns since the epoch
 * @param modifiedNanos mtime in ns since the epoch
 * @param changedNanos ctime in ns since the epoch
 * @param directMemoryAlignment bytes, 0 if the file system does not say
 * @param directOffsetAlignment bytes, 0 if the file system does not say
 */
public record FileStat(
        long device,
        long inode,
        int mode,
        int links,
        int uid,
        long size,
        int blockSize,
        long accessedNanos,
        long modifiedNanos,
        long changedNanos,
        int directMemoryAlignment,
        int directOffsetAlignment) {

    /** Until it is denied: by seccomp profiles older than it, with EPERM or ENOSYS. Package-private for tests. */
    static volatile boolean statx = true;

    /**
     * Asks of an open descriptor.
     *
     * @param flags 0 or {@code AT_STATX_DONT_SYNC}
     */
    static FileStat query(int fd, String path, int flags) throws AioException {
        Scratch scratch = Scratch.get();
        int result = statx ? statx(fd, flags, scratch) : -Linux.ENOSYS;
        if (result >= 0) {
            return fromStatx(scratch);
        }
        if (result != -Linux.ENOSYS && result != -Linux.EPERM) {
            throw AioException.of(result, "statx", path);
        }
        statx = false;
        result = Native.fstat(fd, scratch.out());
        if (result < 0) {
            throw AioException.of(result, "fstat", path);
        }
        return fromFstat(scratch);
    }

    private static int statx(int fd, int flags, Scratch scratch) {
        return Native.statx(
                fd,
                scratch.path(""),
                Linux.AT_EMPTY_PATH | flags,
                Linux.STATX_BASIC_STATS | Linux.STATX_DIOALIGN,
                scratch.out());
    }

    /** In the order of {@link Native#fstat}, which says nothing of alignment. */
    private static FileStat fromFstat(Scratch scratch) {
        return new FileStat(
                scratch.outLong(0),
                scratch.outLong(8),
                (int) scratch.outLong(16),
                (int) scratch.outLong(24),
                (int) scratch.outLong(32),
                scratch.outLong(40),
                (int) scratch.outLong(48),
                scratch.outLong(56),
                scratch.outLong(64),
                scratch.outLong(72),
                0,
                0);
    }

    /** Offsets of struct statx, linux/stat.h. */
    private static FileStat fromStatx(Scratch scratch) {
        return new FileStat(
                ((long) scratch.outInt(136) << 32) | (scratch.outInt(140) & 0xffffffffL),
                scratch.outLong(32),
                scratch.outUnsignedShort(28),
                scratch.outInt(16),
                scratch.outInt(20),
                scratch.outLong(40),
                scratch.outInt(4),
                nanos(scratch, 64),
                nanos(scratch, 112),
                nanos(scratch, 96),
                alignment(scratch, 152),
                alignment(scratch, 156));
    }

    /** Of what is no power of two, as extents of three blocks would be, nothing is known that helps. */
    private static int alignment(Scratch scratch, int offset) {
        int said = scratch.outInt(offset);
        return (scratch.outInt(0) & Linux.STATX_DIOALIGN) != 0 && Integer.bitCount(said) == 1 ? said : 0;
    }

    private static long nanos(Scratch scratch, int offset) {
        return scratch.outLong(offset) * 1_000_000_000L + scratch.outInt(offset + 8);
    }

    /** Whether this is a regular file: nothing else is ever opened for reading. */
    public boolean isRegularFile() {
        return (mode & Linux.S_IFMT) == Linux.S_IFREG;
    }

    /** Whether it is a directory. */
    public boolean isDirectory() {
        return (mode & Linux.S_IFMT) == Linux.S_IFDIR;
    }

    boolean isBlockDevice() {
        return (mode & Linux.S_IFMT) == Linux.S_IFBLK;
    }

    /** A FIFO or a socket: what has no positions. */
    boolean isStream() {
        int type = mode & Linux.S_IFMT;
        return type == Linux.S_IFIFO || type == Linux.S_IFSOCK;
    }

    boolean isSymbolicLink() {
        return (mode & Linux.S_IFMT) == Linux.S_IFLNK;
    }

    /** Whether both describe the same inode with the same content, as far as its times and size tell. */
    public boolean sameVersion(FileStat other) {
        return device == other.device
                && inode == other.inode
                && size == other.size
                && modifiedNanos == other.modifiedNanos
                && changedNanos == other.changedNanos;
    }

    /**
     * Whether the content of this inode was changed after {@code earlier} was asked of it, as far as its
     * size and times tell. A ctime that moved alone tells of a write whose mtime was set back, unless
     * names, permissions or owner have changed, which moves it too: a file that was replaced or deleted
     * keeps its content.
     */
    public boolean rewrittenSince(FileStat earlier) {
        boolean attributesChanged = links != earlier.links || mode != earlier.mode || uid != earlier.uid;
        return size != earlier.size
                || modifiedNanos != earlier.modifiedNanos
                || (changedNanos != earlier.changedNanos && !attributesChanged);
    }
}
