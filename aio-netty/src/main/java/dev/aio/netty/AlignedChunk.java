package dev.aio.netty;

import dev.aio.core.AlignedMemory;
import org.jspecify.annotations.Nullable;

/**
 * A part of a slab that is handed out as a buffer, time and again, but each time as another object: who
 * releases a buffer twice must not release what somebody else has by then.
 */
final class AlignedChunk {

    private final AlignedMemory slab;
    private final int offset;
    private final int length;
    private final int sizeClass;
    private final boolean shared;

    /** What it was split from; {@code null} for a whole one. Its owner's alone, like all that follows. */
    final @Nullable AlignedChunk parent;

    /** What it was last split into, if ever: used again when it is split again. */
    AlignedChunk @Nullable [] parts;

    int freeParts;

    @Nullable
    AlignedChunk previousFree;

    @Nullable
    AlignedChunk nextFree;

    /**
     * @param offset where it begins in the slab, in bytes
     * @param length bytes
     * @param sizeClass to whose free list it belongs
     * @param shared whether it is among {@link SharedChunks}
     */
    AlignedChunk(
            AlignedMemory slab, int offset, int length, int sizeClass, @Nullable AlignedChunk parent, boolean shared) {
        this.slab = slab;
        this.offset = offset;
        this.length = length;
        this.sizeClass = sizeClass;
        this.parent = parent;
        this.shared = shared;
    }

    AlignedMemory slab() {
        return slab;
    }

    int offset() {
        return offset;
    }

    int length() {
        return length;
    }

    int sizeClass() {
        return sizeClass;
    }

    boolean isShared() {
        return shared;
    }
}
