package dev.aio.core;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Turns the arguments of a context's methods into operations that are queued. What is wrong with them is
 * noted in the operation, which then ends without reaching the engine.
 */
final class Preparation {

    private final SlotTable slots;
    private final Pieces pieces;
    private final Barriers barriers;
    private final AioContextStats stats;
    private boolean stopped;

    Preparation(SlotTable slots, Pieces pieces, Barriers barriers, AioContextStats stats) {
        this.slots = slots;
        this.pieces = pieces;
        this.barriers = barriers;
        this.stats = stats;
    }

    /** The context ends: from now on everything is rejected, else a completion that prepares more had no end. */
    void stop() {
        stopped = true;
    }

    long memory(
            AioOperation kind,
            AioFile file,
            long position,
            AlignedMemory memory,
            int offset,
            int length,
            OperationOptions options,
            AioCompletion completion,
            long token) {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(memory, "memory");
        Operation operation = take(options, completion, token);
        if (operation == null) {
            return AioContext.REJECTED;
        }
        operation.memory = memory;
        operation.bufferPosition = offset;
        if (offset < 0 || length < 0 || offset > memory.capacity() - length) {
            operation.refuse(
                    Linux.EINVAL,
                    length + " bytes from offset " + offset + " are not within the memory's " + memory.capacity());
        } else {
            operation.address = memory.addressUnchecked() + offset;
        }
        if (kind.isRead() && memory.isReadOnly()) {
            operation.refuse(Linux.EINVAL, ArgumentChecks.READ_ONLY);
        }
        return transfer(operation, kind, file, position, length);
    }

    long buffer(
            AioOperation kind,
            AioFile file,
            long position,
            ByteBuffer buffer,
            OperationOptions options,
            AioCompletion completion,
            long token) {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(buffer, "buffer");
        Operation operation = take(options, completion, token);
        if (operation == null) {
            return AioContext.REJECTED;
        }
        operation.memory = buffer;
        operation.buffer = buffer;
        operation.bufferPosition = buffer.position();
        String wrong = ArgumentChecks.buffer(kind, buffer);
        if (wrong != null) {
            operation.refuse(Linux.EINVAL, wrong);
        } else {
            operation.address = Native.bufferAddress(buffer) + buffer.position();
        }
        return transfer(operation, kind, file, position, buffer.remaining());
    }

    long vectors(
            AioOperation kind,
            AioFile file,
            long position,
            IoVectors vectors,
            OperationOptions options,
            AioCompletion completion,
            long token) {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(vectors, "vectors");
        Operation operation = take(options, completion, token);
        if (operation == null) {
            return AioContext.REJECTED;
        }
        if (!vectors.tryUse()) {
            slots.give(operation);
            throw new IllegalStateException("the vectors are used by another operation (expected: one at a time)");
        }
        operation.memory = vectors;
        operation.vectors = vectors;
        if (kind.isRead() && vectors.isReadOnly()) {
            operation.refuse(Linux.EINVAL, ArgumentChecks.READ_ONLY);
        }
        return transfer(operation, kind, file, position, vectors.length());
    }

    private long transfer(Operation operation, AioOperation kind, AioFile file, long position, long length) {
        operation.kind = kind;
        operation.position = position;
        operation.length = length;
        String wrong = ArgumentChecks.range(position, length);
        if (wrong != null) {
            operation.refuse(Linux.EINVAL, wrong);
        }
        retain(operation, file);
        String denied = ArgumentChecks.access(kind, file);
        if (denied != null) {
            operation.refuse(Linux.EBADF, denied);
        }
        if (operation.direct && operation.refused == 0) {
            pieces.align(operation);
        }
        return accept(operation);
    }

    long sync(AioOperation kind, AioFile file, OperationOptions options, AioCompletion completion, long token) {
        Objects.requireNonNull(file, "file");
        Operation operation = take(options, completion, token);
        if (operation == null) {
            return AioContext.REJECTED;
        }
        operation.kind = kind;
        retain(operation, file);
        if (options.rwFlags != 0) {
            operation.refuse(Linux.EINVAL, "a sync takes no flags (expected: a priority at most)");
        }
        return accept(operation);
    }

    long poll(int fd, int events, OperationOptions options, AioCompletion completion, long token) {
        Operation operation = take(options, completion, token);
        if (operation == null) {
            return AioContext.REJECTED;
        }
        operation.kind = AioOperation.POLL;
        operation.fd = fd;
        operation.address = events;
        if (fd < 0) {
            operation.refuse(Linux.EBADF, "descriptor: " + fd + " (expected: >= 0)");
        } else if (options.rwFlags != 0) {
            operation.refuse(Linux.EINVAL, "a poll takes no flags");
        }
        return accept(operation);
    }

    private static void retain(Operation operation, AioFile file) {
        operation.path = file.path();
        operation.file = file;
        int direct = file.directFd(); // read once: another thread may just be opening it
        operation.direct = direct >= 0;
        operation.fd = operation.direct ? direct : file.bufferedFd();
        if (!file.tryRetain()) { // given back when the operation ends
            operation.file = null;
            operation.fd = -1;
            operation.direct = false;
            operation.refuse(Linux.EBADF, "the file was closed (expected: open until the operation is accepted)");
        }
    }

    private @Nullable Operation take(OperationOptions options, AioCompletion completion, long token) {
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(completion, "completion");
        Operation operation = stopped ? null : slots.take();
        if (operation == null) {
            stats.rejections++;
            return null;
        }
        operation.options = options;
        operation.completion = completion;
        operation.token = token;
        return operation;
    }

    private long accept(Operation operation) {
        if (operation.refused == 0 && operation.kind.isWrite()) {
            barriers.accept(operation);
        }
        boolean held = operation.refused == 0 && operation.kind.isSync() && barriers.hold(operation);
        if (!held) {
            slots.queue(operation);
        }
        return operation.id();
    }
}
