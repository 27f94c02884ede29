package dev.aio.core;

import static dev.aio.core.OperationOptions.NONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.internal.Linux;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class AioContextLifecycleTest extends ContextSuite {

    @Test
    void shouldReapInTheWayThatWasAskedFor() throws IOException {
        try (AioContext context = builder().open()) {
            assertThat(context.reapsInUserSpace()).isEqualTo(carrier == Carrier.AIO_RING);
            assertThat(context.engine()).isEqualTo(carrier == Carrier.LANE ? AioEngine.LANE : AioEngine.AIO);
            assertThat(context.eventFd()).isEqualTo(-1);
            assertThat(context.depth()).isEqualTo(128);
        }
    }

    @Test
    void shouldFinishWhatIsInFlightAndCancelWhatIsNotWhenClosed() throws IOException {
        TestFile source = TestFile.create(directory, 16 * PAGE);
        try (AioFile file = source.openDirect()) {
            AlignedMemory memory = pages(16);
            Recorder recorder = new Recorder(16);
            AioContext context = open(4, 12);
            for (int i = 0; i < 16; i++) {
                context.read(file, (long) i * PAGE, memory, i * PAGE, PAGE, NONE, recorder, i);
            }
            context.submit();
            context.close();
            for (int i = 0; i < 16; i++) {
                assertThat(recorder.result(i)).isEqualTo(i < 4 ? PAGE : -Linux.ECANCELED);
            }
            source.assertContent(memory, 0, 0, 4 * PAGE);
        }
        assertThat(OpenDescriptors.under(directory)).isZero();
    }

    @Test
    void shouldCloseFromWithinACompletion() throws IOException {
        long eventFds = OpenDescriptors.eventFds();
        TestFile source = TestFile.create(directory, 8 * PAGE);
        try (AioFile file = source.openDirect()) {
            AlignedMemory memory = pages(8);
            Recorder recorder = new Recorder(12);
            AioContext context =
                    builder().depth(8).pendingLimit(8).ownEventFd(true).open();
            AioCompletion closing = (token, result) -> {
                recorder.completed(token, result);
                context.close();
            };
            for (int i = 0; i < 12; i++) {
                context.read(file, i % 8 * (long) PAGE, memory, i % 8 * PAGE, PAGE, NONE, closing, i);
            }
            context.submit();
            context.getEvents(8, 8, -1);
            recorder.assertEachCompletedOnce();
            assertThat(recorder.result(11)).isEqualTo(-Linux.ECANCELED);
            assertThatThrownBy(context::submit).isInstanceOf(IllegalStateException.class);
            context.destroyed().join();
        }
        assertThat(OpenDescriptors.eventFds()).isEqualTo(eventFds);
    }

    /** Else the second close would hit a descriptor that somebody else was given meanwhile. */
    @Test
    void shouldCloseItsEventFdOnceWhenACompletionClosesDuringClose() throws IOException {
        TestFile source = TestFile.create(directory, PAGE);
        List<AioContext> opened = new ArrayList<>();
        try (AioFile file = AioFile.open(source.path)) {
            AioContext context = builder().ownEventFd(true).open();
            AioCompletion closing = (token, result) -> {
                context.close();
                try {
                    opened.add(builder().ownEventFd(true).open());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            };
            context.read(file, 0, pages(1), 0, PAGE, NONE, closing, 0);
            long eventFds = OpenDescriptors.eventFds();
            context.close();
            context.destroyed().join();
            assertThat(opened).hasSize(1);
            assertThat(OpenDescriptors.eventFds()).as("one closed, one opened").isEqualTo(eventFds);
            opened.get(0).close();
            opened.get(0).destroyed().join();
            assertThat(OpenDescriptors.eventFds()).isEqualTo(eventFds - 1);
        }
    }

    @Test
    void shouldCloseTwiceFromAnyThread() throws IOException {
        AioContext context = builder().open();
        context.close();
        context.close();
        CompletableFuture.runAsync(context::close).join();
    }

    @Test
    void shouldRefuseUseAfterClose() throws IOException {
        TestFile source = TestFile.create(directory, PAGE);
        try (AioFile file = AioFile.open(source.path)) {
            AioContext context = builder().open();
            context.close();
            AlignedMemory memory = pages(1);
            IoVectors vectors = new IoVectors(1).add(memory, 0, PAGE);
            AioCompletion never = (token, result) -> {};
            assertClosed(() -> context.read(file, 0, memory, 0, PAGE, NONE, never, 0));
            assertClosed(() -> context.readv(file, 0, vectors, NONE, never, 0));
            assertClosed(context::submit);
            assertClosed(() -> context.reap(1));
            assertClosed(() -> context.getEvents(1, 1, 0));
            assertClosed(context::handOver);
        }
    }

    private static void assertClosed(Runnable use) {
        assertThatThrownBy(use::run).isInstanceOf(IllegalStateException.class).hasMessage("the AIO context is closed");
    }

    @Test
    void shouldRefuseAThreadThatIsNotTheOwner() throws IOException {
        TestFile source = TestFile.create(directory, PAGE);
        ExecutorService other = Executors.newSingleThreadExecutor(task -> new Thread(task, "stranger"));
        try (AioFile file = AioFile.open(source.path);
                AioContext context = builder().open()) {
            context.reap(1); // this thread is the owner now
            AlignedMemory memory = pages(1);
            assertRefused(other, () -> context.read(file, 0, memory, 0, PAGE, NONE, (token, result) -> {}, 0));
            assertRefused(other, context::submit);
            assertRefused(other, () -> context.reap(1));
            assertRefused(other, () -> context.getEvents(1, 1, 0));
            assertRefused(other, context::handOver);
            assertRefused(other, context::close);
            assertThatCode(() -> context.reap(1)).doesNotThrowAnyException();
        } finally {
            other.shutdown();
        }
    }

    private static void assertRefused(ExecutorService other, Runnable use) {
        assertThatThrownBy(() -> CompletableFuture.runAsync(use, other).join())
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("used by thread stranger")
                .hasMessageContaining(Thread.currentThread().getName());
    }

    @Test
    void shouldServeTheThreadItWasHandedOverTo() throws Exception {
        TestFile source = TestFile.create(directory, PAGE);
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (AioFile file = source.openDirect()) {
            AioContext context = builder().open();
            AlignedMemory memory = pages(1);
            Recorder recorder = new Recorder(1);
            context.read(file, 0, memory, 0, PAGE, NONE, recorder, 0);
            context.submit();
            context.handOver();
            other.submit(() -> runAll(context)).get();
            assertThatThrownBy(context::submit).isInstanceOf(IllegalStateException.class);
            other.submit(() -> context.close()).get();
            recorder.assertAllCompletedWith(PAGE);
            source.assertContent(memory, 0, 0, PAGE);
        } finally {
            other.shutdown();
        }
    }

    @Test
    void shouldLeaveNothingBehindInTheKernel() throws IOException {
        TestFile source = TestFile.create(directory, PAGE);
        long eventFds = OpenDescriptors.eventFds();
        long contexts = OpenDescriptors.aioContexts();
        long aioNr = Aio.aioNr();
        AlignedMemory memory = pages(1);
        for (int i = 0; i < 50; i++) {
            AioContext used;
            try (AioFile file = source.openDirect();
                    AioContext context = builder().depth(256).ownEventFd(true).open()) {
                assertThat(OpenDescriptors.aioContexts()).isEqualTo(contexts + (carrier == Carrier.LANE ? 0 : 1));
                assertThat(OpenDescriptors.eventFds()).isEqualTo(eventFds + 1);
                context.read(file, 0, memory, 0, PAGE, NONE, (token, result) -> {}, 0);
                context.submit();
                used = context;
            }
            used.destroyed().join();
        }
        assertThat(OpenDescriptors.under(directory)).isZero();
        assertThat(OpenDescriptors.eventFds()).isEqualTo(eventFds);
        assertThat(OpenDescriptors.aioContexts()).isEqualTo(contexts);
        // Other processes count into it too: what must not be there is most of our 12,800.
        assertThat(Aio.aioNr()).isLessThan(aioNr + 50 * 256 / 2);
    }

    @Test
    void shouldShrinkAndSayWhyWhenTheHostHasNotEnough() throws IOException {
        assumeAio();
        long max = Aio.aioMaxNr();
        assumeTrue(max > 0 && max <= 65536, () -> "fs.aio-max-nr is " + max + ": too large to use up");
        List<String> told = new ArrayList<>();
        try (AioContext some = open(1, 0);
                AioContext shrunk = builder()
                        .depth(65536)
                        .pendingLimit(0)
                        .budget(AioBudget.of(1 << 20))
                        .onDegraded(told::add)
                        .open()) {
            assertThat(some.inFlight()).isZero();
            assertThat(shrunk.depth()).isBetween(8, 65535);
            assertThat(told)
                    .singleElement()
                    .asString()
                    .contains("a depth of " + shrunk.depth() + " instead of 65536")
                    .contains("fs.aio-max-nr " + max)
                    .contains("sysctl -w fs.aio-max-nr=");
        }
    }
}
