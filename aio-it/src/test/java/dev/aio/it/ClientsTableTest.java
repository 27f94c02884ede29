package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The README's table of clients is made of what they have fetched in this run; {@code bin/results} puts it there. Runs
 * behind all others, see {@link ClassOrderer.OrderAnnotation}.
 */
@Tag("alone")
@Order(Integer.MAX_VALUE)
class ClientsTableTest {

    private static final Path README = Path.of("README.md");
    private static final Path RESULTS = Path.of("target/results/clients.md");

    @Test
    void shouldBeWhatClientsHaveFetched() throws IOException {
        List<String> found = clients(WebClient::hasFetched).stream()
                .map(WebClient::row)
                .sorted()
                .toList();
        Host.assume(!found.isEmpty(), "no client has fetched anything in this run");
        Files.createDirectories(RESULTS.getParent());
        Files.write(RESULTS, found);

        List<WebClient> missing = clients(client -> !client.isThere());
        missing.forEach(client -> System.err.println("not compared with the README's table: " + client.title()));
        List<String> shown = withoutVersions(shown());
        shown = shown.stream()
                .filter(row -> missing.stream().noneMatch(client -> row.startsWith("| " + client.title() + " |")))
                .toList();
        assertThat(shown).as("README's table; bin/results renews it").isEqualTo(withoutVersions(found));
    }

    private static List<WebClient> clients(Predicate<WebClient> which) {
        return Arrays.stream(WebClient.values()).filter(which).toList();
    }

    private static List<String> shown() throws IOException {
        return Files.readAllLines(README).stream()
                .dropWhile(line -> !line.startsWith("<!-- results: clients"))
                .takeWhile(line -> !line.equals("<!-- end of results -->"))
                .skip(3)
                .toList();
    }

    /** Of the clients: those of protocols stay. */
    private static List<String> withoutVersions(List<String> rows) {
        return rows.stream()
                .map(row -> row.replaceFirst("^(\\| [^|]*?) [\\d.]+ ", "$1 "))
                .toList();
    }
}
