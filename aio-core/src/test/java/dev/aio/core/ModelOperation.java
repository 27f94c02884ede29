package dev.aio.core;

import dev.aio.core.ModelStep.Flags;
import dev.aio.core.ModelStep.Kind;
import dev.aio.core.internal.Linux;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/**
 * An operation of a {@link ModelRun}: what its step promises, and whether it does that. It is accepted once, and belongs
 * to the run until it is released.
 */
final class ModelOperation implements AioCompletion {

    private static final int PAGE = AlignedMemory.PAGE;
    private static final int UNKNOWN_FLAG = 1 << 30;

    private final ModelRun run;
    private final ModelFiles files;
    private final ModelFile model;
    private final ModelStep step;

    private long id;
    private int preparedAt; // the run's count of submits
    private boolean write;
    private boolean barrier; // a write that syncs wait for
    private long from;
    private long to; // range that nothing else may change
    private GuardedMemory memory;
    private ByteBuffer buffer;
    private int bufferPosition;
    private IoVectors vectors;
    private byte[] data; // that is written
    private long position;
    private int length;
    private int memoryOffset; // of what is transferred, without vectors
    private long expected = Long.MIN_VALUE; // result, where it is known beforehand
    private List<ModelOperation> writesBefore = List.of();
    private boolean waitsForSignal;
    private boolean cancelling;
    private boolean completed;
    private boolean released;
    private boolean unsettled;

    ModelOperation(ModelRun run, ModelStep step) {
        this.run = run;
        this.step = step;
        files = run.files;
        model = run.model;
    }

    // --- making it

    /** Reads, writes or appends as the step says, once nothing in flight is in the way. */
    void transfer() {
        Kind kind = step.kind();
        write = kind.isWrite();
        boolean append = kind == Kind.APPEND;
        AioFile file = append && !step.direct() ? files.appending : files.of(step);
        int unit = file.isDirectOpen() && step.aligned()
                ? Math.max(file.directOffsetAlignment(), file.directMemoryAlignment())
                : 1;
        int offset = step.offset() / unit * unit;
        length = unit == 1 ? step.length() : (step.length() + unit - 1) / unit * unit;
        place(unit);
        if (append && model.size() + length > ModelStep.FILE_SIZE) {
            write = false;
            fail(Linux.EBADF, files.readOnly, 0, 0, 1, true); // no room: one that fails instead
            return;
        }
        allot(append);
        boolean aligned = !file.isDirectOpen() || isAligned(file, append ? 0 : position, offset);
        memory = run.memories.take(offset + length + GuardedMemory.GUARD);
        memoryOffset = offset;
        memory.guard(offset, length);
        if (write) {
            data = new byte[length];
            new SplittableRandom(run.seed + step.index()).nextBytes(data);
            memory.put(offset, data);
        }
        barrier = write && aligned;
        if (write && !aligned) {
            expected = -Linux.EINVAL;
        }
        OperationOptions options =
                append && step.direct() ? step.flags().options.append() : step.flags().options;
        long at = append ? step.position() : position;
        if (kind.isVectored()) {
            vectors = vectorsOf(offset, unit);
            barrier = write && (!file.isDirectOpen() || piecesAligned(file));
            if (write) {
                expected = barrier ? Long.MIN_VALUE : -Linux.EINVAL;
            }
            accept(() -> write
                    ? context().writev(file, at, vectors, options, this, step.index())
                    : context().readv(file, at, vectors, options, this, step.index()));
        } else if (kind == Kind.READ_BUFFER || kind == Kind.WRITE_BUFFER) {
            buffer = memory.slice(0, memory.capacity());
            bufferPosition = offset;
            buffer.limit(offset + length).position(offset);
            accept(() -> write
                    ? context().write(file, at, buffer, options, this, step.index())
                    : context().read(file, at, buffer, options, this, step.index()));
        } else {
            transfer(file, at, GuardedMemory.BEGIN + offset, length, options, write);
        }
    }

    private void place(int unit) {
        position = step.nearEnd() ? run.nearEnd() / unit * unit : step.position() / unit * unit;
        if (write && position > model.size() + 100_000) {
            position = model.size() / 2 / unit * unit; // leave few holes
        }
        if (write && position + length > ModelStep.FILE_SIZE) {
            position = 0;
        }
    }

    /** Waits for what is in the way, and claims the range. */
    private void allot(boolean append) {
        if (append) {
            run.awaitFreeEnd();
            position = model.size();
        } else if (write && length > 0) {
            run.awaitFreeToWrite(position, length);
        } else {
            run.awaitFree(position, position + length, write);
        }
        boolean moves = append || write && length > 0 && position + length > model.size();
        from = moves ? Math.min(position, model.size()) : position;
        to = moves ? Long.MAX_VALUE : position + length;
    }

    private boolean isAligned(AioFile file, long at, int offset) {
        int offsets = file.directOffsetAlignment();
        return at % offsets == 0 && length % offsets == 0 && offset % file.directMemoryAlignment() == 0;
    }

    private boolean piecesAligned(AioFile file) {
        if (position % file.directOffsetAlignment() != 0) {
            return false;
        }
        for (int i = 0; i < vectors.count(); i++) {
            if (vectors.offset(i) % file.directMemoryAlignment() != 0
                    || vectors.pieceLength(i) % file.directOffsetAlignment() != 0) {
                return false;
            }
        }
        return true;
    }

    private IoVectors vectorsOf(int offset, int unit) {
        int pieces = Math.max(1, Math.min(step.pieces(), length / unit));
        IoVectors all = new IoVectors(pieces + 1);
        int each = length / pieces / unit * unit;
        int begin = GuardedMemory.BEGIN + offset;
        int at = 0;
        for (int i = 0; i < pieces; i++) {
            if (i == pieces / 2) {
                all.add(memory.memory, begin + at, 0);
            }
            int bytes = i == pieces - 1 ? length - at : each;
            all.add(memory.memory, begin + at, bytes);
            at += bytes;
        }
        return all;
    }

    void sync(OperationOptions options) {
        accept(() -> {
            writesBefore = run.live().filter(other -> other.barrier).toList();
            return step.kind() == Kind.DATA_SYNC
                    ? context().dataSync(files.buffered, options, this, step.index())
                    : context().sync(files.direct, options, this, step.index());
        });
    }

    void poll(int fd, int events) {
        if (expected == Long.MIN_VALUE) {
            expected = events;
        }
        accept(() -> context().poll(fd, events, OperationOptions.NONE, this, step.index()));
    }

    /** A poll that must not end before {@link #signalled}. */
    void pollUntilSignalled(int fd) {
        waitsForSignal = true;
        poll(fd, PollEvents.IN);
    }

    // --- what cannot be, or is known to end in one way

    /** The result that it must have, whatever the model says. */
    ModelOperation mustEndWith(long result) {
        expected = result;
        return this;
    }

    /** Transfers what must fail with this errno. */
    void fail(int errno, AioFile file, long at, int memoryAt, int bytes, boolean writes) {
        mustEndWith(-errno);
        position = at;
        length = bytes;
        memory = run.memories.take(GuardedMemory.SMALL);
        transfer(file, at, memoryAt, bytes, OperationOptions.NONE, writes);
    }

    /** A buffer that the context must refuse. */
    void failWith(ByteBuffer bad, boolean writes) {
        mustEndWith(-Linux.EINVAL);
        buffer = bad;
        accept(() -> writes
                ? context().write(files.buffered, 0, bad, OperationOptions.NONE, this, step.index())
                : context().read(files.buffered, 0, bad, OperationOptions.NONE, this, step.index()));
    }

    void failWithUnknownFlag(int bytes) {
        mustEndWith(-Linux.EOPNOTSUPP);
        memory = run.memories.take(GuardedMemory.SMALL);
        transfer(files.buffered, step.position(), 0, bytes, OperationOptions.NONE.rwFlags(UNKNOWN_FLAG), false);
    }

    void readFarBehindTheEnd() {
        mustEndWith(0);
        memory = run.memories.take(PAGE);
        transfer(files.of(step), 1L << 40, PAGE, PAGE, OperationOptions.NONE, false);
    }

    /** Reads into the vectors of an operation that is in flight: the caller's mistake. */
    void readIntoVectorsOf(ModelOperation other) {
        try {
            context().readv(files.buffered, 0, other.vectors, OperationOptions.NONE, this, 0);
            run.expect(false, "vectors taken by two operations");
        } catch (IllegalStateException refused) {
            // and the context took no harm, as what follows shows
        }
    }

    private void transfer(AioFile file, long at, int memoryAt, int bytes, OperationOptions options, boolean writes) {
        accept(() -> writes
                ? context().write(file, at, memory.memory, memoryAt, bytes, options, this, step.index())
                : context().read(file, at, memory.memory, memoryAt, bytes, options, this, step.index()));
    }

    private void accept(LongSupplier prepare) {
        run.accept(this, () -> {
            preparedAt = run.submits();
            id = prepare.getAsLong();
            return id;
        });
        run.expect(id > 0, "id: " + id);
        run.expect(!completed, "its completion was called before it was submitted");
    }

    private AioContext context() {
        return run.context();
    }

    // --- while it is in flight

    boolean conflicts(long otherFrom, long otherTo, boolean otherWrites) {
        // in whole pages: that is where the page cache and direct operations meet
        return (write || otherWrites)
                && from < to
                && otherFrom < otherTo
                && (from & -PAGE) < roundUp(otherTo)
                && (otherFrom & -PAGE) < roundUp(to);
    }

    private static long roundUp(long at) {
        return at > Long.MAX_VALUE - PAGE ? Long.MAX_VALUE : at + PAGE - 1 & -PAGE;
    }

    boolean hasVectors() {
        return vectors != null;
    }

    boolean waitsForSignal() {
        return waitsForSignal;
    }

    void signalled() {
        waitsForSignal = false;
    }

    void cancel() {
        boolean may = !completed;
        cancelling = may;
        boolean done = context().cancel(id);
        run.expect(done == may, "cancel answered " + done + ", and the completion was called " + !may + ": " + this);
        run.expect(completed, "cancelled, and its completion was not called");
        run.expect(!context().cancel(id), "cancelled twice");
    }

    // --- its end

    @Override
    public void completed(long token, long result) {
        run.completed();
        run.expect(!completed, "completed twice: " + this);
        completed = true;
        run.expect(token == step.index(), "token: " + token + " (expected: " + step.index() + ')');
        if (result < 0) {
            checkFailure(result);
        }
        if (result == -Linux.ECANCELED && (cancelling || run.isClosing())) {
            // before it was submitted for the first time it cannot have taken place
            unsettled = write && barrier && preparedAt != run.submits();
            return;
        }
        run.expect(!waitsForSignal, "a poll ended, and nobody has signalled: " + this);
        if (expected != Long.MIN_VALUE) {
            run.expect(result == expected, wrong(result, expected));
        } else if (step.kind().isTransfer()) {
            checkTransfer(result);
        } else {
            run.expect(result == 0, wrong(result, 0));
            for (ModelOperation before : writesBefore) {
                run.expect(before.released, "a sync ended before a write that was accepted earlier: " + before);
            }
        }
    }

    private String wrong(long result, long instead) {
        return "result: " + result + " (expected: " + instead + "): " + this
                + (result < 0 ? " " + context().failure() : "");
    }

    private void checkFailure(long result) {
        AioException why = context().failure();
        run.expect(why.errno() == -result, "failure(): " + why);
        if (step.kind().isTransfer() && expected == Long.MIN_VALUE && step.kind() != Kind.APPEND) {
            run.expect(why.position() == position && why.length() == length, "failure(): " + why + " of " + this);
        }
    }

    private void checkTransfer(long result) {
        boolean raw = step.flags() == Flags.NOWAIT;
        int whole = write ? length : model.readable(position, length);
        if (result != whole) {
            boolean declined = raw && (result == -Linux.EAGAIN || result == -Linux.EOPNOTSUPP);
            boolean unalignedEnd = step.kind() == Kind.APPEND && step.direct() && result == -Linux.EINVAL;
            boolean part = (raw || run.isClosing()) && result >= 0 && result < whole;
            run.expect(declined || unalignedEnd || part, wrong(result, whole));
        }
        int bytes = (int) Math.max(0, result);
        if (buffer != null) {
            run.expect(buffer.position() == bufferPosition + bytes, "buffer at " + buffer.position() + ": " + this);
        }
        String damage = memory.damage();
        run.expect(damage == null, damage + ": " + this);
        if (!write) {
            ByteBuffer got = memory.slice(memoryOffset, bytes);
            int wrong = bytes == 0 ? -1 : model.mismatch(position, got);
            run.expect(wrong < 0, "byte " + wrong + " of the " + bytes + " read is wrong: " + this);
        } else if (result == whole) {
            model.write((int) position, data, length);
        } else {
            unsettled = true;
        }
    }

    @Override
    public void released(long token) {
        run.expect(completed, "released before it completed: " + this);
        run.expect(!released, "released twice: " + this);
        released = true;
        run.released(this, id);
        if (unsettled) {
            settle();
        }
        if (memory != null) {
            run.memories.giveBack(memory);
        }
    }

    private void settle() {
        try {
            String wrong = model.settle(files.channel, (int) position, data, to == Long.MAX_VALUE);
            run.expect(wrong == null, wrong + ", after " + this);
        } catch (IOException e) {
            run.fail("cannot read the file: " + e, e);
        }
    }

    @Override
    public String toString() {
        return step + " [at " + position + ", " + length + " bytes]";
    }
}
