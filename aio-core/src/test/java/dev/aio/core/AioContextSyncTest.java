package dev.aio.core;

import static dev.aio.core.OperationOptions.NONE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.core.internal.Linux;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Syncs wait for writes. Extending writes go to the submit helper, and the one here makes the submission
 * only when told to, so that a write can be held in flight.
 */
class AioContextSyncTest extends ContextSuite {

    private final Queue<Runnable> heldBack = new ArrayDeque<>();
    private final List<Long> order = new ArrayList<>();
    private final AlignedMemory memory = pages(1);
    private AioContext context;

    private AioFile openNew(String name) throws IOException {
        return AioFile.open(directory.resolve(name), CREATE_NEW, READ, WRITE);
    }

    private void open() throws IOException {
        context = builder().depth(8).pendingLimit(8).submitHelper(heldBack::add).open();
    }

    @AfterEach
    void closeContext() throws IOException {
        if (context != null) {
            context.takeOver(); // the test ran on a thread of its own
            context.close();
            context.destroyed().join();
        }
        assertThat(heldBack).isEmpty();
        assertThat(OpenDescriptors.under(directory)).isZero();
    }

    private long write(AioFile file, int token) {
        return context.write(file, (long) token * PAGE, memory, 0, PAGE, NONE, this::ended, token);
    }

    private void ended(long token, long result) {
        assertThat(result).isIn(0L, (long) PAGE, (long) -Linux.ECANCELED);
        order.add(token);
    }

    /** Lets the oldest of the writes that the helper holds begin. */
    private void letOneGo() {
        heldBack.remove().run();
    }

    private void letAllGo() {
        while (!heldBack.isEmpty()) {
            letOneGo();
        }
        runAll(context);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldNotSubmitASyncBeforeTheWritesBeforeItHaveEnded(boolean data) throws IOException {
        assumeAio(); // the lane has no helper that could hold a write
        try (AioFile file = openNew("file")) {
            open();
            write(file, 0);
            write(file, 1);
            long sync = data ? context.dataSync(file, NONE, this::ended, 2) : context.sync(file, NONE, this::ended, 2);
            assertThat(sync).isPositive();
            context.submit();
            assertThat(context.inFlight()).isEqualTo(2);
            assertThat(context.pending()).as("the sync waits").isEqualTo(1);
            letOneGo();
            assertThat(context.getEvents(1, 1, -1)).isEqualTo(1);
            assertThat(context.pending()).as("for the other one").isEqualTo(1);
            assertThat(order).containsExactly(0L);
            letAllGo();
            assertThat(order).containsExactly(0L, 1L, 2L);
        }
    }

    @Test
    void shouldEndAfterAllWritesBeforeIt() throws IOException {
        try (AioFile file = openNew("file")) {
            context = open(8, 64);
            for (int i = 0; i < 20; i++) {
                write(file, i);
            }
            context.sync(file, NONE, this::ended, 20);
            runAll(context);
            assertThat(order).hasSize(21).endsWith(20L);
            assertThat(file.currentSize()).isEqualTo(20 * PAGE);
        }
    }

    @Test
    void shouldNotWaitForWritesOfAnotherFile() throws IOException {
        assumeAio();
        try (AioFile file = openNew("file");
                AioFile other = openNew("other")) {
            open();
            write(file, 0);
            context.sync(other, NONE, this::ended, 1);
            context.submit();
            assertThat(context.getEvents(1, 1, -1)).isEqualTo(1);
            assertThat(order).containsExactly(1L);
            letAllGo();
        }
    }

    @Test
    void shouldWaitForWritesThroughAnotherNameOfTheInode() throws IOException {
        assumeAio();
        try (AioFile file = openNew("file");
                AioFile same = AioFile.open(directory.resolve("file"), READ)) {
            open();
            write(file, 0);
            context.sync(same, NONE, this::ended, 1);
            context.submit();
            assertThat(context.pending()).isEqualTo(1);
            letAllGo();
            assertThat(order).containsExactly(0L, 1L);
        }
    }

    @Test
    void shouldNotWaitForWritesBehindIt() throws IOException {
        assumeAio();
        try (AioFile file = openNew("file")) {
            open();
            context.sync(file, NONE, this::ended, 0);
            write(file, 1);
            context.submit();
            assertThat(context.getEvents(1, 1, -1)).isEqualTo(1);
            assertThat(order).containsExactly(0L);
            letAllGo();
        }
    }

    @Test
    void shouldHoldEachOfSeveralSyncsForTheWritesBeforeIt() throws IOException {
        assumeAio();
        try (AioFile file = openNew("file")) {
            open();
            write(file, 0);
            context.sync(file, NONE, this::ended, 1);
            context.dataSync(file, NONE, this::ended, 2);
            write(file, 3);
            context.sync(file, NONE, this::ended, 4);
            context.submit();
            assertThat(context.pending()).isEqualTo(3);
            letOneGo();
            assertThat(context.getEvents(3, 3, -1)).isEqualTo(3);
            assertThat(order).startsWith(0L).containsExactlyInAnyOrder(0L, 1L, 2L);
            assertThat(context.pending()).isEqualTo(1);
            letAllGo();
            assertThat(order).endsWith(3L, 4L);
        }
    }

    @Test
    void shouldWaitForACancelledWriteThatTheKernelMayHave() throws IOException {
        assumeAio();
        try (AioFile file = openNew("file")) {
            open();
            long write = write(file, 0);
            context.sync(file, NONE, this::ended, 1);
            context.submit();
            assertThat(context.cancel(write)).isTrue();
            assertThat(order).containsExactly(0L);
            assertThat(context.pending()).as("the sync waits on").isEqualTo(1);
            letAllGo();
            assertThat(order).containsExactly(0L, 1L);
            assertThat(file.currentSize()).as("the write has taken place").isEqualTo(PAGE);
        }
    }

    @Test
    void shouldSubmitTheSyncThatACancelledWriteHasHeldUp() throws IOException {
        try (AioFile file = openNew("file")) {
            open();
            long write = write(file, 0);
            context.sync(file, NONE, this::ended, 1);
            assertThat(context.pending()).isEqualTo(2);
            assertThat(context.cancel(write)).isTrue();
            context.submit();
            assertThat(context.inFlight()).isEqualTo(1);
            runAll(context);
            assertThat(order).containsExactly(0L, 1L);
            assertThat(file.currentSize()).isZero();
        }
    }

    @Test
    void shouldBeCancelledWhileItWaits() throws IOException {
        assumeAio();
        try (AioFile file = openNew("file")) {
            open();
            write(file, 0);
            long sync = context.sync(file, NONE, this::ended, 1);
            context.submit();
            assertThat(context.cancel(sync)).isTrue();
            assertThat(order).containsExactly(1L);
            assertThat(context.pending()).isZero();
            letAllGo();
            assertThat(order).containsExactly(1L, 0L);
        }
    }

    @Test
    void shouldWaitForNothingIfNothingIsOutstanding() throws IOException {
        try (AioFile file = openNew("file")) {
            open();
            context.sync(file, NONE, this::ended, 0);
            context.dataSync(file, NONE.priority(IoPriority.of(IoPriority.Class.BEST_EFFORT, 4)), this::ended, 1);
            assertThat(context.submit()).isEqualTo(2);
            runAll(context);
            assertThat(order).containsExactlyInAnyOrder(0L, 1L);
        }
    }

    @Test
    void shouldNotWaitForAWriteThatWasRefused() throws IOException {
        try (AioFile file = openNew("file")) {
            open();
            Recorder refused = new Recorder(1);
            context.write(file, -1, memory, 0, PAGE, NONE, refused, 0);
            context.sync(file, NONE, this::ended, 1);
            runAll(context);
            assertThat(refused.result(0)).isEqualTo(-Linux.EINVAL);
            assertThat(order).containsExactly(1L);
        }
    }
}
