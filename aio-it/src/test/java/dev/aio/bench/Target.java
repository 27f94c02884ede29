package dev.aio.bench;

import java.util.Locale;

/** What a figure is to come to. */
record Target(double value, boolean isUpperBound) {

    static Target atLeast(double value) {
        return new Target(value, false);
    }

    static Target atMost(double value) {
        return new Target(value, true);
    }

    /** As far as it is shown: two decimals. */
    boolean isMetBy(double found) {
        double shown = Math.round(found * 100) / 100.0;
        return isUpperBound ? shown <= value : shown >= value;
    }

    @Override
    public String toString() {
        return (isUpperBound ? "≤ " : "≥ ") + (value < 100 ? String.format(Locale.ROOT, "%.2f", value) : (long) value);
    }
}
