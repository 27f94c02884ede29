package dev.aio.netty.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DescriptorBudgetTest {

    @Test
    void aLargeLimitShrinksNothing() {
        assertThat(DescriptorBudget.of(1_048_576, 8, -1, -1))
                .isEqualTo(new DescriptorBudget(1_048_576, 10_000, 1_024, false, false));
    }

    @Test
    void anUnknownLimitShrinksNothing() {
        assertThat(DescriptorBudget.of(0, 8, -1, -1)).isEqualTo(new DescriptorBudget(0, 10_000, 1_024, false, false));
        assertThat(DescriptorBudget.of(0, 8, 7, -1).connections()).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(longs = {256, 512, 1_024, 4_096, 12_000})
    void whatIsSharedOutFits(long limit) {
        for (int wanted : new int[] {-1, 100}) {
            DescriptorBudget budget = DescriptorBudget.of(limit, 2, wanted, -1);
            assertThat(budget.connections() + 2 * budget.openFiles()).isLessThan((int) limit - 50);
            assertThat(budget.tight()).isFalse();
            assertThat(budget.connections()).isPositive();
        }
        assertThat(DescriptorBudget.of(limit, 2, -1, -1).shrunk()).isTrue();
    }

    @Test
    void whatWasAskedForIsLeftAsItIsAndTheFilesGiveWay() {
        DescriptorBudget budget = DescriptorBudget.of(1_024, 2, 800, -1);
        assertThat(budget.connections()).isEqualTo(800);
        assertThat(budget.openFiles()).isLessThan(100);
        assertThat(budget.tight()).isFalse();
    }

    @Test
    void filesThatWereAskedForAreLeftAsTheyAreAndTheConnectionsGiveWay() {
        assertThat(DescriptorBudget.of(20_000, 1, -1, 4_096))
                .isEqualTo(new DescriptorBudget(20_000, 10_000, 4_096, false, false));
        DescriptorBudget many = DescriptorBudget.of(20_000, 1, -1, 8_192);
        assertThat(many.openFiles()).isEqualTo(8_192);
        assertThat(many.connections()).isBetween(3_000, 20_000 - 2 * 8_192);
        assertThat(many.shrunk()).isTrue();
        assertThat(many.tight()).isFalse();
        assertThat(DescriptorBudget.of(20_000, 1, -1, 20_000).tight()).isTrue();
        assertThat(DescriptorBudget.of(20_000, 1, 10_000, 8_192).tight()).isTrue();
        assertThat(DescriptorBudget.of(0, 1, -1, 5).openFiles()).isEqualTo(5);
    }

    @Test
    void whatCannotBeHeldIsSaid() {
        assertThat(DescriptorBudget.of(1_024, 2, 5_000, -1).tight()).isTrue();
        assertThat(DescriptorBudget.of(64, 2, -1, -1).tight()).isTrue();
        assertThat(DescriptorBudget.of(64, 2, -1, -1).connections()).isPositive();
    }

    @Test
    void anyNumberOfConnectionsLeavesRoomForFiles() {
        DescriptorBudget budget = DescriptorBudget.of(1_024, 2, 0, -1);
        assertThat(budget.connections()).isZero();
        assertThat(budget.openFiles()).isBetween(100, 200);
    }

    @Test
    void theLimitOfThisProcessIsKnown() {
        assertThat(DescriptorBudget.ofThisProcess()).isGreaterThan(64);
    }
}
