package dev.aio.netty.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.TargetDirectory;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

@Timeout(60)
class ContentOptionsTest {

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void shouldServeAsAskedFor() throws Exception {
        write("home.htm");
        write("app.3f2a91bc.css");
        write("app.3f2a91bc.css.gz");
        write("app.3f2a91bc.css.br");
        write("a.recipe");
        String options = "--index home.html,home.htm --precompressed gzip --cache-control *.css=max-age=9,immutable"
                + " --cache-control **=no-cache --media-type recipe=text/x-recipe --etag no-inode --max-ranges 0";
        try (FileServer server = serve(options.split(" "))) {
            HttpURLConnection home = get(server, "/", "Range", "bytes=0-0");
            assertThat(home.getResponseCode()).isEqualTo(200);
            assertThat(home.getHeaderField("Accept-Ranges")).isEqualTo("none");
            assertThat(home.getHeaderField("Cache-Control")).isEqualTo("no-cache");
            assertThat(home.getHeaderField("ETag")).matches("\"[0-9a-f]+-8\"");
            HttpURLConnection style = get(server, "/app.3f2a91bc.css", "Accept-Encoding", "gzip, br");
            assertThat(style.getHeaderField("Content-Encoding")).isEqualTo("gzip");
            assertThat(style.getHeaderField("Cache-Control")).isEqualTo("max-age=9,immutable");
            assertThat(get(server, "/a.recipe", "A", "b").getContentType()).isEqualTo("text/x-recipe; charset=utf-8");
        }
    }

    @Test
    void shouldServeCompressedFormsUnlessAskedNotTo() throws Exception {
        write("a.css");
        write("a.css.gz");
        write("a.css.br");
        try (FileServer server = serve()) {
            assertThat(get(server, "/a.css", "Accept-Encoding", "gzip, br").getHeaderField("Content-Encoding"))
                    .isEqualTo("br");
        }
        try (FileServer server = serve("--precompressed", "none")) {
            HttpURLConnection plain = get(server, "/a.css", "Accept-Encoding", "gzip, br");
            assertThat(plain.getHeaderField("Content-Encoding")).isNull();
            assertThat(plain.getHeaderField("Vary")).isNull();
        }
    }

    @Test
    void shouldServeSeveralDirectories() throws Exception {
        write("a.txt");
        Path docs = Files.createDirectory(directory.resolve("docs"));
        Files.writeString(docs.resolve("b.txt"), "b.txt");
        String options = "--prefix /main --root /docs=" + docs + " --header X-Frame-Options:DENY --max-body 10";
        try (FileServer server = serve(options.split(" "))) {
            assertThat(get(server, "/main/a.txt", "A", "b").getHeaderField("X-Frame-Options"))
                    .isEqualTo("DENY");
            assertThat(get(server, "/docs/b.txt", "A", "b").getResponseCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--precompressed deflate, '--precompressed: deflate (expected: br, zstd, gzip or none)'",
        "--etag md5, '--etag: md5 (expected: stat, no-inode or none)'",
        "--max-ranges -1, '--max-ranges: maxRanges: -1 (expected: >= 0)'",
        "--index a/b, '--index: index: ''a/b'' (expected: name of a file)'",
        "--media-type css=text, '--media-type: media type: ''text'' (expected: such as text/css)'",
        "--max-body -1, '--max-body: maxBody: -1 (expected: >= 0)'",
        "--prefix static, '--prefix: prefix: ''static'' (expected: a path, such as /static)'",
        "--root /a=/tmp --root /a/=/tmp, '--root: prefix: ''/a/'' (expected: one that has no root yet)'",
        "--header nonsense, '--header: ''nonsense'' (expected: NAME:VALUE)'",
        "--header ETag:x, '--header: header ETag: ''x'' (expected: a name that the handler does not set itself)'",
        "--cache-control /=no-cache, '--cache-control: pattern: ''/'' (expected: such as *.css or assets/**)'",
    })
    void shouldNameWhatItCannotTake(String option, String message) {
        CommandLineRun run = CommandLineRun.of((Object[]) ("serve " + directory + " --port 0 " + option).split(" "));

        assertThat(run.exitCode).isEqualTo(2);
        assertThat(run.err).startsWith(message);
    }

    private FileServer serve(String... options) throws IOException {
        ContentOptions content = new ContentOptions();
        CommandSpec command = CommandSpec.create();
        content.addTo(command);
        new CommandLine(command).parseArgs(options);
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return FileServer.builder(directory).loops(1).files(content::applyTo).start(anyPort);
    }

    private void write(String name) throws IOException {
        Path file = directory.resolve(name);
        Files.writeString(file, name, StandardCharsets.UTF_8);
        Files.setLastModifiedTime(file, FileTime.fromMillis(784_111_777_000L));
    }

    private static HttpURLConnection get(FileServer server, String path, String field, String value)
            throws IOException {
        InetSocketAddress address = server.address();
        URL url = URI.create("http://" + address.getAddress().getHostAddress() + ":" + address.getPort() + path)
                .toURL();
        HttpURLConnection connection = (HttpURLConnection) url.openConnection();
        connection.setRequestProperty(field, value);
        connection.getInputStream().readAllBytes();
        return connection;
    }
}
