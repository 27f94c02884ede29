package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FillBudgetTest {

    private static final int MIB = 1024 * 1024;

    private final FillBudget budget = new FillBudget();

    @Test
    void nothingIsFilledBeforeAnythingIsRead() {
        assertThat(budget.tryFill(1)).isFalse();
    }

    @Test
    void anEighthOfWhatIsReadMayBeFilled() {
        int filled = 0;
        for (int read = 0; read < 800; read++) {
            budget.read(MIB);
            if (budget.tryFill(MIB)) {
                filled++;
            }
        }
        assertThat(filled).isEqualTo(100);
    }

    @Test
    void aLargeFillIsEarnedAfterwards() {
        budget.read(8);
        assertThat(budget.tryFill(MIB)).isTrue();
        budget.read(8L * MIB - 8);
        assertThat(budget.tryFill(1)).as("in balance, nothing left").isFalse();
        budget.read(8);
        assertThat(budget.tryFill(1)).isTrue();
    }

    @Test
    void whatIsSavedUpIsBounded() {
        budget.read(1L << 50);
        long filled = 0;
        while (budget.tryFill(MIB)) {
            filled += MIB;
        }
        assertThat(filled).isEqualTo(FillBudget.MOST);
    }
}
