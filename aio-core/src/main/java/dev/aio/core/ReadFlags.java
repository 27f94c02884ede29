package dev.aio.core;

import dev.aio.core.internal.Linux;

/** Per-operation flags of reads, {@code aio_rw_flags}; which are accepted depends on the file system. */
public final class ReadFlags {

    /** End with {@code -EAGAIN} rather than wait in the submission. */
    public static final int RWF_NOWAIT = Linux.RWF_NOWAIT;

    private ReadFlags() {}
}
