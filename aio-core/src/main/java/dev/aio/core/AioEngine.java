package dev.aio.core;

/** What carries out the operations of an {@link AioContext}. */
public enum AioEngine {
    /** The kernel where it can, else the lane. */
    AUTO,
    /** Linux AIO; opening fails where it cannot be had. */
    AIO,
    /** Threads that make blocking calls: slower, the same results, everywhere. */
    LANE
}
