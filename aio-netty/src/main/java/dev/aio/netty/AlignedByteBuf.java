package dev.aio.netty;

import dev.aio.core.AlignedMemory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledDirectByteBuf;

/**
 * One chunk of an aligned slab as a {@link ByteBuf}: when the last reference is released, from whatever
 * thread, the chunk goes back to the pool. It is handed out again as another object, so that a second
 * release of this one is an error of its own and does no harm.
 */
public final class AlignedByteBuf extends UnpooledDirectByteBuf {

    private final AlignedBufferPool pool;
    private final AlignedChunk chunk;

    AlignedByteBuf(AlignedBufferPool pool, AlignedChunk chunk) {
        super(pool, chunk.slab().slice(chunk.offset(), chunk.length()), chunk.length());
        this.pool = pool;
        this.chunk = chunk;
        clear(); // a buffer made of memory begins full
    }

    /** A buffer of its own memory, which is not the pool's: it is to be kept, not released. */
    static AlignedByteBuf kept(AlignedBufferPool pool, int length) {
        AlignedMemory own = AlignedMemory.allocate(length, AlignedMemory.PAGE);
        return new AlignedByteBuf(pool, new AlignedChunk(own, 0, length, 0, null, false));
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
        return chunk.slab();
    }

    /** Where index 0 lies in {@link #memory()}, in bytes; a multiple of 4096. */
    public int memoryOffset() {
        return chunk.offset();
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

    /** The inherited one makes a view of the memory for the first array. */
    @Override
    public ByteBuf setBytes(int index, byte[] source, int sourceIndex, int length) {
        checkSrcIndex(index, length, sourceIndex, source.length);
        chunk.slab().put(chunk.offset() + index, source, sourceIndex, length);
        return this;
    }

    @Override
    protected void deallocate() {
        pool.takeBack(chunk);
    }
}
