package dev.aio.core;

import java.io.IOException;
import java.util.Objects;

/** Options of an {@link AioContext}. */
public final class AioContextBuilder {

    int depth = 128;
    int pendingLimit = 1024;
    boolean ownEventFd;
    boolean userSpaceReaping = true;
    Thread.UncaughtExceptionHandler callbackFailures =
            (thread, failure) -> thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);

    AioContextBuilder() {}

    /**
     * Operations in the kernel at a time; that many are charged to {@code fs.aio-nr}, which is
     * limited for the whole host. Default 128.
     */
    public AioContextBuilder depth(int depth) {
        if (depth < 1 || depth > 65536) {
            throw new IllegalArgumentException("depth: " + depth + " (expected: 1..65536)");
        }
        this.depth = depth;
        return this;
    }

    /** Operations that may wait inside the context for a place in the kernel. Default 1024. */
    public AioContextBuilder pendingLimit(int pendingLimit) {
        if (pendingLimit < 0 || pendingLimit > 1 << 20) {
            throw new IllegalArgumentException("pendingLimit: " + pendingLimit + " (expected: 0..1048576)");
        }
        this.pendingLimit = pendingLimit;
        return this;
    }

    /** Makes an eventfd that every completion signals. Default: none. */
    public AioContextBuilder ownEventFd(boolean ownEventFd) {
        this.ownEventFd = ownEventFd;
        return this;
    }

    /**
     * Whether to read completions from the ring that the kernel maps into the process, where its
     * layout is the known one. Default {@code true}; {@code false} uses {@code io_getevents}.
     */
    public AioContextBuilder userSpaceReaping(boolean userSpaceReaping) {
        this.userSpaceReaping = userSpaceReaping;
        return this;
    }

    /**
     * Who is told of an exception that a completion throws; reaping goes on. Default: the reaping
     * thread's own handler.
     */
    public AioContextBuilder onCallbackFailure(Thread.UncaughtExceptionHandler callbackFailures) {
        this.callbackFailures = Objects.requireNonNull(callbackFailures, "callbackFailures");
        return this;
    }

    /**
     * @throws IOException if the kernel has no context to give, with the numbers and the sysctl
     * @throws UnsatisfiedLinkError if AIO is not available at all, see {@link Aio}
     */
    public AioContext open() throws IOException {
        return AioContext.open(this);
    }
}
