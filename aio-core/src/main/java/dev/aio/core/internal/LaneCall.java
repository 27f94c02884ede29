package dev.aio.core.internal;

/**
 * The system call that stands for a control block, made by the calling thread, which waits for it.
 * Answers as {@code io_submit} and the event would (fs/aio.c). One instance per thread.
 */
final class LaneCall {

    private final IocbSlab iocbs;
    private short opcode;
    private int fd;
    private long address;
    private long length;
    private long position;
    private int flags;
    private long data;
    private int threadPriority; // 0: whatever the thread was born with

    LaneCall(IocbSlab iocbs) {
        this.iocbs = iocbs;
    }

    /** {@code aio_data} of the block that {@link #make} was called for last. */
    long data() {
        return data;
    }

    /** Makes the call; the block is not looked at once it has begun. */
    int make(int slot) {
        data = iocbs.data(slot);
        opcode = iocbs.opcode(slot);
        fd = iocbs.fd(slot);
        address = iocbs.address(slot);
        length = iocbs.length(slot);
        position = iocbs.position(slot);
        flags = iocbs.rwFlags(slot);
        int invalid = setPriority(isTransfer() ? iocbs.priority(slot) : 0); // syncs have none in the kernel either
        if (invalid < 0) {
            return invalid;
        }
        int result;
        do {
            result = call();
        } while (result == -Linux.EINTR); // the kernel's AIO is not interrupted by signals
        return result;
    }

    private boolean isTransfer() {
        switch (opcode) {
            case Linux.IOCB_CMD_PREAD:
            case Linux.IOCB_CMD_PWRITE:
            case Linux.IOCB_CMD_PREADV:
            case Linux.IOCB_CMD_PWRITEV:
                return true;
            default:
                return false;
        }
    }

    private int setPriority(int priority) {
        if (priority == threadPriority) {
            return 0;
        }
        int result = Native.ioprioSet(priority);
        if (result >= 0) {
            threadPriority = priority;
        }
        return result;
    }

    private int call() {
        if (isTransfer()) {
            // preadv2 and pwritev2 take position -1 for the description's own.
            return position < 0 || length < 0 ? -Linux.EINVAL : transfer();
        }
        if ((address | length | position | flags) != 0) {
            return -Linux.EINVAL; // as aio_fsync refuses fields that mean nothing to it
        }
        switch (opcode) {
            case Linux.IOCB_CMD_FSYNC:
                return Native.fsync(fd);
            case Linux.IOCB_CMD_FDSYNC:
                return Native.fdatasync(fd);
            default:
                return -Linux.EINVAL;
        }
    }

    private int transfer() {
        int count = (int) Math.min(length, Linux.MAX_RW_COUNT); // what one call moves at most, in any case
        switch (opcode) {
            case Linux.IOCB_CMD_PREAD:
                return BlockingCalls.read(fd, address, count, position, flags);
            case Linux.IOCB_CMD_PWRITE:
                return BlockingCalls.write(fd, address, count, position, flags);
            case Linux.IOCB_CMD_PREADV:
                return BlockingCalls.readv(fd, address, count, position, flags);
            default:
                return BlockingCalls.writev(fd, address, count, position, flags);
        }
    }
}
