package dev.aio.core.internal;

/**
 * What takes control blocks and gives events back: the kernel, or threads that make the same calls
 * and wait. Both read the blocks of one {@link IocbSlab}; both end in the same results, so that whoever
 * is above cannot tell them apart but by their speed.
 *
 * <p>Used by one thread at a time, except {@link #submitAlone}.
 */
public interface IoEngine {

    /**
     * Takes the first {@code count} blocks that the slab points to.
     *
     * @return how many were taken, or {@code -errno} if the first was refused
     */
    int submit(int count);

    /**
     * Takes one block; any thread may call it, also while another submits or reaps.
     *
     * @return 1 or {@code -errno}
     */
    int submitAlone(int slot);

    /**
     * Ends a poll that was taken; its event still comes.
     *
     * @return 0 or {@code -errno}: it may have ended already
     */
    int cancel(int slot);

    /** Takes the next event that can be had without a system call, if there is one. */
    boolean next();

    /** {@code aio_data} of the event taken last. */
    long data();

    /** Result of the event taken last: bytes, a mask, or {@code -errno}. */
    long result();

    /**
     * Waits for events.
     *
     * @param min events worth waiting for
     * @param max events to be had at most
     * @param timeoutNanos 0 does not wait, a negative value waits for ever
     * @return events that {@link #next()} has at least, or {@code -errno}
     */
    int fetch(int min, int max, long timeoutNanos);

    /** Whether events are read from the ring that the kernel maps into the process. */
    boolean reapsInUserSpace();

    /** Gives everything back. Nothing may be in flight. May take 50 ms. */
    void destroy();
}
