package dev.aio.core;

import dev.aio.core.internal.Native;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The pieces of memory of a vectored operation, in order. May be used again, but by one operation at a
 * time, and not changed while that is in flight. Filled by one thread at a time.
 */
public final class IoVectors {

    /** Most pieces that the kernel takes at once (limits.h IOV_MAX). */
    public static final int IOV_MAX = 1024;

    /** Most pieces of one operation; beyond {@link #IOV_MAX} the context makes several calls of it. */
    public static final int MAX_CAPACITY = 1 << 20;

    private static final int IOVEC_LENGTH = 16;

    private final ByteBuffer iovecs;
    private final long address;
    // What was added, since the iovecs change while an operation goes on behind a short transfer.
    private final AlignedMemory[] memories;
    private final int[] offsets;
    private final int[] lengths;
    private final AtomicBoolean used = new AtomicBoolean();
    private int count;
    private long length;

    /**
     * @param capacity pieces, 1 to {@link #MAX_CAPACITY}; each takes 16 bytes outside the heap
     */
    public IoVectors(int capacity) {
        if (capacity < 1 || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException("capacity: " + capacity + " (expected: 1.." + MAX_CAPACITY + ')');
        }
        iovecs = ByteBuffer.allocateDirect(capacity * IOVEC_LENGTH).order(ByteOrder.nativeOrder());
        address = Native.bufferAddress(iovecs);
        memories = new AlignedMemory[capacity];
        offsets = new int[capacity];
        lengths = new int[capacity];
    }

    /**
     * Appends a piece.
     *
     * @throws IllegalStateException if all are taken, or an operation that uses them is in flight
     */
    public IoVectors add(AlignedMemory memory, int offset, int pieceLength) {
        checkUnused();
        if (count == memories.length) {
            throw new IllegalStateException("all " + count + " vectors are taken");
        }
        put(count, memory.address(offset, pieceLength), pieceLength);
        memories[count] = memory;
        offsets[count] = offset;
        lengths[count] = pieceLength;
        count++;
        length += pieceLength;
        return this;
    }

    /**
     * Forgets all pieces.
     *
     * @throws IllegalStateException if an operation that uses them is in flight
     */
    public void clear() {
        checkUnused();
        for (int i = 0; i < count; i++) {
            memories[i] = null;
        }
        count = 0;
        length = 0;
    }

    private void checkUnused() {
        if (used.get()) {
            throw new IllegalStateException("this IoVectors of " + count + " pieces is used by an operation in flight"
                    + " (expected: changed only after its completion was released)");
        }
    }

    /** Pieces added. */
    public int count() {
        return count;
    }

    /** Bytes of all pieces. */
    public long length() {
        return length;
    }

    /** Claims the vectors for an operation; {@code false} if another one has them. */
    boolean tryUse() {
        return used.compareAndSet(false, true);
    }

    /** The operation that claimed them is over. */
    void endUse() {
        used.set(false);
    }

    AlignedMemory memory(int piece) {
        return memories[piece];
    }

    /** Bytes into {@link #memory}. */
    int offset(int piece) {
        return offsets[piece];
    }

    /** Bytes, as they were added. */
    int pieceLength(int piece) {
        return lengths[piece];
    }

    /** Whether some of the memory may not be read into. */
    boolean isReadOnly() {
        for (int i = 0; i < count; i++) {
            if (memories[i].isReadOnly()) {
                return true;
            }
        }
        return false;
    }

    /** Of the {@code struct iovec} of that piece, and those behind it. */
    long address(int firstPiece) {
        return address + (long) firstPiece * IOVEC_LENGTH;
    }

    /** Leaves out the first bytes of a piece, which were transferred already, until {@link #restore}. */
    void adjust(int piece, int skip) {
        int rest = lengths[piece] - skip;
        put(piece, memories[piece].address(offsets[piece] + skip, rest), rest);
    }

    /** Makes the piece whole again. */
    void restore(int piece) {
        adjust(piece, 0);
    }

    private void put(int piece, long base, long pieceLength) {
        iovecs.putLong(piece * IOVEC_LENGTH, base);
        iovecs.putLong(piece * IOVEC_LENGTH + 8, pieceLength);
    }
}
