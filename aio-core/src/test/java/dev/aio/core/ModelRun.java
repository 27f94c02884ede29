package dev.aio.core;

import dev.aio.core.ModelStep.Flags;
import dev.aio.core.ModelStep.Kind;
import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;

/**
 * Makes the first operations of a seed on a fresh file and compares each result, and the file in the end, with a
 * {@link ModelFile}. Operations that overlap are not in flight together unless both read, since their order is
 * undefined.
 */
final class ModelRun implements AutoCloseable {

    /** What does not agree with the model. */
    static final class Mismatch extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** The operation during which it was found. */
        final int index;

        Mismatch(int index, String message, Throwable cause) {
            super(message, cause);
            this.index = index;
        }
    }

    private static final int PAGE = AlignedMemory.PAGE;
    private static final int SMALL = 32 << 10; // most operations' memory
    private static final int GUARD = 64; // bytes on both sides of it that nobody may write to
    private static final long DEADLINE = TimeUnit.SECONDS.toNanos(30);
    private static final long BRIEFLY = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int UNKNOWN_FLAG = 1 << 30;

    private final Supplier<AioContextBuilder> builders;
    private final long seed;
    private final IntUnaryOperator truncation; // the model's idea of it: a test of this class makes it wrong
    private final ModelFile model = new ModelFile();
    private final FileChannel channel;
    private final AioFile buffered;
    private final AioFile direct;
    private final AioFile appending;
    private final AioFile readOnly;
    private final AioFile closed;
    private final int[] polled = new int[3]; // eventfds that are not signalled
    private final int ready = Native.eventfd(); // writable
    private final int givenEventFd = Native.eventfd();
    private final List<CompletableFuture<Void>> destroyed = new ArrayList<>();
    private final ArrayDeque<AlignedMemory> memories = new ArrayDeque<>();
    private final List<Live> live = new ArrayList<>(); // accepted and not released
    private final Live[] polls = new Live[polled.length];

    private AioContext context;
    private int capacity;
    private int submits; // how often the context may have submitted
    private int completions;
    private boolean closing;
    private long endedId; // of some operation that has ended
    private ModelStep step;
    private Mismatch failure;

    ModelRun(Supplier<AioContextBuilder> builders, long seed, Path path, IntUnaryOperator truncation)
            throws IOException {
        this.builders = builders;
        this.seed = seed;
        this.truncation = truncation;
        channel = FileChannel.open(
                path,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE,
                StandardOpenOption.READ);
        buffered = AioFile.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        direct = openDirect(path);
        appending = AioFile.open(path, StandardOpenOption.APPEND);
        readOnly = AioFile.open(path, StandardOpenOption.READ);
        closed = AioFile.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        closed.close();
        Arrays.setAll(polled, i -> Native.eventfd());
    }

    /** Without {@code O_DIRECT} where the file system has none. */
    private static AioFile openDirect(Path path) throws IOException {
        try {
            return AioFile.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, AioOpenOption.DIRECT);
        } catch (AioException e) {
            if (e.errno() != Linux.EINVAL) {
                throw e;
            }
            return AioFile.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        }
    }

    /** @throws Mismatch at the first operation that does not behave */
    void run(int length) throws IOException {
        step = ModelStep.of(seed, 0);
        openContext(step);
        for (int i = 0; i < length; i++) {
            step = ModelStep.of(seed, i);
            try {
                perform();
                follow();
            } catch (RuntimeException | IOException e) {
                fail("threw " + e, e);
            }
            check();
        }
        drain();
        String difference = model.compare(channel);
        if (difference != null) {
            fail("in the end: " + difference, null);
        }
        check();
    }

    private void check() {
        if (failure == null && context.inFlight() + context.pending() != live.size()) {
            fail(
                    context.inFlight() + " in flight and " + context.pending() + " pending (expected: " + live.size()
                            + " in all)",
                    null);
        }
        if (failure == null && context.inFlight() > context.depth()) {
            fail(context.inFlight() + " in flight of a depth of " + context.depth(), null);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void fail(String what, Throwable cause) {
        if (failure == null) {
            failure = cause instanceof Mismatch
                    ? (Mismatch) cause
                    : new Mismatch(step.index(), "during operation " + step.index() + ": " + what, cause);
        }
    }

    private void openContext(ModelStep with) throws IOException {
        SplittableRandom random = new SplittableRandom(seed ^ with.pick());
        int depth = new int[] {1, 2, 3, 8, 16, 64}[random.nextInt(6)];
        int pendingLimit = new int[] {0, 1, 5, 20, 100}[random.nextInt(5)];
        AioContextBuilder builder = builders.get()
                .depth(depth)
                .pendingLimit(pendingLimit)
                .laneThreads(1 + random.nextInt(4))
                .neverWait(random.nextInt(4) > 0)
                .onCallbackFailure((thread, failed) -> fail("a completion threw " + failed, failed));
        int eventFd = random.nextInt(3);
        if (eventFd == 0) {
            builder.ownEventFd(true);
        } else if (eventFd == 1) {
            builder.eventFd(givenEventFd);
        }
        context = builder.open();
        capacity = context.depth() + pendingLimit;
        submits = 0;
        endedId = 0; // of another context
    }

    private void perform() throws IOException {
        switch (step.kind()) {
            case SYNC:
            case DATA_SYNC:
                new Live(step).sync(step.flags() == Flags.PRIORITY ? Flags.PRIORITY.options : OperationOptions.NONE);
                break;
            case POLL_READY:
                new Live(step).poll(ready, PollEvents.OUT);
                break;
            case POLL_WAIT:
                waitForSignal();
                break;
            case SIGNAL:
                signal(step.pick() % polled.length);
                break;
            case CANCEL:
                cancel();
                break;
            case CANCEL_AGAIN:
                expect(endedId == 0 || !context.cancel(endedId), "cancelled what had ended");
                break;
            case TRUNCATE:
                truncate(step.nearEnd() ? (int) step.position() : nearEnd());
                break;
            case PREALLOCATE:
                extend(false);
                break;
            case ZERO_FILL:
                extend(true);
                break;
            case BAD:
                bad();
                break;
            case REOPEN:
                reopen();
                break;
            default:
                new Live(step).transfer();
                break;
        }
    }

    /** What the step does after its operation. */
    private void follow() {
        if (step.submits()) {
            submit();
        }
        if (step.reaps() > 0) {
            boolean mayStall = waitingPolls() > 0;
            getEvents(step.waitsFor(), step.reaps(), mayStall ? BRIEFLY : step.pick() % 3 == 0 ? 0 : DEADLINE);
        }
    }

    private void submit() {
        submits++;
        context.submit();
    }

    private void getEvents(int min, int max, long timeout) {
        submits++;
        int before = completions;
        int called = context.getEvents(min, max, timeout);
        expect(called <= max, called + " completions called (expected: at most " + max + ')');
        expect(called <= completions - before, called + " completions reported, and fewer called");
        expect(
                called >= Math.min(min, max) || timeout != DEADLINE || context.inFlight() == 0,
                called + " completions within " + timeout + " ns (expected: " + min + ')');
    }

    private void expect(boolean holds, String otherwise) {
        if (!holds) {
            fail(otherwise, null);
            throw failure;
        }
    }

    private int nearEnd() {
        return Math.max(0, Math.min(ModelStep.FILE_SIZE, model.size() + (step.pick() % 20_000) - 10_000));
    }

    // --- waiting

    private void drain() {
        await(live::isEmpty);
    }

    private interface Condition {
        boolean holds();
    }

    private void await(Condition condition) {
        long begin = System.nanoTime();
        while (!condition.holds()) {
            submit();
            if (condition.holds()) {
                break;
            }
            if (waitingPolls() > 0 && (live.size() <= waitingPolls() || waitingPolls() >= context.depth())) {
                for (int i = 0; i < polled.length; i++) {
                    signal(i);
                }
            }
            getEvents(1, 1 + step.pick() % 64, waitingPolls() > 0 ? BRIEFLY : DEADLINE);
            check();
            if (System.nanoTime() - begin > DEADLINE) {
                fail("not ended within 30 s: " + live, null);
                throw failure;
            }
        }
    }

    private int waitingPolls() {
        int n = 0;
        for (Live poll : polls) {
            n += poll != null && poll.poll >= 0 ? 1 : 0;
        }
        return n;
    }

    /** Waits until nothing is in flight that the order would matter of. */
    private void awaitFree(long from, long to, boolean writes) {
        await(() -> isFree(from, to, writes));
    }

    private boolean isFree(long from, long to, boolean writes) {
        return live.stream().noneMatch(other -> other.conflicts(from, to, writes));
    }

    /** A change of a range; one that moves the end of the file affects all that is behind. */
    private void awaitFreeToWrite(long position, long length) {
        await(() -> {
            boolean moves = position + length > model.size();
            return isFree(
                    moves ? Math.min(position, model.size()) : position,
                    moves ? Long.MAX_VALUE : position + length,
                    true);
        });
    }

    // --- operations that are not the context's

    private void truncate(int size) throws IOException {
        await(() -> isFree(Math.min(size, model.size()), Long.MAX_VALUE, true));
        (step.direct() ? direct : buffered).truncate(size);
        int wanted = truncation.applyAsInt(step.index());
        model.truncate(Math.max(0, size + wanted));
    }

    private void extend(boolean zero) throws IOException {
        int length = Math.max(1, step.length() % (64 << 10));
        int position = (int) Math.min(step.position(), model.size() + 4096);
        awaitFreeToWrite(position, length);
        boolean moves = position + length > model.size();
        AioFile file = step.direct() ? direct : buffered;
        if (zero) {
            file.zeroFill(position, length);
            model.zero(position, length);
        } else {
            try {
                file.preallocate(position, length);
                model.truncate(Math.max(model.size(), position + length));
            } catch (AioException e) {
                expect(e.errno() == Linux.EOPNOTSUPP, "preallocate: " + e);
            }
        }
        if (moves) { // else another write may be at the end
            expect(
                    file.currentSize() == model.size(),
                    "size: " + file.currentSize() + " (expected: " + model.size() + ')');
        }
    }

    private void signal(int which) {
        if (polls[which] != null) {
            Native.eventfdSignal(polled[which]);
            polls[which].poll = -1; // does not wait any more
        }
    }

    private void waitForSignal() {
        int which = step.pick() % polled.length;
        if (polls[which] != null) {
            return;
        }
        Live waiting = new Live(step);
        waiting.poll = which;
        polls[which] = waiting;
        waiting.poll(polled[which], PollEvents.IN);
    }

    private void cancel() {
        if (live.isEmpty()) {
            return;
        }
        Live one = live.get(step.pick() % live.size());
        boolean may = !one.completed;
        one.cancelling = may;
        boolean done = context.cancel(one.id);
        expect(done == may, "cancel answered " + done + ", and the completion was called " + !may + ": " + one);
        expect(one.completed, "cancelled, and its completion was not called");
        expect(!context.cancel(one.id), "cancelled twice");
    }

    private void reopen() throws IOException {
        if (step.pick() % 2 == 0) {
            drain();
        } else {
            for (int i = 0; i < polled.length; i++) {
                if (step.pick() % 4 == 1) {
                    signal(i);
                }
            }
        }
        closeContext();
        expect(live.isEmpty(), "not released by close: " + live);
        openContext(step);
    }

    private void closeContext() {
        closing = true;
        CloseReport report = context.close(DEADLINE);
        closing = false;
        expect(report.isComplete(), "closed with " + report);
        expect(context.stats().staleEvents() == 0, context.stats().staleEvents() + " stale events");
        destroyed.add(context.destroyed());
    }

    /** An operation that cannot be: it fails by itself, with what it should. */
    private void bad() {
        Live one = new Live(step);
        int length = 1 + step.length() % SMALL;
        switch (step.pick() % 16) {
            case 0:
                one.bad(Linux.EINVAL, direct, -1 - step.position(), 0, length, false);
                break;
            case 1:
                one.bad(Linux.EINVAL, buffered, step.position(), -1, length, step.direct());
                break;
            case 2:
                one.bad(Linux.EINVAL, buffered, step.position(), PAGE, Integer.MAX_VALUE, step.direct());
                break;
            case 3:
                one.bad(Linux.EINVAL, buffered, step.position(), 0, -length, step.direct());
                break;
            case 4:
                one.bad(Linux.EINVAL, buffered, Long.MAX_VALUE - length + 1, 0, length, step.direct());
                break;
            case 5:
                one.bad(Linux.EBADF, closed, step.position(), 0, length, step.direct());
                break;
            case 6:
                one.bad(Linux.EBADF, readOnly, step.position(), 0, length, true);
                break;
            case 7:
                one.bad(Linux.EBADF, appending, step.position(), 0, length, false);
                break;
            case 8:
                one.badBuffer(ByteBuffer.allocate(length), step.direct());
                break;
            case 9:
                one.badBuffer(ByteBuffer.allocateDirect(length).asReadOnlyBuffer(), false);
                break;
            case 10:
                one.badFlag(length);
                break;
            case 11:
                one.expected = -Linux.EBADF;
                one.poll(-1 - step.offset(), PollEvents.IN);
                break;
            case 12:
                one.expected = -Linux.EINVAL;
                one.sync(OperationOptions.NONE.dsync());
                break;
            case 13:
                one.bad(Linux.EFBIG, buffered, 1L << 60, 0, length, true);
                break;
            case 14:
                one.expected = 0; // far behind the end, which is nothing bad
                one.prepareMemory(PAGE);
                one.accept(() -> context.read(
                        step.direct() ? direct : buffered,
                        1L << 40,
                        one.memory,
                        PAGE,
                        PAGE,
                        OperationOptions.NONE,
                        one,
                        step.index()));
                break;
            default:
                usedVectors(one);
                break;
        }
    }

    /** Vectors that another operation uses: the caller's mistake, of which the context takes no harm. */
    private void usedVectors(Live one) {
        for (Live other : live) {
            if (other.vectors != null && live.size() < capacity) {
                try {
                    context.readv(buffered, 0, other.vectors, OperationOptions.NONE, one, 0);
                    expect(false, "vectors taken by two operations");
                } catch (IllegalStateException expected) {
                    return;
                }
            }
        }
    }

    // --- the context's operations

    /** An operation that was accepted, until it is released. */
    private final class Live implements AioCompletion {

        private final ModelStep made;
        private long id;
        private int preparedAt; // value of submits
        private boolean write;
        private boolean barrier; // a write that syncs wait for
        private long from;
        private long to; // range that nothing else may change
        private AlignedMemory memory;
        private ByteBuffer buffer;
        private int bufferPosition;
        private IoVectors vectors;
        private byte[] data; // that is written
        private long position;
        private int length;
        private int memoryOffset; // of what is transferred, without vectors
        private long expected = Long.MIN_VALUE; // result, where it is known beforehand
        private int poll = -1; // which of the eventfds is waited for
        private List<Live> writesBefore = List.of();
        private boolean cancelling;
        private boolean completed;
        private boolean released;
        private boolean unsettled;

        Live(ModelStep made) {
            this.made = made;
        }

        boolean conflicts(long otherFrom, long otherTo, boolean otherWrites) {
            // in whole pages: that is where the page cache and direct operations meet
            return (write || otherWrites)
                    && from < to
                    && otherFrom < otherTo
                    && (from & -PAGE) < roundUp(otherTo)
                    && (otherFrom & -PAGE) < roundUp(to);
        }

        private long roundUp(long at) {
            return at > Long.MAX_VALUE - PAGE ? Long.MAX_VALUE : at + PAGE - 1 & -PAGE;
        }

        /** Prepares it; makes room first if there is none. */
        void accept(Supplier<Long> prepare) {
            live.add(this);
            while (true) {
                preparedAt = submits;
                boolean room = live.size() <= capacity;
                id = prepare.get();
                expect(
                        room == (id != AioContext.REJECTED),
                        "answered " + id + " with " + (live.size() - 1) + " of " + capacity + " taken");
                if (room) {
                    break;
                }
                live.remove(this);
                int full = live.size();
                await(() -> live.size() < full);
                live.add(this);
            }
            expect(id > 0, "id: " + id);
            expect(!completed, "its completion was called before it was submitted");
        }

        void sync(OperationOptions options) {
            accept(() -> {
                writesBefore = live.stream().filter(other -> other.barrier).toList();
                return made.kind() == Kind.DATA_SYNC
                        ? context.dataSync(buffered, options, this, made.index())
                        : context.sync(direct, options, this, made.index());
            });
        }

        void poll(int fd, int events) {
            if (expected == Long.MIN_VALUE) {
                expected = events;
            }
            accept(() -> context.poll(fd, events, OperationOptions.NONE, this, made.index()));
        }

        void bad(int errno, AioFile file, long at, int offset, int bytes, boolean writes) {
            expected = -errno;
            position = at;
            length = bytes;
            prepareMemory(SMALL);
            accept(() -> writes
                    ? context.write(file, at, memory, offset, bytes, OperationOptions.NONE, this, made.index())
                    : context.read(file, at, memory, offset, bytes, OperationOptions.NONE, this, made.index()));
        }

        void badBuffer(ByteBuffer bad, boolean writes) {
            expected = -Linux.EINVAL;
            buffer = bad;
            accept(() -> writes
                    ? context.write(buffered, 0, bad, OperationOptions.NONE, this, made.index())
                    : context.read(buffered, 0, bad, OperationOptions.NONE, this, made.index()));
        }

        void badFlag(int bytes) {
            expected = -Linux.EOPNOTSUPP;
            OperationOptions unknown = OperationOptions.NONE.rwFlags(UNKNOWN_FLAG);
            prepareMemory(SMALL);
            accept(() -> context.read(buffered, made.position(), memory, 0, bytes, unknown, this, made.index()));
        }

        void transfer() {
            Kind kind = made.kind();
            write = kind.isWrite();
            boolean append = kind == Kind.APPEND;
            AioFile file = append && !made.direct() ? appending : made.direct() ? direct : buffered;
            int unit = file.isDirectOpen() && made.aligned()
                    ? Math.max(file.directOffsetAlignment(), file.directMemoryAlignment())
                    : 1;
            int offset = made.offset() / unit * unit;
            length = unit == 1 ? made.length() : (made.length() + unit - 1) / unit * unit;
            position = made.nearEnd() ? nearEnd() / unit * unit : made.position() / unit * unit;
            if (write && position > model.size() + 100_000) {
                position = model.size() / 2 / unit * unit; // leave few holes
            }
            if (write && position + length > ModelStep.FILE_SIZE) {
                position = 0;
            }
            if (append && model.size() + length > ModelStep.FILE_SIZE) {
                write = false;
                bad(Linux.EBADF, readOnly, 0, 0, 1, true); // no room: one that fails instead
                return;
            }
            allot(append);
            boolean aligned = !file.isDirectOpen() || isAligned(file, append ? 0 : position, offset);
            prepareMemory(offset + length + GUARD);
            memoryOffset = offset;
            guard();
            if (write) {
                fill(offset);
            }
            barrier = write && aligned;
            if (write && !aligned) {
                expected = -Linux.EINVAL;
            }
            OperationOptions options =
                    append && made.direct() ? made.flags().options.append() : made.flags().options;
            long at = append ? made.position() : position;
            if (kind.isVectored()) {
                vectors = vectorsOf(offset, unit);
                barrier = write && (!file.isDirectOpen() || piecesAligned(file, offset));
                if (write) {
                    expected = barrier ? Long.MIN_VALUE : -Linux.EINVAL;
                }
                accept(() -> write
                        ? context.writev(file, at, vectors, options, this, made.index())
                        : context.readv(file, at, vectors, options, this, made.index()));
            } else if (kind == Kind.READ_BUFFER || kind == Kind.WRITE_BUFFER) {
                buffer = memory.slice(GUARD_SPACE, memory.capacity() - GUARD_SPACE);
                bufferPosition = offset;
                buffer.limit(offset + length).position(offset);
                accept(() -> write
                        ? context.write(file, at, buffer, options, this, made.index())
                        : context.read(file, at, buffer, options, this, made.index()));
            } else {
                int memoryAt = GUARD_SPACE + offset;
                accept(() -> write
                        ? context.write(file, at, memory, memoryAt, length, options, this, made.index())
                        : context.read(file, at, memory, memoryAt, length, options, this, made.index()));
            }
        }

        /** Waits for what is in the way, and claims the range. */
        private void allot(boolean append) {
            if (append) {
                await(() -> isFree(model.size(), Long.MAX_VALUE, true));
                position = model.size();
            } else if (write && length > 0) {
                awaitFreeToWrite(position, length);
            } else {
                awaitFree(position, position + length, write);
            }
            boolean moves = append || write && length > 0 && position + length > model.size();
            from = moves ? Math.min(position, model.size()) : position;
            to = moves ? Long.MAX_VALUE : position + length;
        }

        private boolean isAligned(AioFile file, long at, int offset) {
            int offsets = file.directOffsetAlignment();
            return at % offsets == 0 && length % offsets == 0 && offset % file.directMemoryAlignment() == 0;
        }

        private boolean piecesAligned(AioFile file, int offset) {
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

        private void prepareMemory(int needed) {
            if (needed <= SMALL) {
                memory = memories.poll();
            }
            if (memory == null) {
                int capacity = Math.max(SMALL, needed) + GUARD_SPACE + PAGE - 1 & -PAGE;
                memory = AlignedMemory.allocate(capacity, PAGE);
            }
            memory.buffer().clear();
        }

        private void guard() {
            int begin = GUARD_SPACE + memoryOffset;
            for (int i = 1; i <= GUARD; i++) {
                memory.buffer().put(begin - i, GUARD_BYTE);
                memory.buffer().put(begin + length + i - 1, GUARD_BYTE);
            }
        }

        private void fill(int offset) {
            data = new byte[length];
            new SplittableRandom(seed + made.index()).nextBytes(data);
            memory.buffer().put(GUARD_SPACE + offset, data);
        }

        private IoVectors vectorsOf(int offset, int unit) {
            int pieces = Math.max(1, Math.min(made.pieces(), length / unit));
            IoVectors all = new IoVectors(pieces + 1);
            int each = length / pieces / unit * unit;
            int at = 0;
            for (int i = 0; i < pieces; i++) {
                if (i == pieces / 2) {
                    all.add(memory, GUARD_SPACE + offset + at, 0);
                }
                int bytes = i == pieces - 1 ? length - at : each;
                all.add(memory, GUARD_SPACE + offset + at, bytes);
                at += bytes;
            }
            return all;
        }

        @Override
        public void completed(long token, long result) {
            completions++;
            expect(!completed, "completed twice: " + this);
            completed = true;
            expect(token == made.index(), "token: " + token + " (expected: " + made.index() + ')');
            if (result < 0) {
                checkFailure(result);
            }
            if (result == -Linux.ECANCELED && (cancelling || closing)) {
                // before it was submitted for the first time it cannot have taken place
                unsettled = write && barrier && preparedAt != submits;
                return;
            }
            if (poll >= 0 && polls[poll] == this) {
                expect(false, "a poll ended, and nobody has signalled: " + this);
            }
            if (expected != Long.MIN_VALUE) {
                expect(result == expected, wrong(result, expected));
            } else if (made.kind().isTransfer()) {
                checkTransfer(result);
            } else {
                expect(result == 0, wrong(result, 0));
                for (Live before : writesBefore) {
                    expect(before.released, "a sync ended before a write that was accepted earlier: " + before);
                }
            }
        }

        private String wrong(long result, long instead) {
            return "result: " + result + " (expected: " + instead + "): " + this
                    + (result < 0 ? " " + context.failure() : "");
        }

        private void checkFailure(long result) {
            AioException why = context.failure();
            expect(why.errno() == -result, "failure(): " + why);
            if (made.kind().isTransfer() && expected == Long.MIN_VALUE && made.kind() != Kind.APPEND) {
                expect(why.position() == position && why.length() == length, "failure(): " + why + " of " + this);
            }
        }

        private void checkTransfer(long result) {
            boolean raw = made.flags() == Flags.NOWAIT;
            int whole = write ? length : model.readable(position, length);
            if (result != whole) {
                boolean declined = raw && (result == -Linux.EAGAIN || result == -Linux.EOPNOTSUPP);
                boolean unalignedEnd = made.kind() == Kind.APPEND && made.direct() && result == -Linux.EINVAL;
                boolean part = (raw || closing) && result >= 0 && result < whole;
                expect(declined || unalignedEnd || part, wrong(result, whole));
            }
            int bytes = (int) Math.max(0, result);
            if (buffer != null) {
                expect(buffer.position() == bufferPosition + bytes, "buffer at " + buffer.position() + ": " + this);
            }
            checkGuard();
            if (!write) {
                ByteBuffer got = memory.slice(GUARD_SPACE + memoryOffset, bytes);
                int wrong = bytes == 0 ? -1 : model.mismatch(position, got);
                expect(wrong < 0, "byte " + wrong + " of the " + bytes + " read is wrong: " + this);
            } else if (result == whole) {
                model.write((int) position, data, length);
            } else {
                unsettled = true;
            }
        }

        private void checkGuard() {
            int begin = GUARD_SPACE + memoryOffset;
            for (int i = 1; i <= GUARD; i++) {
                expect(memory.buffer().get(begin - i) == GUARD_BYTE, "wrote before its memory: " + this);
                expect(memory.buffer().get(begin + length + i - 1) == GUARD_BYTE, "wrote behind its memory: " + this);
            }
        }

        @Override
        public void released(long token) {
            expect(completed, "released before it completed: " + this);
            expect(!released, "released twice: " + this);
            released = true;
            endedId = id;
            live.remove(this);
            for (int i = 0; i < polls.length; i++) {
                if (polls[i] == this) {
                    polls[i] = null;
                    Native.eventfdDrain(polled[i]);
                }
            }
            if (unsettled) {
                settle();
            }
            if (memory != null && memory.capacity() <= SMALL + GUARD_SPACE + PAGE) {
                memories.push(memory);
            }
        }

        private void settle() {
            try {
                String wrong = model.settle(channel, (int) position, data, to == Long.MAX_VALUE);
                expect(wrong == null, wrong + ", after " + this);
            } catch (IOException e) {
                fail("cannot read the file: " + e, e);
            }
        }

        @Override
        public String toString() {
            return made + " [at " + position + ", " + length + " bytes]";
        }
    }

    private static final int GUARD_SPACE = PAGE;
    private static final byte GUARD_BYTE = 0x5A;

    @Override
    public void close() throws IOException {
        try {
            if (context != null) {
                context.close(DEADLINE);
                destroyed.add(context.destroyed());
            }
            for (CompletableFuture<Void> one : destroyed) {
                one.get(30, TimeUnit.SECONDS);
            }
        } catch (Exception e) {
            throw new IOException("a context was not destroyed", e);
        } finally {
            for (int fd : polled) {
                Native.close(fd);
            }
            Native.close(ready);
            Native.close(givenEventFd);
            buffered.close();
            direct.close();
            appending.close();
            readOnly.close();
            channel.close();
        }
    }
}
