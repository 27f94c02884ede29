package dev.aio.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Map;

/** Leaves what a session found where it was asked to. */
final class Reports {

    private Reports() {}

    /** Also after a part of the run: what came before a failure is not lost. */
    static String write(Session session) throws IOException {
        Path directory = Files.createDirectories(session.settings().report);
        Map<String, String> machine = Machine.describe(session.cpus());
        String date = LocalDate.now().toString();
        String markdown = MarkdownReport.of(session, machine, date);
        Files.writeString(directory.resolve("report.md"), markdown);
        Files.writeString(directory.resolve("report.json"), JsonReport.of(session, machine, date));
        return markdown;
    }
}
