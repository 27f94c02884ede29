package dev.aio.netty;

import io.netty.util.internal.PlatformDependent;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** How many bytes of buffers a pool gets unless it is told. */
final class PoolSize {

    private static final long MIB = 1024 * 1024;
    private static final long LEAST = 8 * MIB;
    private static final long MOST = 256 * MIB;

    /** The JVM's limit is one, and so is the warning. */
    private static final AtomicBoolean WARNED = new AtomicBoolean();

    private PoolSize() {}

    /** For this JVM; tells once if that has too little. */
    static long ofJvm(Consumer<String> warn) {
        return of(PlatformDependent.maxDirectMemory(), message -> {
            if (WARNED.compareAndSet(false, true)) {
                warn.accept(message);
            }
        });
    }

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
