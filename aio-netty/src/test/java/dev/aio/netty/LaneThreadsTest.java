package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LaneThreadsTest {

    private static final int LIMIT = 3;
    private static final long LONG = 3_600_000;

    private final CountDownLatch free = new CountDownLatch(1);
    private LaneThreads threads = new LaneThreads("lane-under-test", LIMIT, LONG);

    @AfterEach
    void end() throws InterruptedException {
        free.countDown();
        threads.shutdown();
        threads.awaitTermination();
    }

    private static Set<String> names() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("lane-under-test"))
                .collect(Collectors.toSet());
    }

    private void occupy(int count) {
        CountDownLatch busy = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            threads.execute(() -> {
                busy.countDown();
                TestTransport.awaitUninterruptibly(free);
            });
        }
        TestTransport.awaitUninterruptibly(busy);
    }

    @Test
    void shouldHaveNoThreadWithoutTask() {
        assertThat(names()).isEmpty();
    }

    @Test
    void shouldUseTheThreadThatIsFree() {
        Set<String> used = ConcurrentHashMap.newKeySet();
        for (int i = 1; i <= 100; i++) {
            int done = i;
            threads.execute(() -> used.add(Thread.currentThread().getName() + "/" + done));
            Await.until("task " + i, () -> used.size() == done && threads.active() == 0);
        }

        assertThat(used).allMatch(name -> name.startsWith("lane-under-test-0/"));
    }

    @Test
    void shouldStartAsManyAsAreNeededUpToTheLimit() {
        occupy(LIMIT);
        List<Integer> order = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(2);
        for (int i = 0; i < 2; i++) {
            int number = i;
            threads.execute(() -> {
                synchronized (order) {
                    order.add(number);
                }
                done.countDown();
            });
        }

        assertThat(names()).containsExactlyInAnyOrder("lane-under-test-0", "lane-under-test-1", "lane-under-test-2");
        assertThat(threads.active()).isEqualTo(LIMIT);
        assertThat(threads.queued()).isEqualTo(2);
        free.countDown();
        TestTransport.awaitUninterruptibly(done);
        assertThat(threads.queued()).isZero();
    }

    @Test
    void shouldEndThreadsThatHaveNothingToDo() {
        threads = new LaneThreads("lane-under-test", LIMIT, 1);
        AtomicInteger ran = new AtomicInteger();
        for (int i = 1; i <= 100; i++) {
            threads.execute(ran::incrementAndGet);
            if (i % 10 == 0) {
                Await.until("no thread after task " + i, () -> names().isEmpty());
            }
        }

        assertThat(ran).hasValue(100);
    }

    @Test
    void shouldGoOnAfterATaskThatThrows() {
        CountDownLatch done = new CountDownLatch(1);
        threads.execute(() -> {
            throw new IllegalStateException("thrown by the test");
        });
        threads.execute(done::countDown);

        TestTransport.awaitUninterruptibly(done);
    }

    @Test
    void shouldRunWhatItHasAcceptedBeforeItEnds() throws InterruptedException {
        occupy(LIMIT);
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 10; i++) {
            threads.execute(ran::incrementAndGet);
        }
        threads.shutdown();
        assertThatThrownBy(() -> threads.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        free.countDown();
        threads.awaitTermination();

        assertThat(ran).hasValue(10);
        Await.until("the end of all threads", () -> names().isEmpty());
    }

    @Test
    void shouldGiveBackATaskThatHasNotBegun() {
        occupy(LIMIT);
        AtomicInteger ran = new AtomicInteger();
        Runnable task = ran::incrementAndGet;
        threads.execute(task);

        assertThat(threads.remove(task)).isTrue();
        assertThat(threads.remove(task)).isFalse();
        assertThat(threads.queued()).isZero();
    }
}
