package dev.aio.netty.http;

import dev.aio.core.FileStat;

/**
 * What a response says about a file. All of it comes from one {@code fstat} of the inode that is
 * served, so that length, validators and bytes belong together even while the name is replaced.
 *
 * @param size bytes
 * @param modifiedNanos mtime in ns since the epoch
 * @param inode inode number
 */
record FileFacts(long size, long modifiedNanos, long inode) {

    /**
     * How long after its last change a file may change again without a trace. The kernel stamps
     * mtime from the timer tick (1 to 10 ms), ext3 and some network file systems keep whole seconds
     * only, FAT two of them: the coarsest decides.
     */
    private static final long SETTLING_MILLIS = 2_000;

    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    static FileFacts of(FileStat stat) {
        return new FileFacts(stat.size(), stat.modifiedNanos(), stat.inode());
    }

    /**
     * When the file was modified, in whole seconds since the epoch: all that HTTP dates can say.
     */
    long modifiedSeconds() {
        return Math.floorDiv(modifiedNanos, NANOS_PER_SECOND);
    }

    private long modifiedMillis() {
        return Math.floorDiv(modifiedNanos, NANOS_PER_MILLI);
    }

    /** Whether mtime lies ahead of the clock: by a skewed clock, or because someone set it so. */
    boolean isFromFuture(long nowMillis) {
        return modifiedMillis() > nowMillis;
    }

    /** From this time in ms since the epoch on, the same mtime means the same bytes. */
    long settledAtMillis() {
        return modifiedMillis() + SETTLING_MILLIS;
    }

    /** Whether validators made now are strong in the sense of RFC 9110 8.8.1. */
    boolean isSettled(long nowMillis) {
        return nowMillis >= settledAtMillis();
    }

    /**
     * Whether this one, a compressed form, was made of that one as it is now. Some compressors hand the
     * time on in whole seconds, which must not make their files look older.
     */
    boolean isNoOlderThan(FileFacts plain) {
        return modifiedNanos >= plain.modifiedNanos
                || (modifiedNanos % NANOS_PER_SECOND == 0 && modifiedSeconds() == plain.modifiedSeconds());
    }
}
