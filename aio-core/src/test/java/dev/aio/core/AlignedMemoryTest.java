package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aio.core.internal.Native;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AlignedMemoryTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 512, 4096, 1 << 20})
    void shouldBeginAtTheAlignment(int alignment) {
        for (int i = 0; i < 10; i++) {
            AlignedMemory memory = AlignedMemory.allocate(3 * alignment, alignment);
            assertThat(memory.address(0, 0) % alignment).isZero();
            assertThat(memory.capacity()).isEqualTo(3 * alignment);
            assertThat(memory.buffer().capacity()).isEqualTo(3 * alignment);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 4095, -1, -4096})
    void shouldRefuseAnAlignmentThatIsNoPowerOfTwo(int alignment) {
        assertThatThrownBy(() -> AlignedMemory.allocate(4096, alignment))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("alignment: " + alignment);
    }

    @ParameterizedTest
    @CsvSource({"0, 512", "-512, 512", "513, 512", "4096, 8192"})
    void shouldRefuseACapacityThatIsNoMultipleOfTheAlignment(int capacity, int alignment) {
        assertThatThrownBy(() -> AlignedMemory.allocate(capacity, alignment))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("capacity: " + capacity + " (expected: a positive multiple of " + alignment + ")");
    }

    @Test
    void shouldSliceTheSameMemory() {
        AlignedMemory memory = AlignedMemory.allocate(4096, 4096);
        memory.slice(100, 10).put(0, (byte) 42);
        assertThat(memory.buffer().get(100)).isEqualTo((byte) 42);
        assertThatThrownBy(() -> memory.address(4096, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> memory.address(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void shouldShareTheWholeOfADirectBuffer() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(100).position(10).limit(20);
        AlignedMemory memory = AlignedMemory.of(buffer);
        assertThat(memory.capacity()).isEqualTo(100);
        assertThat(memory.isReadOnly()).isFalse();
        memory.slice(99, 1).put(0, (byte) 42);
        assertThat(buffer.clear().get(99)).isEqualTo((byte) 42);
        assertThat(memory.address(0, 100)).isEqualTo(Native.bufferAddress(buffer));
    }

    @Test
    void shouldBeginWhereASliceBegins() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(100);
        AlignedMemory memory = AlignedMemory.of(buffer.slice(30, 10));
        assertThat(memory.capacity()).isEqualTo(10);
        assertThat(memory.address(0, 10)).isEqualTo(Native.bufferAddress(buffer) + 30);
    }

    @Test
    void shouldKnowThatABufferIsReadOnly() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(100);
        assertThat(AlignedMemory.of(buffer.asReadOnlyBuffer()).isReadOnly()).isTrue();
        assertThat(AlignedMemory.allocate(4096, 4096).isReadOnly()).isFalse();
    }

    @Test
    void shouldRefuseABufferOnTheHeap() {
        assertThatThrownBy(() -> AlignedMemory.of(ByteBuffer.allocate(100)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("heap buffer (expected: a direct buffer");
    }
}
