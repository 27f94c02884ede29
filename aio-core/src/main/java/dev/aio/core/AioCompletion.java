package dev.aio.core;

/** What an operation calls when it has ended. One object may serve any number of operations. */
@FunctionalInterface
public interface AioCompletion {

    /**
     * Called exactly once per accepted operation, on the thread that reaps. The memory of the
     * operation is the caller's again. Must not block; may prepare and submit further operations.
     *
     * @param token what was passed with the operation
     * @param result bytes transferred, 0 at end of file, or {@code -errno}: see {@link
     *     AioException#of}
     */
    void completed(long token, int result);
}
