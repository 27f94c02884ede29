package dev.aio.netty;

import dev.aio.core.AlignedMemory;
import org.jspecify.annotations.Nullable;

/**
 * Free chunks of all sizes in memory that no size has for itself: a larger one is split when a smaller one is wanted,
 * and whole again when all its parts are back. So memory that was in small pieces at one time is there
 * for large ones at another, and a pool need not be as large as the sum of what each size ever needed.
 *
 * <p>Any thread may call.
 */
final class SharedChunks {

    /** The free chunks of one size, linked through themselves: a part has to be taken from the middle. */
    private static final class Free {
        private @Nullable AlignedChunk last;

        void push(AlignedChunk chunk) {
            chunk.previousFree = last;
            chunk.nextFree = null;
            if (last != null) {
                last.nextFree = chunk;
            }
            last = chunk;
        }

        void remove(AlignedChunk chunk) {
            if (chunk.nextFree == null) {
                last = chunk.previousFree;
            } else {
                chunk.nextFree.previousFree = chunk.previousFree;
            }
            if (chunk.previousFree != null) {
                chunk.previousFree.nextFree = chunk.nextFree;
            }
            chunk.previousFree = null;
            chunk.nextFree = null;
        }
    }

    private final int[] sizes;
    private final Free[] free;

    /**
     * @param sizes of chunks in bytes, ascending, each a multiple of the one before
     */
    SharedChunks(int[] sizes) {
        this.sizes = sizes;
        free = new Free[sizes.length];
        for (int i = 0; i < sizes.length; i++) {
            free[i] = new Free();
        }
    }

    /** A chunk of that size, split from a larger one if need be; {@code null} if there is none. */
    synchronized @Nullable AlignedChunk poll(int sizeClass) {
        int larger = firstFree(sizeClass);
        if (larger < 0) {
            return null;
        }
        AlignedChunk chunk = free[larger].last;
        free[larger].remove(chunk);
        if (chunk.parent != null) {
            chunk.parent.freeParts--;
        }
        while (chunk.sizeClass() > sizeClass) {
            chunk = split(chunk);
        }
        return chunk;
    }

    /** Whether {@link #poll} would find one. */
    synchronized boolean has(int sizeClass) {
        return firstFree(sizeClass) >= 0;
    }

    private int firstFree(int sizeClass) {
        for (int i = sizeClass; i < free.length; i++) {
            if (free[i].last != null) {
                return i;
            }
        }
        return -1;
    }

    /** Returns the first part; the others are free. */
    private AlignedChunk split(AlignedChunk whole) {
        int sizeClass = whole.sizeClass() - 1;
        if (whole.parts == null) {
            whole.parts = cut(whole.slab(), whole.offset(), whole.length(), sizeClass, whole);
        }
        whole.freeParts = whole.parts.length - 1;
        for (int i = whole.parts.length - 1; i > 0; i--) {
            free[sizeClass].push(whole.parts[i]);
        }
        return whole.parts[0];
    }

    private AlignedChunk[] cut(
            AlignedMemory slab, int offset, int length, int sizeClass, @Nullable AlignedChunk parent) {
        int size = sizes[sizeClass];
        AlignedChunk[] parts = new AlignedChunk[length / size];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = new AlignedChunk(slab, offset + i * size, size, sizeClass, parent, true);
        }
        return parts;
    }

    /**
     * Adds a slab.
     *
     * @param length bytes, a multiple of the largest size
     */
    synchronized void add(AlignedMemory slab, int length) {
        int largest = sizes.length - 1;
        for (AlignedChunk whole : cut(slab, 0, length, largest, null)) {
            free[largest].push(whole);
        }
    }

    /** Adds a slab, and answers as {@link #poll}: nobody else gets all of it. */
    synchronized @Nullable AlignedChunk add(AlignedMemory slab, int length, int sizeClass) {
        add(slab, length);
        return poll(sizeClass);
    }

    /** Takes a chunk back; the size class of what that made whole. */
    synchronized int give(AlignedChunk chunk) {
        AlignedChunk back = chunk;
        while (back.parent != null && ++back.parent.freeParts == back.parent.parts.length) {
            for (AlignedChunk part : back.parent.parts) {
                if (part != back) {
                    free[part.sizeClass()].remove(part);
                }
            }
            back = back.parent;
        }
        free[back.sizeClass()].push(back);
        return back.sizeClass();
    }
}
