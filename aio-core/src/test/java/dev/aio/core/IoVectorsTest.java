package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aio.core.internal.Native;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IoVectorsTest {

    private final AlignedMemory memory = AlignedMemory.allocate(4096, 4096);

    @Test
    void shouldCountPiecesAndBytes() {
        IoVectors vectors = new IoVectors(2).add(memory, 0, 1000).add(memory, 1000, 24);
        assertThat(vectors.count()).isEqualTo(2);
        assertThat(vectors.length()).isEqualTo(1024);
        vectors.clear();
        assertThat(vectors.count()).isZero();
        assertThat(vectors.length()).isZero();
        vectors.add(memory, 0, 4096);
        assertThat(vectors.length()).isEqualTo(4096);
    }

    @Test
    void shouldRefuseOnePieceTooMany() {
        IoVectors vectors = new IoVectors(1).add(memory, 0, 1);
        assertThatThrownBy(() -> vectors.add(memory, 0, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("all 1 vectors are taken");
        assertThat(vectors.count()).isEqualTo(1);
    }

    @Test
    void shouldRefuseAPieceOutsideTheMemory() {
        IoVectors vectors = new IoVectors(1);
        assertThatThrownBy(() -> vectors.add(memory, 1, 4096)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> vectors.add(memory, 0, -1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(vectors.count()).isZero();
        assertThat(vectors.length()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, IoVectors.MAX_CAPACITY + 1})
    void shouldRefuseACapacityOutOfBounds(int capacity) {
        assertThatThrownBy(() -> new IoVectors(capacity))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("capacity: " + capacity + " (expected: 1..1048576)");
    }

    @Test
    void shouldTakeMorePiecesThanTheKernelAtOnce() {
        IoVectors vectors = new IoVectors(IoVectors.MAX_CAPACITY);
        for (int i = 0; i < IoVectors.MAX_CAPACITY; i++) {
            vectors.add(memory, i % 4096, 1);
        }
        int last = IoVectors.MAX_CAPACITY - 1;
        assertThat(vectors.length()).isEqualTo(IoVectors.MAX_CAPACITY);
        assertThat(vectors.memory(last)).isSameAs(memory);
        assertThat(vectors.offset(last)).isEqualTo(4095);
        assertThat(vectors.pieceLength(last)).isEqualTo(1);
        assertThat(vectors.address(last)).isEqualTo(vectors.address(0) + 16L * last);
        assertIovec(vectors, last, memory.address(4095, 1), 1);
    }

    @Test
    void shouldLeaveOutWhatWasTransferredUntilRestored() {
        IoVectors vectors = new IoVectors(2).add(memory, 0, 10).add(memory, 100, 50);
        vectors.adjust(1, 20);
        assertIovec(vectors, 1, memory.address(120, 30), 30);
        assertThat(vectors.length()).as("of the operation").isEqualTo(60);
        assertThat(vectors.pieceLength(1)).isEqualTo(50);
        vectors.adjust(1, 50);
        assertIovec(vectors, 1, memory.address(150, 0), 0);
        vectors.restore(1);
        assertIovec(vectors, 1, memory.address(100, 50), 50);
        assertIovec(vectors, 0, memory.address(0, 10), 10);
    }

    private static void assertIovec(IoVectors vectors, int piece, long base, long length) {
        ByteBuffer iovec = Native.view(vectors.address(piece), 16).order(ByteOrder.nativeOrder());
        assertThat(iovec.getLong(0)).isEqualTo(base);
        assertThat(iovec.getLong(8)).isEqualTo(length);
    }

    @Test
    void shouldNotChangeWhileAnOperationUsesIt() {
        IoVectors vectors = new IoVectors(2).add(memory, 0, 10);
        assertThat(vectors.tryUse()).isTrue();
        assertThat(vectors.tryUse()).as("by a second one").isFalse();
        assertThatThrownBy(() -> vectors.add(memory, 0, 10))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is used by an operation in flight");
        assertThatThrownBy(vectors::clear).isInstanceOf(IllegalStateException.class);
        assertThat(vectors.count()).isEqualTo(1);
        vectors.endUse();
        vectors.add(memory, 0, 10);
        assertThat(vectors.tryUse()).isTrue();
    }
}
