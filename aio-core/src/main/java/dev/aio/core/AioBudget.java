package dev.aio.core;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Events that a group of contexts may take from the host's {@code fs.aio-max-nr}, and the one message that
 * says when they got less than they wanted. May be shared between threads.
 */
public final class AioBudget {

    private static final AioBudget PROCESS = new AioBudget(Integer.MAX_VALUE);

    private final AtomicBoolean told = new AtomicBoolean();
    private final int events;
    private int left;

    private AioBudget(int events) {
        this.events = events;
        left = events;
    }

    /** The default: as much as the host gives, and one message for the whole process. */
    public static AioBudget ofProcess() {
        return PROCESS;
    }

    /**
     * @param events the depths of all contexts together, at most
     */
    public static AioBudget of(int events) {
        if (events < 0) {
            throw new IllegalArgumentException("events: " + events + " (expected: >= 0)");
        }
        return new AioBudget(events);
    }

    /** Events in all. */
    public int events() {
        return events;
    }

    /** Events not taken by a context. */
    public synchronized int left() {
        return left;
    }

    /** Takes as many as there are, up to {@code wanted}. */
    synchronized int take(int wanted) {
        int taken = Math.min(wanted, left);
        left -= taken;
        return taken;
    }

    synchronized void give(int back) {
        left += back;
    }

    /** Whether nobody was told yet. */
    boolean tellOnce() {
        return told.compareAndSet(false, true);
    }
}
