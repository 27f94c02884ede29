package dev.aio.core;

import dev.aio.core.internal.Errno;
import dev.aio.core.internal.Linux;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A file operation that the kernel refused or failed, whether it said so when the operation was
 * submitted or in its completion event.
 */
public final class AioException extends IOException {

    private static final long serialVersionUID = 1L;

    private final int errno;
    private final String operation;
    private final @Nullable String path;
    private final long position;
    private final long length;

    private AioException(
            int errno, String operation, @Nullable String path, long position, long length, @Nullable String detail) {
        super(message(errno, operation, path, position, length, detail));
        this.errno = errno;
        this.operation = operation;
        this.path = path;
        this.position = position;
        this.length = length;
    }

    /**
     * @param error errno, as a positive number or as the {@code -errno} that a completion carries
     * @param position in bytes, or -1 where the operation has none
     * @param length in bytes, or -1 where the operation has none
     */
    public static AioException of(int error, String operation, @Nullable String path, long position, long length) {
        return of(error, operation, path, position, length, null);
    }

    /**
     * @param detail what was found, what was expected and what to do; {@code null} for what is generally
     *     known of the error
     */
    static AioException of(
            int error, String operation, @Nullable String path, long position, long length, @Nullable String detail) {
        return new AioException(Math.abs(error), operation, path, position, length, detail);
    }

    static AioException of(int error, String operation, @Nullable String path) {
        return of(error, operation, path, -1, -1);
    }

    /** The kernel's error number. */
    public int errno() {
        return errno;
    }

    /** The error number's symbolic name, such as {@code EIO}. */
    public String errnoName() {
        return Errno.name(errno);
    }

    /** What was tried: {@code open}, {@code read}, … */
    public String operation() {
        return operation;
    }

    /** The path under which the file was opened. */
    public @Nullable String path() {
        return path;
    }

    /** Position in the file in bytes, or -1. */
    public long position() {
        return position;
    }

    /** Bytes asked for, or -1. */
    public long length() {
        return length;
    }

    /** Left empty: the fields say where, the stack of a completion says nothing, and 404s are frequent. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }

    private static String message(
            int errno, String operation, @Nullable String path, long position, long length, @Nullable String detail) {
        StringBuilder out = new StringBuilder(128).append(operation);
        if (length >= 0) {
            out.append(" of ").append(length).append(" bytes");
        }
        if (position >= 0) {
            out.append(" at position ").append(position);
        }
        if (path != null) {
            out.append(length >= 0 || position >= 0 ? " of " : " ").append(path);
        }
        out.append(": ").append(Errno.name(errno)).append(" (").append(errno).append(')');
        String advice = detail != null ? detail : advice(errno, operation);
        return advice == null ? out.toString() : out.append(": ").append(advice).toString();
    }

    private static @Nullable String advice(int errno, String operation) {
        boolean write = operation.startsWith("write");
        boolean transfer = write || operation.startsWith("read");
        switch (errno) {
            case Linux.EINVAL:
                return transfer
                        ? "a direct transfer needs address, length and position aligned as the file's alignment says"
                        : null;
            case Linux.EAGAIN:
                if (transfer) {
                    return "it would have to wait, and RWF_NOWAIT forbids that: try without";
                }
                return operation.equals("io_setup")
                        ? "fs.aio-nr has reached fs.aio-max-nr: raise it with sysctl -w"
                                + " fs.aio-max-nr=1048576, or use a smaller depth"
                        : null;
            case Linux.EOPNOTSUPP:
                return transfer ? "this file system or kernel does not know a flag of the operation" : null;
            case Linux.EPERM:
                return transfer ? "a realtime I/O priority needs CAP_SYS_ADMIN or CAP_SYS_NICE" : null;
            case Linux.EBADF:
                return "the file is closed or not open for this";
            case Linux.ENOSPC:
                return "the file system is full";
            case Linux.EFBIG:
                return "larger than the file system or the limit RLIMIT_FSIZE (ulimit -f) allows";
            case Linux.EIO:
                return "the device failed: see the kernel's log";
            case Linux.EROFS:
                return "the file system is mounted read-only";
            case Linux.ECANCELED:
                return "it was cancelled, or its context closed";
            case Linux.EMFILE:
                return "this process is out of file descriptors: raise its limit (ulimit -n)";
            case Linux.ENFILE:
                return "this host is out of file descriptors: raise sysctl fs.file-max";
            case Linux.EACCES:
                return "the process's user lacks permission";
            case Linux.EXDEV:
                return "the path leaves the directory it is confined to";
            default:
                return null;
        }
    }
}
