package dev.aio.netty;

import dev.aio.core.AlignedMemory;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Page-aligned buffers cut from slabs of direct memory, in four sizes, bounded in all. Slabs are
 * allocated when first needed and kept. Netty's leak detection watches every buffer.
 *
 * <p>Any thread may allocate and release.
 */
public final class AlignedBufferPool extends AbstractByteBufAllocator {

    /** Largest buffer, in bytes. */
    public static final int LARGEST = 256 * 1024;

    private static final int[] SIZES = {4 * 1024, 16 * 1024, 64 * 1024, LARGEST};
    private static final int SLAB = 1024 * 1024;

    private final long limit;
    private final FreeList[] free = new FreeList[SIZES.length];
    private final AtomicInteger slabs = new AtomicInteger();
    private final AtomicInteger inUse = new AtomicInteger();
    private final AtomicLong bytesInUse = new AtomicLong();

    /**
     * @param limit bytes of all slabs together
     */
    AlignedBufferPool(long limit) {
        super(true);
        this.limit = limit;
        for (int i = 0; i < SIZES.length; i++) {
            free[i] = new FreeList();
        }
    }

    /** Chunks of one size; LIFO, so that warm memory is used again first. And who waits for one. */
    private static final class FreeList {
        private final Queue<BooleanSupplier> waiters = new ConcurrentLinkedQueue<>();
        private final ArrayDeque<AlignedByteBuf> chunks = new ArrayDeque<>();
        private final AtomicBoolean hasSlab = new AtomicBoolean();

        synchronized AlignedByteBuf poll() {
            return chunks.pollLast();
        }

        synchronized void add(AlignedByteBuf chunk) {
            chunks.addLast(chunk);
        }
    }

    /**
     * An empty buffer of at least {@code length} bytes whose index 0 is page-aligned.
     *
     * @param length bytes, at most {@link #LARGEST}
     * @return the caller's buffer, or {@code null} if the pool's limit is reached: see {@link
     *     #onRelease}
     */
    public ByteBuf tryAllocate(int length) {
        int sizeClass = sizeClass(length);
        AlignedByteBuf chunk = free[sizeClass].poll();
        if (chunk == null && (chunk = cutSlab(sizeClass)) == null) {
            return null;
        }
        inUse.incrementAndGet();
        bytesInUse.addAndGet(chunk.capacity());
        return toLeakAwareBuffer(chunk.reuse());
    }

    private static int sizeClass(int length) {
        for (int i = 0; i < SIZES.length; i++) {
            if (length <= SIZES[i]) {
                return i;
            }
        }
        throw new IllegalArgumentException("length: " + length + " (expected: <= " + LARGEST + ')');
    }

    private AlignedByteBuf cutSlab(int sizeClass) {
        // Each size gets one slab whatever the limit: no size can be starved for ever by the others.
        boolean first = free[sizeClass].hasSlab.compareAndSet(false, true);
        if (slabs.incrementAndGet() * (long) SLAB > limit && !first) {
            slabs.decrementAndGet();
            return largerChunk(sizeClass);
        }
        AlignedMemory slab = AlignedMemory.allocate(SLAB, AlignedMemory.PAGE);
        int size = SIZES[sizeClass];
        AlignedByteBuf chunk = new AlignedByteBuf(this, slab, 0, size, sizeClass);
        for (int offset = size; offset < SLAB; offset += size) {
            free[sizeClass].add(new AlignedByteBuf(this, slab, offset, size, sizeClass));
        }
        return chunk;
    }

    /** All memory went to other sizes: a larger buffer serves as well as one of the right size. */
    private AlignedByteBuf largerChunk(int sizeClass) {
        AlignedByteBuf chunk = null;
        for (int larger = sizeClass; larger < SIZES.length && chunk == null; larger++) {
            chunk = free[larger].poll();
        }
        return chunk;
    }

    void takeBack(AlignedByteBuf chunk) {
        bytesInUse.addAndGet(-SIZES[chunk.sizeClass]);
        free[chunk.sizeClass].add(chunk);
        inUse.decrementAndGet();
        announceClass(chunk.sizeClass);
    }

    /** Passes a call from {@link #onRelease} on that found its receiver no longer waiting. */
    void announce(int length) {
        announceClass(sizeClass(length));
    }

    /** Calls one of those that wait for a buffer of that size, or if there is none, of a smaller one. */
    private void announceClass(int largest) {
        for (int sizeClass = largest; sizeClass >= 0; sizeClass--) {
            BooleanSupplier waiter;
            while ((waiter = free[sizeClass].waiters.poll()) != null) {
                if (waiter.getAsBoolean()) {
                    return;
                }
            }
        }
    }

    /**
     * Calls {@code retry} once, after a buffer that is large enough was given back, on whatever thread
     * does that; it must not block, and answers whether it can use the news. Whoever was refused asks
     * once more after this call: what was given back before it announces nothing.
     */
    void onRelease(int length, BooleanSupplier retry) {
        free[sizeClass(length)].waiters.add(retry);
    }

    /** Buffers handed out and not given back. */
    public int inUse() {
        return inUse.get();
    }

    /** The share of the limit that is handed out, in quarters: 0 to 4. */
    public int quartersInUse() {
        return (int) Math.min(4, bytesInUse.get() * 4 / limit);
    }

    /** Bytes of slabs allocated so far. */
    public long allocatedBytes() {
        return (long) slabs.get() * SLAB;
    }

    @Override
    public boolean isDirectBufferPooled() {
        return true;
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        return UnpooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity);
    }

    /** Called for copies and compositions that users make of our buffers: not worth a chunk. */
    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        return UnpooledByteBufAllocator.DEFAULT.directBuffer(initialCapacity, maxCapacity);
    }
}
