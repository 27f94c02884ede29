package dev.aio.netty;

import dev.aio.core.FileStat;

/** Gets the outcome of {@link OpenFiles#open}, exactly once, on the loop that asked. */
public interface OpenListener {

    /**
     * @param file to be released by the listener
     */
    void opened(OpenFile file);

    /** The name belongs to something that is not a regular file; it was not opened. */
    void notRegular(FileStat stat);

    /**
     * @param cause an {@link dev.aio.core.AioException}, or a {@link
     *     java.util.concurrent.RejectedExecutionException} under overload
     */
    void failed(Throwable cause);
}
