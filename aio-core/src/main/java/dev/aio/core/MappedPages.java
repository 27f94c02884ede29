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
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Tells from the process's own page table what of a file is in the page cache. The kernel maps a page of a file only once it
 * has been read in, and unmaps it before it takes it out of the page cache, so a page that {@code /proc/self/pagemap} shows as
 * present can be read without waiting: exact, for anybody who may read the file, and one system call for many pages (3 µs for
 * 256 KiB, where one-byte reads of each page take 38). What is not present may be in memory all the same.
 *
 * <p>The mapping is made by {@link #map}, in units, which may wait; {@link #arePresent} never does. Nothing is read through
 * it: a file that is cut off does no harm. The page tables of all files together are limited to {@value #LIMIT} bytes of
 * mapped content, which takes 8 MiB. What is mapped counts as resident memory of the process (RssFile), although it is the
 * page cache's, and drop_caches leaves it alone; the kernel takes it back when memory gets scarce.
 *
 * <p>Needs Linux 5.14 (to map what is in memory without touching it), /proc, and pages of 4 KiB; elsewhere nothing is mapped.
 */
final class MappedPages {

    /** What is mapped as a whole, in bytes. */
    static final int UNIT = 256 * 1024;

    /** Of all files, in bytes. */
    static final long LIMIT = 4L << 30;

    /** Files at a time: {@code vm.max_map_count} is 65,530, and the JVM needs some. */
    private static final int MAX_FILES = 8192;

    private static final int PAGE = AlignedMemory.PAGE;
    private static final int PAGES_PER_CALL = 512;
    private static final AtomicLong mappedBytes = new AtomicLong();
    private static final AtomicInteger mappedFiles = new AtomicInteger();

    private static volatile boolean refused; // by Linux before 5.14

    private final int fd;
    private final long size;
    private volatile long address; // 0: not mapped
    private volatile @Nullable AtomicBits units; // those that were all present

    MappedPages(int fd, long size) {
        this.fd = fd;
        this.size = size;
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

    /** Whether anything can be mapped on this machine. May wait, when first called. */
    static boolean isSupported() {
        return !refused && Pagemap.FD >= 0;
    }

    /** Whether all of a unit was present when it was mapped, and not found missing since. */
    boolean isMapped(long unit) {
        AtomicBits bits = units;
        return bits != null && bits.get(unit);
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
            if (Native.pread(Pagemap.FD, scratch.out(), count * Long.BYTES, (base + page) * Long.BYTES)
                    != count * Long.BYTES) {
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
        AtomicBits bits = units;
        if (bits != null && bits.set(unit, false)) {
            mappedBytes.addAndGet(-UNIT);
        }
    }

    /**
     * Maps a unit that is in memory. Waits for the disk if it no longer is. By one thread at a time.
     *
     * @return whether another one may be mapped
     */
    boolean map(long unit) {
        if (isMapped(unit)) {
            return true;
        }
        if (mappedBytes.get() + UNIT > LIMIT || address == 0 && !mapFile()) {
            return false;
        }
        long from = unit * UNIT;
        long to = Math.min(size, from + UNIT);
        int result = Native.madvise(address + from, to - from, Linux.MADV_POPULATE_READ);
        if (result == -Linux.EINVAL) {
            refused = true;
            return false;
        }
        AtomicBits bits = units;
        if (result == 0 && bits != null && arePresent(from, to) && bits.set(unit, true)) {
            mappedBytes.addAndGet(UNIT);
        }
        return true;
    }

    private boolean mapFile() {
        if (!isSupported()) {
            return false;
        }
        if (mappedFiles.incrementAndGet() > MAX_FILES) {
            mappedFiles.decrementAndGet();
            return false;
        }
        long mapped = Native.mmap(fd, size);
        if (mapped < 0) {
            mappedFiles.decrementAndGet();
            return false;
        }
        units = new AtomicBits(size / UNIT + 1);
        address = mapped;
        return true;
    }

    /** The content of all files that is mapped, in bytes, by units. */
    static long mappedBytes() {
        return mappedBytes.get();
    }

    /** Nobody asks any more. May wait: the mapping holds the inode, which may have been deleted. */
    void close() {
        long mapped = address;
        AtomicBits bits = units;
        if (mapped == 0 || bits == null) {
            return;
        }
        address = 0;
        units = null;
        mappedBytes.addAndGet(-UNIT * bits.count());
        mappedFiles.decrementAndGet();
        Native.munmap(mapped, size);
    }
}
