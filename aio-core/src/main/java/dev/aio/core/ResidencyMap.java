package dev.aio.core;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Answers whether a range of a file is in the page cache, without waiting.
 *
 * <p>Truth comes from one-byte {@code preadv2(RWF_NOWAIT)} reads of every page: they decline for one that is missing and for
 * one that is still being read in. Cachestat, for owners and writers, counts the latter as present, and a sample misses what
 * reclaim takes out between: neither is enough to send from the page cache without ever waiting. At 0.6 µs a page that is
 * dear for what is sent all the time, which is therefore mapped after a while and then asked for in the process's own page
 * table, see {@link MappedPages}. Cachestat is only asked first so that nothing is read in where something is missing.
 *
 * <p>What a {@link PagePin} has locked there a moment ago is not asked about.
 *
 * <p>A one-byte read that declines has started to read that page in, and only that page, because the
 * description is marked {@code POSIX_FADV_RANDOM}.
 */
final class ResidencyMap {

    /** Range that one bit covers, in bytes. */
    private static final int UNIT = MappedPages.UNIT;

    private static final int PAGE = 4096;

    /** Of what is beyond so many units nothing is remembered: every page is asked each time. */
    private static final long MAX_UNITS = 1 << 20;

    /** Smaller files are not worth a mapping, in bytes. */
    private static final int SMALLEST_MAPPED = 32 * 1024;

    /** How often a unit (or the file, if that is smaller) is asked about page by page before it is mapped. */
    private static final int MAPPED_AFTER_TIMES = 16;

    /** By one task, so that others get their turn. */
    private static final int MAPPED_AT_ONCE = 256;

    /** After it was of no use to map something. */
    private static final long MAPPED_AGAIN_NANOS = 60_000_000_000L;

    /** How long a file that was locked is taken for resident without asking. */
    private static final long PINNED_NANOS = 2_000_000_000;

    private static volatile boolean cachestatMissing;

    private final int fd;
    private final DeviceTraits traits;
    private final long size;
    volatile boolean cachestatDenied; // package-private: tests answer as a stranger would get it
    private final MappedPages mapped;
    private final AtomicBoolean mapping = new AtomicBoolean(); // by a task, or about to
    private volatile char @Nullable [] asked; // pages of each unit; an estimate: loops may overwrite each other's
    private volatile boolean wantsMapping;
    private volatile long futileNanos; // when it was of no use
    private volatile boolean futile;
    private volatile @Nullable AtomicBits proven; // units
    private volatile @Nullable PagePin pin; // who has locked all of it
    private volatile long pinnedNanos; // when

    ResidencyMap(int fd, DeviceTraits traits, long size) {
        this.fd = fd;
        this.traits = traits;
        this.size = size;
        mapped = new MappedPages(fd, size);
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
        boolean present = isPresent(position, end);
        if (!present && isMissing(position, end)) {
            refute();
            return false;
        }
        for (long from = position; from < end; ) {
            long unit = from / UNIT;
            long to = Math.min(end, (unit + 1) * UNIT);
            if (!present && !isUnitResident(unit, from, to)) {
                refute();
                return false;
            }
            if (to - from >= Math.min(UNIT, size - unit * UNIT) && !isProven(unit)) {
                setProven(unit);
            }
            from = to;
        }
        return true;
    }

    private boolean isUnitResident(long unit, long from, long to) {
        if (isPresent(from, to)) {
            return true;
        }
        if (!everyPage(from, to)) {
            return false;
        }
        if (unit < mapped.units() && size >= SMALLEST_MAPPED) {
            count((int) unit, (int) ((to - 1) / PAGE - from / PAGE) + 1);
        }
        return true;
    }

    private void count(int unit, int pages) {
        char[] counts = asked;
        if (counts == null) {
            counts = new char[mapped.units()];
            asked = counts; // a racing loop's counts may be lost
        }
        int count = Math.min(Character.MAX_VALUE, counts[unit] + pages);
        counts[unit] = (char) count;
        if (count >= enough(unit)) {
            wantsMapping = true;
        }
    }

    private int enough(int unit) {
        long bytes = Math.min(UNIT, size - (long) unit * UNIT);
        return MAPPED_AFTER_TIMES * (int) ((bytes + PAGE - 1) / PAGE);
    }

    /** Whether all of the range is mapped, and in memory. */
    private boolean isPresent(long from, long end) {
        for (long unit = from / UNIT; unit * UNIT < end; unit++) {
            if (!mapped.isMapped(unit)) {
                return false;
            }
        }
        return mapped.arePresent(from, end);
    }

    /** Whether so much was asked about page by page that {@link #map} should be called. Never waits. */
    boolean wantsMapping() {
        if (!wantsMapping || mapping.get()) {
            return false;
        }
        wantsMapping = false;
        boolean useless = futile && System.nanoTime() - futileNanos < MAPPED_AGAIN_NANOS;
        return !useless && mapping.compareAndSet(false, true);
    }

    /**
     * Maps what is resident of what was asked about often, or half as often. May wait, and changes the process's memory map.
     * Once for each time that {@link #wantsMapping} says so.
     */
    void map(MappingBudget budget) {
        try {
            char[] counts = asked;
            if (counts != null) {
                futileNanos = System.nanoTime();
                futile = !mapUnits(counts, budget);
            }
        } finally {
            wantsMapping = false; // who has not been mapped says so again
            mapping.set(false);
        }
    }

    /** Whether it may be of use to map more. */
    private boolean mapUnits(char[] counts, MappingBudget budget) {
        int left = MAPPED_AT_ONCE;
        for (int unit = 0; unit < counts.length && left > 0; unit++) {
            if (counts[unit] * 2 < enough(unit)) {
                continue;
            }
            counts[unit] = 0;
            long from = (long) unit * UNIT;
            if (!mapped.isMapped(unit) && everyPage(from, Math.min(size, from + UNIT))) {
                if (!mapped.map(unit, budget)) {
                    return false;
                }
                left--;
            }
        }
        return true;
    }

    /** No task will {@link #map} after all. */
    void mappingRefused() {
        futileNanos = System.nanoTime();
        futile = true;
        mapping.set(false);
    }

    /** What is mapped is given up: nobody asks any more. May wait. */
    void close() {
        mapped.close();
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

    /** Whether a page is known to be missing, without having it read in. */
    private boolean isMissing(long position, long end) {
        if (cachestatMissing || cachestatDenied) {
            return false;
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
            return scratch.outLong(0) < last - first + 1;
        }
        return false;
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

    private boolean pageResident(long position, long out) {
        int read = Native.preadv2(fd, out, 1, position, Linux.RWF_NOWAIT);
        if (read == -Linux.EOPNOTSUPP || read == -Linux.ENOSYS || read == -Linux.EPERM) {
            traits.nowaitBuffered = false;
        }
        return read == 1;
    }

    private boolean isProven(long unit) {
        AtomicBits bits = proven;
        return bits != null && unit < MAX_UNITS && bits.get(unit);
    }

    private void setProven(long unit) {
        if (unit >= MAX_UNITS) {
            return;
        }
        AtomicBits bits = proven;
        if (bits == null) {
            bits = new AtomicBits(Math.min(MAX_UNITS, size / UNIT + 1));
            proven = bits; // a racing loop's proofs may be lost: they are made again
        }
        bits.set(unit, true);
    }
}
