package dev.aio.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The class archive of a jar, made and used by the functions of {@code bin/archive.sh} as {@code bin/aio} does. */
public final class ClassArchive {

    private static final Path LIB = Path.of("../bin/lib.sh").toAbsolutePath().normalize();
    private static final Path FUNCTIONS = LIB.resolveSibling("archive.sh");

    private ClassArchive() {}

    /** Makes it; beside the jar, with what is written down of it. */
    public static void make(Path jar) {
        run(jar, "make_archive \"$2\"");
        for (String end : List.of(".jsa", ".jsa.for", ".jsa.log")) {
            fileOf(jar, end).toFile().deleteOnExit(); // its directory is removed then
        }
    }

    /** Where it is. */
    public static Path of(Path jar) {
        return fileOf(jar, ".jsa");
    }

    /** {@code good}, {@code bad} or {@code old}. */
    static String state(Path jar) {
        return run(jar, "archive_state \"$2\"").strip();
    }

    /** Options of the JVM that have the archive used; none if there is none to use. */
    public static List<String> options(Path jar) {
        return Files.exists(of(jar)) ? options(jar, "") : List.of();
    }

    /** The same where the user has options of the JVM as well. */
    static List<String> options(Path jar, String javaOptions) {
        String call =
                "AIO_JAVA_OPTS='" + javaOptions + "'; use_archive \"$2\"; printf '%s\\n' \"${archive_options[@]}\"";
        return new ArrayList<>(run(jar, call).lines().toList());
    }

    private static Path fileOf(Path jar, String end) {
        String name = jar.getFileName().toString().replaceFirst("\\.jar$", "");
        return jar.resolveSibling(name + "-" + Runtime.version().feature() + end);
    }

    private static String run(Path jar, String call) {
        String script = "set -euo pipefail; . '" + LIB + "'; . '" + FUNCTIONS + "'; jar=$1; " + call;
        return Program.succeed(
                "bash", "-c", script, "bash", jar.toString(), Program.javaHome().toString());
    }
}
