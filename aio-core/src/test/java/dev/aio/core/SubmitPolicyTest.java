package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.core.internal.Linux;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is taken for a sign that the disk's queue is full: a thread that gave its CPU up, not one that lost it. */
class SubmitPolicyTest {

    private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(3);
    private static final long FAST_NANOS = TimeUnit.MICROSECONDS.toNanos(30);

    private final SubmitPolicy policy = new SubmitPolicy();

    @Test
    void shouldBeCongestedAfterASlowSubmissionThatWaited() throws InterruptedException {
        long before = policy.switches();
        waitSince(before);
        policy.submitted(SLOW_NANOS, before);
        assertThat(policy.isCongested()).isTrue();
    }

    @Test
    void shouldNotBeCongestedAfterASlowOneThatDidNotWait() {
        policy.submitted(SLOW_NANOS, policy.switches());
        assertThat(policy.isCongested()).isFalse();
    }

    @Test
    void shouldNotBeCongestedAfterAFastOne() throws InterruptedException {
        long before = policy.switches();
        waitSince(before);
        policy.submitted(FAST_NANOS, before);
        assertThat(policy.isCongested()).isFalse();
    }

    @Test
    void shouldSuspectEverySlowOneWhereTheKernelDoesNotTell() {
        policy.submitted(SLOW_NANOS, -Linux.EPERM);
        assertThat(policy.isCongested()).isTrue();
    }

    private void waitSince(long before) throws InterruptedException {
        while (policy.switches() == before) {
            Thread other = new Thread(() -> {});
            other.start();
            other.join(); // waits, unless that one was faster
        }
    }
}
