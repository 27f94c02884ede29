package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Validators and what clients do with them. */
@Timeout(60)
class ConditionalTest {

    @TempDir(factory = WorkDirectory.class)
    static Path directory;

    private static ServerProcess server;

    @BeforeAll
    static void start() throws IOException {
        Path file = directory.resolve("page.html");
        Content.write(file, 1, 5_000);
        // long settled: its tag is a strong one
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2024-02-29T12:34:56Z")));
        server = ServerProcess.serving(directory).start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void shouldDescribeTheFile() {
        try (Client client = Client.connect(server)) {
            Response response = client.get("/page.html");

            assertThat(response.header("Content-Type")).startsWith("text/html");
            assertThat(response.header("Last-Modified")).isEqualTo("Thu, 29 Feb 2024 12:34:56 GMT");
            assertThat(response.header("ETag")).matches("\"[^\"]+\"");
            assertThat(response.header("Accept-Ranges")).isEqualTo("bytes");
        }
    }

    @Test
    void shouldAnswerNotModifiedToItsOwnTag() {
        try (Client client = Client.connect(server)) {
            String tag = client.get("/page.html").header("ETag");

            Response response = client.get("/page.html", "If-None-Match: " + tag);

            assertThat(response.status()).isEqualTo(304);
            assertThat(response.header("ETag")).isEqualTo(tag);
            assertThat(client.get("/page.html").status())
                    .as("the next on the same connection")
                    .isEqualTo(200);
        }
    }

    @Test
    void shouldSendFileToAnotherTag() {
        try (Client client = Client.connect(server)) {
            assertThat(client.get("/page.html", "If-None-Match: \"other\"").body())
                    .hasSize(5_000);
        }
    }

    @Test
    void shouldAnswerNotModifiedToItsOwnDate() {
        try (Client client = Client.connect(server)) {
            Response response = client.get("/page.html", "If-Modified-Since: Thu, 29 Feb 2024 12:34:56 GMT");

            assertThat(response.status()).isEqualTo(304);
        }
    }

    @Test
    void shouldSendFileModifiedSince() {
        try (Client client = Client.connect(server)) {
            Response response = client.get("/page.html", "If-Modified-Since: Thu, 29 Feb 2024 12:34:55 GMT");

            assertThat(response.body()).hasSize(5_000);
        }
    }

    @Test
    void shouldAnswerHeadWithTheHeaderOfGet() {
        try (Client client = Client.connect(server)) {
            Response get = client.get("/page.html");
            Response head = client.head("/page.html");

            assertThat(head.status()).isEqualTo(get.status());
            assertThat(undated(head)).isEqualTo(undated(get));
        }
    }

    @Test
    void shouldSendNoBodyToHead() {
        try (Client client = Client.connect(server)) {
            client.send(Client.message("HEAD", "/page.html", "Connection: close"));
            client.readHead();

            assertThat(client.readToEnd()).isEmpty();
        }
    }

    private static Map<String, String> undated(Response response) {
        Map<String, String> headers = new TreeMap<>(response.headers());
        headers.remove("Date"); // the second may change in between
        return headers;
    }
}
