package dev.aio.core;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A directory as a root: names are resolved beneath it and nowhere else, by the kernel ({@code
 * openat2} with {@code RESOLVE_BENEATH}) or, where that call is missing or forbidden, by an equally
 * strict walk. Any thread may use it.
 */
public final class AioDirectory implements AutoCloseable {

    /** A name with {@code ..} is refused with EAGAIN if anything on the host is renamed meanwhile (openat2(2)). */
    private static final int MAX_TRIES = 4;

    private final int fd;
    private final Path path;
    private final LinkPolicy links;
    private final long beneath; // how openat2 resolves
    private final DeviceTraits traits;
    volatile boolean openat2 = true; // package-private: tests compare both ways
    private final AtomicBoolean closed = new AtomicBoolean();
    // The opener and whoever is just using the descriptor; with the last it is closed, since a closed
    // number soon is another file, and names would be resolved beneath that.
    private final AtomicInteger users = new AtomicInteger(1);

    private AioDirectory(int fd, Path path, LinkPolicy links, DeviceTraits traits) {
        this.fd = fd;
        this.path = path;
        this.links = links;
        this.traits = traits;
        beneath = Linux.RESOLVE_BENEATH
                | Linux.RESOLVE_NO_MAGICLINKS
                | (links == LinkPolicy.NONE ? Linux.RESOLVE_NO_SYMLINKS : 0);
    }

    /** Opens a directory in which {@link LinkPolicy#RELATIVE relative} links are followed. */
    public static AioDirectory open(Path path) throws AioException {
        return open(path, LinkPolicy.RELATIVE);
    }

    /**
     * Opens a directory. May wait for the disk.
     *
     * @throws AioException if it does not exist, is not a directory or may not be searched
     */
    public static AioDirectory open(Path path, LinkPolicy links) throws AioException {
        Scratch scratch = Scratch.get();
        long name = scratch.path(path.toString().isEmpty() ? "." : path.toString());
        int fd = name == 0 ? -Linux.EINVAL : Native.openat(Linux.AT_FDCWD, name, Linux.O_PATH | Linux.O_DIRECTORY, 0);
        if (fd < 0) {
            throw AioException.of(fd, "open", path.toString());
        }
        try {
            FileStat stat = FileStat.query(fd, path.toString(), 0);
            return new AioDirectory(fd, path, links, DeviceTraits.of(stat.device(), fd));
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
        enter();
        try {
            return held(find(name, 0), name);
        } finally {
            leave();
        }
    }

    /** An {@code O_PATH} descriptor, or {@code -errno}. */
    private int find(String name, int followFlag) {
        if (openat2) {
            int found = openat2(name, followFlag, beneath);
            for (int i = 1; i < MAX_TRIES && found == -Linux.EAGAIN; i++) {
                found = openat2(name, followFlag, beneath);
            }
            boolean absolute = found == -Linux.EXDEV && links == LinkPolicy.ABSOLUTE;
            if (absolute || found == -Linux.EAGAIN) {
                return BeneathWalk.resolve(fd, name, followFlag == 0, links, path);
            }
            if (found != -Linux.ENOSYS && found != -Linux.EPERM) {
                return found;
            }
            openat2 = false; // an old kernel, or a seccomp profile that predates the call
        }
        return BeneathWalk.resolve(fd, name, followFlag == 0, links, path);
    }

    /**
     * Resolves a relative name from what the kernel has in memory, without waiting.
     *
     * @return {@code null} if that cannot be told without waiting: use {@link #resolve} where waiting
     *     is allowed
     * @throws AioException if the name certainly cannot be resolved, see {@link #resolve}
     */
    public @Nullable AioPath resolveCached(String name) throws AioException {
        enter();
        try {
            return cached(name);
        } finally {
            leave();
        }
    }

    private AioPath cached(String name) throws AioException {
        if (!openat2 || !traits.type.isLoopSafe()) {
            return null;
        }
        // NO_XDEV: what is mounted beneath may be a file system on which even this waits.
        int found = openat2(name, 0, beneath | Linux.RESOLVE_CACHED | Linux.RESOLVE_NO_XDEV);
        switch (found) {
            case -Linux.EAGAIN:
            case -Linux.EXDEV: // a mount point, or an escape: resolve() tells which
            case -Linux.ENOSYS:
            case -Linux.EPERM:
            case -Linux.EINVAL: // kernels before 5.12 do not know RESOLVE_CACHED
                return null;
            default:
                return heldCached(found, name);
        }
    }

    /** Opens a file beneath; see {@link #open(String, Executor, OpenOption...)}. Closes in place. */
    public AioFile open(String name, OpenOption... options) throws AioException {
        return open(name, Runnable::run, options);
    }

    /**
     * Opens a file beneath this directory and nowhere else, or makes it there. May wait for the disk.
     *
     * @param name relative, see {@link #resolve}; where a file is made, neither ending in a slash nor in
     *     {@code .} or {@code ..}
     * @param closer where the descriptors are closed in the end; the executor must not refuse
     * @param options as for {@link AioFile#open(Path, Executor, OpenOption...)}
     * @throws AioException see there, and {@link #resolve}
     */
    public AioFile open(String name, Executor closer, OpenOption... options) throws AioException {
        OpenRequest request = OpenRequest.of(options);
        enter();
        try {
            return FileOpener.open(new Beneath(name), name, request, closer);
        } finally {
            leave();
        }
    }

    private final class Beneath implements FileOpener.Place {
        private final String name;

        Beneath(String name) {
            this.name = name;
        }

        @Override
        public int find(int followFlag) {
            return AioDirectory.this.find(name, followFlag);
        }

        @Override
        public int make(int flags) throws AioException {
            int slash = name.lastIndexOf('/');
            String last = name.substring(slash + 1);
            if (last.isEmpty() || last.equals(".") || last.equals("..")) {
                String why = " (expected: a name that a file can have, without a slash, '.' or '..' at its end)";
                throw AioException.of(Linux.EISDIR, "open", name + why);
            }
            // With its slash: the parent of "/file" is not this directory.
            try (AioPath parent = held(AioDirectory.this.find(name.substring(0, slash + 1), 0), name)) {
                long address = Scratch.get().path(last);
                return address == 0
                        ? -Linux.ENAMETOOLONG
                        : Native.openat(parent.fd(), address, flags, FileOpener.DEFAULT_MODE);
            }
        }
    }

    /**
     * Makes the names in this directory itself durable: those of files made, renamed or deleted before.
     * Waits for the disk.
     *
     * @throws AioException {@code EACCES} if the directory may not be read; {@code EIO}, …
     */
    public void sync() throws AioException {
        sync("");
    }

    /**
     * Like {@link #sync()}, for a directory beneath.
     *
     * @param name relative, see {@link #resolve}
     * @throws AioException {@code ENOTDIR} if it is none; …
     */
    public void sync(String name) throws AioException {
        try (AioPath located = resolve(name)) {
            int readable = Native.openat(located.fd(), Scratch.get().path("."), Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
            int result = readable;
            if (readable >= 0) {
                do {
                    result = Native.fsync(readable);
                } while (result == -Linux.EINTR);
                Native.close(readable);
            }
            if (result < 0) {
                throw AioException.of(result, "sync", name.isEmpty() ? path.toString() : name);
            }
        }
    }

    private int openat2(String name, int followFlag, long resolve) {
        long address = Scratch.get().path(name.isEmpty() ? "." : name);
        return address == 0 ? -Linux.ENAMETOOLONG : Native.openat2(fd, address, Linux.O_PATH | followFlag, 0, resolve);
    }

    private static AioPath held(int found, String name) throws AioException {
        if (found < 0) {
            throw AioException.of(found, "open", name);
        }
        return AioPath.of(found, name, null);
    }

    private AioPath heldCached(int found, String name) throws AioException {
        if (found < 0) {
            throw AioException.of(found, "open", name);
        }
        return AioPath.of(found, name, traits);
    }

    private void enter() {
        while (!closed.get()) {
            int n = users.get();
            if (n > 0 && users.compareAndSet(n, n + 1)) {
                return;
            }
        }
        throw new IllegalStateException("directory is closed: " + path);
    }

    private void leave() {
        if (users.decrementAndGet() == 0) {
            Native.close(fd);
        }
    }

    /** Ends the use as a root; files opened beneath it stay open. Idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            leave();
        }
    }
}
