package dev.aio.netty.server;

import static dev.aio.netty.server.RawHttp2.ACK;
import static dev.aio.netty.server.RawHttp2.CANCEL;
import static dev.aio.netty.server.RawHttp2.CONTINUATION;
import static dev.aio.netty.server.RawHttp2.DATA;
import static dev.aio.netty.server.RawHttp2.END_HEADERS;
import static dev.aio.netty.server.RawHttp2.END_STREAM;
import static dev.aio.netty.server.RawHttp2.ENHANCE_YOUR_CALM;
import static dev.aio.netty.server.RawHttp2.GOAWAY;
import static dev.aio.netty.server.RawHttp2.HEADERS;
import static dev.aio.netty.server.RawHttp2.PING;
import static dev.aio.netty.server.RawHttp2.REFUSED_STREAM;
import static dev.aio.netty.server.RawHttp2.RST_STREAM;
import static dev.aio.netty.server.RawHttp2.SETTINGS;
import static dev.aio.netty.server.RawHttp2.WINDOW_UPDATE;
import static dev.aio.netty.server.RawHttp2.number;
import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.Await;
import dev.aio.netty.TargetDirectory;
import dev.aio.netty.TestFile;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client of HTTP/2 can keep the running server from, and for how long. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class Http2LimitsTest {

    private static final Duration SHORT = Duration.ofMillis(200);

    /** For clients that must not be cut, on machines that are busy. */
    private static final Duration LONGER = Duration.ofMillis(800);

    private static final int LARGE = 2 * 1024 * 1024;
    private static final int ANY = 1 << 30;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private FileServer server;

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
            assertThat(server.transport().pool().inUse()).as("buffers in use").isZero();
        }
    }

    private void start(Consumer<FileServerBuilder> options) throws IOException {
        FileServerBuilder builder = FileServer.builder(directory).loops(1);
        options.accept(builder);
        server = builder.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private RawHttp2 connect(int initialWindow) throws IOException {
        return new RawHttp2(server.address(), initialWindow);
    }

    private long cuts(Cuts.Reason reason) {
        return server.cuts().of(reason);
    }

    private void assertStillServing(RawHttp2 client) throws IOException {
        client.add(PING, 0, 0, new byte[8]).send();
        assertThat(client.read(PING).flags()).isEqualTo(ACK);
    }

    private static void assertCalmed(RawHttp2 client) throws IOException {
        assertThat(client.read(GOAWAY).error()).isEqualTo(ENHANCE_YOUR_CALM);
        client.readToEnd();
    }

    @Test
    void aStreamWithoutAWindowIsResetAndItsConnectionLivesOn() throws Exception {
        TestFile.create(directory, "a", LARGE);
        start(options -> options.sendTimeout(SHORT));
        try (RawHttp2 client = connect(0)) {
            client.addRequest(1, "/a").addRequest(3, "/a").send();
            for (int i = 0; i < 2; i++) {
                assertThat(client.read(RST_STREAM).error()).isEqualTo(CANCEL);
            }
            Await.until("buffers back", () -> server.transport().pool().inUse() == 0);
            assertStillServing(client);
        }
        assertThat(server.cuts()).hasToString("2 stalled streams");
    }

    @Test
    void aStreamWhoseWindowIsUsedUpOnTheWayIsReset() throws Exception {
        TestFile.create(directory, "a", LARGE);
        start(options -> options.sendTimeout(SHORT));
        try (RawHttp2 client = connect(100_000)) {
            client.add(WINDOW_UPDATE, 0, 0, number(ANY)).addRequest(1, "/a").send();
            assertThat(client.read(RST_STREAM).stream()).isEqualTo(1);
            client.addRequest(3, "/a").send();
            assertThat(client.read(HEADERS).stream()).isEqualTo(3);
        }
    }

    /** Others have used up what the connection may send: it is the one that stands still. */
    @Test
    void aConnectionWithoutAWindowIsClosed() throws Exception {
        TestFile.create(directory, "a", LARGE);
        start(options -> options.sendTimeout(SHORT));
        try (RawHttp2 client = connect(ANY)) {
            client.addRequest(1, "/a").send();
            assertCalmed(client);
        }
        assertThat(server.cuts()).hasToString("1 slow readers");
    }

    @Test
    void whoGrantsItsWindowByteByByteIsClosed() throws Exception {
        TestFile.create(directory, "a", LARGE);
        start(options -> options.sendTimeout(LONGER));
        try (RawHttp2 client = connect(0)) {
            client.addRequest(1, "/a").addRequest(3, "/a").send();
            Await.until("cut", () -> {
                client.add(WINDOW_UPDATE, 0, 1, number(1))
                        .add(WINDOW_UPDATE, 0, 3, number(1))
                        .add(PING, 0, 0, new byte[8])
                        .send();
                LockSupport.parkNanos(LONGER.toNanos() / 50);
                return cuts(Cuts.Reason.SLOW_READER) == 1;
            });
            assertCalmed(client);
        }
        assertThat(server.cuts()).hasToString("1 slow readers");
    }

    @Test
    void whoGrantsItsWindowSlowlyButSteadilyGetsAll() throws Exception {
        TestFile file = TestFile.create(directory, "a", 60_000);
        start(options -> options.sendTimeout(LONGER).minRate(1000));
        try (RawHttp2 client = connect(0)) {
            client.addRequest(1, "/a").send();
            byte[] received = new byte[file.size()];
            for (int at = 0; at < received.length; ) {
                client.add(WINDOW_UPDATE, 0, 1, number(1000)).send();
                byte[] part = client.read(DATA).payload();
                System.arraycopy(part, 0, received, at, part.length);
                at += part.length;
                LockSupport.parkNanos(LONGER.toNanos() / 20);
            }
            assertThat(received).isEqualTo(file.content);
        }
        assertThat(server.cuts()).hasToString("");
    }

    /** Where the header of a frame ends, before it does, in its payload, and between the frames of a block. */
    @ParameterizedTest
    @ValueSource(ints = {1, 8, 9, 10, 15})
    void aFrameThatDoesNotEndEndsTheConnection(int bytes) throws Exception {
        start(options -> options.headTimeout(SHORT));
        try (RawHttp2 client = connect(ANY)) {
            byte[] ping = {0, 0, 8, PING, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8};
            client.addRaw(ping).addRaw(Arrays.copyOf(ping, bytes)).send();
            assertCalmed(client);
        }
        assertThat(server.cuts()).hasToString("1 slow heads");
    }

    @Test
    void aHeaderBlockThatDoesNotEndEndsTheConnection() throws Exception {
        start(options -> options.headTimeout(SHORT));
        try (RawHttp2 client = connect(ANY)) {
            client.add(HEADERS, END_STREAM, 1, RawHttp2.fields(0x82, "/a")).send();
            assertCalmed(client);
        }
        assertThat(server.cuts()).hasToString("1 slow heads");
    }

    @Test
    void framesThatEndInTimeAreAsGoodAsOthers() throws Exception {
        TestFile.create(directory, "a", 10);
        start(options -> options.headTimeout(SHORT).idleTimeout(SHORT));
        try (RawHttp2 client = connect(ANY)) {
            byte[] fields = RawHttp2.fields(0x82, "/a");
            client.add(HEADERS, END_STREAM, 1, Arrays.copyOf(fields, 3))
                    .add(CONTINUATION, END_HEADERS, 1, Arrays.copyOfRange(fields, 3, fields.length))
                    .send();
            assertThat(client.read(DATA).payload()).hasSize(10);
            client.readToEnd();
        }
        assertThat(server.cuts()).hasToString("1 idle");
    }

    /** As with nginx. They cost their sender as much as us. */
    @Test
    void pingsKeepAConnectionOpen() throws Exception {
        start(options -> options.idleTimeout(LONGER));
        try (RawHttp2 client = connect(ANY)) {
            for (int i = 0; i < 20; i++) {
                assertStillServing(client);
                LockSupport.parkNanos(LONGER.toNanos() / 10);
            }
        }
        assertThat(server.cuts()).hasToString("");
    }

    /** A client need not acknowledge the settings that tell it of the limit. */
    @Test
    void moreStreamsThanAreAllowedAreRefused() throws Exception {
        TestFile.create(directory, "a", LARGE);
        start(options -> {});
        try (RawHttp2 client = connect(0)) {
            for (int i = 0; i < 130; i++) {
                client.addRequest(2 * i + 1, "/a");
            }
            client.send();
            for (int i = 128; i < 130; i++) {
                RawHttp2.Frame refusal = client.read(RST_STREAM);
                assertThat(refusal.stream()).isEqualTo(2 * i + 1);
                assertThat(refusal.error()).isEqualTo(REFUSED_STREAM);
            }
            assertStillServing(client);
        }
    }

    /** CVE-2023-44487. */
    @Test
    void requestsThatAreTakenBackEndTheConnection() throws Exception {
        TestFile.create(directory, "a", LARGE);
        start(options -> {});
        try (RawHttp2 client = connect(0)) {
            for (int i = 0; i <= 200; i++) {
                client.addRequest(2 * i + 1, "/a").add(RST_STREAM, 0, 2 * i + 1, number(CANCEL));
            }
            client.send();
            assertCalmed(client);
        }
    }

    /** CVE-2024-27316 and others. */
    @Test
    void aFloodOfContinuationsEndsTheConnection() throws Exception {
        start(options -> {});
        try (RawHttp2 client = connect(ANY)) {
            client.add(HEADERS, END_STREAM, 1, RawHttp2.fields(0x82, "/a"));
            for (int i = 0; i < 100; i++) {
                client.add(CONTINUATION, 0, 1, new byte[] {(byte) 0x82});
            }
            client.send();
            assertCalmed(client);
        }
    }

    /** Literal fields that are not to be remembered, of 16,000 bytes each. */
    @Test
    void aHeaderBlockWithoutEndIsNotCollected() throws Exception {
        start(options -> {});
        try (RawHttp2 client = connect(ANY)) {
            byte[] field = new byte[16_000];
            Arrays.fill(field, (byte) 'a');
            byte[] begin = {0, 1, 'a', 0x7f, (byte) 0x81, 0x7c}; // a value of 16000 bytes
            System.arraycopy(begin, 0, field, 0, begin.length);
            client.add(HEADERS, END_STREAM, 1, RawHttp2.fields(0x82, "/a"));
            for (int i = 0; i < 64; i++) {
                client.add(CONTINUATION, 0, 1, field);
            }
            sendUntilRefused(client);
            client.readToEnd();
        }
    }

    /** CVE-2019-9518. */
    @Test
    void aFloodOfEmptyDataEndsTheConnection() throws Exception {
        TestFile.create(directory, "a", 10);
        start(options -> {});
        try (RawHttp2 client = connect(ANY)) {
            client.addPost(1, "/a");
            for (int i = 0; i < 100; i++) {
                client.add(DATA, 0, 1, new byte[0]);
            }
            client.send();
            assertCalmed(client);
        }
    }

    /** CVE-2019-9512 and 9515: each wants an answer, which nobody reads. */
    @ParameterizedTest
    @ValueSource(ints = {PING, SETTINGS})
    void aFloodThatWantsAnswersEndsTheConnection(int type) throws Exception {
        start(options -> {});
        try (RawHttp2 client = connect(ANY)) {
            byte[] payload = new byte[type == PING ? 8 : 0];
            for (int i = 0; i < 100_000; i++) {
                client.add(type, 0, 0, payload);
            }
            for (int i = 0; i < 20 && sendUntilRefused(client); i++) {
                for (int j = 0; j < 100_000; j++) {
                    client.add(type, 0, 0, payload);
                }
            }
            client.readToEnd();
        }
    }

    /** Returns whether it could send all. */
    private static boolean sendUntilRefused(RawHttp2 client) {
        try {
            client.send();
            return true;
        } catch (IOException reset) {
            return false;
        }
    }

    /** One connection is not a hundred: what its streams read ahead comes out of one budget. */
    @Test
    void streamsWithoutAWindowShareTheBuffersOfOneConnection() throws Exception {
        TestFile.create(directory, "a", LARGE).cold();
        start(options -> {});
        try (RawHttp2 client = connect(0)) {
            for (int i = 0; i < 100; i++) {
                client.addRequest(2 * i + 1, "/a");
            }
            client.send();
            for (int i = 0; i < 100; i++) {
                client.read(HEADERS);
            }
            assertStillServing(client);
            long most = 1_280 * 1024 + 100 * 16 * 1024;
            assertThat(server.transport().pool().bytesInUse())
                    .as("bytes in use")
                    .isLessThanOrEqualTo(most);
        }
        Await.until("buffers back", () -> server.transport().pool().inUse() == 0);
    }

    @Test
    void whoReadsGetsItsAnswersBesideOnesThatStandStill() throws Exception {
        TestFile file = TestFile.create(directory, "a", 300_000);
        start(options -> options.sendTimeout(SHORT));
        try (RawHttp2 client = connect(0)) {
            client.add(WINDOW_UPDATE, 0, 0, number(ANY)).addRequest(1, "/a").send();
            for (int i = 0; i < 40; i++) {
                int stream = 2 * i + 3;
                client.addRequest(stream, "/a")
                        .add(WINDOW_UPDATE, 0, stream, number(ANY))
                        .send();
                int left = file.size();
                while (left > 0) {
                    left -= client.read(frame -> frame.type() == DATA && frame.stream() == stream)
                            .payload()
                            .length;
                }
                LockSupport.parkNanos(SHORT.toNanos() / 20);
            }
            assertStillServing(client);
        } catch (EOFException e) {
            throw new AssertionError("the connection was closed: " + server.cuts(), e);
        }
        assertThat(server.cuts()).hasToString("1 stalled streams");
    }
}
