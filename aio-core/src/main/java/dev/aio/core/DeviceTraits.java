package dev.aio.core;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a file system instance, by device number: its type, how it treats atime, and which
 * operations it has refused so far. Refusals are learned when they happen; nothing is decided by a
 * kernel version. Any thread may ask and teach.
 */
final class DeviceTraits {

    // Keyed by device. Few devices serve files, and an entry is tiny: nothing is ever evicted.
    private static final Map<Long, DeviceTraits> BY_DEVICE = new ConcurrentHashMap<>();

    // Apart: a disk has the number of the file system on it, and none of that file system's traits.
    private static final Map<Long, DeviceTraits> BY_BLOCK_DEVICE = new ConcurrentHashMap<>();

    final FileSystemType type;
    private final boolean atimeNeverWritten;
    private final boolean relatime;

    /** {@code preadv2(RWF_NOWAIT)} on the buffered description. */
    volatile boolean nowaitBuffered = true;

    /** {@code O_DIRECT} at open. */
    volatile boolean direct = true;

    /** {@code RWF_NOWAIT} on direct AIO reads. */
    volatile boolean nowaitDirect = true;

    /** {@code RWF_NOWAIT} on direct AIO writes. */
    volatile boolean nowaitDirectWrite = true;

    final DiskQueue diskQueue = new DiskQueue();

    private DeviceTraits(FileSystemType type, long mountFlags) {
        this.type = type;
        atimeNeverWritten = (mountFlags & (Linux.ST_NOATIME | Linux.ST_RDONLY)) != 0;
        relatime = (mountFlags & Linux.ST_RELATIME) != 0;
    }

    /** May wait on file systems that are not local. */
    static DeviceTraits of(long device, int fd) throws AioException {
        DeviceTraits known = BY_DEVICE.get(device);
        if (known != null) {
            return known;
        }
        Scratch scratch = Scratch.get();
        int result = Native.fstatfs(fd, scratch.out());
        if (result < 0) {
            throw AioException.of(result, "fstatfs", null);
        }
        DeviceTraits traits = new DeviceTraits(FileSystemType.of(scratch.outLong(0)), scratch.outLong(8));
        DeviceTraits raced = BY_DEVICE.putIfAbsent(device, traits);
        return raced != null ? raced : traits;
    }

    /** What is known of a block device itself, whatever file system its node is on. */
    static DeviceTraits ofBlockDevice(long number) {
        return BY_BLOCK_DEVICE.computeIfAbsent(number, n -> new DeviceTraits(FileSystemType.OTHER, Linux.ST_NOATIME));
    }

    static @Nullable DeviceTraits ifKnown(long device) {
        return BY_DEVICE.get(device);
    }

    /**
     * Whether a read through a description without {@code O_NOATIME} would write the inode's atime
     * now: that starts a journal transaction, which may wait for a commit and for the inode's block.
     * (fs/inode.c, relatime_need_update; a margin is kept from its 24 hours.)
     */
    boolean readWritesAtime(FileStat stat, long nowNanos) {
        if (atimeNeverWritten) {
            return false;
        }
        boolean fresh = stat.accessedNanos() > stat.modifiedNanos()
                && stat.accessedNanos() > stat.changedNanos()
                && nowNanos - stat.accessedNanos() < RELATIME_MARGIN_NANOS;
        return !(relatime && fresh);
    }

    static final long RELATIME_MARGIN_NANOS = 20L * 3600 * 1_000_000_000L;
}
