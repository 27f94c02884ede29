package dev.aio.netty;

/** Is told when an {@link AioLoop} has enough to do, and when it may be given more again. */
@FunctionalInterface
public interface WritabilityListener {

    /**
     * On the loop's thread.
     *
     * @param writable what {@link AioLoop#isWritable} answers now
     */
    void writabilityChanged(AioLoop loop, boolean writable);
}
