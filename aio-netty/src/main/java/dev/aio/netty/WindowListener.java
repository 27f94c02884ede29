package dev.aio.netty;

import io.netty.buffer.ByteBuf;

/** Gets the result of one window read, exactly once, on the loop that asked for it. */
public interface WindowListener {

    /**
     * @param window the bytes between its reader and writer index; the listener's to release. Fewer
     *     than asked for at the end of the file, where it may be empty
     */
    void windowRead(ByteBuf window);

    /**
     * @param cause an {@link dev.aio.core.AioException}, or a {@link
     *     java.util.concurrent.RejectedExecutionException} under overload or after close
     */
    void windowFailed(Throwable cause);
}
