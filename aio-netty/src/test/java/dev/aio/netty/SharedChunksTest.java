package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.core.AlignedMemory;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SharedChunksTest {

    private static final int[] SIZES = {4096, 16384, 65536, 262144};
    private static final int SLAB = 1 << 20;
    private static final int LARGEST = 3;

    private static List<ByteBuf> takeAll(AlignedBufferPool pool, int size) {
        List<ByteBuf> taken = new ArrayList<>();
        for (ByteBuf buffer = pool.tryAllocate(size); buffer != null; buffer = pool.tryAllocate(size)) {
            taken.add(buffer);
        }
        return taken;
    }

    /** Whatever was taken and given back in whatever order: no overlap, and in the end all is whole. */
    @Test
    void chunksNeverOverlapAndBecomeWholeAgain() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        SharedChunks chunks = new SharedChunks(SIZES);
        AlignedMemory slab = AlignedMemory.allocate(SLAB, AlignedMemory.PAGE);
        List<AlignedChunk> held = new ArrayList<>();
        held.add(chunks.add(slab, SLAB, 0));
        boolean[] used = new boolean[SLAB / SIZES[0]];
        mark(used, held.get(0), true, seed);
        for (int i = 0; i < 100_000; i++) {
            boolean give = !held.isEmpty() && random.nextInt(100) < (i / 5_000 % 2 == 0 ? 40 : 60);
            if (give) {
                AlignedChunk chunk = held.remove(random.nextInt(held.size()));
                mark(used, chunk, false, seed);
                chunks.give(chunk);
            } else {
                int sizeClass = random.nextInt(SIZES.length);
                boolean has = chunks.has(sizeClass);
                AlignedChunk chunk = chunks.poll(sizeClass);
                assertThat(chunk != null).as("as announced, seed %s", seed).isEqualTo(has);
                if (chunk != null) {
                    assertThat(chunk.length()).isEqualTo(SIZES[sizeClass]);
                    mark(used, chunk, true, seed);
                    held.add(chunk);
                }
            }
        }
        held.forEach(chunks::give);
        for (int i = 0; i < SLAB / SIZES[LARGEST]; i++) {
            assertThat(chunks.poll(LARGEST)).as("whole, seed %s", seed).isNotNull();
        }
        assertThat(chunks.has(0)).isFalse();
    }

    private static void mark(boolean[] used, AlignedChunk chunk, boolean use, long seed) {
        for (int page = chunk.offset() / SIZES[0]; page < (chunk.offset() + chunk.length()) / SIZES[0]; page++) {
            assertThat(used[page]).as("page %s, seed %s", page, seed).isEqualTo(!use);
            used[page] = use;
        }
    }

    @Test
    void memoryThatWasInSmallPiecesServesLargeOnesLater() {
        AlignedBufferPool pool = new AlignedBufferPool(8 * SLAB);
        List<ByteBuf> small = takeAll(pool, SIZES[0]);
        assertThat(small).hasSize(8 * SLAB / SIZES[0]);
        small.forEach(ByteBuf::release);
        List<ByteBuf> large = takeAll(pool, SIZES[LARGEST]);
        // Seven slabs that are anybody's, and the first one of this size.
        assertThat(large).hasSize(8 * SLAB / SIZES[LARGEST]);
        assertThat(pool.allocatedBytes()).isEqualTo(9 * SLAB);
        large.forEach(ByteBuf::release);
        assertThat(pool.bytesInUse()).isZero();
    }

    @Test
    void piecesThatBecomeWholeAreAnnouncedToWhoWaitsForALargeOne() {
        AlignedBufferPool pool = new AlignedBufferPool(2 * SLAB);
        List<ByteBuf> small = takeAll(pool, SIZES[0]);
        List<ByteBuf> large = takeAll(pool, SIZES[LARGEST]);
        List<String> calls = new ArrayList<>();
        BooleanSupplier waiter = () -> calls.add("large");
        pool.onRelease(SIZES[LARGEST], waiter);
        small.forEach(ByteBuf::release);
        assertThat(calls).containsExactly("large");
        large.forEach(ByteBuf::release);
    }

    @Test
    void oneLargeBufferIsAnnouncedToAsManyAsItServes() {
        AlignedBufferPool pool = new AlignedBufferPool(2 * SLAB);
        List<ByteBuf> large = takeAll(pool, SIZES[LARGEST]);
        List<ByteBuf> small = takeAll(pool, SIZES[1]);
        int[] calls = {0};
        for (int i = 0; i < 100; i++) {
            pool.onRelease(SIZES[1], () -> ++calls[0] > 0);
        }
        large.get(large.size() - 1).release();
        assertThat(calls[0]).isEqualTo(SIZES[LARGEST] / SIZES[1]);
        large.subList(0, large.size() - 1).forEach(ByteBuf::release);
        small.forEach(ByteBuf::release);
    }
}
