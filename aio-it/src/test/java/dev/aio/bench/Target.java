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

    boolean isMetBy(double found) {
        return isUpperBound ? found <= value : found >= value;
    }

    @Override
    public String toString() {
        return (isUpperBound ? "≤ " : "≥ ") + (value < 100 ? String.format(Locale.ROOT, "%.2f", value) : (long) value);
    }
}
