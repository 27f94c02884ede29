package dev.aio.netty;

import dev.aio.core.AlignedMemory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledDirectByteBuf;

/**
 * One chunk of an aligned slab as a {@link ByteBuf}. The object lives as long as its chunk: when the
 * last reference is released, from whatever thread, it goes back to the pool and is handed out again.
 */
public final class AlignedByteBuf extends UnpooledDirectByteBuf {

    private final AlignedBufferPool pool;
    private final AlignedMemory slab;
    private final int slabOffset;
    final int sizeClass;

    AlignedByteBuf(AlignedBufferPool pool, AlignedMemory slab, int slabOffset, int length, int sizeClass) {
        super(pool, slab.slice(slabOffset, length), length);
        this.pool = pool;
        this.slab = slab;
        this.slabOffset = slabOffset;
        this.sizeClass = sizeClass;
    }

    /**
     * The aligned buffer behind a buffer from {@link AlignedBufferPool}, which leak detection may
     * have wrapped.
     */
    public static AlignedByteBuf unwrap(ByteBuf buf) {
        AlignedByteBuf found = find(buf);
        if (found == null) {
            throw new IllegalArgumentException("buffer: " + buf + " (expected: one from an AlignedBufferPool)");
        }
        return found;
    }

    /** Whether {@link #unwrap} would find an aligned buffer behind this one. */
    public static boolean isAligned(ByteBuf buf) {
        return find(buf) != null;
    }

    private static AlignedByteBuf find(ByteBuf buf) {
        ByteBuf candidate = buf;
        while (candidate != null && !(candidate instanceof AlignedByteBuf)) {
            candidate = candidate.unwrap();
        }
        return (AlignedByteBuf) candidate;
    }

    /** The slab that index 0 of this buffer lies in, at {@link #memoryOffset()}. */
    public AlignedMemory memory() {
        return slab;
    }

    /** Where index 0 lies in {@link #memory()}, in bytes; a multiple of 4096. */
    public int memoryOffset() {
        return slabOffset;
    }

    AlignedByteBuf reuse() {
        resetRefCnt();
        clear();
        return this;
    }

    /** The chunk's size is fixed. */
    @Override
    public ByteBuf capacity(int newCapacity) {
        if (newCapacity != capacity()) {
            throw new UnsupportedOperationException(
                    "capacity: " + newCapacity + " (expected: " + capacity() + ", it is fixed)");
        }
        return this;
    }

    @Override
    protected void deallocate() {
        pool.takeBack(this);
    }
}
