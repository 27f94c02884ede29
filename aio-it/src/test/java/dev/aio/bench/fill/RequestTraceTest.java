package dev.aio.bench.fill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RequestTraceTest {

    private static final int POPULAR = 100;
    private static final int REQUESTS = 20_000;

    private static int[] files(RequestTrace trace) {
        return IntStream.range(0, trace.length()).map(trace::file).toArray();
    }

    @Test
    void shouldBeTheSameForTheSameSeed() {
        RequestTrace trace = RequestTrace.of(POPULAR, 0.9, 500, 50, 500, 1);

        assertThat(files(RequestTrace.of(POPULAR, 0.9, 500, 50, 500, 1))).isEqualTo(files(trace));
        assertThat(files(RequestTrace.of(POPULAR, 0.9, 500, 50, 500, 2))).isNotEqualTo(files(trace));
    }

    @Test
    void shouldAskAsOftenAsZipfSays() {
        RequestTrace trace = RequestTrace.of(POPULAR, 0.9, REQUESTS, 0, 0, 1);
        int[] counts = new int[POPULAR];
        for (int file : files(trace)) {
            counts[file]++;
        }

        double all = IntStream.rangeClosed(1, POPULAR)
                .mapToDouble(rank -> Math.pow(rank, -0.9))
                .sum();
        for (int rank : new int[] {1, 2, 10, 50}) {
            double expected = REQUESTS * Math.pow(rank, -0.9) / all;
            assertThat((double) counts[rank - 1]).isCloseTo(expected, within(5 * Math.sqrt(expected)));
        }
    }

    @Test
    void shouldScanEachOtherFileOnceInBetween() {
        RequestTrace trace = RequestTrace.of(POPULAR, 0.9, 300, 50, 200, 1);

        assertThat(trace.length()).isEqualTo(550);
        for (int request = 0; request < trace.length(); request++) {
            boolean inScan = request >= 300 && request < 350;
            assertThat(trace.isScan(request)).isEqualTo(inScan);
            assertThat(trace.isBeforeScan(request)).isEqualTo(request < 300);
            if (inScan) {
                assertThat(trace.file(request)).isEqualTo(POPULAR + request - 300);
            } else {
                assertThat(trace.file(request)).isBetween(0, POPULAR - 1);
            }
        }
    }

    @Test
    void shouldCallTheMostPopularTenthHot() {
        RequestTrace trace = RequestTrace.of(POPULAR, 0.9, 1, 1, 1, 1);

        assertThat(trace.isHot(9)).isTrue();
        assertThat(trace.isHot(10)).isFalse();
        assertThat(trace.isHot(POPULAR)).isFalse();
    }
}
