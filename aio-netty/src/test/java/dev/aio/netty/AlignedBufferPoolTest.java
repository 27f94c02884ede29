package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aio.core.AlignedMemory;
import dev.aio.core.internal.Native;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.IllegalReferenceCountException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class AlignedBufferPoolTest {

    private static final int MIB = 1024 * 1024;
    private static final int[] SIZES = {4096, 16384, 65536, AlignedBufferPool.LARGEST};

    private final AlignedBufferPool pool = new AlignedBufferPool(8 * MIB);

    @AfterEach
    void nothingIsKept() {
        assertThat(pool.inUse()).as("buffers in use").isZero();
    }

    private static List<ByteBuf> takeAll(AlignedBufferPool from, int size) {
        List<ByteBuf> taken = new ArrayList<>();
        for (ByteBuf buffer = from.tryAllocate(size); buffer != null; buffer = from.tryAllocate(size)) {
            taken.add(buffer);
        }
        return taken;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4095, 4096, 4097, 16384, 16385, 65536, 65537, AlignedBufferPool.LARGEST})
    void buffersBeginAtAPageAndAreLargeEnough(int length) {
        List<ByteBuf> buffers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            buffers.add(pool.tryAllocate(length));
        }
        for (ByteBuf buffer : buffers) {
            AlignedByteBuf aligned = AlignedByteBuf.unwrap(buffer);
            assertThat(Native.bufferAddress(aligned.internalNioBuffer(0, 1).slice()) % 4096)
                    .isZero();
            assertThat(aligned.memoryOffset() % 4096).isZero();
            assertThat(buffer.capacity()).isGreaterThanOrEqualTo(length);
            assertThat(buffer.readableBytes()).isZero();
            buffer.release();
        }
    }

    @Test
    void buffersInUseDoNotOverlap() {
        List<ByteBuf> buffers = new ArrayList<>();
        for (int size : SIZES) {
            for (int i = 0; i < 5; i++) {
                buffers.add(pool.tryAllocate(size));
            }
        }
        for (int i = 0; i < buffers.size(); i++) {
            byte[] bytes = new byte[buffers.get(i).capacity()];
            Arrays.fill(bytes, (byte) i);
            buffers.get(i).writeBytes(bytes);
        }
        for (int i = 0; i < buffers.size(); i++) {
            ByteBuf buffer = buffers.get(i);
            assertThat(ByteBufUtil.getBytes(buffer)).containsOnly((byte) i);
            buffer.release();
        }
    }

    @Test
    void theBytesOfTheBufferAreThoseOfItsMemory() {
        ByteBuf buffer = pool.tryAllocate(4096);
        buffer.writeLong(0x0102030405060708L);
        AlignedByteBuf aligned = AlignedByteBuf.unwrap(buffer);
        assertThat(aligned.memory().buffer().getLong(aligned.memoryOffset())).isEqualTo(0x0102030405060708L);
        buffer.release();
    }

    @Test
    void tooLargeABufferIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pool.tryAllocate(AlignedBufferPool.LARGEST + 1))
                .withMessageContaining("length");
    }

    @Test
    void aBufferGivenBackIsHandedOutAgainEmpty() {
        ByteBuf first = pool.tryAllocate(4096);
        AlignedByteBuf chunk = AlignedByteBuf.unwrap(first);
        first.writeLong(1).readInt();
        first.release();
        ByteBuf second = pool.tryAllocate(4096);
        AlignedByteBuf again = AlignedByteBuf.unwrap(second);
        assertThat(again.memory()).isSameAs(chunk.memory());
        assertThat(again.memoryOffset()).isEqualTo(chunk.memoryOffset());
        assertThat(second.refCnt()).isEqualTo(1);
        assertThat(second.readerIndex()).isZero();
        assertThat(second.writerIndex()).isZero();
        second.release();
    }

    @Test
    void aBufferReleasedByAnotherThreadComesBack() throws Exception {
        List<ByteBuf> all = takeAll(pool, AlignedBufferPool.LARGEST);
        assertThat(all).hasSize(8 * MIB / AlignedBufferPool.LARGEST);
        Thread other = new Thread(() -> all.get(3).release());
        other.start();
        other.join();
        ByteBuf again = pool.tryAllocate(AlignedBufferPool.LARGEST);
        assertThat(again).isNotNull();
        all.set(3, again);
        all.forEach(ByteBuf::release);
    }

    @Test
    void theSecondReleaseThrows() {
        ByteBuf buffer = pool.tryAllocate(4096);
        assertThat(buffer.release()).isTrue();
        assertThatThrownBy(buffer::release).isInstanceOf(IllegalReferenceCountException.class);
        assertThat(pool.inUse()).isZero();
    }

    @Test
    void theSecondReleaseDoesNotPutTheBufferIntoThePoolTwice() {
        ByteBuf buffer = pool.tryAllocate(4096);
        buffer.release();
        assertThatThrownBy(buffer::release).isInstanceOf(IllegalReferenceCountException.class);
        List<ByteBuf> all = takeAll(pool, 4096);
        Set<AlignedByteBuf> chunks = identitySet();
        all.forEach(b -> chunks.add(AlignedByteBuf.unwrap(b)));
        assertThat(chunks).hasSameSizeAs(all);
        all.forEach(ByteBuf::release);
    }

    /** Buffers are equal when their bytes are. */
    private static Set<AlignedByteBuf> identitySet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }

    /** Whoever releases twice must not release what somebody else has by then. */
    @Test
    void theSecondReleaseDoesNotHarmTheNextOwner() {
        ByteBuf first = pool.tryAllocate(4096);
        AlignedByteBuf raw = AlignedByteBuf.unwrap(first);
        first.release();
        ByteBuf second = pool.tryAllocate(4096);
        assertThat(AlignedByteBuf.unwrap(second).memoryOffset()).isEqualTo(raw.memoryOffset());
        assertThatThrownBy(raw::release).isInstanceOf(IllegalReferenceCountException.class);
        assertThatThrownBy(first::release).isInstanceOf(IllegalReferenceCountException.class);
        assertThat(second.refCnt()).isEqualTo(1);
        second.writeLong(1);
        second.release();
    }

    @Test
    void withoutMemoryTheCountOfSlabsStaysRight() {
        boolean[] none = {true};
        AlignedBufferPool poor = new AlignedBufferPool(2 * MIB, length -> {
            if (none[0]) {
                throw new OutOfMemoryError("on purpose");
            }
            return AlignedMemory.allocate(length, AlignedMemory.PAGE);
        });
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> poor.tryAllocate(AlignedBufferPool.LARGEST))
                    .isInstanceOf(OutOfMemoryError.class);
        }
        assertThat(poor.allocatedBytes()).isZero();
        none[0] = false;
        List<ByteBuf> all = takeAll(poor, AlignedBufferPool.LARGEST);
        assertThat(all).as("all that the limit allows").hasSize(2 * MIB / AlignedBufferPool.LARGEST);
        all.forEach(ByteBuf::release);
    }

    @Test
    void withoutMemoryWhatIsInUseIsWaitedFor() {
        boolean[] none = {false};
        AlignedBufferPool poor = new AlignedBufferPool(8 * MIB, length -> {
            if (none[0]) {
                throw new OutOfMemoryError("on purpose");
            }
            return AlignedMemory.allocate(length, AlignedMemory.PAGE);
        });
        ByteBuf first = poor.tryAllocate(AlignedBufferPool.LARGEST);
        none[0] = true;
        List<ByteBuf> all = takeAll(poor, AlignedBufferPool.LARGEST);
        assertThat(all).hasSize(MIB / AlignedBufferPool.LARGEST - 1);
        assertThat(poor.tryAllocate(1)).as("nothing free, nothing to be had").isNull();
        all.forEach(ByteBuf::release);
        ByteBuf small = poor.tryAllocate(1);
        assertThat(small).as("a larger one serves").isNotNull();
        small.release();
        first.release();
        assertThat(poor.inUse()).isZero();
    }

    @Test
    void theLastQuarterIsNotAnnouncedToThoseWhoWaitForMore() {
        List<ByteBuf> all = takeAll(pool, AlignedBufferPool.LARGEST);
        int[] called = {0};
        pool.onSpare(() -> called[0]++);
        for (int i = 0; i < all.size(); i++) {
            all.get(i).release();
            assertThat(called[0]).as("after %s of %s", i + 1, all.size()).isEqualTo(i < all.size() / 4 ? 0 : 1);
        }
    }

    @Test
    void aReleasedBufferCannotBeRead() {
        ByteBuf buffer = pool.tryAllocate(4096);
        buffer.writeLong(1);
        buffer.release();
        assertThatThrownBy(buffer::readLong).isInstanceOf(IllegalReferenceCountException.class);
    }

    @Test
    void allSlabsTogetherKeepTheLimit() {
        List<ByteBuf> all = new ArrayList<>();
        for (int size : SIZES) {
            all.addAll(takeAll(pool, size));
        }
        // The last three sizes got one slab each, beyond the limit.
        assertThat(pool.allocatedBytes()).isEqualTo((8 + 3) * MIB);
        all.forEach(ByteBuf::release);
        assertThat(pool.allocatedBytes()).as("kept for reuse").isEqualTo((8 + 3) * MIB);
    }

    @Test
    void pressureIsToldInQuarters() {
        List<Integer> pressure = new ArrayList<>();
        List<ByteBuf> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            pressure.add(pool.quartersInUse());
            for (int used = 0; used < 2 * MIB; used += AlignedBufferPool.LARGEST) {
                all.add(pool.tryAllocate(AlignedBufferPool.LARGEST));
            }
        }
        pressure.add(pool.quartersInUse());
        assertThat(pressure).containsExactly(0, 1, 2, 3, 4);
        all.add(pool.tryAllocate(1)); // of the slab that this size has in any case
        assertThat(pool.quartersInUse()).isEqualTo(4);
        all.forEach(ByteBuf::release);
        assertThat(pool.quartersInUse()).isZero();
    }

    @Test
    void everySizeGetsOneSlabWhateverTheLimit() {
        AlignedBufferPool tiny = new AlignedBufferPool(0);
        List<ByteBuf> all = new ArrayList<>();
        for (int size : SIZES) {
            ByteBuf buffer = tiny.tryAllocate(size);
            assertThat(buffer).as("buffer of %s", size).isNotNull();
            all.add(buffer);
        }
        assertThat(tiny.allocatedBytes()).isEqualTo(4 * MIB);
        all.forEach(ByteBuf::release);
        assertThat(tiny.inUse()).isZero();
    }

    @Test
    void aLargerBufferServesWhereAllMemoryWentToItsSize() {
        AlignedBufferPool tiny = new AlignedBufferPool(MIB);
        tiny.tryAllocate(AlignedBufferPool.LARGEST).release();
        List<ByteBuf> small = takeAll(tiny, 4096);
        assertThat(small).hasSize(MIB / 4096 + MIB / AlignedBufferPool.LARGEST);
        small.forEach(ByteBuf::release);
        assertThat(takeAndRelease(tiny, AlignedBufferPool.LARGEST)).isEqualTo(MIB / AlignedBufferPool.LARGEST);
    }

    private static int takeAndRelease(AlignedBufferPool from, int size) {
        List<ByteBuf> all = takeAll(from, size);
        all.forEach(ByteBuf::release);
        return all.size();
    }

    @Test
    void theCapacityCannotBeChanged() {
        ByteBuf buffer = pool.tryAllocate(4096);
        assertThatThrownBy(() -> buffer.capacity(100)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> buffer.capacity(8192))
                .isInstanceOfAny(UnsupportedOperationException.class, IllegalArgumentException.class);
        assertThat(buffer.capacity(4096)).isNotNull();
        assertThat(buffer.capacity()).isEqualTo(4096);
        buffer.release();
    }

    @Test
    void aFullBufferRefusesMore() {
        ByteBuf buffer = pool.tryAllocate(4096);
        buffer.writeZero(4096);
        assertThatThrownBy(() -> buffer.writeByte(1)).isInstanceOf(IndexOutOfBoundsException.class);
        buffer.release();
    }

    @Test
    void unwrapFindsTheBufferBehindSlicesAndDuplicates() {
        ByteBuf buffer = pool.tryAllocate(4096);
        AlignedByteBuf aligned = AlignedByteBuf.unwrap(buffer);
        assertThat(buffer).as("leak detection wraps").isNotInstanceOf(AlignedByteBuf.class);
        assertThat(AlignedByteBuf.unwrap(buffer.slice(0, 10))).isSameAs(aligned);
        assertThat(AlignedByteBuf.unwrap(buffer.duplicate())).isSameAs(aligned);
        assertThat(AlignedByteBuf.unwrap(buffer.asReadOnly())).isSameAs(aligned);
        buffer.release();
    }

    @Test
    void unwrapRefusesBuffersFromElsewhere() {
        ByteBuf other = Unpooled.directBuffer(1);
        assertThat(AlignedByteBuf.isAligned(other)).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> AlignedByteBuf.unwrap(other));
        other.release();
    }

    @Test
    void retainedSlicesKeepTheBufferOutOfThePool() {
        ByteBuf buffer = pool.tryAllocate(4096);
        buffer.writeLong(42).writeLong(43);
        ByteBuf slice = buffer.retainedSlice(8, 8);
        ByteBuf duplicate = buffer.retainedDuplicate();
        buffer.release();
        assertThat(pool.inUse()).isEqualTo(1);
        assertThat(slice.readLong()).isEqualTo(43);
        slice.release();
        assertThat(pool.inUse()).isEqualTo(1);
        assertThat(duplicate.readLong()).isEqualTo(42);
        duplicate.release();
        assertThat(pool.inUse()).isZero();
    }

    @Test
    void aCompositeGivesItsPartsBack() {
        ByteBuf first = pool.tryAllocate(10).writeInt(1);
        ByteBuf second = pool.tryAllocate(10).writeInt(2);
        CompositeByteBuf both = Unpooled.compositeBuffer().addComponents(true, first, second);
        assertThat(both.readLong()).isEqualTo(1L << 32 | 2);
        both.release();
        assertThat(pool.inUse()).isZero();
    }

    @Test
    void copiesDoNotUseThePool() {
        ByteBuf buffer = pool.tryAllocate(4096).writeLong(42);
        ByteBuf copy = buffer.copy();
        assertThat(pool.inUse()).isEqualTo(1);
        assertThat(AlignedByteBuf.isAligned(copy)).isFalse();
        buffer.release();
        assertThat(ByteBufUtil.getBytes(copy)).hasSize(8);
        copy.release();
    }

    @Test
    void aBufferThatIsLostIsReported() {
        AlignedBufferPool other = new AlignedBufferPool(MIB);
        lose(other);
        assertThat(LeakGate.collect()).hasSize(1).allMatch(report -> report.contains("AlignedBufferPoolTest.lose"));
        assertThat(other.inUse()).isEqualTo(1);
    }

    private static void lose(AlignedBufferPool from) {
        from.tryAllocate(100).writeByte(1);
    }

    @Test
    void whoWaitsIsCalledOnceWhenABufferComesBack() {
        AlignedBufferPool tiny = new AlignedBufferPool(0);
        List<ByteBuf> all = takeAll(tiny, AlignedBufferPool.LARGEST);
        List<String> calls = new ArrayList<>();
        waitFor(tiny, () -> calls.add("first"));
        waitFor(tiny, () -> calls.add("second"));
        assertThat(calls).isEmpty();
        all.get(0).release();
        assertThat(calls).containsExactly("first");
        all.get(1).release();
        assertThat(calls).containsExactly("first", "second");
        all.get(2).release();
        assertThat(calls).hasSize(2);
        all.get(3).release();
    }

    @Test
    void whoCannotUseTheNewsLeavesItToTheNext() {
        AlignedBufferPool tiny = new AlignedBufferPool(0);
        List<ByteBuf> all = takeAll(tiny, AlignedBufferPool.LARGEST);
        List<String> calls = new ArrayList<>();
        waitFor(tiny, () -> !calls.add("gone"));
        waitFor(tiny, () -> calls.add("waiting"));
        waitFor(tiny, () -> calls.add("last"));
        all.get(0).release();
        assertThat(calls).containsExactly("gone", "waiting");
        all.subList(1, 4).forEach(ByteBuf::release);
    }

    private static void waitFor(AlignedBufferPool in, BooleanSupplier retry) {
        in.onRelease(AlignedBufferPool.LARGEST, retry);
    }

    @Test
    void manyThreadsNeverShareABuffer() throws Exception {
        long seed = System.nanoTime();
        Set<AlignedByteBuf> held = Collections.synchronizedSet(identitySet());
        int threads = 4;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        List<Future<?>> runs = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            Random random = new Random(seed + t);
            runs.add(executor.submit(() -> {
                List<ByteBuf> mine = new ArrayList<>();
                for (int i = 0; i < 5_000; i++) {
                    ByteBuf buffer = mine.size() < 20 ? pool.tryAllocate(SIZES[random.nextInt(4)]) : null;
                    if (buffer != null) {
                        assertThat(held.add(AlignedByteBuf.unwrap(buffer)))
                                .as("seed %s", seed)
                                .isTrue();
                        mine.add(buffer);
                    } else if (!mine.isEmpty()) {
                        ByteBuf back = mine.remove(random.nextInt(mine.size()));
                        held.remove(AlignedByteBuf.unwrap(back));
                        back.release();
                    }
                }
                mine.forEach(b -> held.remove(AlignedByteBuf.unwrap(b)));
                mine.forEach(ByteBuf::release);
            }));
        }
        for (Future<?> run : runs) {
            run.get(50, TimeUnit.SECONDS);
        }
        executor.shutdown();
        assertThat(held.size()).isZero();
    }
}
