package dev.aio.core;

import dev.aio.core.internal.Native;

/**
 * Keeps the content of a file in the page cache: it is mapped and locked ({@code mlock(2)}), so that neither a lack of memory
 * nor {@code drop_caches} nor somebody's advice takes it out. For two seconds after it was locked, {@link AioFile#isResident}
 * needs no system call; {@link #renew()} once a second keeps it so. Nothing is read through the mapping: a file that is cut
 * off meanwhile does no harm.
 *
 * <p>Locked pages are taken out all the same by whoever writes the file past the page cache, punches a hole into it, cuts it
 * off, or has its blocks deduplicated. All but the last change its times: who has to be sure asks for those ({@link
 * AioFile#isRewrittenSince}) before each use. Files that this process itself writes directly are not for pins.
 *
 * <p>What is locked counts against {@code RLIMIT_MEMLOCK}, which is the process's (processes with {@code CAP_IPC_LOCK} have
 * none), and against the memory of its cgroup. The mapping keeps the inode: of a deleted file the blocks are freed when the
 * pin is closed. Any thread, none that may not wait: all methods but {@link #bytes} change the process's memory map.
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
     * @throws AioException {@code ENOMEM} if that is more than {@code RLIMIT_MEMLOCK} leaves, or the file has become shorter;
     *     {@code EPERM} if the limit is 0; {@code EAGAIN} if there is no memory; {@code EINVAL} if the file is empty; …
     * @throws IllegalStateException if the file is closed
     */
    public static PagePin of(AioFile file) throws AioException {
        PagePin pin;
        file.retain();
        try {
            long address = Native.mmap(file.bufferedFd(), file.size());
            if (address < 0) {
                throw AioException.of((int) address, "mmap", file.path());
            }
            pin = new PagePin(file, address, file.size());
        } finally {
            file.release();
        }
        try {
            pin.renew();
        } catch (AioException e) {
            pin.close();
            throw e;
        }
        return pin;
    }

    /** What is locked, in bytes: pages of 4 KiB. */
    public long bytes() {
        return (bytes + AlignedMemory.PAGE - 1) & -AlignedMemory.PAGE;
    }

    /**
     * Brings back and locks what has been taken out meanwhile. Waits for the disk if anything has.
     *
     * @throws AioException as {@link #of} does; what is locked stays so
     * @throws IllegalStateException if the pin is closed
     */
    public synchronized void renew() throws AioException {
        if (closed) {
            throw new IllegalStateException("the pin is closed: " + file.path());
        }
        int result = Native.mlock(address, bytes);
        if (result < 0) {
            file.residency().unpinned(this);
            throw AioException.of(result, "mlock", file.path(), -1, bytes, LIMITED);
        }
        file.residency().pinned(this);
    }

    /** Unlocks it, which does not take it out of the page cache. Idempotent. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            file.residency().unpinned(this);
            Native.munmap(address, bytes);
        }
    }
}
