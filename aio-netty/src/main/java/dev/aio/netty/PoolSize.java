package dev.aio.netty;

import java.util.function.Consumer;

/** How many bytes of buffers a pool gets unless it is told. */
final class PoolSize {

    private static final long MIB = 1024 * 1024;
    private static final long LEAST = 8 * MIB;
    private static final long MOST = 256 * MIB;

    private PoolSize() {}

    /**
     * A quarter of the JVM's direct memory, within bounds.
     *
     * @param maxDirectMemory bytes
     * @param warn is told if a quarter is less than the lower bound
     */
    static long of(long maxDirectMemory, Consumer<String> warn) {
        long quarter = maxDirectMemory / 4;
        if (quarter < LEAST) {
            warn.accept("the pool of file buffers takes " + LEAST + " bytes of the JVM's direct memory of "
                    + maxDirectMemory
                    + ", more than a quarter: allocations may fail with OutOfMemoryError; raise it with"
                    + " -XX:MaxDirectMemorySize=" + 4 * LEAST / MIB
                    + "m or more, or set AioTransportBuilder.poolBytes");
        }
        return Math.max(LEAST, Math.min(quarter, MOST));
    }
}
