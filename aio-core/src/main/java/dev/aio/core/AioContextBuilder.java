package dev.aio.core;

import dev.aio.core.internal.DaemonThreads;
import dev.aio.core.internal.IoEngine;
import dev.aio.core.internal.IocbSlab;
import dev.aio.core.internal.KernelEngine;
import dev.aio.core.internal.LaneEngine;
import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Options of an {@link AioContext}. */
public final class AioContextBuilder {

    private static final System.Logger LOGGER = System.getLogger(AioContext.class.getName());

    private static final AtomicInteger OPENED = new AtomicInteger();

    /** Less is not worth a context of the kernel's. */
    private static final int SMALLEST_DEPTH = 8;

    private int depth = 128;
    private int pendingLimit = 1024;
    private AioEngine engine = AioEngine.AUTO;
    private int laneThreads = 4;
    private boolean ownEventFd;
    private int givenEventFd = -1;
    private boolean userSpaceReaping = true;
    private AioBudget budget = AioBudget.ofProcess();
    private Consumer<String> onDegraded = message -> LOGGER.log(System.Logger.Level.WARNING, message);

    private @Nullable String told; // of what the host had not enough for

    @Nullable
    Executor submitHelper;

    boolean neverWait = true;
    // Tests have others.
    BiFunction<Runnable, String, Thread> threads = DaemonThreads::of;
    IntFunction<AlignedMemory> bounceMemory = bytes -> AlignedMemory.allocate(bytes, AlignedMemory.PAGE);
    long closeTimeoutNanos = 30_000_000_000L;
    Thread.UncaughtExceptionHandler callbackFailures =
            (thread, failure) -> thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);

    AioContextBuilder() {}

    /**
     * Operations in the kernel at a time; that many are charged to {@code fs.aio-nr}, which is limited for
     * the whole host. If there are not so many left the context gets fewer, see {@link #onDegraded}. Default
     * 128.
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

    /** What carries out the operations. Default {@link AioEngine#AUTO}. */
    public AioContextBuilder engine(AioEngine engine) {
        this.engine = Objects.requireNonNull(engine, "engine");
        return this;
    }

    /** Threads of the lane engine that may wait for a disk at a time. Default 4. */
    public AioContextBuilder laneThreads(int laneThreads) {
        if (laneThreads < 1 || laneThreads > 1024) {
            throw new IllegalArgumentException("laneThreads: " + laneThreads + " (expected: 1..1024)");
        }
        this.laneThreads = laneThreads;
        return this;
    }

    /** Makes an eventfd that every completion signals, and closes it in the end. Default: none. */
    public AioContextBuilder ownEventFd(boolean ownEventFd) {
        this.ownEventFd = ownEventFd;
        return this;
    }

    /**
     * An eventfd of the caller's that every completion signals; it must stay open until the context is {@link
     * AioContext#destroyed}. Several contexts may share one. -1 for none, the default.
     */
    public AioContextBuilder eventFd(int eventFd) {
        givenEventFd = eventFd;
        return this;
    }

    /**
     * Whether to read completions from the ring that the kernel maps into the process, where its layout is
     * the known one. Default {@code true}; {@code false} uses {@code io_getevents}.
     */
    public AioContextBuilder userSpaceReaping(boolean userSpaceReaping) {
        this.userSpaceReaping = userSpaceReaping;
        return this;
    }

    /**
     * Whether submitting must not wait for the disk: then submissions that could are made by the submit
     * helper. Default {@code true}; {@code false} has the owner make them all, for owners that may wait.
     */
    public AioContextBuilder neverWait(boolean neverWait) {
        this.neverWait = neverWait;
        return this;
    }

    /**
     * Who makes submissions that may wait: buffered writes, writes that extend a file or convert its extents,
     * what was refused with {@code RWF_NOWAIT}. Default: one daemon thread of the context's own, on which they wait
     * for one another, also those of other files and disks; several threads are worth while where that matters.
     */
    public AioContextBuilder submitHelper(Executor submitHelper) {
        this.submitHelper = Objects.requireNonNull(submitHelper, "submitHelper");
        return this;
    }

    /** What the context may take of the host's events. Default {@link AioBudget#ofProcess()}. */
    public AioContextBuilder budget(AioBudget budget) {
        this.budget = Objects.requireNonNull(budget, "budget");
        return this;
    }

    /**
     * How long {@link AioContext#close()} waits for operations in flight; a negative time has no end. Default 30
     * seconds.
     */
    public AioContextBuilder closeTimeout(Duration closeTimeout) {
        closeTimeoutNanos = closeTimeout.toNanos();
        return this;
    }

    /**
     * Who is told, once per {@link AioBudget}, that a context has a smaller depth than asked for, or is
     * carried by the lane because the kernel has no context to give. Default: a warning in the log of {@code
     * dev.aio.core.AioContext}.
     */
    public AioContextBuilder onDegraded(Consumer<String> onDegraded) {
        this.onDegraded = Objects.requireNonNull(onDegraded, "onDegraded");
        return this;
    }

    /**
     * Who is told of an exception that a completion throws; reaping goes on. What the handler throws itself goes
     * to the log. Default: the reaping thread's own handler.
     */
    public AioContextBuilder onCallbackFailure(Thread.UncaughtExceptionHandler callbackFailures) {
        this.callbackFailures = Objects.requireNonNull(callbackFailures, "callbackFailures");
        return this;
    }

    /**
     * @throws IOException if {@link AioEngine#AIO} is asked for and the kernel has no context to give, with
     *     the numbers and the sysctl; or if the process is out of descriptors
     * @throws UnsatisfiedLinkError if the native library cannot be loaded, or {@link AioEngine#AIO} is asked
     *     for and not available at all, see {@link Aio}
     */
    public AioContext open() throws IOException {
        if (ownEventFd && givenEventFd >= 0) {
            throw new IllegalArgumentException("eventfd: own and given " + givenEventFd + " (expected: one of them)");
        }
        if (engine == AioEngine.AIO) {
            Aio.ensureAvailability();
        }
        int eventFd = ownEventFd ? Native.eventfd() : givenEventFd;
        if (ownEventFd && eventFd < 0) {
            throw AioException.of(eventFd, "eventfd", null);
        }
        ContextParts parts = null;
        try {
            parts = parts(eventFd);
            tellOfShortage(); // which may fail: all that was taken is in the parts by now
            return new AioContext(this, parts);
        } catch (Throwable t) { // among others, no direct memory left
            if (parts != null) {
                parts.giveBack();
            } else if (ownEventFd) {
                Native.close(eventFd);
            }
            throw t;
        }
    }

    private ContextParts parts(int eventFd) throws IOException {
        told = null;
        if (engine == AioEngine.LANE) {
            return lane(eventFd);
        }
        String why;
        if (Aio.isAvailable()) {
            int granted = budget.take(depth);
            try {
                ContextParts parts = kernel(eventFd, granted);
                if (parts.depth() < depth) {
                    told = "an AIO context has a depth of " + parts.depth() + " instead of " + depth + ": "
                            + shortage(granted, depth);
                }
                return parts;
            } catch (IOException e) {
                if (engine == AioEngine.AIO) {
                    throw e;
                }
                why = e.getMessage();
            }
        } else {
            why = Aio.unavailabilityCause().getMessage();
        }
        told = "file operations are carried out by blocking calls on threads, because Linux AIO cannot be had: " + why;
        return lane(eventFd);
    }

    /** Shrinks until the host has enough. */
    private ContextParts kernel(int eventFd, int granted) throws IOException {
        int least = Math.min(depth, SMALLEST_DEPTH);
        long context = -Linux.EAGAIN;
        int taken = granted;
        while (taken >= least) {
            context = Native.ioSetup(taken);
            if (context != -Linux.EAGAIN) {
                break;
            }
            taken /= 2;
        }
        if (context < 0) {
            budget.give(granted);
            throw granted < least
                    ? new IOException(shortage(granted, depth))
                    : Aio.setupFailure((int) -context, Math.max(taken, least));
        }
        budget.give(granted - taken);
        try {
            int slots = Math.addExact(taken, pendingLimit);
            IocbSlab iocbs = new IocbSlab(slots, ContextParts.BATCH, eventFd);
            IoEngine kernel = KernelEngine.of(context, iocbs, taken, userSpaceReaping);
            return parts(AioEngine.AIO, kernel, iocbs, taken, slots, eventFd, OPENED.incrementAndGet());
        } catch (Throwable t) {
            Native.ioDestroy(context);
            budget.give(taken);
            throw t;
        }
    }

    private ContextParts lane(int eventFd) {
        int number = OPENED.incrementAndGet();
        int slots = Math.addExact(depth, pendingLimit);
        IocbSlab iocbs = new IocbSlab(slots, ContextParts.BATCH, -1); // the lanes signal, not the blocks
        IoEngine lane = new LaneEngine(iocbs, slots, depth, laneThreads, eventFd, "aio-lane-" + number);
        return parts(AioEngine.LANE, lane, iocbs, depth, slots, eventFd, number);
    }

    private ContextParts parts(
            AioEngine kind, IoEngine carrier, IocbSlab iocbs, int granted, int slots, int eventFd, int number) {
        return new ContextParts(kind, carrier, iocbs, granted, slots, eventFd, ownEventFd, budget, number);
    }

    private String shortage(int granted, int wanted) {
        if (granted < wanted) {
            return "the budget of " + budget.events() + " events is used up but for " + granted
                    + "; give it more, or use a smaller depth";
        }
        return "fs.aio-nr is " + Aio.aioNr() + " of fs.aio-max-nr " + Aio.aioMaxNr()
                + " on this host; raise it with sysctl -w fs.aio-max-nr=1048576, or use a smaller depth";
    }

    private void tellOfShortage() {
        String message = told;
        told = null;
        if (message != null && budget.tellOnce()) {
            onDegraded.accept(message);
        }
    }
}
