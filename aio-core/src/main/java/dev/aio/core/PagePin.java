package dev.aio.core;

import dev.aio.core.internal.Native;

/**
 * Keeps the content of a file in the page cache: it is mapped and locked ({@code mlock(2)}), so that neither a lack of memory
 * nor {@code drop_caches} nor somebody's advice takes it out. While that holds, {@link AioFile#isResident} needs no system
 * call, but for one look a second. Nothing is read through the mapping: a file that is cut off meanwhile does no harm.
 *
 * <p>What is locked counts against {@code RLIMIT_MEMLOCK}, which is the process's (processes with {@code CAP_IPC_LOCK} have
 * none), and against the memory of its cgroup. The mapping keeps the inode: of a deleted file the blocks are freed when the
 * pin is closed. Any thread, none that may not wait: both ends change the process's memory map.
 */
public final class PagePin implements AutoCloseable {

    private static final String LIMITED =
            "more than RLIMIT_MEMLOCK lets this process lock (ulimit -l), or more than the file still holds";

    private final AioFile file;
    private final long address;
    private final long bytes;
    private boolean closed;

    private PagePin(AioFile file, long address, long bytes) {
        this.file = file;
        this.address = address;
        this.bytes = bytes;
    }

    /**
     * Locks all that the file held when it was opened. Waits for the disk if not all of it is resident.
     *
     * @param file open for reading, and not empty; may be closed before the pin is
     * @throws AioException {@code ENOMEM} or {@code EAGAIN} if that is more than {@code RLIMIT_MEMLOCK} leaves, {@code EPERM}
     *     if it is 0; {@code ENOMEM} too if the file has become shorter; {@code EINVAL} if it is empty; …
     * @throws IllegalStateException if the file is closed
     */
    public static PagePin of(AioFile file) throws AioException {
        file.retain();
        try {
            long bytes = file.size();
            long address = Native.mmap(file.bufferedFd(), bytes);
            if (address < 0) {
                throw AioException.of((int) address, "mmap", file.path());
            }
            int result = Native.mlock(address, bytes);
            if (result < 0) {
                Native.munmap(address, bytes);
                throw AioException.of(result, "mlock", file.path(), -1, bytes, LIMITED);
            }
            file.residency().pinned(true);
            return new PagePin(file, address, bytes);
        } finally {
            file.release();
        }
    }

    /** What is locked, in bytes: whole pages. */
    public long bytes() {
        return (bytes + AlignedMemory.PAGE - 1) & -AlignedMemory.PAGE;
    }

    /**
     * Whether all of it was in memory when that was last looked at. What is no longer, because a direct write or the like has
     * taken it out, does not come back by itself: make another pin.
     */
    public boolean holds() {
        return file.residency().isPinned();
    }

    /** Unlocks it, which does not take it out of the page cache. Idempotent. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            file.residency().pinned(false);
            Native.munmap(address, bytes);
        }
    }
}
