package dev.aio.netty;

import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** Waits with a deadline, and says for what when it is over. */
public final class Await {

    public static final Duration DEADLINE = Duration.ofSeconds(20);

    private Await() {}

    public static void until(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(DEADLINE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(condition);
    }

    /** The result of a future; throws its cause as it is. */
    public static <T> T result(Future<T> future) throws Exception {
        ended(future);
        if (future.isSuccess()) {
            return future.getNow();
        }
        Throwable cause = future.cause();
        throw cause instanceof Exception e ? e : new IllegalStateException(cause);
    }

    /** Waits for the end of a future, whichever it is. */
    public static <T> Future<T> ended(Future<T> future) {
        try {
            if (!future.await(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("no end within " + DEADLINE + ": " + future);
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while waiting for " + future, e);
        }
        return future;
    }
}
