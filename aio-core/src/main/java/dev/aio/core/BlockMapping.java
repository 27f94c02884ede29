package dev.aio.core;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;

/**
 * Where a file's map from positions to disk blocks is. {@code RWF_NOWAIT} does not cover reading that
 * map: on a fragmented file with cold caches, io_submit waited up to 97 ms for extent blocks.
 */
enum BlockMapping {
    /** Not looked at yet: the first read might wait for it. */
    UNKNOWN,
    /** In memory for as long as the inode is open. */
    PINNED,
    /** Was read in, but the kernel may drop it again. */
    EVICTABLE,
    /** Evictable, and in so many pieces that one window may need many requests of the disk. */
    FRAGMENTED;

    boolean isEvictable() {
        return this == EVICTABLE || this == FRAGMENTED;
    }

    boolean isFragmented() {
        return this == FRAGMENTED;
    }

    /** Extents up to which a file's windows are one request each, or nearly so. */
    private static final int FEW_EXTENTS = 16;

    /** Average extent from which a file with more of them still counts as laid out well, in bytes. */
    private static final long LONG_EXTENT = 16L << 20;

    /** Extents that fit into an ext4 inode; more need a tree of blocks (Documentation/filesystems/ext4). */
    private static final int EXT4_INLINE_EXTENTS = 4;

    /** Blocks that an ext2/3 inode points to directly. */
    private static final int EXT_DIRECT_BLOCKS = 12;

    /** Assumed where the file system's own block size is hidden, and as the largest there is. */
    private static final int SMALLEST_BLOCK = 1024;

    private static final int LARGEST_BLOCK = 4096;

    /** Whether a file of this size can have no mapping outside its inode, however it is laid out. */
    static boolean isInline(FileSystemType type, FileStat stat) {
        switch (type) {
            case EXT:
            case XFS:
                int block = Math.max(SMALLEST_BLOCK, Math.min(stat.blockSize(), LARGEST_BLOCK));
                return stat.size() <= (long) EXT4_INLINE_EXTENTS * block;
            case OVERLAY:
                return stat.size() <= EXT4_INLINE_EXTENTS * SMALLEST_BLOCK;
            case TMPFS:
                return true;
            default:
                return stat.size() == 0;
        }
    }

    /** Reads the mapping in. Waits for the disk. */
    static BlockMapping readIn(int fd, FileSystemType type, FileStat stat) {
        int extents = Native.fiemap(fd, 0, Long.MAX_VALUE, Linux.FIEMAP_FLAG_CACHE);
        if (type == FileSystemType.XFS && (extents >= 0 && extents <= FEW_EXTENTS)) {
            return PINNED; // xfs keeps the whole list in core once it was read
        }
        if (type == FileSystemType.EXT && extents >= 0) {
            int flags = Native.inodeFlags(fd);
            boolean extentMapped = flags >= 0 && (flags & Linux.FS_EXTENT_FL) != 0;
            boolean inInode = extentMapped
                    ? extents <= EXT4_INLINE_EXTENTS
                    : stat.size() <= (long) EXT_DIRECT_BLOCKS * SMALLEST_BLOCK;
            if (inInode) {
                return PINNED;
            }
        }
        if (type == FileSystemType.OVERLAY && extents >= 0 && extents <= EXT4_INLINE_EXTENTS) {
            return PINNED;
        }
        boolean fragmented = extents < 0 || extents > FEW_EXTENTS && stat.size() / extents < LONG_EXTENT;
        return fragmented ? FRAGMENTED : EVICTABLE;
    }
}
