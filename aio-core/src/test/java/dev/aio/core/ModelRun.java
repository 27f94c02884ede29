package dev.aio.core;

import dev.aio.core.ModelStep.Flags;
import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

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

    private static final long DEADLINE = TimeUnit.SECONDS.toNanos(30);
    private static final long BRIEFLY = TimeUnit.MILLISECONDS.toNanos(2);

    final long seed;
    final ModelFiles files;
    final ModelFile model = new ModelFile();
    final GuardedMemory.Pool memories = new GuardedMemory.Pool();

    private final Supplier<AioContextBuilder> builders;
    private final IntUnaryOperator truncation; // the model's idea of it: a test of this class makes it wrong
    private final ModelPolls polls = new ModelPolls();
    private final int givenEventFd = Native.eventfd();
    private final List<CompletableFuture<Void>> destroyed = new ArrayList<>();
    private final List<ModelOperation> live = new ArrayList<>(); // accepted and not released

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
        files = new ModelFiles(path);
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
        String difference = model.compare(files.channel);
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

    void fail(String what, Throwable cause) {
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
                new ModelOperation(this, step)
                        .sync(step.flags() == Flags.PRIORITY ? Flags.PRIORITY.options : OperationOptions.NONE);
                break;
            case POLL_READY:
                new ModelOperation(this, step).poll(polls.ready, PollEvents.OUT);
                break;
            case POLL_WAIT:
                polls.poll(step.pick(), new ModelOperation(this, step));
                break;
            case SIGNAL:
                polls.signal(step.pick());
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
                ModelMistakes.make(this, step);
                break;
            case REOPEN:
                reopen();
                break;
            default:
                new ModelOperation(this, step).transfer();
                break;
        }
    }

    /** What the step does after its operation. */
    private void follow() {
        if (step.submits()) {
            submit();
        }
        if (step.reaps() > 0) {
            boolean mayStall = polls.waiting() > 0;
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

    void expect(boolean holds, String otherwise) {
        if (!holds) {
            fail(otherwise, null);
            throw failure;
        }
    }

    /** Some position around the end of the file. */
    int nearEnd() {
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
            if (polls.waiting() > 0 && (live.size() <= polls.waiting() || polls.waiting() >= context.depth())) {
                polls.signalAll();
            }
            getEvents(1, 1 + step.pick() % 64, polls.waiting() > 0 ? BRIEFLY : DEADLINE);
            check();
            if (System.nanoTime() - begin > DEADLINE) {
                fail("not ended within 30 s: " + live, null);
                throw failure;
            }
        }
    }

    /** Waits until nothing is in flight that the order would matter of. */
    void awaitFree(long from, long to, boolean writes) {
        await(() -> isFree(from, to, writes));
    }

    private boolean isFree(long from, long to, boolean writes) {
        return live.stream().noneMatch(other -> other.conflicts(from, to, writes));
    }

    /** The same for all that is behind the end of the file, which may move meanwhile. */
    void awaitFreeEnd() {
        await(() -> isFree(model.size(), Long.MAX_VALUE, true));
    }

    /** A change of a range; one that moves the end of the file affects all that is behind. */
    void awaitFreeToWrite(long position, long length) {
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
        files.of(step).truncate(size);
        int wanted = truncation.applyAsInt(step.index());
        model.truncate(Math.max(0, size + wanted));
    }

    private void extend(boolean zero) throws IOException {
        int length = Math.max(1, step.length() % (64 << 10));
        int position = (int) Math.min(step.position(), model.size() + 4096);
        awaitFreeToWrite(position, length);
        boolean moves = position + length > model.size();
        AioFile file = files.of(step);
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

    private void cancel() {
        if (live.isEmpty()) {
            return;
        }
        live.get(step.pick() % live.size()).cancel();
    }

    private void reopen() throws IOException {
        if (step.pick() % 2 == 0) {
            drain();
        } else if (step.pick() % 4 == 1) {
            polls.signalAll();
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

    // --- what its operations use

    AioContext context() {
        return context;
    }

    /** How often the context may have submitted. */
    int submits() {
        return submits;
    }

    boolean isClosing() {
        return closing;
    }

    Stream<ModelOperation> live() {
        return live.stream();
    }

    /** Prepares an operation; makes room first if there is none. */
    void accept(ModelOperation one, LongSupplier prepare) {
        live.add(one);
        while (true) {
            boolean room = live.size() <= capacity;
            long answer = prepare.getAsLong();
            expect(
                    room == (answer != AioContext.REJECTED),
                    "answered " + answer + " with " + (live.size() - 1) + " of " + capacity + " taken");
            if (room) {
                return;
            }
            live.remove(one);
            int full = live.size();
            await(() -> live.size() < full);
            live.add(one);
        }
    }

    /** Has another operation use the vectors of one in flight, if there are any and there is room. */
    void useVectorsAgain(ModelOperation one) {
        if (live.size() < capacity) {
            live().filter(ModelOperation::hasVectors).findFirst().ifPresent(one::readIntoVectorsOf);
        }
    }

    void completed() {
        completions++;
    }

    void released(ModelOperation one, long id) {
        endedId = id;
        live.remove(one);
        polls.released(one);
    }

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
            polls.close();
            Native.close(givenEventFd);
            files.close();
        }
    }
}
