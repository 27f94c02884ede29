package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SlotTableTest {

    private static final AioCompletion COMPLETION = (token, result) -> {};

    private final SlotTable slots = new SlotTable(4);

    @Test
    void shouldHandOutEachSlotOnce() {
        Set<Integer> taken = new HashSet<>();
        for (int i = 0; i < 4; i++) {
            taken.add(prepare(i));
        }
        assertThat(taken).containsExactlyInAnyOrder(0, 1, 2, 3);
        assertThat(prepare(4)).isEqualTo(SlotTable.NONE);
        assertThat(slots.freeCount()).isZero();
        assertThat(slots.preparedCount()).isEqualTo(4);
    }

    @Test
    void shouldKnowAnEventOnlyWhileItsOperationIsInFlight() {
        int slot = prepare(0);
        long data = slots.data(slot);
        assertThat(slots.slotOf(data)).as("prepared").isEqualTo(SlotTable.NONE);
        slots.submitted(1);
        assertThat(slots.slotOf(data)).as("in flight").isEqualTo(slot);
        slots.finish(slot);
        assertThat(slots.slotOf(data)).as("finished").isEqualTo(SlotTable.NONE);
    }

    @Test
    void shouldNotTakeAnEventOfAnEarlierGenerationForTheSlotsOwn() {
        int slot = prepare(0);
        long stale = slots.data(slot);
        slots.submitted(1);
        slots.finish(slot);
        assertThat(prepare(1)).as("the same slot again").isEqualTo(slot);
        slots.submitted(1);
        assertThat(slots.slotOf(stale)).isEqualTo(SlotTable.NONE);
        assertThat(slots.slotOf(slots.data(slot))).isEqualTo(slot);
    }

    @Test
    void shouldKnowNoEventThatPointsOutsideTheTable() {
        prepare(0);
        slots.submitted(1);
        assertThat(slots.slotOf(1L << 32 | 4)).isEqualTo(SlotTable.NONE);
        assertThat(slots.slotOf(1L << 32 | 0xffffffffL)).isEqualTo(SlotTable.NONE);
        assertThat(slots.slotOf(-1L)).isEqualTo(SlotTable.NONE);
    }

    @Test
    void shouldForgetWhatTheOperationUsed() {
        int slot = prepare(7);
        assertThat(slots.completion(slot)).isSameAs(COMPLETION);
        assertThat(slots.token(slot)).isEqualTo(7);
        slots.submitted(1);
        slots.finish(slot);
        assertThat(slots.completion(slot)).isNull();
        assertThat(slots.file(slot)).isNull();
    }

    @Test
    void shouldKeepTheOrderOfPreparationThroughRefusalsAndReuse() {
        SlotTable table = new SlotTable(7);
        Random random = new Random(1);
        Deque<Integer> prepared = new ArrayDeque<>();
        Deque<Integer> inFlight = new ArrayDeque<>();
        for (int step = 0; step < 10_000; step++) {
            switch (random.nextInt(4)) {
                case 0:
                    int slot = table.prepare(null, null, COMPLETION, step);
                    assertThat(slot == SlotTable.NONE).isEqualTo(prepared.size() + inFlight.size() == 7);
                    if (slot != SlotTable.NONE) {
                        prepared.add(slot);
                    }
                    break;
                case 1:
                    int n = prepared.isEmpty() ? 0 : random.nextInt(prepared.size() + 1);
                    table.submitted(n);
                    for (int i = 0; i < n; i++) {
                        inFlight.add(prepared.remove());
                    }
                    break;
                case 2:
                    if (!prepared.isEmpty()) {
                        int refused = table.refused();
                        assertThat(refused).isEqualTo(prepared.remove());
                        table.finish(refused);
                    }
                    break;
                default:
                    if (!inFlight.isEmpty()) {
                        table.finish(inFlight.remove());
                    }
            }
            assertThat(table.preparedCount()).isEqualTo(prepared.size());
            assertThat(table.inFlight()).isEqualTo(inFlight.size());
            assertThat(table.freeCount()).isEqualTo(7 - prepared.size() - inFlight.size());
            int i = 0;
            for (int slot : prepared) {
                assertThat(table.prepared(i++)).isEqualTo(slot);
            }
        }
    }

    private int prepare(long token) {
        return slots.prepare(null, null, COMPLETION, token);
    }
}
