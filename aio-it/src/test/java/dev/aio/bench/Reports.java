package dev.aio.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;

/** Leaves what a session found where it was asked to. */
final class Reports {

    private Reports() {}

    /** Also after a part of the run: what came before a failure is not lost. */
    static String write(Session session) throws IOException {
        Path directory = Files.createDirectories(session.settings().report());
        Map<String, String> machine = Machine.describe(session.cpus());
        String date = LocalDate.now().toString();
        Files.writeString(directory.resolve("report.json"), JsonReport.of(session, machine, date));
        String markdown = MarkdownReport.of(session, machine, date, drawn(session, directory));
        Files.writeString(directory.resolve("report.md"), markdown);
        return markdown;
    }

    private static List<String> drawn(Session session, Path directory) throws IOException {
        try {
            return Charts.write(session, directory);
        } catch (LinkageError | RuntimeException noFonts) {
            Progress.say("no charts: %s (Debian packages fontconfig, fonts-dejavu-core)", noFonts);
            return List.of();
        }
    }
}
