package dev.aio.core;

import dev.aio.core.internal.IoEngine;
import dev.aio.core.internal.IocbSlab;
import dev.aio.core.internal.Native;

/**
 * What a context is built on, and gives back in the end.
 *
 * @param kind {@link AioEngine#AIO} or {@link AioEngine#LANE}
 * @param depth operations in the engine at a time, and events taken from the budget
 * @param slots operations in all
 * @param eventFd -1 for none
 * @param number of the context in this process, for the names of its threads
 */
record ContextParts(
        AioEngine kind,
        IoEngine engine,
        IocbSlab iocbs,
        int depth,
        int slots,
        int eventFd,
        boolean ownsEventFd,
        AioBudget budget,
        int number) {

    /** Operations per io_submit. */
    static final int BATCH = 64;

    void giveBack() {
        engine.destroy();
        if (ownsEventFd && eventFd >= 0) {
            Native.close(eventFd);
        }
        if (kind == AioEngine.AIO) {
            budget.give(depth);
        }
    }
}
