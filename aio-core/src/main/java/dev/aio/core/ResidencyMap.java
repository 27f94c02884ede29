package dev.aio.core;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * Answers whether a range of a file is in the page cache, without waiting.
 *
 * <p>Truth comes from one-byte {@code preadv2(RWF_NOWAIT)} reads: they decline for a page that is
 * missing and for one that is still being read in (cachestat counts the latter as present). At 0.4 µs
 * each they are too dear for every page of every window, so a window is proven page by page once, and
 * later asked by cachestat where the kernel allows that (to owners and writers, 0.3 µs per MiB), else by
 * samples. An answer that something is missing voids all proofs of the file: the next one may come while it is read in
 * again, when cachestat and samples find pages that are there or on their way between others that are not.
 *
 * <p>What a {@link PagePin} has locked there a moment ago is not asked about.
 *
 * <p>A one-byte read that declines has started to read that page in, and only that page, because the
 * description is marked {@code POSIX_FADV_RANDOM}.
 */
final class ResidencyMap {

    /** Range that one bit of the proof covers, in bytes. */
    private static final int UNIT = 256 * 1024;

    private static final int PAGE = 4096;

    /** Beyond this size (in units) a file keeps no proofs and every page is asked each time. */
    private static final long MAX_UNITS = 1 << 20;

    /** How long a file that was locked is taken for resident without asking. */
    private static final long PINNED_NANOS = 2_000_000_000;

    private static volatile boolean cachestatMissing;

    private final int fd;
    private final DeviceTraits traits;
    private final long size;
    volatile boolean cachestatDenied; // package-private: tests answer as a stranger would get it
    private volatile @Nullable AtomicLongArray proven; // a bit each unit
    private volatile @Nullable PagePin pin; // who has locked all of it
    private volatile long pinnedNanos; // when

    ResidencyMap(int fd, DeviceTraits traits, long size) {
        this.fd = fd;
        this.traits = traits;
        this.size = size;
    }

    boolean isResident(long position, long length) {
        return isPinned(position, length) || ask(position, length);
    }

    /** Whether it was locked a moment ago. */
    boolean isPinned(long position, long length) {
        return pin != null && length <= size - position && System.nanoTime() - pinnedNanos < PINNED_NANOS;
    }

    /** All of the file is locked in the page cache since a moment ago. */
    void pinned(PagePin by) {
        pinnedNanos = System.nanoTime();
        pin = by;
    }

    /** No longer, unless by another one. */
    void unpinned(PagePin by) {
        if (pin == by) {
            pin = null;
        }
    }

    private boolean ask(long position, long length) {
        if (!traits.nowaitBuffered) {
            return false;
        }
        boolean beyond = length > size - position;
        if (beyond && hasGrown()) {
            return false; // of what was not there when the file was opened nothing is known
        }
        long end = beyond ? size : position + length;
        if (position >= end) {
            return true;
        }
        int known = cachestat(position, end);
        if (known == MISSING) {
            refute();
            return false;
        }
        for (long unit = position / UNIT; unit * UNIT < end; unit++) {
            long from = Math.max(position, unit * UNIT);
            long to = Math.min(end, (unit + 1) * UNIT);
            boolean wasProven = isProven(unit);
            if (!(wasProven ? known == PRESENT || sample(from, to) : everyPage(from, to))) {
                refute();
                return false;
            }
            if (!wasProven && to - from >= Math.min(UNIT, size - unit * UNIT)) {
                setProven(unit);
            }
        }
        return true;
    }

    /**
     * Whether all of the range was found resident when it was last asked about, without asking now. For who reads it
     * with {@code RWF_NOWAIT} in any case, and {@link #refute}s it if that comes short.
     */
    boolean wasResident(long position, long length) {
        if (!traits.nowaitBuffered || length <= 0 || length > size - position) {
            return false;
        }
        for (long unit = position / UNIT; unit * UNIT < position + length; unit++) {
            if (!isProven(unit)) {
                return false;
            }
        }
        return true;
    }

    /** Something was not resident. */
    void refute() {
        if (proven != null) {
            proven = null;
        }
    }

    private boolean hasGrown() {
        try {
            return FileStat.query(fd, "", Linux.AT_STATX_DONT_SYNC).size() > size; // 0 of a block device
        } catch (AioException e) {
            return true;
        }
    }

    private static final int UNKNOWN = 0;
    private static final int MISSING = 1;
    private static final int PRESENT = 2;

    private int cachestat(long position, long end) {
        if (cachestatMissing || cachestatDenied) {
            return UNKNOWN;
        }
        Scratch scratch = Scratch.get();
        long first = position / PAGE;
        long last = (end - 1) / PAGE;
        int result = Native.cachestat(fd, first * PAGE, (last - first + 1) * PAGE, scratch.out());
        if (result == -Linux.ENOSYS) {
            cachestatMissing = true;
        } else if (result < 0) {
            cachestatDenied = true;
        } else {
            return scratch.outLong(0) < last - first + 1 ? MISSING : PRESENT;
        }
        return UNKNOWN;
    }

    private boolean everyPage(long from, long to) {
        long out = Scratch.get().out();
        for (long at = from; at < to; at = (at / PAGE + 1) * PAGE) {
            if (!pageResident(at, out)) {
                return false;
            }
        }
        return true;
    }

    /** The last page and one more, of each unit: eviction takes neighbours together. */
    private boolean sample(long from, long to) {
        long out = Scratch.get().out();
        return pageResident(to - 1, out)
                && pageResident(from + ThreadLocalRandom.current().nextLong(to - from), out);
    }

    private boolean pageResident(long position, long out) {
        int read = Native.preadv2(fd, out, 1, position, Linux.RWF_NOWAIT);
        if (read == -Linux.EOPNOTSUPP || read == -Linux.ENOSYS || read == -Linux.EPERM) {
            traits.nowaitBuffered = false;
        }
        return read == 1;
    }

    private boolean isProven(long unit) {
        AtomicLongArray bits = proven;
        return bits != null && unit < MAX_UNITS && (bits.get((int) (unit >> 6)) >> unit & 1) != 0;
    }

    private void setProven(long unit) {
        if (unit >= MAX_UNITS) {
            return;
        }
        AtomicLongArray bits = proven;
        if (bits == null) {
            long units = Math.min(MAX_UNITS, size / UNIT + 1);
            bits = new AtomicLongArray((int) ((units + 63) / 64));
            proven = bits; // a racing loop's proofs may be lost: they are made again
        }
        long mask = 1L << unit;
        bits.getAndUpdate((int) (unit >> 6), word -> word | mask);
    }
}
