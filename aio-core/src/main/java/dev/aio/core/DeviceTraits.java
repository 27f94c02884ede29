package dev.aio.core;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is known of a file system instance: its type, how its mount treats atime, and which operations it has refused
 * so far. Refusals are learned when they happen; nothing is decided by a kernel version. Any thread may ask and
 * teach.
 */
final class DeviceTraits {

    /**
     * A device number alone may be another file system's tomorrow, and mounted with other flags elsewhere.
     *
     * @param device major and minor number
     * @param type {@code f_type}
     * @param flags {@code f_flags} of the mount
     */
    private record Key(long device, long type, long flags) {

        // Written out: a record's own are made by invokedynamic when they are first called, in 20 ms.

        @Override
        public int hashCode() {
            return Long.hashCode(device * 31 + flags) * 31 + Long.hashCode(type);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && device == key.device && type == key.type && flags == key.flags;
        }
    }

    // Few devices serve files, and an entry is tiny: nothing is ever evicted.
    private static final Map<Key, DeviceTraits> BY_MOUNT = new ConcurrentHashMap<>();
    private static final Map<Long, DiskQueue> QUEUES = new ConcurrentHashMap<>();

    // Apart: a disk has the number of the file system on it, and none of that file system's traits.
    private static final Map<Long, DeviceTraits> BY_BLOCK_DEVICE = new ConcurrentHashMap<>();

    final FileSystemType type;
    private final Key key;
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

    /** One for the device, however often it is mounted. */
    final DiskQueue diskQueue;

    private DeviceTraits(FileSystemType type, Key key) {
        this.type = type;
        this.key = key;
        atimeNeverWritten = (key.flags & (Linux.ST_NOATIME | Linux.ST_RDONLY)) != 0;
        relatime = (key.flags & Linux.ST_RELATIME) != 0;
        diskQueue = QUEUES.computeIfAbsent(key.device, device -> new DiskQueue());
    }

    /** Asks each time: cheap where it is local, and may wait elsewhere. */
    static DeviceTraits of(long device, int fd) throws AioException {
        Scratch scratch = Scratch.get();
        int result = Native.fstatfs(fd, scratch.out());
        if (result < 0) {
            throw AioException.of(result, "fstatfs", null);
        }
        return of(new Key(device, scratch.outLong(0), scratch.outLong(8)));
    }

    /** Of a device that belongs to the same mount, as those of subvolumes do. Does not wait. */
    DeviceTraits of(long device) {
        return device == key.device ? this : of(new Key(device, key.type, key.flags));
    }

    private static DeviceTraits of(Key key) {
        DeviceTraits known = BY_MOUNT.get(key); // computeIfAbsent may lock
        return known != null
                ? known
                : BY_MOUNT.computeIfAbsent(key, k -> new DeviceTraits(FileSystemType.of(k.type), k));
    }

    /** What is known of a block device itself, whatever file system its node is on. */
    static DeviceTraits ofBlockDevice(long number) {
        return BY_BLOCK_DEVICE.computeIfAbsent(
                number, n -> new DeviceTraits(FileSystemType.OTHER, new Key(n, 0, Linux.ST_NOATIME)));
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
