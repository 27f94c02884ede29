package dev.aio.core;

import java.util.ArrayDeque;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Aligned memory that direct reads go through which are not aligned themselves: made when needed, kept for the
 * next, and bounded, since it is direct memory, of which a process may have little. Who finds none waits for one
 * that is in use.
 */
final class Bounces {

    /** Bytes of a buffer: larger unaligned reads go in several rounds. */
    static final int LARGE = 256 << 10;

    /** Small unaligned reads, such as of a record, do not take a large buffer. */
    static final int SMALL = 64 << 10;

    /** Of each size, in bytes: 16 large ones and 64 small ones. */
    private static final int LIMIT = 4 << 20;

    private final IntFunction<AlignedMemory> allocator;
    private final Shelf large = new Shelf(LARGE);
    private final Shelf small = new Shelf(SMALL);

    /**
     * @param allocator of page-aligned memory of so many bytes
     */
    Bounces(IntFunction<AlignedMemory> allocator) {
        this.allocator = allocator;
    }

    private static final class Shelf {
        private final int size;
        private final ArrayDeque<AlignedMemory> kept;
        private int limit;
        private int made;

        Shelf(int size) {
            this.size = size;
            limit = LIMIT / size;
            kept = new ArrayDeque<>(limit);
        }
    }

    /** Whether any buffer is aligned enough. */
    static boolean suit(int offsetAlignment, int memoryAlignment) {
        return offsetAlignment <= LARGE && memoryAlignment <= AlignedMemory.PAGE;
    }

    /**
     * A buffer with room for that many bytes, or for as many as there are in a large one.
     *
     * @return {@code null} if all are in use; one of those comes back by {@link #give}
     * @throws OutOfMemoryError if none is in use, and no direct memory is left for the first
     */
    @Nullable
    AlignedMemory take(long bytes) {
        Shelf shelf = bytes <= SMALL ? small : large;
        AlignedMemory kept = shelf.kept.poll();
        if (kept != null || shelf.made == shelf.limit) {
            return kept;
        }
        try {
            AlignedMemory made = allocator.apply(shelf.size);
            shelf.made++;
            return made;
        } catch (OutOfMemoryError e) {
            if (shelf.made == 0) {
                throw e;
            }
            // Trying takes up to half a second (java.nio.Bits, reserveMemory): it is left at those there are.
            shelf.limit = shelf.made;
            return null;
        }
    }

    void give(AlignedMemory bounce) {
        (bounce.capacity() == SMALL ? small : large).kept.push(bounce);
    }
}
