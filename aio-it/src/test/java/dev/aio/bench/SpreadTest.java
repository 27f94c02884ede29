package dev.aio.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpreadTest {

    @Test
    void shouldTakeTheMiddleOne() {
        assertThat(Spread.of(9, 1, 5)).isEqualTo(new Spread(5, 1, 9));
    }

    @Test
    void shouldTakeBetweenTheMiddleTwo() {
        assertThat(Spread.of(4, 1, 2, 9)).isEqualTo(new Spread(3, 1, 9));
    }

    @Test
    void shouldCompareWhatWasMeasuredInTheSameRound() {
        Spread ratio = Spread.ofRatios(new double[] {10, 100, 30}, new double[] {10, 50, 10});

        assertThat(ratio).isEqualTo(new Spread(2, 1, 3)).hasToString("2.00 (1.00..3.00)");
    }

    @Test
    void shouldRefuseRoundsThatAreMissing() {
        assertThatThrownBy(() -> Spread.ofRatios(new double[] {1, 2}, new double[] {1}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 to 1 samples");
        assertThatThrownBy(Spread::of).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldCompareOursWithEachPeer() {
        Map<String, double[]> samples = new LinkedHashMap<>();
        samples.put("nginx", new double[] {10});
        samples.put(Figure.OURS, new double[] {12});
        Figure figure = new Figure("group", "name", "unit", samples).target("nginx", Target.atLeast(1.15));

        assertThat(figure.ratios()).containsOnlyKeys("nginx");
        assertThat(figure.ratioTarget("nginx")
                        .isMetBy(figure.ratios().get("nginx").median()))
                .isTrue();
        assertThat(Target.atMost(1.15).isMetBy(1.2)).isFalse();
    }
}
