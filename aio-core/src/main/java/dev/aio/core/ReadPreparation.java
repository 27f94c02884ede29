package dev.aio.core;

import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;

/**
 * Whether a read of a file could wait although it was told not to: for blocks of the extent tree, or for
 * the journal because of atime; and how to do that waiting beforehand. Any thread may use it.
 */
final class ReadPreparation {

    /** How long a mapping that the kernel may evict is trusted after it was read in, in ns. */
    private static final long MAPPING_TTL_NANOS = 1_000_000_000L;

    /** Assumed of a window of a fragmented file, unless it has fewer pages. */
    private static final int MANY = 64;

    private static final long ATIME_RECHECK_MILLIS = DeviceTraits.RELATIME_MARGIN_NANOS / 1_000_000;

    private final int fd;
    private final String path;
    private final FileStat stat;
    private final DeviceTraits traits;
    private final boolean noatime;
    private final boolean grows;

    private volatile BlockMapping mapping = BlockMapping.UNKNOWN;
    private volatile long mappedAtNanos; // System.nanoTime
    private volatile long atimeSafeUntilMillis; // wall clock
    private volatile boolean readsWriteAtime;

    /**
     * @param noatime whether reads through this file never write its atime
     * @param grows whether the file is written to: then its map does not stay as it was found
     */
    ReadPreparation(int fd, String path, FileStat stat, DeviceTraits traits, boolean noatime, boolean grows) {
        this.fd = fd;
        this.path = path;
        this.stat = stat;
        this.traits = traits;
        this.noatime = noatime;
        this.grows = grows;
        if (stat.isBlockDevice() || !grows && BlockMapping.isInline(traits.type, stat)) {
            mapping = BlockMapping.PINNED;
        }
        trustAtime(stat);
    }

    boolean isNeeded(long nanoTime) {
        boolean mapped =
                mapping == BlockMapping.PINNED || mapping.isEvictable() && nanoTime - mappedAtNanos < MAPPING_TTL_NANOS;
        return !mapped || isAtimeDue();
    }

    boolean isNeeded() {
        return mapping == BlockMapping.PINNED ? isAtimeDue() : isNeeded(System.nanoTime());
    }

    private boolean isAtimeDue() {
        return !noatime && System.currentTimeMillis() >= atimeSafeUntilMillis;
    }

    /** Whether each read was found to write the atime, and so may wait whatever was prepared. */
    boolean isFutile() {
        return readsWriteAtime;
    }

    int diskRequests(int length) {
        return mapping.isFragmented() ? Math.max(1, Math.min(length / AlignedMemory.PAGE, MANY)) : 1;
    }

    /** Waits for the disk. */
    void run() throws AioException {
        if (isAtimeDue()) {
            long before = FileStat.query(fd, path, 0).accessedNanos();
            // A read at the end transfers nothing and needs no page, yet brings atime up to date.
            Native.pread(fd, Scratch.get().out(), 1, stat.size());
            FileStat after = FileStat.query(fd, path, 0);
            trustAtime(after);
            if (after.accessedNanos() == before) {
                // Reads do not touch it at all, as on the lower layers of overlayfs.
                atimeSafeUntilMillis = System.currentTimeMillis() + ATIME_RECHECK_MILLIS;
            }
            readsWriteAtime = atimeSafeUntilMillis == 0;
        }
        if (mapping != BlockMapping.PINNED) {
            BlockMapping found = BlockMapping.readIn(fd, traits.type, stat);
            mapping = grows && found == BlockMapping.PINNED ? BlockMapping.EVICTABLE : found;
            mappedAtNanos = System.nanoTime();
        }
    }

    private void trustAtime(FileStat now) {
        long wallNanos = System.currentTimeMillis() * 1_000_000L;
        atimeSafeUntilMillis = traits.readWritesAtime(now, wallNanos)
                ? 0
                : (Math.min(wallNanos, now.accessedNanos()) + DeviceTraits.RELATIME_MARGIN_NANOS) / 1_000_000L;
    }
}
