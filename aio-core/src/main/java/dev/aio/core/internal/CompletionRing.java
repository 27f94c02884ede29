package dev.aio.core.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The completion ring that {@code io_setup} maps into the process (fs/aio.c, struct aio_ring), read
 * without a system call.
 *
 * <p>Memory ordering. The kernel writes an event, then {@code smp_wmb()}, then the new tail: an
 * acquire load of the tail therefore sees the events before it. The kernel reads head to learn how
 * many slots it may fill again: a release store of head keeps our reads of the events before it. The
 * kernel never writes head except in io_getevents, which the reaping thread itself calls, and tail has
 * only the kernel as its writer: neither needs a compare-and-set as long as one thread at a time
 * reaps, which {@code AioContext} enforces. Head is read anew each time for the sake of io_getevents.
 */
public final class CompletionRing {

    static final int MAGIC = 0xa10a10a1;
    static final int HEADER_LENGTH = 32;
    public static final int EVENT_LENGTH = 32;

    private static final int NR = 4;
    private static final int HEAD = 8;
    private static final int TAIL = 12;

    private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

    private final ByteBuffer memory;
    private final int capacity;
    private int head;

    private CompletionRing(ByteBuffer memory, int capacity) {
        this.memory = memory;
        this.capacity = capacity;
    }

    /**
     * The ring of a context, or {@code null} if what lies at its address is not a ring of the layout
     * known here (gVisor maps a zero page): then {@code io_getevents} must be used, and head must not
     * be touched.
     */
    public static CompletionRing map(long context) {
        ByteBuffer header = Native.view(context, HEADER_LENGTH).order(ByteOrder.nativeOrder());
        int nr = header.getInt(NR);
        boolean known = header.getInt(16) == MAGIC
                && header.getInt(24) == 0 // incompat_features
                && header.getInt(28) == HEADER_LENGTH
                && nr > 0;
        if (!known) {
            return null;
        }
        long length = HEADER_LENGTH + (long) nr * EVENT_LENGTH;
        return new CompletionRing(Native.view(context, length).order(ByteOrder.nativeOrder()), nr);
    }

    /** Events that may be read now; they stay until {@link #consumed}. */
    public int available() {
        int tail = (int) INT.getAcquire(memory, TAIL);
        head = (int) INT.get(memory, HEAD);
        int n = tail - head;
        return n >= 0 ? n : n + capacity;
    }

    /** {@code aio_data} of the next event. */
    public long data() {
        return memory.getLong(HEADER_LENGTH + head * EVENT_LENGTH);
    }

    /** Result of the next event: bytes or {@code -errno}. */
    public long result() {
        return memory.getLong(HEADER_LENGTH + head * EVENT_LENGTH + 16);
    }

    /** Gives the next event's place back to the kernel. */
    public void consumed() {
        int next = head + 1;
        head = next == capacity ? 0 : next;
        INT.setRelease(memory, HEAD, head);
    }

    int capacity() {
        return capacity;
    }
}
