package dev.aio.core;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How far from its start a file is known to be backed by written blocks of its own: a direct write that
 * stays within neither allocates nor converts nor extends, so that {@code io_submit} starts no journal
 * transaction and has nothing to wait for.
 *
 * <p>Only ext4 and xfs write in place; on all others nothing is ever known. It is a hint: somebody else
 * may truncate, punch or share the file meanwhile, and then a write that was thought an overwrite waits,
 * no more. Any thread may ask and teach.
 */
final class WrittenPrefix {

    // linux/fiemap.h: struct fiemap, then an array of struct fiemap_extent
    private static final int HEAD_LENGTH = 32;
    private static final int EXTENT_LENGTH = 56;
    private static final int EXTENTS = 72;

    /** What a write would allocate, convert or copy first. Also whatever cannot be told. */
    private static final int NOT_IN_PLACE = Linux.FIEMAP_EXTENT_UNKNOWN
            | Linux.FIEMAP_EXTENT_DELALLOC
            | Linux.FIEMAP_EXTENT_ENCODED
            | Linux.FIEMAP_EXTENT_NOT_ALIGNED
            | Linux.FIEMAP_EXTENT_UNWRITTEN
            | Linux.FIEMAP_EXTENT_SHARED;

    private final AtomicLong end = new AtomicLong(); // bytes
    private final boolean inPlace;
    private volatile boolean tracked;

    WrittenPrefix(FileSystemType type) {
        inPlace = type == FileSystemType.EXT || type == FileSystemType.XFS;
    }

    /** Looks at the file's extents, and from now on listens to {@link #written}. May wait for the disk. */
    void learn(int fd, long size) {
        if (inPlace) {
            end.set(walk(fd, size));
            tracked = true;
        }
    }

    private static long walk(int fd, long size) {
        ByteBuffer map =
                ByteBuffer.allocateDirect(HEAD_LENGTH + EXTENTS * EXTENT_LENGTH).order(ByteOrder.nativeOrder());
        long address = Native.bufferAddress(map);
        long known = 0;
        while (known < size) {
            map.putLong(0, known)
                    .putLong(8, size - known)
                    .putInt(16, 0)
                    .putInt(20, 0)
                    .putInt(24, EXTENTS)
                    .putInt(28, 0);
            int result = Native.fiemapExtents(fd, address);
            long reached = result < 0 ? known : contiguous(map, known);
            if (reached == known) {
                break;
            }
            known = reached;
        }
        return Math.min(known, size);
    }

    /**
     * How far the extents of a filled {@code struct fiemap} go on from a position without a hole, all of
     * them written and unshared.
     */
    static long contiguous(ByteBuffer map, long from) {
        long known = from;
        int mapped = map.getInt(20);
        for (int i = 0; i < mapped; i++) {
            int at = HEAD_LENGTH + i * EXTENT_LENGTH;
            long logical = map.getLong(at);
            if (logical > known || (map.getInt(at + 40) & NOT_IN_PLACE) != 0) {
                break;
            }
            known = Math.max(known, logical + map.getLong(at + 16));
        }
        return known;
    }

    /** Whether a write of that range only replaces what is there. Never waits. */
    boolean covers(long position, long length) {
        return position >= 0 && length >= 0 && length <= end.get() - position;
    }

    /** A direct write of that range has completed: its blocks are written now. */
    void written(long position, long length) {
        if (!tracked || length <= 0) {
            return;
        }
        long to = position + length;
        long known = end.get();
        while (position <= known && to > known && !end.compareAndSet(known, to)) {
            known = end.get();
        }
    }

    /** The file ends there, at the latest. */
    void truncated(long size) {
        end.accumulateAndGet(size, Math::min);
    }

    /** Bytes. */
    long end() {
        return end.get();
    }
}
