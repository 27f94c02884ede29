package dev.aio.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** What tests have found out and documentation shows: rows of tables, which {@link ResultTables} puts there. */
final class Results {

    private static final Path DIRECTORY = Path.of("target/results");

    private Results() {}

    /**
     * Adds a row, or replaces that of the same first cell.
     *
     * @param table its name in the documentation
     */
    static synchronized void record(String table, String first, Object... more) {
        try {
            Files.createDirectories(DIRECTORY);
            Path file = DIRECTORY.resolve(table + ".md");
            List<String> rows = Files.exists(file) ? new ArrayList<>(Files.readAllLines(file)) : new ArrayList<>();
            StringBuilder row = new StringBuilder("| ").append(first).append(" |");
            rows.removeIf(other -> other.startsWith(row.toString()));
            for (Object cell : more) {
                row.append(' ').append(cell).append(" |");
            }
            rows.add(row.toString());
            Files.write(file, rows, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
