package dev.aio.core;

/** What an operation calls when it has ended. One object may serve any number of operations. */
@FunctionalInterface
public interface AioCompletion {

    /**
     * Called exactly once per accepted operation, by {@link AioContext#getEvents}, {@link
     * AioContext#submit}, {@link AioContext#cancel} or {@link AioContext#close()} on the thread that
     * called those. Must not block; may prepare and submit further operations.
     *
     * @param token what was passed with the operation
     * @param result bytes transferred, 0 at end of file, the events of a poll, 0 after a sync, or {@code
     *     -errno}: {@link AioContext#failure()} then tells more
     */
    void completed(long token, long result);

    /**
     * Called exactly once per accepted operation: its memory is the caller's again. Right after {@link
     * #completed}; if the operation was cancelled while the kernel had it, when the kernel is done, which after
     * {@link AioContext#close()} may be on the thread that destroys the context.
     */
    default void released(long token) {}
}
