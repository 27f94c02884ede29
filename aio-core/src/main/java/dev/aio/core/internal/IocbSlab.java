package dev.aio.core.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Control blocks (linux/aio_abi.h, struct iocb, 64 bytes each), one per slot of a context, and the
 * array of pointers that {@code io_submit} takes. The kernel copies a block while it submits, so a
 * block may be written again as soon as {@code io_submit} has returned.
 */
public final class IocbSlab {

    private static final int IOCB_LENGTH = 64;
    private static final int DATA = 0;
    private static final int RW_FLAGS = 12; // after u32 aio_key on little-endian machines
    private static final int OPCODE = 16;
    private static final int REQPRIO = 18;
    private static final int FILDES = 20;
    private static final int BUF = 24;
    private static final int NBYTES = 32;
    private static final int OFFSET = 40;
    private static final int FLAGS = 56;
    private static final int RESFD = 60;

    private final int commonFlags;
    private final ByteBuffer blocks;
    private final long blocksAddress;
    private final int[] pointed;
    private final ByteBuffer pointers;
    private final long pointersAddress;
    private final ByteBuffer slotPointers;
    private final long slotPointersAddress;

    /**
     * @param eventFd the eventfd that every completion signals, or -1
     */
    public IocbSlab(int slots, int batch, int eventFd) {
        blocks = ByteBuffer.allocateDirect(slots * IOCB_LENGTH).order(ByteOrder.nativeOrder());
        blocksAddress = Native.bufferAddress(blocks);
        pointed = new int[batch];
        pointers = ByteBuffer.allocateDirect(batch * Long.BYTES).order(ByteOrder.nativeOrder());
        pointersAddress = Native.bufferAddress(pointers);
        slotPointers = ByteBuffer.allocateDirect(slots * Long.BYTES).order(ByteOrder.nativeOrder());
        slotPointersAddress = Native.bufferAddress(slotPointers);
        commonFlags = eventFd >= 0 ? Linux.IOCB_FLAG_RESFD : 0;
        for (int slot = 0; slot < slots; slot++) {
            slotPointers.putLong(slot * Long.BYTES, blocksAddress + (long) slot * IOCB_LENGTH);
            blocks.putInt(slot * IOCB_LENGTH + FLAGS, commonFlags);
            blocks.putInt(slot * IOCB_LENGTH + RESFD, Math.max(eventFd, 0));
        }
    }

    /**
     * Writes a slot's block.
     *
     * @param address of the bytes, of the {@code struct iovec}s, or a poll's mask; 0 for syncs
     * @param length in bytes, or {@code struct iovec}s
     * @param priority I/O class and level as {@code ioprio_set} takes them; 0 leaves the thread's
     */
    public void prepare(
            int slot,
            long data,
            short opcode,
            int fd,
            long address,
            long length,
            long position,
            int rwFlags,
            int priority) {
        int at = slot * IOCB_LENGTH;
        blocks.putLong(at + DATA, data);
        blocks.putInt(at + RW_FLAGS, rwFlags);
        blocks.putShort(at + OPCODE, opcode);
        blocks.putShort(at + REQPRIO, (short) priority);
        blocks.putInt(at + FILDES, fd);
        blocks.putLong(at + BUF, address);
        blocks.putLong(at + NBYTES, length);
        blocks.putLong(at + OFFSET, position);
        blocks.putInt(at + FLAGS, priority == 0 ? commonFlags : commonFlags | Linux.IOCB_FLAG_IOPRIO);
    }

    public long data(int slot) {
        return blocks.getLong(slot * IOCB_LENGTH + DATA);
    }

    public short opcode(int slot) {
        return blocks.getShort(slot * IOCB_LENGTH + OPCODE);
    }

    public int fd(int slot) {
        return blocks.getInt(slot * IOCB_LENGTH + FILDES);
    }

    public long address(int slot) {
        return blocks.getLong(slot * IOCB_LENGTH + BUF);
    }

    public long length(int slot) {
        return blocks.getLong(slot * IOCB_LENGTH + NBYTES);
    }

    public long position(int slot) {
        return blocks.getLong(slot * IOCB_LENGTH + OFFSET);
    }

    public int rwFlags(int slot) {
        return blocks.getInt(slot * IOCB_LENGTH + RW_FLAGS);
    }

    /** Class and level; 0 if the operation has none of its own. */
    public int priority(int slot) {
        return blocks.getShort(slot * IOCB_LENGTH + REQPRIO) & 0xffff;
    }

    /** Puts the slot's block at {@code index} of the array that is submitted next. */
    public void point(int index, int slot) {
        pointed[index] = slot;
        pointers.putLong(index * Long.BYTES, blockAddress(slot));
    }

    /** The slot that {@link #point} has put at {@code index}. */
    public int pointed(int index) {
        return pointed[index];
    }

    public long pointersAddress() {
        return pointersAddress;
    }

    public long blockAddress(int slot) {
        return blocksAddress + (long) slot * IOCB_LENGTH;
    }

    /** An array of one pointer, to the slot's block: for a thread that submits it alone. */
    public long pointerAddress(int slot) {
        return slotPointersAddress + (long) slot * Long.BYTES;
    }
}
