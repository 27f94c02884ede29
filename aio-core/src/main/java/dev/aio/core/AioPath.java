package dev.aio.core;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import org.jspecify.annotations.Nullable;

/**
 * A name resolved to an inode that is held but not opened ({@code O_PATH}): it can be looked at
 * without any effect on what it is, be it a FIFO, a device or a directory. Whoever has it closes it,
 * or passes it to {@link AioFile#open(AioPath)}, which does not.
 */
public final class AioPath implements AutoCloseable {

    private final int fd;
    private final String path;
    private final FileStat stat;
    private final @Nullable DeviceTraits mount;
    private boolean closed;

    private AioPath(int fd, String path, FileStat stat, @Nullable DeviceTraits mount) {
        this.fd = fd;
        this.path = path;
        this.stat = stat;
        this.mount = mount;
    }

    /**
     * Takes over {@code fd}, also when it fails.
     *
     * @param mount what is known of the mount it is on, if that is held and nothing may be waited for; else {@code
     *     null}
     */
    static AioPath of(int fd, String path, @Nullable DeviceTraits mount) throws AioException {
        try {
            int flags = mount != null ? Linux.AT_STATX_DONT_SYNC : 0;
            return new AioPath(fd, path, FileStat.query(fd, path, flags), mount);
        } catch (AioException e) {
            Native.close(fd);
            throw e;
        }
    }

    int fd() {
        return fd;
    }

    /** May wait, unless it was resolved without waiting. */
    DeviceTraits traits() throws AioException {
        return mount != null ? mount.of(stat.device()) : DeviceTraits.of(stat.device(), fd);
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
