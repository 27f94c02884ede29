package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LaneSequenceTest {

    private final Lane lane = new Lane(4, 4, overload -> {});
    private final LaneSequence sequence =
            new LaneSequence(lane, InternalLoggerFactory.getInstance(LaneSequenceTest.class), "expected in this test");

    @AfterEach
    void end() throws Exception {
        lane.shutdown();
        lane.awaitTermination();
    }

    @Test
    void carriesOutOneStepAtATimeInTheirOrder() {
        List<Integer> done = new ArrayList<>(); // not safe for several threads at a time
        AtomicInteger running = new AtomicInteger();
        for (int i = 0; i < 10_000; i++) {
            int step = i;
            sequence.execute(() -> {
                assertThat(running.incrementAndGet()).isEqualTo(1);
                done.add(step);
                running.decrementAndGet();
            });
        }
        Await.until("all steps", sequence::isIdle);
        assertThat(done).isEqualTo(IntStream.range(0, 10_000).boxed().toList());
    }

    @Test
    void takesOneThreadHoweverManyStepsWait() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch reached = new CountDownLatch(1);
        sequence.execute(() -> {
            reached.countDown();
            awaitUninterruptibly(blocked);
        });
        reached.await();
        for (int i = 0; i < 100; i++) {
            sequence.execute(() -> {});
        }
        assertThat(lane.snapshot().active()).isEqualTo(1);
        assertThat(lane.snapshot().queued()).isZero();
        assertThat(sequence.isIdle()).isFalse();
        blocked.countDown();
        Await.until("all steps", sequence::isIdle);
    }

    @Test
    void goesOnAfterAStepThatThrows() {
        AtomicInteger done = new AtomicInteger();
        sequence.execute(() -> {
            throw new IllegalStateException("of a step");
        });
        sequence.execute(done::incrementAndGet);
        Await.until("all steps", sequence::isIdle);
        assertThat(done).hasValue(1);
    }

    @Test
    void carriesOutWhatIsThereWhenItIsClosedAndNothingMore() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        AtomicInteger done = new AtomicInteger();
        sequence.execute(() -> awaitUninterruptibly(blocked));
        sequence.execute(done::incrementAndGet);
        sequence.close();
        assertThatThrownBy(() -> sequence.execute(done::incrementAndGet))
                .isInstanceOf(RejectedExecutionException.class);
        blocked.countDown();
        Await.until("all steps", sequence::isIdle);
        assertThat(done).hasValue(1);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
