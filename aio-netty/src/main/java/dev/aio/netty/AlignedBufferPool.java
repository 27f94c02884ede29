package dev.aio.netty;

import dev.aio.core.AlignedMemory;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Page-aligned buffers cut from slabs of direct memory, in four sizes, bounded in all. Slabs are
 * allocated when first needed and kept: the first one of each size for that size alone, all others for whatever
 * is wanted. Whenever there was none left, a block of slabs in huge pages is allocated too, in the background. Netty's
 * leak detection watches every buffer.
 *
 * <p>Any thread may allocate and release.
 */
public final class AlignedBufferPool extends AbstractByteBufAllocator {

    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(AlignedBufferPool.class);

    /** Largest buffer, in bytes. */
    public static final int LARGEST = 256 * 1024;

    private static final int[] SIZES = {4 * 1024, 16 * 1024, 64 * 1024, LARGEST};
    private static final int SLAB = 1024 * 1024;

    /** What is allocated ahead, in bytes: what some thirty readers of cold files need at once. */
    static final int BLOCK = 8 << 20;

    private final long limit;
    private final IntFunction<AlignedMemory> memory;
    private final IntFunction<AlignedMemory> blocks;
    private final @Nullable Executor background; // null: nothing is allocated ahead
    private final AtomicBoolean allocatesAhead = new AtomicBoolean();
    private final FreeList[] own = new FreeList[SIZES.length];
    private final SharedChunks shared = new SharedChunks(SIZES);
    private final AtomicInteger slabs = new AtomicInteger();
    private final AtomicInteger inUse = new AtomicInteger();
    private final AtomicLong bytesInUse = new AtomicLong();

    /** Those who are not to have the last quarter, see {@link #onSpare}. */
    private final Queue<Runnable> modest = new ConcurrentLinkedQueue<>();

    /**
     * @param limit bytes of all slabs together
     */
    AlignedBufferPool(long limit) {
        this(limit, AlignedBufferPool::smallPages);
    }

    /**
     * @param memory where slabs come from
     */
    AlignedBufferPool(long limit, IntFunction<AlignedMemory> memory) {
        this(limit, memory, memory, null);
    }

    /**
     * @param background allocates huge pages, for which the kernel may have to make room first; a small pool has none
     */
    AlignedBufferPool(long limit, Executor background) {
        this(
                limit,
                AlignedBufferPool::smallPages,
                AlignedMemory::allocateHuge,
                limit >= 4L * BLOCK ? background : null);
    }

    /**
     * @param blocks where what is allocated ahead comes from
     */
    AlignedBufferPool(
            long limit,
            IntFunction<AlignedMemory> memory,
            IntFunction<AlignedMemory> blocks,
            @Nullable Executor background) {
        super(true);
        this.limit = limit;
        this.memory = memory;
        this.blocks = blocks;
        this.background = background;
        for (int i = 0; i < SIZES.length; i++) {
            own[i] = new FreeList();
        }
    }

    private static AlignedMemory smallPages(int length) {
        return AlignedMemory.allocate(length, AlignedMemory.PAGE);
    }

    /** Chunks that only one size has; LIFO, so that warm memory is used again first. And who waits for one. */
    private static final class FreeList {
        private final Queue<BooleanSupplier> waiters = new ConcurrentLinkedQueue<>();
        private final ArrayDeque<AlignedChunk> chunks = new ArrayDeque<>();
        private final AtomicBoolean hasSlab = new AtomicBoolean();

        synchronized AlignedChunk poll() {
            return chunks.pollLast();
        }

        synchronized void add(AlignedChunk chunk) {
            chunks.addLast(chunk);
        }

        synchronized boolean isEmpty() {
            return chunks.isEmpty();
        }
    }

    /**
     * An empty buffer of at least {@code length} bytes whose index 0 is page-aligned.
     *
     * @param length bytes, at most {@link #LARGEST}
     * @return the caller's buffer, or {@code null} if the pool's limit is reached: see {@link
     *     #onRelease}
     * @throws OutOfMemoryError if the JVM has no direct memory left, and there is no buffer that could
     *     come back either
     */
    public @Nullable ByteBuf tryAllocate(int length) {
        int sizeClass = sizeClass(length);
        AlignedChunk chunk = own[sizeClass].poll();
        if (chunk == null) {
            chunk = shared.poll(sizeClass);
        }
        if (chunk == null) {
            chunk = cutSlab(sizeClass);
            allocateAhead();
            if (chunk == null) {
                return null;
            }
        }
        inUse.incrementAndGet();
        bytesInUse.addAndGet(chunk.length());
        return toLeakAwareBuffer(new AlignedByteBuf(this, chunk));
    }

    /** Whether there is a buffer of that size, or memory for one; by now others may have taken it. */
    public boolean isAvailable(int length) {
        int sizeClass = sizeClass(length);
        for (int larger = sizeClass; larger < SIZES.length; larger++) {
            if (!own[larger].isEmpty()) {
                return true;
            }
        }
        return shared.has(sizeClass) || !own[sizeClass].hasSlab.get() || (slabs.get() + 1L) * SLAB <= limit;
    }

    private static int sizeClass(int length) {
        for (int i = 0; i < SIZES.length; i++) {
            if (length <= SIZES[i]) {
                return i;
            }
        }
        throw new IllegalArgumentException("length: " + length + " (expected: <= " + LARGEST + ')');
    }

    private @Nullable AlignedChunk cutSlab(int sizeClass) {
        // Each size gets one slab whatever the limit: no size can be starved for ever by the others.
        boolean first = own[sizeClass].hasSlab.compareAndSet(false, true);
        if (slabs.incrementAndGet() * (long) SLAB > limit && !first) {
            slabs.decrementAndGet();
            return largerChunk(sizeClass);
        }
        AlignedMemory slab;
        try {
            slab = memory.apply(SLAB);
        } catch (OutOfMemoryError e) {
            return withoutSlab(sizeClass, first, e);
        }
        if (!first) {
            return shared.add(slab, SLAB, sizeClass);
        }
        int size = SIZES[sizeClass];
        for (int offset = size; offset < SLAB; offset += size) {
            own[sizeClass].add(ownChunk(slab, offset, sizeClass));
        }
        return ownChunk(slab, 0, sizeClass);
    }

    /** Memory in huge pages is worth having, but not worth waiting for on an event loop. */
    private void allocateAhead() {
        if (background == null || allocatesAhead.get() || !allocatesAhead.compareAndSet(false, true)) {
            return;
        }
        if (!tryReserveBlock()) {
            allocatesAhead.set(false);
            return;
        }
        try {
            background.execute(this::allocateBlock);
        } catch (RejectedExecutionException busyOrClosed) {
            slabs.addAndGet(-BLOCK / SLAB);
            allocatesAhead.set(false);
            announceBlock();
        }
    }

    private boolean tryReserveBlock() {
        int now = slabs.get();
        while ((long) now * SLAB + BLOCK <= limit) {
            if (slabs.compareAndSet(now, now + BLOCK / SLAB)) {
                return true;
            }
            now = slabs.get();
        }
        return false;
    }

    private void allocateBlock() {
        try {
            shared.add(blocks.apply(BLOCK), BLOCK);
            allocatesAhead.set(false);
        } catch (OutOfMemoryError e) {
            LOGGER.debug("no {} bytes in huge pages, and none will be asked for again", BLOCK, e);
            slabs.addAndGet(-BLOCK / SLAB);
        }
        announceBlock();
    }

    /** What is reserved looks as if it was in use: somebody may have been refused meanwhile. */
    private void announceBlock() {
        for (int i = 0; i < BLOCK; i += LARGEST) {
            announceClass(SIZES.length - 1);
        }
        announceSpare();
    }

    private AlignedChunk ownChunk(AlignedMemory slab, int offset, int sizeClass) {
        return new AlignedChunk(slab, offset, SIZES[sizeClass], sizeClass, null, false);
    }

    /** The JVM has less memory than the limit says: what there is has to do, until more can be had. */
    private @Nullable AlignedChunk withoutSlab(int sizeClass, boolean first, OutOfMemoryError cause) {
        slabs.decrementAndGet();
        if (first) {
            own[sizeClass].hasSlab.set(false);
        }
        AlignedChunk chunk = largerChunk(sizeClass);
        if (chunk == null && !mayComeBack(sizeClass)) {
            throw cause;
        }
        return chunk;
    }

    private boolean mayComeBack(int sizeClass) {
        boolean anySlab = false;
        for (int larger = sizeClass; larger < SIZES.length; larger++) {
            anySlab |= own[larger].hasSlab.get();
        }
        return anySlab && inUse.get() > 0;
    }

    /** All memory went to other sizes: a larger buffer serves as well as one of the right size. */
    private @Nullable AlignedChunk largerChunk(int sizeClass) {
        AlignedChunk chunk = null;
        for (int larger = sizeClass; larger < SIZES.length && chunk == null; larger++) {
            chunk = own[larger].poll();
        }
        return chunk;
    }

    void takeBack(AlignedChunk chunk) {
        bytesInUse.addAndGet(-chunk.length());
        int available = chunk.sizeClass();
        if (chunk.isShared()) {
            available = shared.give(chunk);
        } else {
            own[available].add(chunk);
        }
        inUse.decrementAndGet();
        announceClass(available);
        announceSpare();
    }

    /** Passes a call from {@link #onRelease} on that found its receiver no longer waiting. */
    void announce(int length) {
        announceClass(sizeClass(length));
    }

    /** Calls one of those that wait for a buffer of that size, or as many of smaller ones as it serves. */
    private void announceClass(int largest) {
        int left = SIZES[largest];
        for (int sizeClass = largest; sizeClass >= 0; sizeClass--) {
            BooleanSupplier waiter;
            while (left >= SIZES[sizeClass] && (waiter = own[sizeClass].waiters.poll()) != null) {
                if (waiter.getAsBoolean()) {
                    left -= SIZES[sizeClass];
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
        own[sizeClass(length)].waiters.add(retry);
    }

    /** Whether more than the last quarter is left, which is kept for those who soon give back. */
    public boolean hasSpare() {
        return bytesInUse.get() < limit - limit / 4;
    }

    /**
     * Calls {@code retry} once, on whatever thread that is, when the pool {@link #hasSpare}; it must not
     * block. Whoever was called calls {@link #announceSpare} when he has taken what he wanted: there may
     * be more. Ask once more after this call: what was given back before it announces nothing.
     */
    public void onSpare(Runnable retry) {
        modest.add(retry);
    }

    /** Calls one of those who wait for {@link #hasSpare}, if that is so. */
    public void announceSpare() {
        if (!modest.isEmpty() && hasSpare()) {
            Runnable waiter = modest.poll();
            if (waiter != null) {
                waiter.run();
            }
        }
    }

    TransportSnapshot.Pool snapshot() {
        return new TransportSnapshot.Pool(limit, allocatedBytes(), bytesInUse.get(), inUse());
    }

    /** Buffers handed out and not given back. */
    public int inUse() {
        return inUse.get();
    }

    /** Bytes handed out and not given back, counted by the sizes of the buffers. */
    public long bytesInUse() {
        return bytesInUse.get();
    }

    /** Bytes of slabs that the pool may have in all. */
    public long limit() {
        return limit;
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
