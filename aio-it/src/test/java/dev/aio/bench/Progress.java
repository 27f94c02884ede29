package dev.aio.bench;

import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Says on stderr how far it has got. */
final class Progress {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private Progress() {}

    static void say(String format, Object... arguments) {
        System.err.println(TIME.format(LocalTime.now()) + " " + String.format(Locale.ROOT, format, arguments));
    }
}
