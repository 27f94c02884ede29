package dev.aio.netty;

/** What reads from the disk. */
public enum Engine {
    /** Linux AIO where it can be had, else the lane, with one warning. */
    AUTO,
    /** Linux AIO, or fail with the reason. */
    AIO,
    /** Blocking reads on the lane. */
    BLOCKING
}
