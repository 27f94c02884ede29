package dev.aio.netty;

import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;

/**
 * What one loop has not answered yet, oldest first. While that is anything, looks after it every 100 ms: the
 * engine's ring is drained, in case another handler's exception swallowed our edge, and what the disk does not
 * answer within the deadline is failed. Confined to the loop, but for {@link #failAll} when that has ended.
 */
final class Watchdog {

    private static final int PERIOD_MILLIS = 100;

    private final EventLoop loop;
    private final LoopEngine engine; // null if there is none
    private final long stallNanos;
    private final Runnable watch = this::watch;
    private Unanswered oldest;
    private Unanswered youngest;
    private boolean armed;
    private volatile boolean closed;

    Watchdog(EventLoop loop, LoopEngine engine, long stallNanos) {
        this.loop = loop;
        this.engine = engine;
        this.stallNanos = stallNanos;
    }

    void add(Unanswered one) {
        one.sinceNanos = System.nanoTime();
        append(one);
        if (!armed && !closed) {
            armed = true;
            loop.schedule(watch, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** It has moved: the deadline begins anew. */
    void renew(Unanswered one) {
        if (one.listed) {
            remove(one);
            one.sinceNanos = System.nanoTime();
            append(one);
        }
    }

    private void append(Unanswered one) {
        one.listed = true;
        one.previous = youngest;
        if (youngest == null) {
            oldest = one;
        } else {
            youngest.next = one;
        }
        youngest = one;
    }

    void remove(Unanswered one) {
        if (!one.listed) {
            return;
        }
        if (one.previous == null) {
            oldest = one.next;
        } else {
            one.previous.next = one.next;
        }
        if (one.next == null) {
            youngest = one.previous;
        } else {
            one.next.previous = one.previous;
        }
        one.previous = null;
        one.next = null;
        one.listed = false;
    }

    private void watch() {
        armed = false;
        if (engine != null) {
            engine.drainSoon();
        }
        long now = System.nanoTime();
        while (oldest != null && now - oldest.sinceNanos > stallNanos) {
            Unanswered late = oldest;
            if (now - late.movedNanos() > stallNanos) {
                late.detach(late.stalled());
            } else {
                renew(late); // others are before it, and those do move
            }
        }
        if (oldest != null && !closed) {
            armed = true;
            loop.schedule(watch, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    boolean isClosed() {
        return closed;
    }

    /**
     * Fails everything unanswered; buffers follow as the kernel gives them back. On the loop's thread, or on any
     * when the loop has ended.
     */
    synchronized void failAll(Throwable cause) {
        closed = true;
        while (oldest != null) {
            oldest.detach(cause);
        }
    }
}
