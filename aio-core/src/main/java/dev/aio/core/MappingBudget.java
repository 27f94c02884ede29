package dev.aio.core;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much of files may be mapped at a time, see {@link AioFile#mapHotRanges}; shared by those files. What is mapped counts
 * as resident memory of the process (RssFile), although it is the page cache's, and takes 1/512 of its size for page tables.
 * Any thread.
 */
public final class MappingBudget {

    private final long limit;
    private final AtomicLong mapped = new AtomicLong();

    /**
     * @param limit bytes; 0 for none
     * @throws IllegalArgumentException if that is negative
     */
    public MappingBudget(long limit) {
        if (limit < 0) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: >= 0 bytes)");
        }
        this.limit = limit;
    }

    /** Bytes that may be mapped at a time. */
    public long limit() {
        return limit;
    }

    /** Bytes that have been mapped, of files that are still open; the kernel may have taken some of them out since. */
    public long mapped() {
        return mapped.get();
    }

    boolean tryTake(long bytes) {
        if (mapped.addAndGet(bytes) <= limit) {
            return true;
        }
        mapped.addAndGet(-bytes);
        return false;
    }

    void giveBack(long bytes) {
        mapped.addAndGet(-bytes);
    }
}
