package dev.aio.core;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The two open file descriptions of one inode, closed together when the last count goes. Any thread may
 * count; whoever uses a descriptor holds a count meanwhile, since a closed number soon is another file.
 */
final class FileDescriptors {

    /** What the second description has in common with the first. */
    static final int SHARED_FLAGS = Linux.O_ACCMODE | Linux.O_APPEND | Linux.O_SYNC | Linux.O_NOATIME;

    private final String path;
    private final int buffered;
    private final int flags;
    private final Executor closer;
    private final AtomicInteger references = new AtomicInteger(1);
    private volatile int direct;
    private @Nullable ResidencyMap residency;

    /**
     * Takes the descriptors over.
     *
     * @param direct -1 if there is none yet; may be the same as {@code buffered} if there is no other
     * @param flags as {@code fcntl(F_GETFL)} would answer
     */
    FileDescriptors(String path, int buffered, int direct, int flags, Executor closer) {
        this.path = path;
        this.buffered = buffered;
        this.direct = direct;
        this.flags = flags;
        this.closer = closer;
    }

    /** What else ends with the descriptors, right before them and on the same thread. */
    synchronized void closeWith(ResidencyMap map) {
        residency = map;
    }

    /** The same inode again, whatever its name means by now; {@code -errno} if refused. */
    static int reopen(int fd, int flags) {
        return Native.openat(Linux.AT_FDCWD, Scratch.get().path("/proc/self/fd/" + fd), flags, 0);
    }

    int buffered() {
        return buffered;
    }

    /** -1 if it is not open. */
    int direct() {
        return direct;
    }

    /** The descriptor for asynchronous operations. */
    int forAio() {
        int fd = direct;
        return fd >= 0 ? fd : buffered;
    }

    /** Whether reads write no atime, as far as these descriptions decide that. */
    boolean isNoatime() {
        return (flags & Linux.O_NOATIME) != 0;
    }

    boolean isReadable() {
        return (flags & Linux.O_ACCMODE) != Linux.O_WRONLY;
    }

    boolean isWritable() {
        return (flags & Linux.O_ACCMODE) != Linux.O_RDONLY;
    }

    boolean isAppending() {
        return (flags & Linux.O_APPEND) != 0;
    }

    /** Opens the {@code O_DIRECT} description if it is not open; returns it, or {@code -errno}. */
    synchronized int openDirect() {
        if (direct < 0) {
            if (references.get() <= 0) {
                throw closed();
            }
            int opened = reopen(buffered, flags & SHARED_FLAGS | Linux.O_NONBLOCK | Linux.O_DIRECT);
            if (opened < 0) {
                return opened;
            }
            direct = opened;
        }
        return direct;
    }

    boolean tryRetain() {
        while (true) {
            int n = references.get();
            if (n <= 0) { // less for a moment, in release(): closed all the same
                return false;
            }
            if (references.compareAndSet(n, n + 1)) {
                return true;
            }
        }
    }

    void retain() {
        if (!tryRetain()) {
            throw closed();
        }
    }

    @FunctionalInterface
    interface Use {
        void run() throws AioException;
    }

    /** The descriptors stay open for as long as the call needs them, whoever closes the file meanwhile. */
    void holding(Use use) throws AioException {
        retain();
        try {
            use.run();
        } finally {
            release();
        }
    }

    private IllegalStateException closed() {
        return new IllegalStateException("file is closed: " + path);
    }

    void release() {
        int left = references.decrementAndGet();
        if (left < 0) {
            references.incrementAndGet();
            throw new IllegalStateException("file released more often than retained: " + path);
        }
        if (left == 0) {
            closer.execute(this::close);
        }
    }

    private synchronized void close() {
        if (residency != null) {
            residency.close();
        }
        Native.close(buffered);
        if (direct >= 0 && direct != buffered) {
            Native.close(direct);
        }
    }
}
