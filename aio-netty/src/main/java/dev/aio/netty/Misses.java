package dev.aio.netty;

import dev.aio.core.AioFile;
import dev.aio.core.AlignedMemory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * What of one file was asked for and was not resident, see {@link AioTransport#missed}: tells what is asked for again,
 * and is therefore worth a place in the page cache, from what is read once. Any thread.
 */
public final class Misses {

    /** Ranges of a file that are remembered. */
    private static final int RECENT = 64;

    private static final int RECENT_SHIFT = Long.SIZE - 6;

    private final AioFile file;
    private final boolean byRange;
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicBoolean filling = new AtomicBoolean();
    private volatile boolean stopped;
    private volatile @Nullable AtomicLongArray recent; // pages where ranges began, counted from 1

    private Misses(AioFile file, boolean byRange) {
        this.file = file;
        this.byRange = byRange;
    }

    /** Of a file that is asked for by name: any two misses of it show that it is popular. */
    static Misses ofFile(AioFile file) {
        return new Misses(file, false);
    }

    /**
     * Of a file that may be a database, of which all is read sooner or later: only misses that begin in the same page
     * count, if there were few others in between.
     */
    static Misses ofRanges(AioFile file) {
        return new Misses(file, true);
    }

    AioFile file() {
        return file;
    }

    /** Counts a miss; {@code true} from the second on. */
    boolean askedForAgain(long position) {
        if (!byRange) {
            return count.incrementAndGet() > 1;
        }
        AtomicLongArray pages = recent;
        if (pages == null) {
            pages = new AtomicLongArray(RECENT);
            recent = pages; // a racing loop's first miss may be lost
        }
        long page = page(position);
        return pages.getAndSet(slot(page), page) == page;
    }

    /** {@code false} if a fill is under way already; else {@link #filled} must follow, or {@link #notFilled}. */
    boolean tryFill() {
        return filling.compareAndSet(false, true);
    }

    /** What began there is filled, or was given up: its misses are counted from 0 again. */
    void filled(long position) {
        count.set(0);
        AtomicLongArray pages = recent;
        if (pages != null) {
            long page = page(position);
            pages.compareAndSet(slot(page), page, 0);
        }
        filling.set(false);
    }

    /** The next miss may try again. */
    void notFilled() {
        filling.set(false);
    }

    /** Nothing of the file is filled any more; what is under way ends before its next chunk. */
    void stop() {
        stopped = true;
    }

    boolean isStopped() {
        return stopped;
    }

    private static long page(long position) {
        return position / AlignedMemory.PAGE + 1;
    }

    private static int slot(long page) {
        return (int) (page * 0x9E3779B97F4A7C15L >>> RECENT_SHIFT);
    }
}
