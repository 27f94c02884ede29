package dev.aio.core;

import dev.aio.core.internal.Linux;
import org.jspecify.annotations.Nullable;

/**
 * Flags and priority of an operation. Immutable: make one once and use it for any number of operations.
 * What a file system does not know it refuses, with {@code EOPNOTSUPP}: {@link AioProbe} tells beforehand.
 */
public final class OperationOptions {

    /** No flags, and the priority of the thread that submits. */
    public static final OperationOptions NONE = new OperationOptions(0, null, false);

    final int rwFlags;
    final int priority;
    private final @Nullable IoPriority given;

    private final boolean helperSubmits;

    private OperationOptions(int rwFlags, @Nullable IoPriority given, boolean helperSubmits) {
        this.rwFlags = rwFlags;
        this.given = given;
        this.helperSubmits = helperSubmits;
        priority = given == null ? 0 : given.kernelValue();
    }

    /**
     * {@code RWF_NOWAIT}: the operation ends with {@code -EAGAIN} rather than wait in its submission. A
     * context that never waits does so by itself and goes on elsewhere; with this option the caller
     * gets the {@code -EAGAIN}, and short results, as they are.
     */
    public OperationOptions nowait() {
        return rwFlags(Linux.RWF_NOWAIT);
    }

    /** {@code RWF_DSYNC}: a write ends when its bytes, and what is needed to find them, are on the disk. */
    public OperationOptions dsync() {
        return rwFlags(Linux.RWF_DSYNC);
    }

    /** {@code RWF_SYNC}: like {@link #dsync()}, with all metadata. */
    public OperationOptions sync() {
        return rwFlags(Linux.RWF_SYNC);
    }

    /** {@code RWF_APPEND}: a write goes to the end of the file, whatever its position says. */
    public OperationOptions append() {
        return rwFlags(Linux.RWF_APPEND);
    }

    /** {@code RWF_NOAPPEND}: a write goes to its position, even if the file was opened to append. */
    public OperationOptions noAppend() {
        return rwFlags(Linux.RWF_NOAPPEND);
    }

    /** {@code RWF_HIPRI}: accepted for direct operations; today's kernels ignore it for AIO. */
    public OperationOptions highPriority() {
        return rwFlags(Linux.RWF_HIPRI);
    }

    /** Adds {@code RWF_} flags by their bits, also those that this library does not know. */
    public OperationOptions rwFlags(int flags) {
        return new OperationOptions(rwFlags | flags, given, helperSubmits);
    }

    /** {@code IOCB_FLAG_IOPRIO}: class and level of this operation; {@code null} for the thread's own. */
    public OperationOptions priority(@Nullable IoPriority priority) {
        return new OperationOptions(rwFlags, priority, helperSubmits);
    }

    /**
     * Has the context's submit helper make the submission, for callers who know that it may wait. Without
     * effect on the lane, whose submissions never wait, and on polls.
     */
    public OperationOptions helperSubmits() {
        return new OperationOptions(rwFlags, given, true);
    }

    boolean isHelperSubmits() {
        return helperSubmits;
    }

    boolean isNowait() {
        return (rwFlags & Linux.RWF_NOWAIT) != 0;
    }

    boolean isAppend() {
        return (rwFlags & Linux.RWF_APPEND) != 0;
    }

    @Override
    public String toString() {
        return "OperationOptions(rwFlags=0x" + Integer.toHexString(rwFlags) + ", priority=" + given + ')';
    }
}
