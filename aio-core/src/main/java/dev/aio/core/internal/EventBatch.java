package dev.aio.core.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Events that {@code io_getevents} has handed over and that were not consumed yet. They are taken one
 * by one, also by a completion that reaps while an earlier event is still being dealt with: only when
 * all were taken are others fetched.
 */
public final class EventBatch {

    private final ByteBuffer memory;
    private final long address;
    private final int capacity;
    private int count;
    private int next;
    private int at;

    public EventBatch(int capacity) {
        this.capacity = capacity;
        memory = ByteBuffer.allocateDirect(Math.multiplyExact(capacity, CompletionRing.EVENT_LENGTH))
                .order(ByteOrder.nativeOrder());
        address = Native.bufferAddress(memory);
    }

    /**
     * Asks the kernel for events, if all those fetched before were taken.
     *
     * @return events to be taken, or {@code -errno}
     */
    public int fetch(long context, int min, int max, long timeoutNanos) {
        if (next < count) {
            return count - next;
        }
        int limit = Math.min(max, capacity);
        int got = Native.ioGetevents(context, Math.min(min, limit), limit, address, timeoutNanos);
        next = 0;
        count = Math.max(got, 0);
        return got;
    }

    /** Takes the next event, if there is one. */
    public boolean next() {
        if (next == count) {
            return false;
        }
        at = next++ * CompletionRing.EVENT_LENGTH;
        return true;
    }

    /** {@code aio_data} of the event taken last. */
    public long data() {
        return memory.getLong(at);
    }

    /** Result of the event taken last: bytes or {@code -errno}. */
    public int result() {
        return (int) memory.getLong(at + 16);
    }
}
