package dev.aio.core;

import dev.aio.core.internal.Linux;

/** Events of {@link AioContext#poll}, poll(2). */
public final class PollEvents {

    /** There is something to read. */
    public static final int IN = Linux.POLLIN;
    /** There is urgent data. */
    public static final int PRI = Linux.POLLPRI;
    /** There is room to write. */
    public static final int OUT = Linux.POLLOUT;

    /** Reported whether asked for or not. */
    public static final int ERR = Linux.POLLERR;

    /** Reported whether asked for or not. */
    public static final int HUP = Linux.POLLHUP;

    private PollEvents() {}
}
