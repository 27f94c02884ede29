package dev.aio.netty.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.TargetDirectory;
import dev.aio.netty.TestFile;
import dev.aio.netty.http.StaticFileHandlerBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Bodies of requests of HTTP/2: limits hold before the answer and behind it, and free the stream. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class Http2BodyTest {

    private static final int NO_ERROR = 0;
    private static final byte[] FRAME = new byte[16_000];

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private FileServer server;

    private RawHttp2 start(Consumer<StaticFileHandlerBuilder> options) throws Exception {
        TestFile.create(directory, "a", 100);
        server = FileServer.builder(directory)
                .loops(1)
                .files(options)
                .start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return new RawHttp2(server.address(), 100_000);
    }

    @AfterEach
    void close() {
        server.close();
        assertThat(server.transport().pool().inUse()).as("buffers in use").isZero();
    }

    /** More than is waited for before a request is answered; within the windows that every stream has. */
    private static RawHttp2 addHalfABody(RawHttp2 client, int stream) {
        for (int i = 0; i < 4; i++) {
            client.add(RawHttp2.DATA, 0, stream, FRAME);
        }
        return client;
    }

    private static void assertReset(RawHttp2 client, int stream) throws Exception {
        RawHttp2.Frame frame = client.read(each -> each.stream() == stream && each.type() != RawHttp2.WINDOW_UPDATE);
        while (frame.type() == RawHttp2.DATA && (frame.flags() & RawHttp2.END_STREAM) == 0) {
            frame = client.read(each -> each.stream() == stream && each.type() != RawHttp2.WINDOW_UPDATE);
        }
        assertThat(frame.type()).as("the answer has its end before the reset").isEqualTo(RawHttp2.DATA);
        RawHttp2.Frame reset = client.read(each -> each.type() == RawHttp2.RST_STREAM && each.stream() == stream);
        assertThat(reset.error()).isEqualTo(NO_ERROR); // RFC 9113 8.1
    }

    private static void assertServes(RawHttp2 client, int stream) throws Exception {
        client.addRequest(stream + 2, "/a").send();
        assertThat(client.read(frame -> frame.type() == RawHttp2.DATA && frame.stream() == stream + 2)
                        .payload())
                .hasSize(100);
    }

    @Test
    void aBodyThatStopsBehindItsAnswerIsReset() throws Exception {
        try (RawHttp2 client = start(options -> options.bodyTimeout(Duration.ofMillis(300), 0))) {
            addHalfABody(client.addPost(1, "/a"), 1).send();
            client.read(RawHttp2.WINDOW_UPDATE);
            client.add(RawHttp2.DATA, 0, 1, FRAME).send();
            client.read(RawHttp2.HEADERS);
            assertReset(client, 1);
            assertServes(client, 1);
        }
    }

    @Test
    void aBodyThatStopsBeforeItsAnswerIsTold() throws Exception {
        try (RawHttp2 client = start(options -> options.bodyTimeout(Duration.ofMillis(300), 0))) {
            client.addPost(1, "/a").add(RawHttp2.DATA, 0, 1, new byte[10]).send();
            client.read(RawHttp2.HEADERS);
            assertReset(client, 1);
            assertServes(client, 1);
        }
    }

    /** RFC 9113 8.1: the answer is whole before the request is stopped, however long that takes. */
    @Test
    void anAnswerIsNotCutByTheReset() throws Exception {
        try (RawHttp2 opened = start(options -> options.maxBody(50_000));
                RawHttp2 client = new RawHttp2(server.address(), 5)) {
            addHalfABody(client.addPost(1, "/a"), 1).send();
            client.read(RawHttp2.HEADERS);
            assertThat(client.read(RawHttp2.DATA).payload()).hasSize(5);
            client.add(RawHttp2.WINDOW_UPDATE, 0, 1, RawHttp2.number(1000)).send();
            assertReset(client.add(RawHttp2.WINDOW_UPDATE, 0, 0, RawHttp2.number(1000)), 1);
            assertThat(opened).isNotNull();
        }
    }

    @Test
    void aBodyThatIsTooLongIsReset() throws Exception {
        try (RawHttp2 client = start(options -> options.maxBody(50_000))) {
            addHalfABody(client.addPost(1, "/a"), 1).send();
            client.read(RawHttp2.HEADERS);
            assertReset(client, 1);
            assertServes(client, 1);
        }
    }
}
