package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.core.AlignedMemory;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What {@link AlignedBufferPool} allocates in the background. */
@SuppressWarnings("try") // a blocked lane is unblocked at the end of its block, and not used in it
class BlocksAheadTest {

    private static final int SLAB = 1 << 20;
    private static final int BLOCK = AlignedBufferPool.BLOCK;
    private static final int LARGEST = AlignedBufferPool.LARGEST;

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final List<ByteBuf> taken = new ArrayList<>();
    private int blocks;

    @AfterEach
    void giveBack() {
        taken.forEach(ByteBuf::release);
    }

    private AlignedBufferPool pool(long limit) {
        return pool(limit, tasks::add, length -> {
            blocks++;
            return AlignedMemory.allocateHuge(length);
        });
    }

    private static AlignedBufferPool pool(long limit, Executor background, IntFunction<AlignedMemory> blocks) {
        return new AlignedBufferPool(
                limit, length -> AlignedMemory.allocate(length, AlignedMemory.PAGE), blocks, background);
    }

    private ByteBuf take(AlignedBufferPool from) {
        ByteBuf buffer = from.tryAllocate(LARGEST);
        if (buffer != null) {
            taken.add(buffer);
        }
        return buffer;
    }

    private int takeAll(AlignedBufferPool from) {
        int before = taken.size();
        while (take(from) != null) {}
        return taken.size() - before;
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    @Test
    void theFirstBufferIsNotWaitedFor() {
        AlignedBufferPool pool = pool(64L << 20);
        assertThat(take(pool)).isNotNull();
        assertThat(blocks).as("blocks allocated by who asked").isZero();
        assertThat(tasks).hasSize(1);
        assertThat(pool.allocatedBytes()).as("with what is reserved").isEqualTo(SLAB + BLOCK);
        runTasks();
        assertThat(blocks).isEqualTo(1);
        assertThat(pool.allocatedBytes()).isEqualTo(SLAB + BLOCK);
    }

    @Test
    void buffersComeFromTheBlockBeforeMoreIsAllocated() {
        AlignedBufferPool pool = pool(64L << 20);
        take(pool);
        runTasks();
        for (int i = 1; i < (SLAB + BLOCK) / LARGEST; i++) {
            take(pool);
        }
        assertThat(pool.allocatedBytes()).isEqualTo(SLAB + BLOCK);
        assertThat(tasks).isEmpty();
        ByteBuf inBlock = taken.get(taken.size() - 1);
        assertThat(AlignedByteBuf.unwrap(inBlock).memory().capacity()).isEqualTo(BLOCK);
        take(pool);
        assertThat(tasks).as("there was none left").hasSize(1);
    }

    @Test
    void oneBlockIsAllocatedAtATime() {
        AlignedBufferPool pool = pool(64L << 20);
        for (int i = 0; i < 5 * SLAB / LARGEST; i++) {
            take(pool);
        }
        assertThat(tasks).hasSize(1);
        assertThat(pool.allocatedBytes()).isEqualTo(5 * SLAB + BLOCK);
    }

    @Test
    void blocksKeepTheLimit() {
        AlignedBufferPool pool = pool(2L * BLOCK);
        takeAll(pool);
        runTasks();
        takeAll(pool);
        runTasks();
        assertThat(taken).hasSize(2 * BLOCK / LARGEST);
        assertThat(pool.allocatedBytes()).isEqualTo(2L * BLOCK);
        assertThat(blocks).isEqualTo(1);
    }

    @Test
    void whoWasRefusedBecauseOfAReservationIsTold() {
        AlignedBufferPool pool = pool(BLOCK + SLAB);
        assertThat(takeAll(pool)).isEqualTo(SLAB / LARGEST);
        int[] told = {0};
        for (int i = 0; i < 3; i++) {
            pool.onRelease(LARGEST, () -> ++told[0] > 0);
        }
        runTasks();
        assertThat(told[0]).isEqualTo(3);
        assertThat(takeAll(pool)).isEqualTo(BLOCK / LARGEST);
    }

    @Test
    void withoutMemoryForABlockTheReservationEnds() {
        int[] asked = {0};
        AlignedBufferPool pool = pool(BLOCK + SLAB, tasks::add, length -> {
            asked[0]++;
            throw new OutOfMemoryError("on purpose");
        });
        assertThat(takeAll(pool)).isEqualTo(SLAB / LARGEST);
        boolean[] told = {false};
        pool.onRelease(LARGEST, () -> told[0] = true);
        runTasks();
        assertThat(told[0]).isTrue();
        assertThat(takeAll(pool)).as("by slabs instead").isEqualTo(BLOCK / LARGEST);
        assertThat(tasks).isEmpty();
        assertThat(asked[0]).as("asked once, and never again").isEqualTo(1);
    }

    @Test
    void whenTheBackgroundRefusesTheReservationEnds() {
        boolean[] told = {false};
        AlignedBufferPool[] pool = new AlignedBufferPool[1];
        Executor closed = task -> {
            pool[0].onRelease(LARGEST, () -> told[0] = true);
            throw new RejectedExecutionException("on purpose");
        };
        pool[0] = pool(BLOCK + SLAB, closed, AlignedMemory::allocateHuge);
        assertThat(take(pool[0])).isNotNull();
        assertThat(told[0]).isTrue();
        assertThat(pool[0].allocatedBytes()).isEqualTo(SLAB);
        assertThat(takeAll(pool[0])).isEqualTo((BLOCK + SLAB) / LARGEST - 1);
    }

    @Test
    void aSmallPoolHasNoBlocks() {
        AlignedBufferPool small = new AlignedBufferPool(4L * BLOCK - 1, (Executor) tasks::add);
        take(small);
        assertThat(tasks).isEmpty();
        AlignedBufferPool large = new AlignedBufferPool(4L * BLOCK, (Executor) tasks::add);
        take(large);
        assertThat(tasks).hasSize(1);
    }

    @Test
    void theTransportAllocatesThemOnItsLane() throws Exception {
        try (TestTransport t =
                TestTransport.of(LoopKind.EPOLL, Engine.AUTO, options -> options.poolBytes(4L * BLOCK))) {
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                take(t.transport.pool());
                assertThat(t.transport.lane().queued()).isEqualTo(1);
            }
            Await.until("a block", () -> {
                take(t.transport.pool());
                ByteBuf last = taken.get(taken.size() - 1);
                return AlignedByteBuf.unwrap(last).memory().capacity() == BLOCK;
            });
            giveBack();
            taken.clear();
        }
    }
}
