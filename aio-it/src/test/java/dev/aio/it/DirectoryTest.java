package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that stand for something else than a readable file, and methods that are not for files. */
@Timeout(60)
class DirectoryTest {

    @TempDir(factory = WorkDirectory.class)
    static Path directory;

    private static ServerProcess server;

    @BeforeAll
    static void start() throws IOException {
        Content.write(directory.resolve("site/index.html"), "the index".getBytes(StandardCharsets.UTF_8));
        Content.write(directory.resolve("site/a b.txt"), "blank".getBytes(StandardCharsets.UTF_8));
        Files.createDirectory(directory.resolve("bare"));
        Program.succeed("mkfifo", directory.resolve("fifo").toString());
        // one loop: if it ever blocks, everything does
        server = ServerProcess.serving(directory).with("--loops", "1").start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Response get(String path) {
        try (Client client = Client.connect(server)) {
            return client.get(path);
        }
    }

    @Test
    void shouldServeIndexForItsDirectory() {
        Response response = get("/site/");

        assertThat(response.text()).isEqualTo("the index");
        assertThat(response.header("Content-Type")).startsWith("text/html");
    }

    @Test
    void shouldRedirectToTheDirectoryItself() {
        Response response = get("/site?q=1");

        assertThat(response.status()).isEqualTo(301);
        assertThat(response.header("Location")).isEqualTo("/site/?q=1");
    }

    @Test
    void shouldRefuseDirectoryWithoutIndex() {
        assertThat(get("/bare/").status()).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/missing", "/missing/", "/site/missing.html", "/site/index.html/", "/site/index.html/x"})
    void shouldNotFindWhatIsNotThere(String path) {
        Response response = get(path);

        assertThat(response.status()).isEqualTo(404);
        assertThat(response.body()).as("a small body that says so").isNotEmpty();
    }

    @Test
    void shouldDecodeNames() {
        assertThat(get("/site/a%20b.txt").text()).isEqualTo("blank");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH"})
    void shouldRefuseMethodsThatAreNotForFiles(String method) {
        try (Client client = Client.connect(server)) {
            Response response = client.request(method, "/site/index.html");

            assertThat(response.status()).isEqualTo(405);
            assertThat(response.header("Allow").split(", ")).contains("GET", "HEAD");
        }
    }

    @Test
    void shouldRefuseFifoWithoutWaitingForItsWriter() {
        assertThat(get("/fifo").status()).isIn(403, 404);
        assertThat(get("/site/").status()).as("the loop goes on").isEqualTo(200);
    }

    @Test
    void shouldRefuseDevice() {
        Host.assumeRoot("to make a device node");
        Path device = directory.resolve("zero");
        Program.succeed("mknod", device.toString(), "c", "1", "5");

        assertThat(get("/zero").status()).isIn(403, 404);
    }

    @Test
    void shouldRefuseSocket() throws IOException {
        Path path = directory.resolve("socket");
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(shortened(path)));

            assertThat(get("/socket").status()).isIn(403, 404);
        }
    }

    /** Addresses of sockets have 108 bytes at most. */
    private static Path shortened(Path path) {
        return Path.of("").toAbsolutePath().relativize(path.toAbsolutePath());
    }

    @Test
    void shouldRefuseUnreadableFile() throws IOException {
        Path file = directory.resolve("private/unreadable.txt");
        Content.write(file, "not for all".getBytes(StandardCharsets.UTF_8));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        ServerProcess.Options options = ServerProcess.serving(directory);
        if (Host.isRoot()) {
            options.wrappedIn(Host.asNobody());
        }
        try (ServerProcess other = options.start();
                Client client = Client.connect(other)) {
            Response response = client.get("/private/unreadable.txt");

            assertThat(response.status()).isEqualTo(403);
            assertThat(response.text()).doesNotContain("not for all");
        }
    }
}
