package dev.aio.bench;

import java.util.Locale;

/** Numbers for people: as many digits as say something. */
final class Numbers {

    private Numbers() {}

    static String show(double value) {
        double size = Math.abs(value);
        String format = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }
}
