package dev.aio.netty;

import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Netty's futures for those who speak {@link CompletionStage}. */
public final class AioFutures {

    private AioFutures() {}

    /**
     * A stage that ends as the future does, on the future's event loop. Failures are passed on as they are.
     *
     * <p>Works backwards too: if {@link CompletionStage#toCompletableFuture()} is cancelled, or completed by somebody
     * else ({@link CompletableFuture#orTimeout}), the future is cancelled; a buffer that was too late for that is
     * released. Stages derived from this one do not reach back.
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
                    ReferenceCountUtil.safeRelease(value); // nobody else will
                }
            } else if (ended.isCancelled()) {
                stage.completeExceptionally(new CancellationException());
            } else {
                stage.completeExceptionally(ended.cause());
            }
        });
        return stage;
    }
}
