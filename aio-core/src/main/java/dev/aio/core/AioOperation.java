package dev.aio.core;

import dev.aio.core.internal.Linux;

/** The operations of an {@link AioContext}, named as its methods are. */
public enum AioOperation {
    /** {@code pread(2)} */
    READ("read", Linux.IOCB_CMD_PREAD),
    /** {@code pwrite(2)} */
    WRITE("write", Linux.IOCB_CMD_PWRITE),
    /** {@code preadv(2)} */
    READ_VECTORED("readv", Linux.IOCB_CMD_PREADV),
    /** {@code pwritev(2)} */
    WRITE_VECTORED("writev", Linux.IOCB_CMD_PWRITEV),
    /** {@code fsync(2)} */
    SYNC("sync", Linux.IOCB_CMD_FSYNC),
    /** {@code fdatasync(2)} */
    DATA_SYNC("dataSync", Linux.IOCB_CMD_FDSYNC),
    /** {@code poll(2)}, once */
    POLL("poll", Linux.IOCB_CMD_POLL);

    private final String label;
    final short opcode;

    AioOperation(String label, short opcode) {
        this.label = label;
        this.opcode = opcode;
    }

    /** The name that errors and reports use. */
    public String label() {
        return label;
    }

    boolean isRead() {
        return this == READ || this == READ_VECTORED;
    }

    boolean isWrite() {
        return this == WRITE || this == WRITE_VECTORED;
    }

    boolean isSync() {
        return this == SYNC || this == DATA_SYNC;
    }
}
