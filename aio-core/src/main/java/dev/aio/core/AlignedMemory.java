package dev.aio.core;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A block of native memory whose address is known and aligned, so that {@code O_DIRECT} can read into
 * it and no operation has to ask for the address again. Freed by the garbage collector once nothing
 * refers to it; a context refers to it for as long as an operation uses it.
 *
 * <p>May be shared between threads; who may write where and when is the users' affair.
 */
public final class AlignedMemory {

    /** An alignment that satisfies every {@code O_DIRECT} file system we know: one page. */
    public static final int PAGE = 4096;

    /** Of x86-64, and of arm64 with pages of 4 KiB, in bytes. */
    public static final int HUGE_PAGE = 2 << 20;

    private final ByteBuffer buffer;
    private final ByteBuffer whole; // nobody else moves its limit
    private final long address;
    private final int capacity;

    private AlignedMemory(ByteBuffer buffer) {
        this.buffer = buffer;
        this.whole = buffer.duplicate();
        this.address = Native.bufferAddress(buffer);
        this.capacity = buffer.capacity();
    }

    /**
     * Allocates zeroed memory outside the heap; it counts against {@code -XX:MaxDirectMemorySize}.
     *
     * @param capacity bytes, a multiple of {@code alignment}
     * @param alignment bytes, a power of two
     */
    public static AlignedMemory allocate(int capacity, int alignment) {
        if (Integer.bitCount(alignment) != 1) {
            throw new IllegalArgumentException("alignment: " + alignment + " (expected: a power of two)");
        }
        if (capacity <= 0 || capacity % alignment != 0) {
            throw new IllegalArgumentException(
                    "capacity: " + capacity + " (expected: a positive multiple of " + alignment + ')');
        }
        ByteBuffer raw = ByteBuffer.allocateDirect(Math.addExact(capacity, alignment));
        return new AlignedMemory(raw.alignedSlice(alignment).slice(0, capacity));
    }

    /**
     * Allocates zeroed memory that lies in huge pages, if the kernel has any ({@code
     * /sys/kernel/mm/transparent_hugepage/enabled} is not {@code never}); else it is as that of {@link #allocate}. A disk
     * writes into it in few large pieces: once the machine's memory is in small ones, reads of 256 KiB into ordinary pages
     * had three quarters of the bytes (aio-it, bench cold).
     *
     * <p>May take milliseconds while the kernel makes room: not for event loops. As much as one page more counts against
     * {@code -XX:MaxDirectMemorySize}.
     *
     * @param capacity bytes, a multiple of {@link #HUGE_PAGE}
     */
    public static AlignedMemory allocateHuge(int capacity) {
        if (capacity <= 0 || capacity % HUGE_PAGE != 0) {
            throw new IllegalArgumentException(
                    "capacity: " + capacity + " (expected: a positive multiple of " + HUGE_PAGE + ')');
        }
        ByteBuffer raw = ByteBuffer.allocateDirect(Math.addExact(capacity, HUGE_PAGE));
        AlignedMemory memory = new AlignedMemory(raw.alignedSlice(HUGE_PAGE).slice(0, capacity));
        // The JVM has zeroed all of it, in small pages; given back, it comes anew and zeroed when it is touched.
        long begin = (Native.bufferAddress(raw) + PAGE - 1) & -PAGE;
        long end = (Native.bufferAddress(raw) + raw.capacity()) & -PAGE;
        Native.madvise(begin, end - begin, Linux.MADV_DONTNEED);
        Native.madvise(memory.address, capacity, Linux.MADV_HUGEPAGE); // without them (EINVAL): small pages
        for (int i = 0; i < capacity; i += PAGE) {
            memory.buffer.put(i, (byte) 0); // here, not where it is used
        }
        return memory;
    }

    /**
     * The memory of a direct buffer, whole: from 0 to its capacity, whatever its position and limit.
     * Shares the memory and keeps the buffer reachable; aligned only as far as the buffer is, which is
     * all that buffered operations ask for.
     *
     * @throws IllegalArgumentException if the buffer is on the heap, where the collector moves it
     */
    public static AlignedMemory of(ByteBuffer direct) {
        if (!direct.isDirect()) {
            throw new IllegalArgumentException("heap buffer (expected: a direct buffer, from"
                    + " ByteBuffer.allocateDirect or AlignedMemory.allocate): " + direct);
        }
        return new AlignedMemory(direct.duplicate().clear());
    }

    /** Whether the memory may only be written from, not read into. */
    public boolean isReadOnly() {
        return buffer.isReadOnly();
    }

    /** The memory as a buffer; position and limit are shared with other callers, so duplicate it. */
    public ByteBuffer buffer() {
        return buffer;
    }

    /** Copies bytes in, whatever the limit of {@link #buffer()} is. Allocates nothing. */
    void put(int offset, AlignedMemory source, int sourceOffset, int length) {
        whole.put(offset, source.whole, sourceOffset, length);
    }

    /**
     * Copies bytes in, whatever position and limit of {@link #buffer()} are. Allocates nothing.
     *
     * @throws IndexOutOfBoundsException if they are not inside the array, or would not be inside this memory
     */
    public void put(int offset, byte[] source, int sourceOffset, int length) {
        whole.put(offset, source, sourceOffset, length);
    }

    /** Bytes. */
    public int capacity() {
        return capacity;
    }

    /** A view of a part, sharing the memory. */
    public ByteBuffer slice(int offset, int length) {
        return buffer.slice(offset, length);
    }

    /** Of the first byte. */
    long addressUnchecked() {
        return address;
    }

    long address(int offset, int length) {
        Objects.checkFromIndexSize(offset, length, capacity);
        return address + offset;
    }

    /**
     * Sends a part to a connected non-blocking socket.
     *
     * @param more whether the kernel may hold the bytes back because more follow at once ({@code
     *     MSG_MORE})
     * @return bytes taken, or {@code -errno}
     */
    public int sendTo(int socketFd, int offset, int length, boolean more) {
        try {
            return Native.send(socketFd, address(offset, length), length, more ? Linux.MSG_MORE : 0);
        } finally {
            Reference.reachabilityFence(this); // of the address alone the collector does not know
        }
    }
}
