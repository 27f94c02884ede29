package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultTablesTest {

    private static final List<String> DOCUMENT = List.of(
            "before",
            "<!-- results: some, written by bin/results -->",
            "| a | b |",
            "|---|---|",
            "| old | 1 |",
            "<!-- end of results -->",
            "between",
            "<!-- results: other -->",
            "| a |",
            "|---|",
            "| stays |",
            "<!-- end of results -->",
            "| a |",
            "|---|",
            "| nobody's |");

    @TempDir
    Path results;

    @Test
    void rowsBecomeThoseOfTheRun() throws Exception {
        Files.write(results.resolve("some.md"), List.of("| new | 2 |", "| earlier | 3 |"));
        List<String> filled = ResultTables.fill(DOCUMENT, results);
        assertThat(filled.subList(0, 7))
                .containsExactly(
                        "before",
                        "<!-- results: some, written by bin/results -->",
                        "| a | b |",
                        "|---|---|",
                        "| earlier | 3 |",
                        "| new | 2 |",
                        "<!-- end of results -->");
        assertThat(filled.subList(7, filled.size())).isEqualTo(DOCUMENT.subList(6, DOCUMENT.size()));
        assertThat(ResultTables.fill(filled, results)).isEqualTo(filled);
    }

    @Test
    void withoutResultsNothingChanges() throws Exception {
        assertThat(ResultTables.fill(DOCUMENT, results)).isEqualTo(DOCUMENT);
    }
}
