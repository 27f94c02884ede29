package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against disks whose rate depends on how much is in flight, and on chance. */
public class DiskAppetiteTest {

    private static final int WINDOW = 256 * 1024;

    private final DiskAppetite appetite = new DiskAppetite();
    private Random random = new Random(0);
    private long clock = -1_000_000_000_000L; // System.nanoTime may be below 0

    /** As a disk does that gives most with that number of windows, until it is used. */
    public static void teach(DiskAppetite appetite, int windows) {
        long clock = System.nanoTime() - 3_600_000_000_000L;
        for (int i = 0; i < 1_000_000 && (i < 10_000 || appetite.windows() != windows); i++) {
            clock += 100_000L * (1 + Math.abs(appetite.windows() - windows));
            appetite.came(WINDOW, clock);
        }
        assertThat(appetite.windows()).isEqualTo(windows);
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

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aDiskThatWantsMoreGetsMore(int seed) {
        random = new Random(seed);
        read(8_000, 0.1, 1_000, 1_300, 1_500, 1_700);
        assertThat(read(20_000, 0.1, 1_000, 1_300, 1_500, 1_700)[4])
                .as("MiB of 20,000 by 4 windows")
                .isGreaterThan(12_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aDiskThatGivesLessForMoreIsLeftAlone(int seed) {
        random = new Random(seed);
        assertThat(read(20_000, 0.1, 2_000, 1_500, 1_300, 1_300)[1])
                .as("MiB of 20,000 by one window")
                .isGreaterThan(15_000);
    }

    /** What is in flight is what newcomers wait for. */
    @Test
    void whereItMakesNoDifferenceLeastIsReadAhead() {
        teach(appetite, 3);
        clock = System.nanoTime(); // goes on from there
        read(8_000, 0, 1_000, 1_000, 1_000, 1_000);
        assertThat(read(20_000, 0, 1_000, 1_000, 1_000, 1_000)[1]).isGreaterThan(17_000);
    }

    @Test
    void itIsNoticedThatTheDiskGivesMoreForMoreNow() {
        read(20_000, 0.05, 2_000, 1_500, 1_300, 1_300);
        read(20_000, 0.05, 1_000, 1_300, 1_500, 1_700);
        assertThat(read(10_000, 0.05, 1_000, 1_300, 1_500, 1_700)[4]).isGreaterThan(6_000);
    }

    /** A disk of 200 reads a second that gives them in bursts, ten times a second. */
    @Test
    void burstsAreNoPauses() {
        int[] read = new int[DiskAppetite.MOST + 1];
        for (int i = 0; i < 20_000; i++) {
            clock += i % 20 == 0 ? 100_000_000 : 10_000;
            read[appetite.windows()]++;
            appetite.came(WINDOW, clock);
        }
        assertThat(read[1]).as("of 20,000, as more brings nothing").isGreaterThan(14_000);
        assertThat(read[2]).as("more was tried").isPositive();
    }

    @Test
    void timesInWhichNobodyAskedDoNotCount() {
        for (int i = 0; i < 100_000; i++) {
            clock += i % 100 == 0 ? 1_000_000_000L : 10_000;
            appetite.came(WINDOW, clock);
            assertThat(appetite.windows()).as("no period has ended").isEqualTo(1);
        }
    }

    @Test
    void aTrialDoesNotOutliveAPause() {
        while (appetite.windows() == 1) {
            appetite.came(WINDOW, clock += 100_000);
        }
        appetite.came(WINDOW, clock + 3_600_000_000_000L);
        assertThat(appetite.windows()).isEqualTo(1);
    }

    @Test
    void aClockThatStandsStillIsNoHarm() {
        for (int i = 0; i < 10_000; i++) {
            appetite.came(WINDOW, 5);
            assertThat(appetite.windows()).isEqualTo(1);
        }
    }
}
