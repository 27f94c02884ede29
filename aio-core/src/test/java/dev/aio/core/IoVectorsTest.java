package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
}
