package dev.aio.bench;

import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Says on stderr how far it has got. */
final class Progress {

    private Progress() {}

    static void say(String format, Object... arguments) {
        System.err.println(
                LocalTime.now().truncatedTo(ChronoUnit.SECONDS) + " " + String.format(Locale.ROOT, format, arguments));
    }
}
