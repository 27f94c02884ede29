package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.channel.EventLoopGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LoadTest {

    private final EventLoopGroup group = LoopKind.LOCAL.newGroup(1);

    @AfterEach
    void endGroup() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private AioTransportBuilder options() {
        return AioTransport.builder(group).depth(10).pendingLimit(90);
    }

    @Test
    void turnsUnwritableAtTheHighMarkAndWritableAtTheLowOne() {
        Load load = Load.of(options().waterMarks(20, 40), 10);
        List<Boolean> changes = new ArrayList<>();
        load.addUser(() -> changes.add(load.isWritable()));
        for (int i = 0; i < 39; i++) {
            load.enter();
        }
        assertThat(load.isWritable()).isTrue();
        load.enter();
        assertThat(load.isWritable()).isFalse();
        for (int i = 40; i > 21; i--) {
            load.leave();
        }
        assertThat(load.isWritable()).isFalse();
        load.leave();
        assertThat(load.isWritable()).isTrue();
        assertThat(changes).containsExactly(false, true);
    }

    @Test
    void marksShrinkWithWhatTheHostHasGiven() {
        Load load =
                Load.of(AioTransport.builder(group).depth(500).pendingLimit(2).waterMarks(400, 500), 8);
        for (int i = 0; i < 10; i++) {
            assertThat(load.tryEnter()).isTrue();
        }
        assertThat(load.isWritable()).isFalse();
        assertThat(load.tryEnter()).isFalse();
        assertThat(load.rejection()).hasMessageContaining("depth 8, pending limit 2");
        load.leave();
        assertThat(load.isWritable()).isTrue();
        assertThat(load.used()).isEqualTo(9);
    }

    @Test
    void manyThreadsDoNotLeaveItUnwritable() throws InterruptedException {
        Load load = Load.of(options().waterMarks(1, 3), 10);
        AtomicInteger refused = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Thread thread = new Thread(() -> {
                for (int j = 0; j < 20_000; j++) {
                    if (load.tryEnter()) {
                        load.leave();
                    } else {
                        refused.incrementAndGet();
                    }
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(load.used()).isZero();
        assertThat(load.isWritable()).isTrue();
        assertThat(refused.get()).isZero();
    }

    /** What is refused never counts, not even for a moment, in which those who leave would find it still full. */
    @Test
    void refusalsDoNotLeaveItUnwritable() throws InterruptedException {
        Load load = new Load(1, options().waterMarks(0, 1), used -> "full");
        int rounds = 2_000;
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        AtomicInteger stuck = new AtomicInteger();
        Runnable user = () -> {
            for (int round = 1; round <= rounds; round++) {
                meet(begun, 2 * round);
                for (int i = 0; i < 3; i++) {
                    if (load.tryEnter()) {
                        load.leave();
                    }
                }
                meet(ended, 2 * round);
                if (!load.isWritable()) {
                    stuck.incrementAndGet();
                }
            }
        };
        Thread one = new Thread(user);
        Thread other = new Thread(user);
        one.start();
        other.start();
        one.join();
        other.join();
        assertThat(load.used()).isZero();
        assertThat(stuck.get()).as("rounds after which it was unwritable").isZero();
    }

    private static void meet(AtomicInteger comers, int all) {
        comers.incrementAndGet();
        while (comers.get() < all) {
            Thread.onSpinWait(); // so that they meet at once
        }
    }

    @Test
    void marksOutOfOrderAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options().waterMarks(5, 5))
                .withMessageContaining("low < high");
        assertThatIllegalArgumentException().isThrownBy(() -> options().waterMarks(-1, 5));
    }
}
