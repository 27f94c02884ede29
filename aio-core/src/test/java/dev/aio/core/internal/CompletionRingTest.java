package dev.aio.core.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against a ring made by hand, laid out as fs/aio.c does it. */
class CompletionRingTest {

    private static final int SLOTS = 4;
    private static final int HEAD = 8;
    private static final int TAIL = 12;

    private final ByteBuffer memory = ByteBuffer.allocateDirect(32 + SLOTS * 32).order(ByteOrder.nativeOrder());

    @BeforeEach
    void layOut() {
        memory.putInt(4, SLOTS);
        memory.putInt(16, CompletionRing.MAGIC);
        memory.putInt(20, 1); // compat features may be anything
        memory.putInt(28, 32);
    }

    @ParameterizedTest
    @CsvSource({"16, 0", "24, 1", "28, 64", "4, 0"})
    void shouldNotTouchWhatIsNotTheKnownLayout(int offset, int value) {
        memory.putInt(offset, value);
        assertThat(map()).isNull();
    }

    @Test
    void shouldTakeAZeroPageForNoRing() {
        for (int i = 0; i < memory.capacity(); i++) {
            memory.put(i, (byte) 0);
        }
        assertThat(map()).isNull();
    }

    @Test
    void shouldReadEventsInOrderAndGoRound() {
        CompletionRing ring = map();
        assertThat(ring.capacity()).isEqualTo(SLOTS);
        assertThat(ring.available()).isZero();
        int tail = 0;
        for (int event = 0; event < 10; event += 2) {
            for (int i = event; i < event + 2; i++) {
                memory.putLong(32 + tail * 32, 1000L + i);
                memory.putLong(32 + tail * 32 + 16, -i);
                tail = (tail + 1) % SLOTS;
            }
            memory.putInt(TAIL, tail);
            for (int i = event; i < event + 2; i++) {
                assertThat(ring.available()).isEqualTo(event + 2 - i);
                assertThat(ring.data()).isEqualTo(1000L + i);
                assertThat(ring.result()).isEqualTo(-i);
                ring.consumed();
                assertThat(memory.getInt(HEAD)).isEqualTo((i + 1) % SLOTS);
            }
            assertThat(ring.available()).isZero();
        }
    }

    @Test
    void shouldSeeThatTheKernelMovedHead() {
        CompletionRing ring = map();
        memory.putInt(TAIL, 3);
        assertThat(ring.available()).isEqualTo(3);
        memory.putInt(HEAD, 2); // io_getevents took two
        memory.putLong(32 + 2 * 32, 77);
        assertThat(ring.available()).isEqualTo(1);
        assertThat(ring.data()).isEqualTo(77);
    }

    private CompletionRing map() {
        return CompletionRing.map(Native.bufferAddress(memory));
    }
}
