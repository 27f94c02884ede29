package dev.aio.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What the tests of one run tell each other, whichever JVM they are in: lines of a file that grows. */
final class RunNotes {

    private static final String RUN = System.getProperty(
                    "aio.run", "run-" + ProcessHandle.current().pid())
            .replaceAll("[^A-Za-z0-9-]", "-");

    private final Path file;

    /**
     * @param about names the file
     */
    RunNotes(String about) {
        file = Path.of("target/notes", RUN, about);
    }

    /** Any of the three may be anything without tabs and line breaks. */
    void add(String subject, String key, String value) {
        try {
            Files.createDirectories(file.getParent());
            // one write to the end of the file, which the kernel does not mix with others
            Files.write(
                    file,
                    (subject + '\t' + key + '\t' + value + '\n').getBytes(StandardCharsets.UTF_8),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Values, each once, in order. */
    Set<String> of(String subject, String key) {
        try {
            List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
            String prefix = subject + '\t' + key + '\t';
            return lines.stream()
                    .filter(line -> line.startsWith(prefix))
                    .map(line -> line.substring(prefix.length()))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
