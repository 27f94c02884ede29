package dev.aio.netty;

import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntFunction;

/**
 * How much has been asked of an engine, or of the lane where there is none, and not ended: what may be accepted
 * at all, and the marks between which users hold back. Any thread.
 */
final class Load {

    private final int capacity;
    private final int low;
    private final int high;
    private final IntFunction<String> refusal;
    private final LongAdder rejections = new LongAdder();
    private final AtomicInteger used = new AtomicInteger();
    private final AtomicBoolean full = new AtomicBoolean();
    private final Set<Runnable> users = new CopyOnWriteArraySet<>();

    /**
     * @param refusal the message of a rejection, given what is used
     */
    Load(int capacity, AioTransportBuilder options, IntFunction<String> refusal) {
        this.capacity = capacity;
        this.refusal = refusal;
        // The context may be smaller than asked for: the marks shrink with it.
        high = Math.max(1, Math.min(options.highWaterMark > 0 ? options.highWaterMark : capacity / 4 * 3, capacity));
        low = Math.min(options.highWaterMark > 0 ? options.lowWaterMark : capacity / 2, high - 1);
    }

    static Load of(AioTransportBuilder options, int depth) {
        int pending = options.pendingLimit;
        return new Load(
                depth + pending,
                options,
                used -> "the AIO engine of this event loop takes no more: " + used + " operations are accepted and"
                        + " not ended (depth " + depth + ", pending limit " + pending
                        + "); wait until AioLoop.isWritable(), or give AioTransportBuilder.depth or pendingLimit more");
    }

    static Load ofLane(AioTransportBuilder options) {
        int threads = options.laneThreads;
        int limit = options.laneLimit;
        return new Load(
                threads + limit,
                options,
                used -> "the lane takes no more: " + used + " operations are accepted and not ended (depth " + threads
                        + " threads, pending limit " + limit
                        + "); wait until AioLoop.isWritable(), or give AioTransportBuilder.laneThreads or laneLimit"
                        + " more");
    }

    /** Calls back, on whatever thread that is, when {@link #isWritable} changes. */
    void addUser(Runnable changed) {
        users.add(changed);
    }

    boolean isWritable() {
        return !full.get();
    }

    int used() {
        return used.get();
    }

    /** Whether {@link #tryEnter} would fail. */
    boolean isFull() {
        return used.get() >= capacity;
    }

    /** {@code false} if there is no room; else {@link #leave} must follow. */
    boolean tryEnter() {
        int now = used.get();
        while (now < capacity) { // never beyond, not even for a moment: others would take that for load
            if (used.compareAndSet(now, now + 1)) {
                update();
                return true;
            }
            now = used.get();
        }
        return false;
    }

    /** Enters whether there is room or not. */
    void enter() {
        used.incrementAndGet();
        update();
    }

    void leave() {
        used.decrementAndGet();
        update();
    }

    /** For loops that have no engine. */
    TransportSnapshot.EngineState laneSnapshot() {
        return new TransportSnapshot.EngineState(
                "lane", "lane", used(), 0, 0, 0, 0, 0, rejections(), 0, new long[0], null);
    }

    long rejections() {
        return rejections.sum();
    }

    RejectedExecutionException rejection() {
        rejections.increment();
        return new RejectedExecutionException(refusal.apply(used.get()));
    }

    /** Looks again after each change, since others change the number meanwhile. */
    private void update() {
        boolean changed;
        do {
            int now = used.get();
            changed = now >= high ? full.compareAndSet(false, true) : now <= low && full.compareAndSet(true, false);
            if (changed) {
                users.forEach(Runnable::run);
            }
        } while (changed);
    }
}
