package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** With the share of a device that was not looked up: 32 requests. */
class DiskQueueTest {

    private static final int SHARE = 32;

    private final DiskQueue queue = new DiskQueue();
    private final List<String> called = new ArrayList<>();

    @Test
    void shouldAdmitAsManyRequestsAsItsShare() {
        for (int i = 0; i < SHARE; i++) {
            assertThat(queue.tryBegin(1)).isTrue();
        }
        assertThat(queue.tryBegin(1)).isFalse();
        queue.end(1);
        assertThat(queue.tryBegin(1)).isTrue();
        assertThat(queue.tryBegin(1)).isFalse();
    }

    @Test
    void shouldAlwaysAdmitOneReadHoweverLarge() {
        assertThat(queue.tryBegin(10 * SHARE)).isTrue();
        assertThat(queue.tryBegin(10 * SHARE)).isFalse();
        queue.end(10 * SHARE);
        assertThat(queue.tryBegin(10 * SHARE)).isTrue();
    }

    @Test
    void shouldNotLetReadsOfManyRequestsHoldUpOthers() {
        assertThat(queue.tryBegin(SHARE)).isTrue();
        assertThat(queue.tryBegin(DiskQueue.FEW + 1)).isFalse();
        assertThat(queue.tryBegin(DiskQueue.FEW)).isTrue();
    }

    @Test
    void shouldCallOneOfThoseThatWaitForEachReadThatEnds() {
        queue.tryBegin(1);
        queue.tryBegin(1);
        queue.onEnd(1, () -> called.add("first"));
        queue.onEnd(1, () -> called.add("second"));
        queue.onEnd(SHARE, () -> called.add("waits for another kind"));
        assertThat(called).isEmpty();
        queue.end(1);
        assertThat(called).containsExactly("first");
        queue.end(1);
        assertThat(called).containsExactly("first", "second");
    }

    @Test
    void shouldPassTheCallOnIfItsReceiverNoLongerWaits() {
        queue.tryBegin(1);
        queue.onEnd(1, () -> {
            called.add("gone");
            return false;
        });
        queue.onEnd(1, () -> called.add("waiting"));
        queue.onEnd(1, () -> called.add("next time"));
        queue.end(1);
        assertThat(called).containsExactly("gone", "waiting");
    }

    @Test
    void shouldPassTheCallOnIfItsReceiverFails() {
        queue.tryBegin(1);
        queue.onEnd(1, () -> {
            throw new IllegalStateException("expected by the test");
        });
        queue.onEnd(1, () -> called.add("waiting"));
        queue.end(1);
        assertThat(called).containsExactly("waiting");
        assertThat(queue.tryBegin(SHARE)).as("the place is given back").isTrue();
    }
}
