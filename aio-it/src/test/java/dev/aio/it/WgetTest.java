package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What wget makes of the server: downloads that go on, times that are compared, a site that is copied. */
@Timeout(60)
class WgetTest {

    private static final int SIZE = 3_000_000;
    private static final int BEGUN = 1_000_001;

    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH);

    @TempDir(factory = WorkDirectory.class)
    Path site;

    @TempDir(factory = WorkDirectory.class)
    Path own;

    private ServerProcess server;
    private Path copy;

    @BeforeEach
    void start() {
        WebClient.WGET.assumeThere("wget");
        server = ServerProcess.serving(site).start();
        copy = own.resolve("file.bin");
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    /** Returns what it said. */
    private String wget(String... arguments) {
        List<String> command = new ArrayList<>(List.of("wget", "--server-response", "--tries=1", "--timeout=30"));
        command.addAll(List.of("--directory-prefix", own.toString()));
        command.addAll(List.of(arguments));
        Program program = Program.run(command.toArray(new String[0]));
        assertThat(program.exitCode()).as(program.stderr()).isZero();
        return program.stderr();
    }

    private byte[] publish(int seed, int size, Instant modified) throws IOException {
        byte[] content = Content.write(site.resolve("file.bin"), seed, size);
        Files.setLastModifiedTime(site.resolve("file.bin"), FileTime.from(modified));
        String served = HTTP_DATE.format(modified.atOffset(ZoneOffset.UTC));
        // an open file is looked at again after a second
        await("the new version")
                .atMost(Duration.ofSeconds(20))
                .until(() -> lastModified().equals(served));
        return content;
    }

    private String lastModified() {
        try (Client client = Client.connect(server)) {
            return client.head("/file.bin").headers().get("last-modified");
        }
    }

    private void assertCopied(byte[] expected) throws IOException {
        assertThat(Content.sha256(Files.readAllBytes(copy))).isEqualTo(Content.sha256(expected));
    }

    @Test
    void shouldContinue() throws IOException {
        byte[] content = publish(1, SIZE, Instant.now());
        Files.write(copy, Arrays.copyOf(content, BEGUN));

        assertThat(wget("-c", server.url("/file.bin")))
                .contains("206 Partial Content", "Content-Range: bytes " + BEGUN + '-' + (SIZE - 1) + '/' + SIZE);
        assertCopied(content);

        assertThat(wget("-c", server.url("/file.bin"))).contains("416 ", "already fully retrieved");
        assertCopied(content);
        WebClient.WGET.gotIdentical("HTTP/1.1", "`-c`");
        WebClient.WGET.wasRight("HTTP/1.1", "416 of a resumed whole");
    }

    /** wget names no version, and so gets the rest of the new one; to look at the time is what it has -N for. */
    @Test
    void shouldFetchWholeFileThatHasChanged() throws IOException {
        byte[] old = publish(1, SIZE, Instant.now().minusSeconds(100));
        wget(server.url("/file.bin"));
        assertCopied(old);
        Files.write(copy, Arrays.copyOf(old, BEGUN));
        Files.setLastModifiedTime(copy, Files.getLastModifiedTime(site.resolve("file.bin")));
        byte[] changed = publish(2, SIZE - 1000, Instant.now());

        wget("-c", server.url("/file.bin"));

        byte[] mixed = Arrays.copyOf(changed, changed.length);
        System.arraycopy(old, 0, mixed, 0, BEGUN);
        assertCopied(mixed);

        Files.setLastModifiedTime(copy, FileTime.from(Instant.now().minusSeconds(100)));
        wget("-N", server.url("/file.bin"));

        assertCopied(changed);
    }

    @Test
    void shouldFetchOnlyWhatIsNewer() throws IOException {
        byte[] content = publish(1, SIZE, Instant.parse("2020-02-29T12:34:56Z"));

        assertThat(wget("-N", server.url("/file.bin"))).contains("200 OK");
        assertThat(Files.getLastModifiedTime(copy).toInstant()).isEqualTo(Instant.parse("2020-02-29T12:34:56Z"));
        assertThat(wget("-N", server.url("/file.bin"))).contains("304 Not Modified");
        assertCopied(content);

        byte[] newer = publish(2, SIZE, Instant.parse("2021-01-01T00:00:00Z"));

        assertThat(wget("-N", server.url("/file.bin"))).contains("200 OK");
        assertCopied(newer);
        WebClient.WGET.gotIdentical("HTTP/1.1", "`-N`");
        WebClient.WGET.wasRight("HTTP/1.1", "304 by time");
    }

    @Test
    void shouldCopySite() throws IOException {
        publishText(
                "index.html",
                "<link rel=stylesheet href=style.css><a href='docs'>docs</a><a href='a%20b.html'>blank</a>"
                        + "<a href='%C3%BC.html'>umlaut</a><a href='docs/../index.html#y'>top</a>");
        publishText("style.css", "body { background: url(img/back.svg) }");
        publishText("img/back.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
        publishText(
                "docs/index.html", "<a href='more/deep.html'>deep</a><a href='../'>up</a><img src='/img/back.svg'>");
        publishText("docs/more/deep.html", "<a href='never.html'>one level too deep</a>");
        publishText("docs/more/never.html", "not followed");
        publishText("a b.html", "a name with a blank");
        publishText("\u00fc.html", "a name in UTF-8");

        // the directory without its slash is redirected, and saved under the name it is redirected to
        String said = wget(
                "-r", "-l", "2", "--no-host-directories", "--trust-server-names", "-e", "robots=off", server.url("/"));

        assertThat(said).contains("301 Moved Permanently", "Location: /docs/");
        Map<String, String> expected = contents(site);
        assertThat(expected.remove("docs/more/never.html")).isNotNull();
        assertThat(contents(own)).isEqualTo(expected);
        WebClient.WGET.gotIdentical("HTTP/1.1", "a site by `-r -l 2` with redirected directories");
    }

    private void publishText(String name, String text) {
        Content.write(site.resolve(name), text.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, String> contents(Path root) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(root.relativize(file).toString(), Content.sha256(Files.readAllBytes(file)));
            }
        }
        return contents;
    }
}
