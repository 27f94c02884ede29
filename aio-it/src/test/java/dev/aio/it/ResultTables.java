package dev.aio.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts the {@link Results} of a test run into documentation: the rows of the table behind {@code <!-- results: NAME -->},
 * up to {@code <!-- end of results -->}, become those of that name, sorted. A table without results stays as it is.
 */
final class ResultTables {

    private static final Pattern BEGIN = Pattern.compile("<!-- results: ([a-z-]+)\\b.*-->");
    private static final String END = "<!-- end of results -->";
    private static final String RULE = "|---";

    private ResultTables() {}

    /**
     * Run by {@code bin/results}.
     *
     * @param arguments a file in Markdown, and the directory of the results
     */
    public static void main(String[] arguments) throws IOException {
        Path document = Path.of(arguments[0]);
        List<String> before = Files.readAllLines(document);
        List<String> after = fill(before, Path.of(arguments[1]));
        if (!after.equals(before)) {
            Files.write(document, after);
        }
    }

    static List<String> fill(List<String> document, Path results) throws IOException {
        List<String> filled = new ArrayList<>();
        List<String> rows = List.of(); // that replace the ones there
        boolean skipping = false;
        for (String line : document) {
            Matcher begin = BEGIN.matcher(line);
            if (begin.matches()) {
                rows = rows(results.resolve(begin.group(1) + ".md"));
            } else if (line.equals(END)) {
                rows = List.of();
                skipping = false;
            }
            if (!skipping) {
                filled.add(line);
            }
            if (line.startsWith(RULE) && !rows.isEmpty()) {
                filled.addAll(rows);
                skipping = true;
            }
        }
        return filled;
    }

    private static List<String> rows(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file).stream().sorted().toList() : List.of();
    }
}
