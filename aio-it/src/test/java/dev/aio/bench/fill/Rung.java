package dev.aio.bench.fill;

import java.io.IOException;

/** How a window gets to where it can be sent from without waiting. Called by the owner of the pipe. */
interface Rung {

    /** Begins to bring a window that is not resident. */
    void begin(Window window) throws IOException;

    /** Waits until something that has been begun is ready, and sees to it. */
    void await() throws IOException, InterruptedException;

    /** Waits until nothing goes on any more. */
    default void finish() throws IOException, InterruptedException {}

    /** CPU time that other threads have spent on it so far. */
    default long helperCpuNanos() {
        return 0;
    }
}
