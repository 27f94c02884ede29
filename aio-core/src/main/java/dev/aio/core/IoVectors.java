package dev.aio.core;

import dev.aio.core.internal.Native;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The pieces of memory of a vectored operation, in order. May be used again, but not changed while an
 * operation that uses it is in flight.
 */
public final class IoVectors {

    /** Most pieces that the kernel takes (limits.h IOV_MAX). */
    public static final int IOV_MAX = 1024;

    private static final int IOVEC_LENGTH = 16;

    private final ByteBuffer iovecs;
    private final long address;
    private final AlignedMemory[] memories;
    private int count;
    private long length;

    /**
     * @param capacity pieces, 1 to {@link #IOV_MAX}
     */
    public IoVectors(int capacity) {
        if (capacity < 1 || capacity > IOV_MAX) {
            throw new IllegalArgumentException("capacity: " + capacity + " (expected: 1.." + IOV_MAX + ')');
        }
        iovecs = ByteBuffer.allocateDirect(capacity * IOVEC_LENGTH).order(ByteOrder.nativeOrder());
        address = Native.bufferAddress(iovecs);
        memories = new AlignedMemory[capacity];
    }

    /** Appends a piece. */
    public IoVectors add(AlignedMemory memory, int offset, int pieceLength) {
        if (count == memories.length) {
            throw new IllegalStateException("all " + count + " vectors are taken");
        }
        iovecs.putLong(count * IOVEC_LENGTH, memory.address(offset, pieceLength));
        iovecs.putLong(count * IOVEC_LENGTH + 8, pieceLength);
        memories[count++] = memory;
        length += pieceLength;
        return this;
    }

    /** Forgets all pieces. */
    public void clear() {
        for (int i = 0; i < count; i++) {
            memories[i] = null;
        }
        count = 0;
        length = 0;
    }

    /** Pieces added. */
    public int count() {
        return count;
    }

    /** Bytes of all pieces. */
    public long length() {
        return length;
    }

    long address(int first) {
        return address + (long) first * IOVEC_LENGTH;
    }

    AlignedMemory memory(int i) {
        return memories[i];
    }

    int offset(int i) {
        return (int) (iovecs.getLong(i * IOVEC_LENGTH) - memories[i].addressUnchecked());
    }

    int pieceLength(int i) {
        return (int) iovecs.getLong(i * IOVEC_LENGTH + 8);
    }

    void adjust(int piece, int skip) {}

    void restore(int piece) {}

    boolean tryUse() {
        return true;
    }

    void endUse() {}

    boolean isReadOnly() {
        return false;
    }
}
