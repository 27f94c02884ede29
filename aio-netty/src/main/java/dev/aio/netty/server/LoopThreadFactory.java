package dev.aio.netty.server;

import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Names event loops so that an operator can tell them apart in {@code top -H}: aio-loop-0, … */
final class LoopThreadFactory implements ThreadFactory {

    private final AtomicInteger number = new AtomicInteger();

    @Override
    public Thread newThread(Runnable task) {
        return new FastThreadLocalThread(task, "aio-loop-" + number.getAndIncrement());
    }
}
