package dev.aio.core;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Tells from the process's own page table what of a file is in the page cache. The kernel maps a page of a file only once it
 * has been read in, and unmaps it before it takes it out of the page cache, so a page that {@code /proc/self/pagemap} shows as
 * present can be read without waiting: exact, for anybody who may read the file, and one system call for many pages (3 µs for
 * 256 KiB, where one-byte reads of each page take 38). What is not present may be in memory all the same.
 *
 * <p>The mapping is made by {@link #map}, in units, which may wait; {@link #arePresent} waits for no disk, only for the lock of
 * the process's memory map, as a page fault may. Nothing is read through the mapping: a file that is cut off does no harm.
 * drop_caches leaves mapped pages alone; the kernel takes them back when memory gets scarce.
 *
 * <p>Needs Linux 5.14 (to map what is in memory without touching it), /proc, and pages of 4 KiB; elsewhere nothing is mapped.
 */
final class MappedPages {

    /** What is mapped as a whole, in bytes. */
    static final int UNIT = 256 * 1024;

    /** Units of one file, from its begin: a mapping has 1 GiB of address space at most. */
    static final int MAX_UNITS = 4096;

    /** Files at a time: {@code vm.max_map_count} is 65,530, and the JVM needs some. */
    private static final int MAX_FILES = 8192;

    private static final int PAGE = AlignedMemory.PAGE;
    private static final int PAGES_PER_CALL = 512;
    private static final AtomicInteger mappedFiles = new AtomicInteger();

    private final int fd;
    private final long size;
    private final int units;
    private volatile long address; // 0: not mapped
    private volatile @Nullable AtomicBits present; // units that were, all of them, and were not found missing since
    private @Nullable AtomicBits taken; // units that are in the budget; of who maps
    private @Nullable MappingBudget budget;

    MappedPages(int fd, long size) {
        this.fd = fd;
        this.size = size;
        units = (int) Math.min(MAX_UNITS, (size + UNIT - 1) / UNIT);
    }

    /** The descriptor of /proc/self/pagemap, or less than 0; opened when first something is to be mapped. */
    private static final class Pagemap {

        private static final int AT_PAGESZ = 6;

        static final int FD = pageSize() == PAGE ? open() : -1;

        private static int open() {
            return Native.openat(Linux.AT_FDCWD, Scratch.get().path("/proc/self/pagemap"), Linux.O_RDONLY, 0);
        }

        /** As the kernel tells each process; 0 if that cannot be read. */
        private static long pageSize() {
            try {
                ByteBuffer auxv = ByteBuffer.wrap(Files.readAllBytes(Path.of("/proc/self/auxv")))
                        .order(ByteOrder.nativeOrder());
                while (auxv.remaining() >= 16) {
                    long type = auxv.getLong();
                    long value = auxv.getLong();
                    if (type == AT_PAGESZ) {
                        return value;
                    }
                }
            } catch (IOException e) {
                return 0;
            }
            return 0;
        }
    }

    /** Whether the page table can be looked into here. May wait, when first called. */
    static boolean isSupported() {
        return Pagemap.FD >= 0;
    }

    /** How many units can be mapped. */
    int units() {
        return units;
    }

    /** Whether all of a unit was present when it was mapped, and not found missing since. */
    boolean isMapped(long unit) {
        AtomicBits bits = present;
        return bits != null && unit < units && bits.get(unit);
    }

    /**
     * Whether all pages of a range are in the page cache. The range is of units that {@link #isMapped} holds for; {@code
     * false} says only that this is not known.
     */
    boolean arePresent(long from, long to) {
        Scratch scratch = Scratch.get();
        long base = address / PAGE;
        long last = (to - 1) / PAGE;
        for (long page = from / PAGE; page <= last; page += PAGES_PER_CALL) {
            int count = (int) Math.min(PAGES_PER_CALL, last + 1 - page);
            int length = count * Long.BYTES;
            if (Native.readPagemap(Pagemap.FD, scratch.out(), length, (base + page) * Long.BYTES) != length) {
                return false;
            }
            for (int i = 0; i < count; i++) {
                if (scratch.outLong(i * Long.BYTES) >= 0) { // bit 63: present
                    forget((page + i) * PAGE / UNIT);
                    return false;
                }
            }
        }
        return true;
    }

    private void forget(long unit) {
        AtomicBits bits = present;
        if (bits != null) {
            bits.set(unit, false);
        }
    }

    /**
     * Maps a unit that is in memory. Waits for the disk if it no longer is. By one thread at a time.
     *
     * @return whether another one may be mapped; if not, it is of no use to try again soon
     */
    boolean map(int unit, MappingBudget from) {
        if (!isSupported() || address == 0 && !mapFile(from)) {
            return false;
        }
        AtomicBits bits = present;
        AtomicBits counted = taken;
        if (bits == null || counted == null) {
            return false;
        }
        if (counted.set(unit, true) && !from.tryTake(UNIT)) {
            counted.set(unit, false);
            return false;
        }
        long begin = (long) unit * UNIT;
        long end = Math.min(size, begin + UNIT);
        int result = Native.madvise(address + begin, end - begin, Linux.MADV_POPULATE_READ);
        if (result == 0 && arePresent(begin, end)) {
            bits.set(unit, true);
        }
        return result != -Linux.EINVAL; // Linux before 5.14, or a file system that has none of this
    }

    private boolean mapFile(MappingBudget from) {
        AtomicBits bits = new AtomicBits(units);
        AtomicBits counted = new AtomicBits(units);
        if (mappedFiles.incrementAndGet() > MAX_FILES) {
            mappedFiles.decrementAndGet();
            return false;
        }
        long mapped = Native.mmap(fd, mappedLength());
        if (mapped < 0) {
            mappedFiles.decrementAndGet();
            return false;
        }
        budget = from;
        taken = counted;
        address = mapped;
        present = bits;
        return true;
    }

    private long mappedLength() {
        return Math.min(size, (long) units * UNIT);
    }

    /** Nobody asks any more, and nobody maps. Waits for the lock of the memory map, which may take a while. */
    void close() {
        AtomicBits counted = taken;
        if (address == 0 || counted == null || budget == null) {
            return;
        }
        for (int unit = 0; unit < units; unit++) {
            if (counted.get(unit)) { // one by one, so that nobody waits long for the lock
                Native.madvise(
                        address + (long) unit * UNIT, Math.min(UNIT, size - (long) unit * UNIT), Linux.MADV_DONTNEED);
                budget.giveBack(UNIT);
            }
        }
        Native.munmap(address, mappedLength());
        mappedFiles.decrementAndGet();
        address = 0;
        present = null;
        taken = null;
    }
}
