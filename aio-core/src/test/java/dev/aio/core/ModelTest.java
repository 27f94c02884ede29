package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random operations against a model of the file. {@code -Daio.model.seed} repeats a run, {@code
 * -Daio.model.operations} says how many operations the long one makes.
 */
class ModelTest extends ContextSuite {

    private static final long SEED = Long.getLong("aio.model.seed", 20261123);
    private static final int LONG = Integer.getInteger("aio.model.operations", 100_000);
    private static final IntUnaryOperator RIGHT = index -> 0;

    @Test
    void shouldBehaveLikeTheModel() throws IOException {
        check(SEED, 7_000, RIGHT);
    }

    @Test
    @Tag("long")
    @Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void shouldBehaveLikeTheModelForLong() throws IOException {
        check(SEED + 1, LONG, RIGHT);
    }

    /** The harness itself: a model that is wrong from some operation on. */
    @Test
    void shouldReportTheShortestPrefixThatFails() {
        int firstWrong = 300;
        while (ModelStep.of(SEED, firstWrong).kind() != ModelStep.Kind.TRUNCATE) {
            firstWrong++;
        }
        int wrong = firstWrong;
        assertThatThrownBy(() -> check(SEED, wrong + 500, index -> index >= wrong ? 1 : 0))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("seed " + SEED + " on " + carrier)
                .hasMessageContaining("the first " + (wrong + 1) + " operations fail")
                .hasMessageContaining("\n" + ModelStep.of(SEED, wrong));
    }

    @Test
    void shouldMakeTheSameOperationsOfASeed() {
        for (int i = 0; i < 100; i++) {
            assertThat(ModelStep.of(1, i)).isEqualTo(ModelStep.of(1, i)).isNotEqualTo(ModelStep.of(2, i));
        }
    }

    private void check(long seed, int length, IntUnaryOperator truncation) throws IOException {
        ModelRun.Mismatch found = attempt(seed, length, truncation);
        if (found == null) {
            return;
        }
        // Those that pass and those that fail come closer; each attempt may be luck, hence the first one is kept.
        int passes = 0;
        int fails = Math.min(length, found.index + 1);
        ModelRun.Mismatch shortest = attempt(seed, fails, truncation);
        boolean again = shortest != null;
        while (again && fails - passes > 1) {
            int middle = passes + (fails - passes) / 2;
            ModelRun.Mismatch failure = attempt(seed, middle, truncation);
            if (failure == null) {
                passes = middle;
            } else {
                shortest = failure;
                fails = middle;
            }
        }
        StringBuilder message =
                new StringBuilder("seed ").append(seed).append(" on ").append(carrier);
        message.append(
                        again
                                ? ": the first " + fails + " operations fail: " + shortest.getMessage()
                                : ": operation " + found.index + " failed, and not again")
                .append("\nat first: ")
                .append(found.getMessage())
                .append("\nthe last operations:");
        for (int i = Math.max(0, fails - 20); i < fails; i++) {
            message.append('\n').append(ModelStep.of(seed, i));
        }
        throw new AssertionError(message.toString(), again ? shortest : found);
    }

    /** What does not agree, or {@code null}. */
    private ModelRun.Mismatch attempt(long seed, int length, IntUnaryOperator truncation) throws IOException {
        try (ModelRun run = new ModelRun(this::builder, seed, directory.resolve("model"), truncation)) {
            run.run(length);
            return null;
        } catch (ModelRun.Mismatch mismatch) {
            return mismatch;
        }
    }
}
