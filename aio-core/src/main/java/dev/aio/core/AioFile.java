package dev.aio.core;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import java.lang.ref.Reference;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One inode under two open file descriptions: a buffered one for resident data, and an {@code
 * O_DIRECT} one, opened when first asked for, for asynchronous operations on the disk. It is the same
 * inode by construction: both are opened through the descriptor that was resolved, not by name.
 *
 * <p>May be shared between threads. Counted: {@link #retain()} and {@link #release()}; operations in
 * flight hold a count of their own. The descriptors are closed when the last count goes, by the
 * executor given at open, because the last close of an unlinked file frees its blocks synchronously.
 *
 * <p>Methods that may wait for the disk say so; the others return at once provided that {@link
 * #needsPreparation} is {@code false}. Whoever reads, sends, prepares or asks for residency holds a count
 * meanwhile: the number of a closed descriptor soon is another file's.
 */
public final class AioFile implements AutoCloseable {

    private final FileDescriptors descriptors;
    private final String path;
    private final FileStat stat;
    private final long deviceNumber; // of the block device that this is, or 0
    private final long size;
    private final DeviceTraits traits;
    private final FileReads reads;
    private final ResidencyMap residency;
    private final ReadPreparation preparation;
    private final WrittenPrefix written;
    private final FileChanges changes;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable HotRanges hotRanges;

    /**
     * @param deviceNumber of the block device that this is; 0 if it is a regular file
     */
    AioFile(FileDescriptors descriptors, String path, FileStat stat, long deviceNumber, DeviceTraits traits)
            throws AioException {
        this.descriptors = descriptors;
        this.path = path;
        this.stat = stat;
        this.deviceNumber = deviceNumber;
        this.traits = traits;
        size = deviceNumber != 0 ? BlockDevice.size(deviceNumber, path) : stat.size();
        reads = new FileReads(descriptors, traits);
        residency = new ResidencyMap(descriptors.buffered(), traits, size);
        descriptors.closeWith(residency);
        boolean noatime = descriptors.isNoatime() || !descriptors.isReadable() || deviceNumber != 0;
        preparation =
                new ReadPreparation(descriptors.buffered(), path, stat, traits, noatime, descriptors.isWritable());
        written = new WrittenPrefix(traits.type);
        changes = new FileChanges(descriptors, path, traits, directOffsetAlignment(), written);
        if (descriptors.direct() >= 0) {
            directOpened(size);
        }
    }

    /** Opens a regular file for reading; see {@link #open(Path, Executor)}. Closes in place. */
    public static AioFile open(Path path) throws AioException {
        return open(path, Runnable::run);
    }

    /**
     * Opens a regular file for reading, by name. May wait for the disk.
     *
     * @param closer where the descriptors are closed in the end; the executor must not refuse
     * @throws AioException if it does not exist, is not a regular file, may not be read, …
     */
    public static AioFile open(Path path, Executor closer) throws AioException {
        return FileOpener.open(path, OpenRequest.READ, closer);
    }

    /** Opens a file as the options say; see {@link #open(Path, Executor, OpenOption...)}. Closes in place. */
    public static AioFile open(Path path, OpenOption... options) throws AioException {
        return open(path, Runnable::run, options);
    }

    /**
     * Opens a file as the options say, which mean what they do to {@link
     * java.nio.channels.FileChannel#open}: {@code READ} (assumed if there is neither {@code WRITE} nor
     * {@code APPEND}), {@code WRITE}, {@code APPEND}, {@code CREATE}, {@code CREATE_NEW}, {@code
     * TRUNCATE_EXISTING}, {@code SYNC}, {@code DSYNC}, {@code SPARSE} (ignored), {@code NOFOLLOW_LINKS}
     * and {@link AioOpenOption#DIRECT}. With options a block device may be opened too, but for {@code
     * CREATE} and {@code APPEND}. What is neither is never opened at all. May wait for the disk.
     *
     * <p>A new file may be read and written by everybody, less what the process's umask takes off. It is
     * only made under the name itself, not where a dangling symbolic link points, and stays if opening
     * fails afterwards, as where there is no {@code O_DIRECT}.
     *
     * @param closer where the descriptors are closed in the end; the executor must not refuse
     * @throws IllegalArgumentException for {@code APPEND} with {@code READ} or {@code TRUNCATE_EXISTING}
     * @throws UnsupportedOperationException for other options, such as {@code DELETE_ON_CLOSE}
     * @throws AioException {@code ENOENT}, {@code EEXIST}, {@code EACCES}, {@code EROFS}, …; {@code
     *     EISDIR} for a directory, {@code ESPIPE} for a FIFO or socket, {@code ELOOP} for a symbolic link
     *     that must not be followed; {@code EINVAL} if the file system does not support {@code O_DIRECT}
     */
    public static AioFile open(Path path, Executor closer, OpenOption... options) throws AioException {
        return FileOpener.open(path, OpenRequest.of(options), closer);
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
     * @throws AioException {@code EACCES}, {@code EMFILE}, …; {@code EISDIR} for a directory, {@code
     *     ELOOP} for a symbolic link, {@code EINVAL} for what else is not a regular file, which is then
     *     not touched
     */
    public static AioFile open(AioPath located, Executor closer) throws AioException {
        return FileOpener.open(located, OpenRequest.READ, closer);
    }

    /**
     * Takes what is open already: a regular file or a block device. The descriptor is duplicated, stays
     * the caller's and may be closed at once; access mode, {@code O_APPEND} and {@code O_DIRECT} are as it
     * was opened. Closes in place. May wait for the disk.
     *
     * @throws AioException {@code EBADF} if it is not open (or only as {@code O_PATH}), {@code EISDIR} for
     *     a directory, {@code ESPIPE} for a pipe or socket, {@code EINVAL} for other things
     */
    public static AioFile ofDescriptor(int fd) throws AioException {
        return FileOpener.ofDescriptor(fd);
    }

    /** The name under which it was opened. */
    public String path() {
        return path;
    }

    /** Size, times and identity of the inode when it was opened. */
    public FileStat stat() {
        return stat;
    }

    /**
     * Size, times and identity of the inode, now. Does not wait on local file systems, and elsewhere takes
     * what the kernel has in memory.
     *
     * @throws AioException if the file system does not tell
     * @throws IllegalStateException if the file is closed
     */
    public FileStat currentStat() throws AioException {
        descriptors.retain();
        try {
            return FileStat.query(descriptors.buffered(), path, Linux.AT_STATX_DONT_SYNC);
        } finally {
            descriptors.release();
        }
    }

    /**
     * {@link FileStat#rewrittenSince} of the {@link #currentStat}, which it allocates nothing for; the same exceptions.
     *
     * @param earlier what was said of this inode at some time
     */
    public boolean isRewrittenSince(FileStat earlier) throws AioException {
        descriptors.retain();
        try {
            return FileStat.isRewrittenSince(earlier, descriptors.buffered(), path, Linux.AT_STATX_DONT_SYNC);
        } finally {
            descriptors.release();
        }
    }

    /** Bytes, when it was opened. */
    public long size() {
        return size;
    }

    /** Bytes, now. Does not wait on local file systems. */
    public long currentSize() throws AioException {
        descriptors.retain();
        try {
            return deviceNumber != 0
                    ? BlockDevice.size(deviceNumber, path)
                    : FileStat.query(descriptors.buffered(), path, 0).size();
        } finally {
            descriptors.release();
        }
    }

    /** Whether it was opened for reading. */
    public boolean isReadable() {
        return descriptors.isReadable();
    }

    /** Whether it was opened for writing. */
    public boolean isWritable() {
        return descriptors.isWritable();
    }

    /** Whether each write goes to the end of the file, whatever its position. */
    public boolean isAppending() {
        return descriptors.isAppending();
    }

    /** The file system it is on. */
    public FileSystemType fileSystem() {
        return traits.type;
    }

    /**
     * Whether {@code O_DIRECT} is open, or was not refused yet and may still be opened: not for a file that is
     * written through the page cache.
     */
    public boolean mayReadDirect() {
        return isDirectOpen() || traits.direct && !isWritable();
    }

    /** Whether the {@code O_DIRECT} description is open, see {@link #openDirect()}. */
    public boolean isDirectOpen() {
        return descriptors.direct() >= 0;
    }

    /** Whether direct reads here were not yet seen to refuse {@code RWF_NOWAIT}. */
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
     * <p>A file that may be written has one from the beginning ({@link AioOpenOption#DIRECT}) or never: writes go
     * through it once it is there, and those that are not aligned, welcome until then, would be refused.
     *
     * @return whether it is open now; {@code false} if the file system does not support it, or the file is open for
     *     writing without {@link AioOpenOption#DIRECT}
     * @throws AioException if opening failed for another reason, such as {@code EMFILE}
     */
    public synchronized boolean openDirect() throws AioException {
        if (!mayReadDirect() || isDirectOpen()) {
            return isDirectOpen();
        }
        descriptors.retain();
        try {
            int opened = descriptors.openDirect();
            if (opened == -Linux.EINVAL || opened == -Linux.EOPNOTSUPP) {
                traits.direct = false;
                return false;
            }
            if (opened < 0) {
                throw AioException.of(opened, "open(O_DIRECT)", path);
            }
            directOpened(size);
            return true;
        } finally {
            descriptors.release();
        }
    }

    private void directOpened(long sizeNow) {
        traits.diskQueue.learn(device());
        if (isWritable()) {
            written.learn(descriptors.buffered(), sizeNow);
        }
    }

    /**
     * Requests of the disk that a direct read of that many bytes is likely to need: one, or in a
     * fragmented file one for each extent.
     */
    public int diskRequests(int length) {
        return preparation.diskRequests(length);
    }

    /** This process's share of the queue of the device that the file is on. */
    public DiskQueue diskQueue() {
        return traits.diskQueue;
    }

    /**
     * Whether a direct write of that range could be carried out as a whole; on a file without {@code O_DIRECT}
     * always.
     *
     * @param position bytes; not looked at for a file that is open for appending
     * @throws AioException {@code EINVAL}, with the alignment needed
     */
    public void requireAlignedWrite(long position, long length) throws AioException {
        long place = isAppending() ? 0 : position;
        if (isDirectOpen() && ((place | length) & directOffsetAlignment() - 1) != 0) {
            throw AioException.of(Linux.EINVAL, "write", path, position, length, Pieces.alignmentOfWrites(this));
        }
    }

    /** The descriptor for asynchronous operations. */
    int aioFd() {
        return descriptors.forAio();
    }

    /** -1 if not open. */
    int directFd() {
        return descriptors.direct();
    }

    /** The descriptor that goes through the page cache. */
    int bufferedFd() {
        return descriptors.buffered();
    }

    /**
     * Whether even a read that must not wait could wait: for blocks of the extent tree, or for the
     * journal because of atime. Then {@link #prepare()} comes first, where waiting is allowed.
     *
     * @param nanoTime {@link System#nanoTime()}
     */
    public boolean needsPreparation(long nanoTime) {
        return preparation.isNeeded(nanoTime);
    }

    /** {@link #needsPreparation(long)}, now; looks at the clock only for files of which that depends on it. */
    public boolean needsPreparation() {
        return preparation.isNeeded();
    }

    /**
     * Whether this file may never be read on an event loop: its file system is not known to keep
     * reads from waiting, or each read would write its atime.
     */
    public boolean isLaneOnly() {
        return !traits.type.isLoopSafe() || preparation.isFutile();
    }

    /** Reads in whatever a later non-blocking read could wait for. Waits for the disk. */
    public void prepare() throws AioException {
        preparation.run();
    }

    /**
     * Reads what is in the page cache, without waiting.
     *
     * @return bytes read, fewer than asked where the rest is not resident, 0 at end of file; {@code
     *     -EAGAIN} if nothing is resident or this file system cannot tell; another {@code -errno}
     */
    public int readResident(long position, AlignedMemory memory, int offset, int length) {
        return reads.resident(position, memory, offset, length);
    }

    /** Whether this file system was not yet seen to refuse {@code RWF_NOWAIT}, and so can tell. */
    public boolean canTellResidency() {
        return traits.nowaitBuffered;
    }

    /**
     * Whether all of the range is in the page cache: whoever reads it now will not wait. What a {@link PagePin} has locked
     * within two seconds is taken to be; else every page is asked about, and one that is missing begins to be read in. What
     * was not there when the file was opened counts as missing; what is beyond the end as resident.
     *
     * <p>Costs some 10 µs for each 64 KiB, or 1 µs once it is mapped, see {@link #mapHotRanges}.
     */
    public boolean isResident(long position, long length) {
        boolean known = !isWritable() || length <= size - position;
        boolean resident = known && residency.isResident(position, length);
        HotRanges hot = hotRanges;
        if (hot != null) {
            hot.mapIfWanted();
        }
        return resident;
    }

    /**
     * Has what is asked about again and again by {@link #isResident} mapped, so that asking gets cheap: the first GiB of a
     * file, in units of 256 KiB, each after sixteen times. Nothing is read through the mapping, which ends with the file. For
     * regular files; of a block device nothing is mapped.
     *
     * @param budget for this file and others
     * @param executor where that is done, since mapping may wait for the disk: a task for each time that some units have
     *     become hot. What it refuses is tried again a minute later
     */
    public void mapHotRanges(MappingBudget budget, Executor executor) {
        if (deviceNumber == 0 && budget.limit() > 0) {
            hotRanges = new HotRanges(this, budget, executor);
        }
    }

    /**
     * Like {@link #readResident}, unless the range was not resident as a whole when that was last asked. The kernel
     * looks itself, and is asked beforehand only because a read that it declines has begun to bring the range into
     * memory, which somebody else may be about to read from the disk. Of what was resident until now that is paid
     * once, instead of one system call more for each read.
     *
     * @return bytes read, which are fewer than asked for if some are no longer resident; 0 if it was not tried
     */
    public int readIfKnownResident(long position, AlignedMemory memory, int offset, int length) {
        try {
            return readIfKnownResident(position, memory.address(offset, length), length);
        } finally {
            Reference.reachabilityFence(memory);
        }
    }

    /**
     * The same for who knows the address of the memory already, and answers for its being there until this returns:
     * nothing is checked, nothing allocated.
     *
     * @param address of that many bytes outside the heap, which may be written to
     */
    public int readIfKnownResident(long position, long address, int length) {
        if (!residency.wasResident(position, length)) {
            return 0;
        }
        int read = reads.resident(position, address, length);
        if (read < length) {
            residency.refute();
        }
        return Math.max(0, read);
    }

    /**
     * Reads, waiting for the disk.
     *
     * @return bytes read, 0 at end of file, or {@code -errno}
     */
    public int read(long position, AlignedMemory memory, int offset, int length) {
        return reads.from(descriptors.buffered(), position, memory, offset, length);
    }

    /**
     * Reads through the {@code O_DIRECT} description, waiting for the disk. Address, length and
     * position must be aligned.
     *
     * @return bytes read, 0 at end of file, or {@code -errno}
     * @throws IllegalStateException if {@link #openDirect()} has not opened it
     */
    public int readDirect(long position, AlignedMemory memory, int offset, int length) {
        int direct = descriptors.direct();
        if (direct < 0) {
            throw new IllegalStateException("no direct description is open: " + path);
        }
        return reads.from(direct, position, memory, offset, length);
    }

    /**
     * Sends a range to a connected non-blocking socket by {@code sendfile(2)}. Waits for the disk if
     * the range is not resident.
     *
     * @return bytes sent, or {@code -errno}: {@code -EAGAIN} if the socket takes none
     */
    public long sendTo(int socketFd, long position, long count) {
        return Native.sendfile(socketFd, descriptors.buffered(), position, count);
    }

    /**
     * Makes the file that long: cuts it off, or lets it end in a hole. Waits for the disk.
     *
     * @param newSize bytes
     * @throws AioException {@code EBADF} if it is not open for writing, {@code EFBIG}, …
     * @throws IllegalStateException if the file is closed; so do the following
     */
    public void truncate(long newSize) throws AioException {
        descriptors.holding(() -> changes.truncate(newSize));
    }

    /**
     * Reserves disk space for a range, extending the file if need be, so that writes there do not fail
     * for lack of it. The blocks stay unwritten: the first write to each converts it, for which a
     * submission may wait; {@link #zeroFill} leaves nothing to convert. Waits for the disk.
     *
     * @param position in bytes
     * @param length in bytes
     * @throws AioException {@code ENOSPC}; {@code EOPNOTSUPP} if the file system cannot; …
     */
    public void preallocate(long position, long length) throws AioException {
        descriptors.holding(() -> changes.preallocate(position, length));
    }

    /**
     * Writes zeros over a range, extending the file if need be, and waits until they are on the disk:
     * direct writes there then neither extend the file nor convert blocks, and their submission has
     * nothing to wait for. What the range held is gone.
     *
     * @param position in bytes
     * @param length in bytes
     * @throws AioException {@code ENOSPC}, {@code EIO}, … with the position reached; {@code EINVAL} if the
     *     file is open for appending
     */
    public void zeroFill(long position, long length) throws AioException {
        descriptors.holding(() -> changes.zeroFill(position, length));
    }

    /** {@code fsync(2)}: waits until content and attributes are on the disk. */
    public void sync() throws AioException {
        descriptors.holding(changes::sync);
    }

    /** {@code fdatasync(2)}: waits until the content, and what finding it again takes, are on the disk. */
    public void dataSync() throws AioException {
        descriptors.holding(changes::dataSync);
    }

    /** What is known of its being in memory. */
    ResidencyMap residency() {
        return residency;
    }

    /** Whether a write there only replaces what is there, see {@link WrittenPrefix}; never waits. */
    boolean isOverwrite(long position, long length) {
        return !isAppending() && written.covers(position, length);
    }

    /** A write of that range through {@link #aioFd()} has completed; not for one that appended. */
    void noteWritten(long position, long length) {
        written.written(position, length);
    }

    DeviceTraits traits() {
        return traits;
    }

    /** Of the file system, or the block device itself; with {@link #inode()} it identifies the file. */
    long device() {
        return deviceNumber != 0 ? deviceNumber : stat.device();
    }

    /** 0 for a block device, whichever node it was opened by; no file has that number. */
    long inode() {
        return deviceNumber != 0 ? 0 : stat.inode();
    }

    boolean sameInode(AioFile other) {
        return inode() == other.inode() && device() == other.device();
    }

    /**
     * Takes a count, if the file is still open.
     *
     * @return {@code false} if the last count is gone
     */
    public boolean tryRetain() {
        return descriptors.tryRetain();
    }

    /**
     * Takes a count.
     *
     * @throws IllegalStateException if the file is closed
     */
    public AioFile retain() {
        descriptors.retain();
        return this;
    }

    /** Gives a count back; with the last one the descriptors are closed. */
    public void release() {
        descriptors.release();
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
        return "AioFile(" + path + ", " + size + " bytes, " + traits.type.label() + ')';
    }
}
