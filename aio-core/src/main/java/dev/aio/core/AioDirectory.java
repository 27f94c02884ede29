package dev.aio.core;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import java.nio.file.Path;

/**
 * A directory as a root: names are resolved beneath it and nowhere else, by the kernel ({@code
 * openat2} with {@code RESOLVE_BENEATH}) or, where that call is missing or forbidden, by an equally
 * strict walk. Any thread may use it.
 */
public final class AioDirectory implements AutoCloseable {

    private static final long BENEATH = Linux.RESOLVE_BENEATH | Linux.RESOLVE_NO_MAGICLINKS;

    private final int fd;
    private final Path path;
    private final DeviceTraits traits;
    volatile boolean openat2 = true; // package-private: tests compare both ways
    private volatile boolean closed;

    private AioDirectory(int fd, Path path, DeviceTraits traits) {
        this.fd = fd;
        this.path = path;
        this.traits = traits;
    }

    /**
     * Opens a directory. May wait for the disk.
     *
     * @throws AioException if it does not exist, is not a directory or may not be searched
     */
    public static AioDirectory open(Path path) throws AioException {
        Scratch scratch = Scratch.get();
        long name = scratch.path(path.toString().isEmpty() ? "." : path.toString());
        int fd = name == 0 ? -Linux.EINVAL : Native.openat(Linux.AT_FDCWD, name, Linux.O_PATH | Linux.O_DIRECTORY, 0);
        if (fd < 0) {
            throw AioException.of(fd, "open", path.toString());
        }
        try {
            FileStat stat = FileStat.query(fd, path.toString(), 0);
            return new AioDirectory(fd, path, DeviceTraits.of(stat.device(), fd));
        } catch (AioException e) {
            Native.close(fd);
            throw e;
        }
    }

    /** The name under which it was opened. */
    public Path path() {
        return path;
    }

    /** The file system of the directory itself; others may be mounted beneath it. */
    public FileSystemType fileSystem() {
        return traits.type;
    }

    /**
     * Resolves a relative name. May wait for the disk.
     *
     * @param name relative, without {@code ..} at its start; empty for the directory itself
     * @throws AioException {@code EXDEV} if the name leads out of this directory, {@code ENOENT},
     *     {@code EACCES}, …
     */
    public AioPath resolve(String name) throws AioException {
        checkOpen();
        if (openat2) {
            int found = openat2(name, BENEATH);
            if (found != -Linux.ENOSYS && found != -Linux.EPERM) {
                return held(found, name, false);
            }
            openat2 = false; // an old kernel, or a seccomp profile that predates the call
        }
        return held(BeneathWalk.resolve(fd, name), name, false);
    }

    /**
     * Resolves a relative name from what the kernel has in memory, without waiting.
     *
     * @return {@code null} if that cannot be told without waiting: use {@link #resolve} where waiting
     *     is allowed
     * @throws AioException if the name certainly cannot be resolved, see {@link #resolve}
     */
    public AioPath resolveCached(String name) throws AioException {
        checkOpen();
        if (!openat2 || !traits.type.isLoopSafe()) {
            return null;
        }
        // NO_XDEV: what is mounted beneath may be a file system on which even this waits.
        int found = openat2(name, BENEATH | Linux.RESOLVE_CACHED | Linux.RESOLVE_NO_XDEV);
        switch (found) {
            case -Linux.EAGAIN:
            case -Linux.EXDEV: // a mount point, or an escape: resolve() tells which
            case -Linux.ENOSYS:
            case -Linux.EPERM:
            case -Linux.EINVAL: // kernels before 5.12 do not know RESOLVE_CACHED
                return null;
            default:
                return held(found, name, true);
        }
    }

    private int openat2(String name, long resolve) {
        long address = Scratch.get().path(name.isEmpty() ? "." : name);
        return address == 0 ? -Linux.ENAMETOOLONG : Native.openat2(fd, address, Linux.O_PATH, 0, resolve);
    }

    private static AioPath held(int found, String name, boolean dontSync) throws AioException {
        if (found < 0) {
            throw AioException.of(found, "open", name);
        }
        return AioPath.of(found, name, dontSync);
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("directory is closed: " + path);
        }
    }

    /** Ends the use as a root; files opened beneath it stay open. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Native.close(fd);
        }
    }
}
