package dev.aio.core;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What can be wrong with the arguments of an operation, in the words that all ways of carrying it out use. */
final class ArgumentChecks {

    static final String READ_ONLY = "the memory is read-only (expected: memory that may be written)";

    private ArgumentChecks() {}

    /** For {@code EINVAL}; {@code null} if nothing is wrong. */
    static @Nullable String range(long position, long length) {
        if (position < 0) {
            return "position: " + position + " (expected: >= 0)";
        }
        return position > Long.MAX_VALUE - length ? "position and length together exceed " + Long.MAX_VALUE : null;
    }

    /** For {@code EBADF}; {@code null} if nothing is wrong. */
    static @Nullable String access(AioOperation kind, AioFile file) {
        boolean allowed = kind.isWrite() ? file.isWritable() : file.isReadable();
        return allowed ? null : "the file is not open for " + (kind.isWrite() ? "writing" : "reading") + ": open it so";
    }

    /** For {@code EINVAL}; {@code null} if nothing is wrong. */
    static @Nullable String buffer(AioOperation kind, ByteBuffer buffer) {
        if (!buffer.isDirect()) {
            return "a heap buffer moves while the kernel uses it (expected: a direct buffer)";
        }
        return kind.isRead() && buffer.isReadOnly() ? READ_ONLY : null;
    }
}
