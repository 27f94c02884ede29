package dev.aio.bench;

import java.util.Arrays;
import java.util.Locale;

/** What several rounds of one measurement came to: the median, and how far apart they were. */
record Spread(double median, double min, double max) {

    static Spread of(double... samples) {
        if (samples.length == 0) {
            throw new IllegalArgumentException("no samples (expected: one or more)");
        }
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    /** Of the ratios of what was measured in the same round: a machine that slows down slows both. */
    static Spread ofRatios(double[] of, double[] over) {
        if (of.length != over.length) {
            throw new IllegalArgumentException(
                    "ratios of " + of.length + " to " + over.length + " samples (expected: as many)");
        }
        double[] ratios = new double[of.length];
        for (int i = 0; i < of.length; i++) {
            ratios[i] = of[i] / over[i];
        }
        return of(ratios);
    }

    /** {@code 1.07 (1.01..1.12)}. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.2f (%.2f..%.2f)", median, min, max);
    }
}
