package dev.aio.core;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * One inode under two open file descriptions: a buffered one for resident data, and an {@code
 * O_DIRECT} one, opened when first asked for, for asynchronous reads from the disk. It is the same
 * inode by construction: both are opened through the descriptor that was resolved, not by name.
 *
 * <p>May be shared between threads. Counted: {@link #retain()} and {@link #release()}; operations in
 * flight hold a count of their own. The descriptors are closed when the last count goes, by the
 * executor given at open, because the last close of an unlinked file frees its blocks synchronously.
 *
 * <p>Methods that may wait for the disk say so; the others return at once provided that {@link
 * #needsPreparation} is {@code false}.
 */
public final class AioFile implements AutoCloseable {

    /** How long a mapping that the kernel may evict is trusted after it was read in, in ns. */
    private static final long MAPPING_TTL_NANOS = 1_000_000_000L;

    /** Assumed of a window of a fragmented file, unless it has fewer pages. */
    private static final int MANY = 64;

    private static final long ATIME_RECHECK_MILLIS = DeviceTraits.RELATIME_MARGIN_NANOS / 1_000_000;

    private final int fd;
    private final String path;
    private final FileStat stat;
    private final DeviceTraits traits;
    private final ResidencyMap residency;
    private final Executor closer;
    private final boolean noatime;
    private final AtomicInteger references = new AtomicInteger(1);
    private final AtomicBoolean closed = new AtomicBoolean();

    private volatile int directFd = -1;
    private volatile BlockMapping mapping = BlockMapping.UNKNOWN;
    private volatile long mappedAtNanos; // System.nanoTime
    private volatile long atimeSafeUntilMillis; // wall clock
    private volatile boolean readsWriteAtime;

    private AioFile(int fd, AioPath located, DeviceTraits traits, boolean noatime, Executor closer) {
        this.fd = fd;
        this.path = located.path();
        this.stat = located.stat();
        this.traits = traits;
        this.noatime = noatime;
        this.closer = closer;
        residency = new ResidencyMap(fd, traits, stat.size());
        if (BlockMapping.isInline(traits.type, stat)) {
            mapping = BlockMapping.PINNED;
        }
        trustAtime(stat);
    }

    /** Opens a file by name; see {@link #open(Path, Executor)}. Closes in place. */
    public static AioFile open(Path path) throws AioException {
        return open(path, Runnable::run);
    }

    /**
     * Opens a file by name. May wait for the disk.
     *
     * @param closer where the descriptors are closed in the end; the executor must not refuse
     * @throws AioException if it does not exist, is not a regular file, may not be read, …
     */
    public static AioFile open(Path path, Executor closer) throws AioException {
        Scratch scratch = Scratch.get();
        long name = scratch.path(path.toString());
        int fd = name == 0 ? -Linux.ENAMETOOLONG : Native.openat(Linux.AT_FDCWD, name, Linux.O_PATH, 0);
        if (fd < 0) {
            throw AioException.of(fd, "open", path.toString());
        }
        try (AioPath located = AioPath.of(fd, path.toString(), false)) {
            return open(located, closer);
        }
    }

    /** Opens what was resolved; see {@link #open(AioPath, Executor)}. Closes in place. */
    public static AioFile open(AioPath located) throws AioException {
        return open(located, Runnable::run);
    }

    /**
     * Opens what was resolved, for reading. Does not wait if the inode was resolved by {@link
     * AioDirectory#resolveCached} on a file system whose {@link FileSystemType} is loop-safe.
     *
     * @param closer where the descriptors are closed in the end; the executor must not refuse
     * @throws AioException {@code EACCES}, {@code EMFILE}, …; {@code EINVAL} if it is not a regular
     *     file, which is then not touched
     */
    public static AioFile open(AioPath located, Executor closer) throws AioException {
        Objects.requireNonNull(closer, "closer");
        if (!located.stat().isRegularFile()) {
            int error = located.stat().isDirectory() ? Linux.EISDIR : Linux.EINVAL;
            throw AioException.of(error, "open", located.path() + " (not a regular file)");
        }
        DeviceTraits traits = DeviceTraits.of(located.stat().device(), located.fd());
        boolean noatime = true;
        int fd = reopen(located.fd(), Linux.O_NOATIME);
        if (fd == -Linux.EPERM) { // only the owner may ask for it
            noatime = false;
            fd = reopen(located.fd(), 0);
        }
        if (fd < 0) {
            throw AioException.of(fd, "open", located.path());
        }
        Native.fadvise(fd, 0, 0, Linux.POSIX_FADV_RANDOM);
        return new AioFile(fd, located, traits, noatime, closer);
    }

    /** The same inode again, whatever its name means by now. */
    private static int reopen(int fd, int flags) {
        return Native.openat(
                Linux.AT_FDCWD,
                Scratch.get().path("/proc/self/fd/" + fd),
                Linux.O_RDONLY | Linux.O_NONBLOCK | flags,
                0);
    }

    /** The name under which it was opened. */
    public String path() {
        return path;
    }

    /** Size, times and identity of the inode when it was opened. */
    public FileStat stat() {
        return stat;
    }

    /** Bytes, when it was opened. */
    public long size() {
        return stat.size();
    }

    public FileSystemType fileSystem() {
        return traits.type;
    }

    /** Whether {@code O_DIRECT} is open, or was not refused yet. */
    public boolean mayReadDirect() {
        return directFd >= 0 || traits.direct;
    }

    public boolean isDirectOpen() {
        return directFd >= 0;
    }

    /** Whether direct reads here were not yet seen to refuse {@link ReadFlags#RWF_NOWAIT}. */
    public boolean mayReadDirectNowait() {
        return traits.nowaitDirect;
    }

    /** Remembers that this file system refuses {@code RWF_NOWAIT} on direct reads. */
    public void directNowaitRefused() {
        traits.nowaitDirect = false;
    }

    /** Alignment of positions and lengths of direct reads, in bytes. */
    public int directOffsetAlignment() {
        int said = stat.directOffsetAlignment();
        return said > 0 ? said : AlignedMemory.PAGE;
    }

    /** Alignment of memory addresses for direct reads, in bytes. */
    public int directMemoryAlignment() {
        int said = stat.directMemoryAlignment();
        return said > 0 ? said : AlignedMemory.PAGE;
    }

    /**
     * Opens the {@code O_DIRECT} description if it is not open yet. May wait for the disk.
     *
     * @return whether it is open now; {@code false} if the file system does not support it
     * @throws AioException if opening failed for another reason, such as {@code EMFILE}
     */
    public synchronized boolean openDirect() throws AioException {
        if (directFd >= 0 || !traits.direct) {
            return directFd >= 0;
        }
        if (references.get() == 0) {
            throw new IllegalStateException("file is closed: " + path);
        }
        int opened = reopen(fd, Linux.O_DIRECT | (noatime ? Linux.O_NOATIME : 0));
        if (opened == -Linux.EINVAL || opened == -Linux.EOPNOTSUPP) {
            traits.direct = false;
            return false;
        }
        if (opened < 0) {
            throw AioException.of(opened, "open(O_DIRECT)", path);
        }
        traits.diskQueue.learn(stat.device());
        directFd = opened;
        return true;
    }

    /**
     * Requests of the disk that a direct read of that many bytes is likely to need: one, or in a
     * fragmented file one for each extent.
     */
    public int diskRequests(int length) {
        return mapping.isFragmented() ? Math.max(1, Math.min(length / AlignedMemory.PAGE, MANY)) : 1;
    }

    /** Whether so many requests are better submitted by another thread than by an event loop. */
    public static boolean isManyRequests(int requests) {
        return requests > DiskQueue.FEW;
    }

    /**
     * Claims a place in the disk's queue for a direct read. If there is one, {@link
     * #endDirectRead(int)} must follow when the read has ended.
     *
     * @param requests see {@link #diskRequests(int)}
     */
    public boolean tryBeginDirectRead(int requests) {
        return traits.diskQueue.tryBegin(requests);
    }

    /** Gives back what {@link #tryBeginDirectRead(int)} claimed. */
    public void endDirectRead(int requests) {
        traits.diskQueue.end(requests);
    }

    /**
     * Calls {@code retry} once, after some read of that disk has ended, on whatever thread that is; it
     * must not block, and answers whether it can use the news. Whoever was refused a place asks once
     * more after this call: what ended before it announces nothing.
     */
    public void onDirectReadEnd(int requests, BooleanSupplier retry) {
        traits.diskQueue.onEnd(requests, retry);
    }

    /** Passes a call from {@link #onDirectReadEnd} on that found its receiver no longer waiting. */
    public void announceDirectReadEnd(int requests) {
        traits.diskQueue.announce(requests);
    }

    public boolean isReadable() {
        return true;
    }

    public boolean isWritable() {
        return false;
    }

    boolean isAppending() {
        return false;
    }

    boolean isOverwrite(long position, long length) {
        return false;
    }

    void noteWritten(long position, long length) {}

    boolean sameInode(AioFile other) {
        return stat.device() == other.stat.device() && stat.inode() == other.stat.inode();
    }

    DeviceTraits traits() {
        return traits;
    }

    /** The descriptor for asynchronous operations. */
    int aioFd() {
        int direct = directFd;
        return direct >= 0 ? direct : fd;
    }

    /**
     * Whether even a read that must not wait could wait: for blocks of the extent tree, or for the
     * journal because of atime. Then {@link #prepare()} comes first, where waiting is allowed.
     *
     * @param nanoTime {@link System#nanoTime()}
     */
    public boolean needsPreparation(long nanoTime) {
        boolean mapped =
                mapping == BlockMapping.PINNED || mapping.isEvictable() && nanoTime - mappedAtNanos < MAPPING_TTL_NANOS;
        return !mapped || !noatime && System.currentTimeMillis() >= atimeSafeUntilMillis;
    }

    /**
     * Whether this file may never be read on an event loop: its file system is not known to keep
     * reads from waiting, or each read would write its atime.
     */
    public boolean isLaneOnly() {
        return !traits.type.isLoopSafe() || readsWriteAtime;
    }

    /** Reads in whatever a later non-blocking read could wait for. Waits for the disk. */
    public void prepare() throws AioException {
        if (!noatime && System.currentTimeMillis() >= atimeSafeUntilMillis) {
            long before = FileStat.query(fd, path, 0).accessedNanos();
            // A read at the end transfers nothing and needs no page, yet brings atime up to date.
            Native.pread(fd, Scratch.get().out(), 1, stat.size());
            FileStat after = FileStat.query(fd, path, 0);
            trustAtime(after);
            if (after.accessedNanos() == before) {
                // Reads do not touch it at all, as on the lower layers of overlayfs.
                atimeSafeUntilMillis = System.currentTimeMillis() + ATIME_RECHECK_MILLIS;
            }
            readsWriteAtime = atimeSafeUntilMillis == 0;
        }
        if (mapping != BlockMapping.PINNED) {
            mapping = BlockMapping.readIn(fd, traits.type, stat);
            mappedAtNanos = System.nanoTime();
        }
    }

    private void trustAtime(FileStat now) {
        long wallNanos = System.currentTimeMillis() * 1_000_000L;
        atimeSafeUntilMillis = traits.readWritesAtime(now, wallNanos)
                ? 0
                : (Math.min(wallNanos, now.accessedNanos()) + DeviceTraits.RELATIME_MARGIN_NANOS) / 1_000_000L;
    }

    /**
     * Reads what is in the page cache, without waiting.
     *
     * @return bytes read, fewer than asked where the rest is not resident, 0 at end of file; {@code
     *     -EAGAIN} if nothing is resident or this file system cannot tell; another {@code -errno}
     */
    public int readResident(long position, AlignedMemory memory, int offset, int length) {
        if (!traits.nowaitBuffered) {
            return -Linux.EAGAIN;
        }
        int read = Native.preadv2(fd, memory.address(offset, length), length, position, Linux.RWF_NOWAIT);
        if (read == -Linux.EOPNOTSUPP || read == -Linux.ENOSYS || read == -Linux.EPERM) {
            traits.nowaitBuffered = false;
            return -Linux.EAGAIN;
        }
        return read;
    }

    /** Whether this file system was not yet seen to refuse {@code RWF_NOWAIT}, and so can tell. */
    public boolean canTellResidency() {
        return traits.nowaitBuffered;
    }

    /**
     * Whether all of the range is in the page cache: whoever reads it now will not wait. A page that
     * is asked about and missing begins to be read in.
     */
    public boolean isResident(long position, long length) {
        return residency.isResident(position, length);
    }

    /**
     * Reads, waiting for the disk.
     *
     * @return bytes read, 0 at end of file, or {@code -errno}
     */
    public int read(long position, AlignedMemory memory, int offset, int length) {
        int read;
        do {
            read = Native.pread(fd, memory.address(offset, length), length, position);
        } while (read == -Linux.EINTR);
        return read;
    }

    /**
     * Reads through the {@code O_DIRECT} description, waiting for the disk. Address, length and
     * position must be aligned.
     *
     * @return bytes read, 0 at end of file, or {@code -errno}
     * @throws IllegalStateException if {@link #openDirect()} has not opened it
     */
    public int readDirect(long position, AlignedMemory memory, int offset, int length) {
        int direct = directFd;
        if (direct < 0) {
            throw new IllegalStateException("no direct description is open: " + path);
        }
        int read;
        do {
            read = Native.pread(direct, memory.address(offset, length), length, position);
        } while (read == -Linux.EINTR);
        return read;
    }

    /**
     * Sends a range to a connected non-blocking socket by {@code sendfile(2)}. Waits for the disk if
     * the range is not resident.
     *
     * @return bytes sent, or {@code -errno}: {@code -EAGAIN} if the socket takes none
     */
    public long sendTo(int socketFd, long position, long count) {
        return Native.sendfile(socketFd, fd, position, count);
    }

    /**
     * Takes a count, if the file is still open.
     *
     * @return {@code false} if the last count is gone
     */
    public boolean tryRetain() {
        while (true) {
            int n = references.get();
            if (n == 0) {
                return false;
            }
            if (references.compareAndSet(n, n + 1)) {
                return true;
            }
        }
    }

    /**
     * Takes a count.
     *
     * @throws IllegalStateException if the file is closed
     */
    public AioFile retain() {
        if (!tryRetain()) {
            throw new IllegalStateException("file is closed: " + path);
        }
        return this;
    }

    /** Gives a count back; with the last one the descriptors are closed. */
    public void release() {
        int left = references.decrementAndGet();
        if (left < 0) {
            references.incrementAndGet();
            throw new IllegalStateException("file released more often than retained: " + path);
        }
        if (left == 0) {
            closer.execute(this::closeDescriptors);
        }
    }

    private synchronized void closeDescriptors() {
        Native.close(fd);
        if (directFd >= 0) {
            Native.close(directFd);
        }
    }

    /** Gives back the count of the one who opened the file. Idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release();
        }
    }

    @Override
    public String toString() {
        return "AioFile(" + path + ", " + stat.size() + " bytes, " + traits.type.label() + ')';
    }
}
