package dev.aio.netty;

import dev.aio.core.AioException;
import dev.aio.core.AioFile;
import dev.aio.core.internal.Linux;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link AioLoop} owes an answer: a node of its {@link Watchdog}'s list, with what it has to give back in
 * the end. Confined to the loop, except where noted.
 */
abstract class Unanswered implements Preparations.Waiter {

    /** What it waits for, and so whose fault it is that it does not move. */
    enum Stage {
        TURN("waits for its turn"),
        LOOP("goes on in the next turn of the loop"),
        BUFFER("waits for a buffer"),
        DISK_QUEUE("waits for the disk's queue"),
        LANE("waits for the lane"),
        DISK("with the disk");

        private final String label;

        Stage(String label) {
            this.label = label;
        }
    }

    private static final AtomicIntegerFieldUpdater<Unanswered> ENDED =
            AtomicIntegerFieldUpdater.newUpdater(Unanswered.class, "ended");

    final AioLoop loop;
    final AioFile file;

    /** When it was asked for, as {@link System#nanoTime}. */
    final long requestedNanos = System.nanoTime();

    // Of the watchdog.
    Unanswered previous;
    Unanswered next;
    boolean listed;
    long sinceNanos; // when the loop last moved it

    private volatile Stage stage = Stage.TURN;
    private long begunNanos = requestedNanos; // when the lane last did; published by the stage
    private boolean counted; // by the load
    private boolean held; // by the watchdog
    private boolean lost; // failed because the disk did not answer, while that has its memory
    private boolean asked; // for a buffer, since it was last told of one
    private volatile int ended;

    Unanswered(AioLoop loop, AioFile file) {
        this.loop = loop;
        this.file = file;
    }

    /** For messages. */
    abstract String name();

    /** Bytes, for messages; -1 if it has none. */
    abstract long position();

    /** Bytes, for messages; -1 if it has none. */
    abstract long length();

    /** Whether engine or lane have memory of it. */
    abstract boolean holdsMemory();

    /** Takes the next step, now that there may be a buffer. */
    abstract void proceed();

    /** Answers now, while the kernel may still hold the buffer, and leaves the watchdog's list. */
    abstract void detach(Throwable cause);

    /** Gives buffers back. Once; on any thread if the loop has ended. */
    abstract void free();

    /** When that last moved whose turn it is before this one's. */
    long turnNanos(long now) {
        return sinceNanos;
    }

    /** It is accepted: {@link #endAnywhere} must follow. */
    final void enter(boolean countedByLoad) {
        counted = countedByLoad;
        held = true;
        loop.watchdog().hold();
        loop.watchdog().add(this);
    }

    final Stage stage() {
        return stage;
    }

    final void stage(Stage reached) {
        stage = reached;
    }

    /** A thread of the lane has taken it up. On that thread. */
    @Override
    public final void begun() {
        begunNanos = System.nanoTime();
        stage = Stage.DISK;
    }

    /**
     * When it last moved, or that did which it waits for. Waiting for a buffer does not count as long as it is clients
     * who have them; but while there is a disk that does not answer, nobody knows whether one will come back.
     */
    final long movedNanos(long now) {
        return switch (stage) {
            case TURN -> later(sinceNanos, turnNanos(now));
            case BUFFER -> loop.transport().lost().get() == 0 ? now : sinceNanos;
            case LANE -> later(sinceNanos, loop.transport().lane().movedNanos());
            case DISK -> later(sinceNanos, begunNanos);
            case LOOP, DISK_QUEUE -> sinceNanos;
        };
    }

    static long later(long one, long other) {
        return one - other > 0 ? one : other;
    }

    /** The deadline is over. What the lane has not taken up is failed like the rest, but the disk never had it. */
    final void stalled() {
        if (holdsMemory()) {
            lost = true;
            loop.transport().lost().incrementAndGet();
        }
        if (isWanted() && stage != Stage.LANE) {
            loop.transport().tell(listener -> listener.stalled(file.path(), position(), length()));
        }
        detach(AioException.of(Linux.ETIMEDOUT, name(), file.path(), position(), length()));
    }

    /** Whether somebody still waits for the answer. Any thread. */
    abstract boolean isWanted();

    /** For whoever looks for what hangs. */
    final TransportSnapshot.Waiting describe(long now) {
        String state = isWanted() ? stage.label : "cancelled, " + stage.label;
        return new TransportSnapshot.Waiting(name(), file.path(), position(), length(), now - requestedNanos, state);
    }

    /**
     * A buffer of the pool; {@code null} if there is none: then {@link #proceed} is called when there may be one.
     *
     * @throws OutOfMemoryError if there never will be
     */
    final @Nullable ByteBuf allocate(int length) {
        asked = true;
        AlignedBufferPool pool = loop.transport().pool();
        ByteBuf buffer = pool.tryAllocate(length);
        if (buffer == null) {
            pool.onRelease(length, () -> wake(() -> bufferGivenBack(length)));
            buffer = pool.tryAllocate(length);
        }
        if (buffer == null) {
            stage = Stage.BUFFER;
        } else if (stage == Stage.BUFFER) {
            stage = Stage.LOOP;
            loop.watchdog().renew(this); // others had the buffers: that was not the disk's fault
        }
        return buffer;
    }

    private void bufferGivenBack(int length) {
        asked = false;
        if (stage == Stage.BUFFER && !isEnded()) {
            proceed();
        }
        if (!asked) {
            loop.transport().pool().announce(length); // meant for somebody who still waits
        }
    }

    /** Whether the loop is still there to take the wake-up; if not, this gives up what it holds. Any thread. */
    final boolean wake(Runnable retry) {
        try {
            loop.eventLoop().execute(retry);
            return true;
        } catch (RejectedExecutionException terminated) {
            endAnywhere();
            return false;
        }
    }

    final boolean isEnded() {
        return ended != 0;
    }

    /** Engine and lane are done with it: gives back all it holds. Once; on any thread if the loop has ended. */
    final boolean endAnywhere() {
        if (!ENDED.compareAndSet(this, 0, 1)) {
            return false;
        }
        try {
            free();
        } catch (RuntimeException e) {
            loop.transport().logger().warn("a buffer of {} could not be given back", this, e);
        }
        if (loop.eventLoop().inEventLoop()) {
            loop.watchdog().remove(this);
        } // else it was answered, and taken off the list, when the loop was closed
        if (counted) {
            loop.load().leave();
        }
        if (held) {
            loop.watchdog().unhold();
        }
        if (lost) {
            loop.transport().lost().decrementAndGet();
        }
        file.release();
        return true;
    }

    @Override
    public final String toString() {
        return name() + " of " + file.path();
    }
}
