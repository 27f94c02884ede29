package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * The README's table of clients, made of what they have fetched in this run: left in {@code target/clients.md}, and with
 * {@code -Daio.writeTables} put in its place. Runs behind all others, see {@link ClassOrderer.OrderAnnotation}.
 */
@Order(Integer.MAX_VALUE)
class ClientsTableTest {

    private static final Path README = Path.of("README.md");
    private static final String BEGIN = "<!-- clients: begin -->\n";
    private static final String END = "<!-- clients: end -->";
    private static final String HEAD = """
            | client | speaks | fetched, and it was identical | also right |
            |---|---|---|---|
            """;

    @Test
    void shouldBeWhatClientsHaveFetched() throws IOException {
        List<WebClient> fetched = clients(WebClient::hasFetched);
        Host.assume(!fetched.isEmpty(), "no client has fetched anything in this run");
        List<WebClient> missing = clients(client -> !client.isThere());
        missing.forEach(client -> System.err.println("not compared with the table: no " + client.title));
        List<String> found = fetched.stream().map(WebClient::row).toList();
        Files.writeString(Path.of("target", "clients.md"), HEAD + String.join("\n", found) + '\n');

        if (System.getProperty("aio.writeTables") != null) {
            assertThat(missing).as("clients that are not here").isEmpty();
            write(found);
        }

        List<String> shown = shown();
        shown.removeIf(row -> missing.stream().anyMatch(client -> row.startsWith("| " + client.title + ' ')));
        assertThat(withoutVersions(shown))
                .as("README's table; mvn verify -Daio.writeTables puts target/clients.md there")
                .isEqualTo(withoutVersions(found));
    }

    private static List<WebClient> clients(Predicate<WebClient> which) {
        return Arrays.stream(WebClient.values()).filter(which).toList();
    }

    private static List<String> shown() throws IOException {
        String readme = Files.readString(README);
        String table = readme.substring(readme.indexOf(BEGIN) + BEGIN.length(), readme.indexOf(END));
        assertThat(table).startsWith(HEAD);
        return new ArrayList<>(table.substring(HEAD.length()).lines().toList());
    }

    private static void write(List<String> rows) throws IOException {
        String readme = Files.readString(README);
        Files.writeString(
                README,
                readme.substring(0, readme.indexOf(BEGIN) + BEGIN.length())
                        + HEAD
                        + String.join("\n", rows)
                        + '\n'
                        + readme.substring(readme.indexOf(END)));
    }

    /** Of the clients: those of protocols stay. */
    private static List<String> withoutVersions(List<String> rows) {
        return rows.stream()
                .map(row -> row.replaceFirst("^(\\| [^|]*?) [\\d.]+ \\|", "$1 |"))
                .toList();
    }
}
