package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A file that is cut, deleted or replaced while a slow client reads it. */
@ParameterizedClass(name = "engine {0}, {1}")
@MethodSource("setups")
@Timeout(60)
class ChangingFileTest {

    /** Far more than socket buffers take. */
    private static final int SIZE = 16 << 20;

    private static final int CUT = 1 << 20;
    private static final int READ_BEFORE = 100_000;

    @TempDir(factory = WorkDirectory.class)
    static Path directory;

    private static ServerProcess server;

    @Parameter(0)
    String engine;

    @Parameter(1)
    String temperature;

    private Path file;
    private byte[] content;
    private Client client;
    private byte[] begin;

    /** What is hot goes the same way with each engine: the long tier looks nevertheless. */
    static Stream<Arguments> setups() {
        Stream<Arguments> quick =
                Stream.of(Arguments.of("aio", "hot"), Arguments.of("aio", "cold"), Arguments.of("blocking", "cold"));
        return "long".equals(System.getProperty("aio.tier"))
                ? Stream.concat(quick, Stream.of(Arguments.of("blocking", "hot")))
                : quick;
    }

    @BeforeParameterizedClassInvocation
    static void start(String engine, String temperature) {
        server = ServerProcess.serving(directory).engine(engine).start();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    @BeforeEach
    void startTransfer() throws IOException {
        file = Files.createTempFile(directory, "changing", ".bin");
        content = Content.write(file, 1, SIZE);
        if (temperature.equals("cold")) {
            Host.makeCold(file);
        }
        client = Client.slow(server);
        client.send(Client.message("GET", path()));
        assertThat(client.readHead().contentLength()).isEqualTo(SIZE);
        begin = client.readBytes(READ_BEFORE);
    }

    @AfterEach
    void endTransfer() {
        client.close();
    }

    private String path() {
        return "/" + file.getFileName();
    }

    @Test
    void shouldCloseConnectionWhenFileIsCut() throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(CUT);
        }

        byte[] rest = client.readToEnd();

        int received = begin.length + rest.length;
        assertThat(received).as("bytes before the connection ended").isLessThan(SIZE);
        assertThat(rest)
                .as("bytes of the file as it was, no padding")
                .isEqualTo(Arrays.copyOfRange(content, READ_BEFORE, received));
    }

    @Test
    void shouldServeTheShorterFileAfterTheCut() throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(CUT);
        }

        awaitServed(Arrays.copyOf(content, CUT));
    }

    @Test
    void shouldFinishTransferOfDeletedFile() throws IOException {
        Files.delete(file);

        assertTransferComplete();
    }

    @Test
    void shouldNotFindDeletedFileSoon() throws IOException {
        Files.delete(file);

        try (Client other = Client.connect(server)) {
            await("404 for a deleted file")
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> other.head(path()).status() == 404);
        }
    }

    @Test
    void shouldFinishTransferOfReplacedFile() throws IOException {
        replace();

        assertTransferComplete();
    }

    @Test
    void shouldServeReplacementSoon() throws IOException {
        awaitServed(replace());
    }

    private byte[] replace() throws IOException {
        Path replacement = directory.resolve("replacement");
        byte[] other = Content.write(replacement, 2, 300_000);
        Files.move(replacement, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return other;
    }

    private void assertTransferComplete() {
        byte[] rest = client.readBytes(SIZE - READ_BEFORE);
        assertThat(Content.sha256(rest)).isEqualTo(Content.sha256(Arrays.copyOfRange(content, READ_BEFORE, SIZE)));
    }

    private void awaitServed(byte[] expected) {
        String digest = Content.sha256(expected);
        await("the new content").atMost(Duration.ofSeconds(10)).until(() -> digest.equals(servedDigest()));
    }

    /** Of a whole response, or {@code null} if it was cut: the old length may be promised for a second. */
    private String servedDigest() {
        try (Client other = Client.connect(server)) {
            return Content.sha256(other.get(path()).body());
        } catch (UncheckedIOException cut) {
            return null;
        }
    }
}
