package dev.aio.netty.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Against disks whose rate depends on how much is in flight, and on chance. */
class DiskAppetiteTest {

    private static final int WINDOW = 256 * 1024;

    private final DiskAppetite appetite = new DiskAppetite();
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private long clock = 1;

    /** As a disk does that gives most with that number of windows, until it is used. */
    static void teach(DiskAppetite appetite, int windows) {
        long clock = 1;
        for (int i = 0; i < 1_000_000 && (i < 10_000 || appetite.windows() != windows); i++) {
            clock += 100_000L * (1 + Math.abs(appetite.windows() - windows));
            appetite.came(WINDOW, clock);
        }
        assertThat(appetite.windows()).isEqualTo(windows);
        appetite.idle();
    }

    /** Reads that many MiB; returns how many of them were read with each number of windows. */
    private int[] read(int mebibytes, double noise, double... megabytesPerSecond) {
        int[] read = new int[DiskAppetite.MOST + 1];
        double factor = 1;
        for (int i = 0; i < 4 * mebibytes; i++) {
            if (i % 100 == 0) {
                factor = 1 + noise * (2 * random.nextDouble() - 1);
            }
            int windows = appetite.windows();
            assertThat(windows).isBetween(1, DiskAppetite.MOST);
            clock += (long) (WINDOW * 1_000.0 / (megabytesPerSecond[windows - 1] * factor));
            appetite.came(WINDOW, clock);
            read[windows]++;
        }
        for (int w = 0; w < read.length; w++) {
            read[w] /= 4;
        }
        return read;
    }

    @RepeatedTest(20)
    void aDiskThatWantsMoreGetsMore() {
        read(4_000, 0.1, 1_000, 1_300, 1_500, 1_600);
        assertThat(read(20_000, 0.1, 1_000, 1_300, 1_500, 1_600)[4])
                .as("MiB of 20,000 by 4 windows, seed %d", seed)
                .isGreaterThan(14_000);
    }

    @RepeatedTest(20)
    void aDiskThatGivesLessForMoreIsLeftAlone() {
        read(4_000, 0.1, 2_000, 1_500, 1_300, 1_300);
        assertThat(read(20_000, 0.1, 2_000, 1_500, 1_300, 1_300)[1])
                .as("MiB of 20,000 by one window, seed %d", seed)
                .isGreaterThan(14_000);
    }

    @Test
    void whereItMakesNoDifferenceMostIsReadWithoutTrying() {
        read(4_000, 0, 1_000, 1_000, 1_000, 1_000);
        assertThat(read(20_000, 0, 1_000, 1_000, 1_000, 1_000)[2]).isGreaterThan(17_000);
    }

    @RepeatedTest(5)
    void itIsNoticedThatTheDiskIsAnotherOne() {
        read(20_000, 0.05, 2_000, 1_500, 1_300, 1_300);
        read(20_000, 0.05, 1_000, 1_300, 1_500, 1_600);
        assertThat(read(10_000, 0.05, 1_000, 1_300, 1_500, 1_600)[4])
                .as("seed %d", seed)
                .isGreaterThan(6_000);
    }

    @Test
    void timesWithoutEnoughToDoDoNotCount() {
        for (int i = 0; i < 10_000; i++) {
            appetite.came(WINDOW, clock += i % 100 == 0 ? 1_000_000_000L : 1_000);
            if (i % 100 == 99) {
                appetite.idle();
            }
        }
        assertThat(appetite.windows()).as("no period has ended").isEqualTo(2);
    }

    @Test
    void aClockThatStandsStillIsNoHarm() {
        for (int i = 0; i < 10_000; i++) {
            appetite.came(WINDOW, 5);
        }
        assertThat(appetite.windows()).isEqualTo(2);
    }
}
