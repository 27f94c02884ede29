package dev.aio.netty;

import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Netty's futures for those who speak {@link CompletionStage}. */
public final class AioFutures {

    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(AioFutures.class);

    private AioFutures() {}

    /**
     * A stage that ends as the future does, on the future's event loop. Failures are passed on as they are.
     *
     * <p>Works backwards too: if {@link CompletionStage#toCompletableFuture()} is cancelled, or completed by somebody
     * else ({@link CompletableFuture#orTimeout}), the future is cancelled; a buffer that was too late for that is
     * released, and a file, or what else there is to close, closed. Stages derived from this one do not reach back.
     */
    public static <T> CompletionStage<T> toCompletionStage(Future<T> future) {
        CompletableFuture<T> stage = new CompletableFuture<>();
        stage.whenComplete((value, failure) -> {
            if (!future.isDone()) {
                future.cancel(false);
            }
        });
        future.addListener((Future<T> ended) -> {
            if (ended.isSuccess()) {
                T value = ended.getNow();
                if (!stage.complete(value)) {
                    giveBack(value); // nobody else will
                }
            } else if (ended.isCancelled()) {
                stage.completeExceptionally(new CancellationException());
            } else {
                stage.completeExceptionally(ended.cause());
            }
        });
        return stage;
    }

    private static void giveBack(Object value) {
        if (value instanceof AutoCloseable open) {
            try {
                open.close();
            } catch (Exception e) {
                LOGGER.warn("a result that came too late could not be closed: {}", value, e);
            }
        } else {
            ReferenceCountUtil.safeRelease(value);
        }
    }
}
