package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AioBudgetTest {

    private final List<String> told = new ArrayList<>();
    private final List<AioContext> opened = new ArrayList<>();

    @BeforeEach
    void assumeAvailable() {
        assumeTrue(Aio.isAvailable(), () -> String.valueOf(Aio.unavailabilityCause()));
    }

    @AfterEach
    void closeAll() {
        for (AioContext context : opened) {
            context.close();
            context.destroyed().join();
        }
    }

    private AioContext open(AioBudget budget, int depth, AioEngine engine) throws IOException {
        AioContext context = AioContext.builder()
                .engine(engine)
                .depth(depth)
                .pendingLimit(0)
                .budget(budget)
                .onDegraded(told::add)
                .open();
        opened.add(context);
        return context;
    }

    @Test
    void shouldShrinkContextsThenDegradeThemAndSayItOnce() throws IOException {
        AioBudget budget = AioBudget.of(30);
        assertThat(open(budget, 16, AioEngine.AUTO).depth()).isEqualTo(16);
        assertThat(told).isEmpty();
        AioContext shrunk = open(budget, 16, AioEngine.AUTO);
        assertThat(shrunk.engine()).isEqualTo(AioEngine.AIO);
        assertThat(shrunk.depth()).isEqualTo(14);
        assertThat(budget.left()).isZero();
        for (int i = 0; i < 3; i++) {
            AioContext lane = open(budget, 16, AioEngine.AUTO);
            assertThat(lane.engine()).isEqualTo(AioEngine.LANE);
            assertThat(lane.depth()).isEqualTo(16);
        }
        assertThat(told)
                .containsExactly("an AIO context has a depth of 14 instead of 16:"
                        + " the budget of 30 events is used up but for 14; give it more, or use a smaller depth");
    }

    @Test
    void shouldSayWhyThereIsNoContextOfTheKernels() throws IOException {
        AioBudget budget = AioBudget.of(7);
        assertThat(open(budget, 16, AioEngine.AUTO).engine()).isEqualTo(AioEngine.LANE);
        assertThat(budget.left()).as("what is too little is left").isEqualTo(7);
        assertThat(told)
                .singleElement()
                .asString()
                .contains("blocking calls on threads")
                .contains("the budget of 7 events is used up but for 7");
    }

    @Test
    void shouldFailRatherThanDegradeIfAskedForAio() {
        AioBudget budget = AioBudget.of(7);
        assertThatThrownBy(() -> open(budget, 16, AioEngine.AIO))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the budget of 7 events is used up but for 7");
        assertThat(budget.left()).isEqualTo(7);
        assertThat(told).isEmpty();
    }

    @Test
    void shouldGiveASmallContextWhatItAsksFor() throws IOException {
        assertThat(open(AioBudget.of(1), 1, AioEngine.AIO).depth()).isEqualTo(1);
        assertThat(told).isEmpty();
    }

    @Test
    void shouldHaveItsEventsBackWhenTheContextIsDestroyed() throws IOException {
        AioBudget budget = AioBudget.of(16);
        for (int i = 0; i < 5; i++) {
            AioContext context = open(budget, 16, AioEngine.AIO);
            assertThat(budget.left()).isZero();
            context.close();
            context.destroyed().join();
            assertThat(budget.left()).isEqualTo(16);
        }
        assertThat(told).isEmpty();
    }

    @Test
    void shouldHaveItsEventsBackWhenWhoIsToldOfTheShortageFails() throws IOException {
        AioBudget budget = AioBudget.of(16);
        long eventFds = OpenDescriptors.eventFds();
        AioContextBuilder builder = AioContext.builder()
                .engine(AioEngine.AIO)
                .depth(32)
                .ownEventFd(true)
                .budget(budget)
                .onDegraded(message -> {
                    throw new IllegalStateException("expected by the test");
                });
        assertThatThrownBy(builder::open).hasMessage("expected by the test");
        assertThat(budget.left()).isEqualTo(16);
        assertThat(OpenDescriptors.eventFds()).isLessThanOrEqualTo(eventFds);
    }

    @Test
    void shouldChargeNothingForALane() throws IOException {
        AioBudget budget = AioBudget.of(16);
        open(budget, 16, AioEngine.LANE);
        assertThat(budget.left()).isEqualTo(16);
    }

    @Test
    void shouldGiveBackWhatTheHostHadNotEnoughFor() throws IOException {
        long max = Aio.aioMaxNr();
        assumeTrue(max > 0 && max <= 65536, () -> "fs.aio-max-nr is " + max + ": too large to use up");
        AioBudget budget = AioBudget.of(1 << 20);
        open(budget, 1, AioEngine.AIO);
        AioContext shrunk = open(budget, 65536, AioEngine.AIO);
        assertThat(budget.left()).isEqualTo((1 << 20) - 1 - shrunk.depth());
    }

    /** Uses up all of the host's events for a moment, also those of others. */
    @Test
    @Tag("long")
    void shouldDegradeWhenTheHostIsExhausted() throws IOException {
        long max = Aio.aioMaxNr();
        assumeTrue(max > 0 && max <= 1 << 20, () -> "fs.aio-max-nr is " + max + ": too large to use up");
        AioBudget all = AioBudget.of(Integer.MAX_VALUE);
        AioContext context;
        do {
            context = open(all, 65536, AioEngine.AUTO);
        } while (context.engine() == AioEngine.AIO);
        assertThatThrownBy(() -> open(AioBudget.of(128), 128, AioEngine.AIO))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("fs.aio-nr")
                .hasMessageContaining("fs.aio-max-nr")
                .hasMessageContaining("sysctl -w");
        assertThat(told).singleElement().asString().contains("fs.aio-max-nr").contains("sysctl -w");
        told.clear();
        AioContext lane = open(AioBudget.of(128), 128, AioEngine.AUTO);
        assertThat(lane.engine()).isEqualTo(AioEngine.LANE);
        assertThat(told)
                .singleElement()
                .asString()
                .contains("fs.aio-nr")
                .contains("fs.aio-max-nr")
                .contains("sysctl -w fs.aio-max-nr=");
    }

    @Test
    void shouldRefuseANegativeNumber() {
        assertThatThrownBy(() -> AioBudget.of(-1)).hasMessageContaining("-1 (expected: >= 0)");
    }
}
