package dev.aio.core;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;

/**
 * A name resolved to an inode that is held but not opened ({@code O_PATH}): it can be looked at
 * without any effect on what it is, be it a FIFO, a device or a directory. Whoever has it closes it,
 * or passes it to {@link AioFile#open(AioPath)}, which does not.
 */
public final class AioPath implements AutoCloseable {

    private final int fd;
    private final String path;
    private final FileStat stat;
    private boolean closed;

    private AioPath(int fd, String path, FileStat stat) {
        this.fd = fd;
        this.path = path;
        this.stat = stat;
    }

    /** Takes over {@code fd}, also when it fails. */
    static AioPath of(int fd, String path, boolean dontSync) throws AioException {
        try {
            int flags = dontSync ? Linux.AT_STATX_DONT_SYNC : 0;
            return new AioPath(fd, path, FileStat.query(fd, path, flags));
        } catch (AioException e) {
            Native.close(fd);
            throw e;
        }
    }

    int fd() {
        return fd;
    }

    /** The name that was resolved. */
    public String path() {
        return path;
    }

    /** What the inode was when the name was resolved. */
    public FileStat stat() {
        return stat;
    }

    /** May wait for the disk if this was the last reference to an unlinked inode. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Native.close(fd);
        }
    }
}
