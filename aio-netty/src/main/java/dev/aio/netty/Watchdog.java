package dev.aio.netty;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What one loop has not answered yet, or what was cancelled and engine or lane still have, oldest first. While that is anything, looks after it every 100 ms: the
 * engine's ring is drained, in case another handler's exception swallowed our edge, and what the disk does not
 * answer within the deadline is failed. Confined to the loop, but for {@link #failAll} when that has ended.
 */
final class Watchdog {

    private static final int PERIOD_MILLIS = 100;

    /** Of what hangs, so many are described. */
    private static final int DESCRIBED = 5;

    /** What is answered sooner is not worth describing. */
    private static final long LONG_NANOS = 1_000_000_000;

    private final AioTransport transport;
    private final EventLoop loop;
    private final @Nullable LoopEngine engine; // null if there is none
    private final long stallNanos;
    private final Runnable watch = this::watch;
    private Unanswered oldest;
    private Unanswered youngest;
    private int held; // those that have not ended, answered or not
    private boolean armed;
    private long dueNanos;
    private volatile boolean closed;
    private volatile long lagNanos;
    private volatile List<TransportSnapshot.Waiting> waiting = List.of();

    Watchdog(AioTransport transport, EventLoop loop, LoopEngine engine) {
        this.transport = transport;
        this.loop = loop;
        this.engine = engine;
        stallNanos = transport.stallNanos();
    }

    void add(Unanswered one) {
        remove(one);
        one.sinceNanos = System.nanoTime();
        append(one);
        if (!armed && !closed) {
            arm();
        }
    }

    private void arm() {
        armed = true;
        dueNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PERIOD_MILLIS);
        loop.schedule(watch, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** It has moved: the deadline begins anew. */
    void renew(Unanswered one) {
        if (one.listed) {
            remove(one);
            one.sinceNanos = System.nanoTime();
            append(one);
        }
    }

    /** Something may have a buffer that only its completion gives back, whether anybody waits for it or not. */
    void hold() {
        held++;
    }

    /** It has ended; on whatever thread there is when the loop has ended. */
    void unhold() {
        held--;
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
        long behind = Math.max(0, now - dueNanos);
        lagNanos = behind;
        transport.tell(listener -> listener.loopLag(loop, behind));
        describe(now);
        while (oldest != null && now - oldest.sinceNanos > stallNanos) {
            Unanswered late = oldest;
            if (now - late.movedNanos(now) > stallNanos) {
                late.stalled();
            } else {
                renew(late); // others are before it, and those do move
            }
        }
        if ((oldest != null || held > 0) && !closed) {
            arm();
        }
    }

    /** Now, while the loop answers: whoever asks may ask because it no longer does. */
    private void describe(long now) {
        if (oldest == null || now - oldest.sinceNanos < LONG_NANOS) {
            waiting = List.of();
            return;
        }
        List<TransportSnapshot.Waiting> described = new ArrayList<>(DESCRIBED);
        for (Unanswered one = oldest; one != null && described.size() < DESCRIBED; one = one.next) {
            described.add(one.describe(now));
        }
        waiting = List.copyOf(described);
    }

    /** What has waited for long when this last looked, oldest first. Any thread. */
    List<TransportSnapshot.Waiting> waiting() {
        return waiting;
    }

    /** How late the timer was when it last came. Any thread. */
    long lagNanos() {
        return lagNanos;
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
