package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aio.core.internal.Native;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AlignedMemoryTest {

    private static final Path TRANSPARENT_HUGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
    private static final Pattern RANGE = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) ");

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

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void shouldLieInHugePagesWhereThereAreAny(int pages) throws IOException {
        int capacity = pages * AlignedMemory.HUGE_PAGE;
        AlignedMemory memory = AlignedMemory.allocateHuge(capacity);
        long address = memory.address(0, capacity);
        assertThat(address % AlignedMemory.HUGE_PAGE).isZero();
        assertThat(memory.capacity()).isEqualTo(capacity);
        assertThat(memory.buffer().mismatch(ByteBuffer.allocate(capacity)))
                .as("zeroed")
                .isEqualTo(-1);
        memory.buffer().put(capacity - 1, (byte) 42);
        assertThat(mappingsOf(address, address + capacity))
                .as("VmFlags of what lies there, advised or, where the kernel knows no huge pages, not")
                .allMatch(flags -> flags.contains(" hg") == Files.exists(TRANSPARENT_HUGE_PAGES));
    }

    /** The VmFlags of all mappings that have a part of a range. */
    private static List<String> mappingsOf(long begin, long end) throws IOException {
        List<String> flags = new ArrayList<>();
        boolean inside = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            Matcher range = RANGE.matcher(line);
            if (range.lookingAt()) {
                inside = Long.parseUnsignedLong(range.group(1), 16) < end
                        && Long.parseUnsignedLong(range.group(2), 16) > begin;
            } else if (inside && line.startsWith("VmFlags:")) {
                flags.add(line);
            }
        }
        assertThat(flags).isNotEmpty();
        return flags;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 4096, AlignedMemory.HUGE_PAGE + 4096})
    void shouldRefuseACapacityThatIsNoMultipleOfAHugePage(int capacity) {
        assertThatThrownBy(() -> AlignedMemory.allocateHuge(capacity))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("capacity: " + capacity + " (expected: a positive multiple of 2097152)");
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
