package dev.aio.netty;

import io.netty.channel.EventLoop;

/**
 * Told of what a transport does, while it does it: for metrics, traces and logs of the user's own. {@link
 * AioTransport#snapshot()} has the sums.
 *
 * <p>Called on event loops and lane threads, by several at a time. Must not block and should be quick;
 * what it throws is logged and goes no further.
 */
public interface AioTransportListener {

    /**
     * A window has come from the disk.
     *
     * @param rung {@link Rung#AIO_READ}, {@link Rung#AIO_HELPED} or {@link Rung#LANE_READ}
     * @param bytes of the window, as asked for
     * @param nanos from when it was asked for, waiting for a buffer and for a place in the queue included
     */
    default void windowRead(Rung rung, int bytes, long nanos) {}

    /** Something was refused because too much waits already, for engine or lane; {@code cause} says what and how much. */
    default void rejected(Throwable cause) {}

    /**
     * The disk has not answered within the deadline: a window, or another operation of a file, was failed. Such as
     * were failed while they waited for a lane without a free thread are not told, since the disk has not seen them.
     *
     * @param path of the file
     * @param position in bytes; -1 for what has none, as a sync
     * @param length in bytes; -1 for what has none
     */
    default void stalled(String path, long position, long length) {}

    /**
     * How late a timer of a loop was, looked at every 100 ms while the loop waits for files: what else runs
     * on the loop delays its connections as much.
     *
     * @param nanos beyond the time it was due
     */
    default void loopLag(EventLoop loop, long nanos) {}
}
