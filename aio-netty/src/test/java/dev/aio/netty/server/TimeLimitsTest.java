package dev.aio.netty.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aio.netty.Await;
import dev.aio.netty.TargetDirectory;
import dev.aio.netty.TestFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of clients of the running server that take their time. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TimeLimitsTest {

    private static final Duration SHORT = Duration.ofMillis(400);
    private static final int LARGE = 8 * 1024 * 1024;

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

    private Socket connect(int receiveBuffer) throws IOException {
        Socket socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.setSoTimeout((int) Await.DEADLINE.toMillis());
        socket.connect(server.address());
        return socket;
    }

    private Socket connect() throws IOException {
        return connect(0);
    }

    private static void send(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String toEnd(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    private void assertOnly(Cuts.Reason reason) {
        for (Cuts.Reason other : Cuts.Reason.values()) {
            assertThat(server.cuts().of(other)).as("%s", other).isEqualTo(other == reason ? 1 : 0);
        }
    }

    @Test
    void aHeadThatDoesNotEndIsAnswered408BehindThoseBeforeIt() throws Exception {
        TestFile.create(directory, "a", 10);
        start(options -> options.headTimeout(SHORT));
        try (Socket socket = connect()) {
            send(socket, "GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /a HT");
            assertThat(toEnd(socket))
                    .startsWith("HTTP/1.1 200 ")
                    .contains("HTTP/1.1 408 ")
                    .contains("Connection: close\r\n");
        }
        assertOnly(Cuts.Reason.SLOW_HEAD);
    }

    @Test
    void whoSaysNothingIsClosedWithoutAWord() throws Exception {
        start(options -> options.headTimeout(SHORT));
        try (Socket socket = connect()) {
            assertThat(toEnd(socket)).isEmpty();
        }
        assertOnly(Cuts.Reason.SILENT);
    }

    @Test
    void partOfThePrefaceIsNotWaitedFor() throws Exception {
        start(options -> options.headTimeout(SHORT));
        try (Socket socket = connect()) {
            send(socket, "PRI * HTTP/2.0\r\n");
            assertThat(toEnd(socket)).isEmpty();
        }
        assertOnly(Cuts.Reason.SLOW_HEAD);
    }

    /** A ClientHello is in a record of type 22, here with 512 bytes to come. */
    @ParameterizedTest
    @ValueSource(strings = {"", "\26\3\1\2\0\1\0\1"})
    void aHandshakeThatDoesNotComeIsNotWaitedFor(String begin) throws Exception {
        var tls = TestCertificate.create(directory);
        start(options -> options.tls(tls).headTimeout(SHORT));
        try (Socket socket = connect()) {
            send(socket, begin);
            toEnd(socket);
        }
        Await.until("counted", () -> server.cuts().of(Cuts.Reason.SLOW_HANDSHAKE) == 1);
        assertOnly(Cuts.Reason.SLOW_HANDSHAKE);
    }

    @Test
    void whoSaysNothingBehindAHandshakeIsClosed() throws Exception {
        var tls = TestCertificate.create(directory);
        start(options -> options.tls(tls).headTimeout(Duration.ofSeconds(2)));
        InetSocketAddress address = server.address();
        try (SSLSocket socket = (SSLSocket)
                TestCertificate.trusting().getSocketFactory().createSocket(address.getAddress(), address.getPort())) {
            socket.startHandshake();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        assertOnly(Cuts.Reason.SILENT);
    }

    @Test
    void timeBetweenRequestsIsOfTheIdleTimeoutAlone() throws Exception {
        TestFile.create(directory, "a", 10);
        start(options -> options.headTimeout(Duration.ofMillis(50)).idleTimeout(SHORT));
        try (Socket socket = connect()) {
            send(socket, "GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(toEnd(socket))
                    .startsWith("HTTP/1.1 200 ")
                    .doesNotContain(" 408 "); // the digits may stand in an entity tag
        }
        assertOnly(Cuts.Reason.IDLE);
    }

    /** Hot files leave by sendfile, cold ones in buffers. */
    @ParameterizedTest
    @CsvSource({"true, 240", "false, 240", "false, 0"})
    void whoDoesNotReadIsCutAndItsBuffersAreGivenBack(boolean hot, long rate) throws Exception {
        TestFile file = TestFile.create(directory, "a", LARGE);
        if (hot) {
            file.hot();
        } else {
            file.cold();
        }
        start(options -> options.sendTimeout(SHORT).minRate(rate));
        try (Socket socket = connect(4096)) {
            send(socket, "GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
            Await.until("cut", () -> server.cuts().of(Cuts.Reason.SLOW_READER) == 1);
            Await.until("buffers back", () -> server.transport().pool().inUse() == 0);
            assertThatThrownBy(() -> toEnd(socket)).isInstanceOf(SocketException.class); // a reset
        }
        assertOnly(Cuts.Reason.SLOW_READER);
    }

    @Test
    void whoDoesNotReadOverTlsIsCut() throws Exception {
        TestFile.create(directory, "a", LARGE).cold();
        var tls = TestCertificate.create(directory);
        start(options -> options.tls(tls).sendTimeout(SHORT));
        try (Socket socket = connect(4096)) {
            Socket secured = TestCertificate.trusting()
                    .getSocketFactory()
                    .createSocket(socket, "localhost", server.address().getPort(), true);
            send(secured, "GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
            Await.until("cut", () -> server.cuts().of(Cuts.Reason.SLOW_READER) == 1);
            Await.until("buffers back", () -> server.transport().pool().inUse() == 0);
        }
        assertOnly(Cuts.Reason.SLOW_READER);
    }

    /**
     * The server's socket lets more bytes in when half of 256 KiB has left, which this client makes happen every few
     * periods only; what it takes is seen all the same.
     */
    @Test
    void whoReadsSlowlyButSteadilyGetsAll() throws Exception {
        TestFile file = TestFile.create(directory, "a", LARGE);
        Duration period = SHORT.multipliedBy(2);
        start(options -> options.sendTimeout(period).minRate(1000));
        try (Socket socket = connect(4096)) {
            send(socket, "GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
            InputStream in = socket.getInputStream();
            long end = System.nanoTime() + 3 * period.toNanos();
            byte[] head = in.readNBytes(4096);
            int received = head.length;
            while (System.nanoTime() < end) {
                received += in.readNBytes(2048).length;
                LockSupport.parkNanos(period.toNanos() / 20);
            }
            int headLength = new String(head, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + "\r\n\r\n".length();
            int left = headLength + file.size() - received;
            assertThat(in.readNBytes(left)).hasSize(left);
        }
        assertThat(server.cuts()).hasToString("");
    }

    @Test
    void limitsThatAreZeroAreNone() throws Exception {
        TestFile.create(directory, "a", LARGE);
        start(options -> options.headTimeout(Duration.ZERO)
                .idleTimeout(Duration.ZERO)
                .sendTimeout(Duration.ZERO)
                .minRate(0));
        try (Socket socket = connect()) {
            send(socket, "GET /a HT");
            send(socket, "TP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            assertThat(toEnd(socket)).startsWith("HTTP/1.1 200 ").hasSizeGreaterThan(LARGE);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--header-timeout, '--header-timeout: -1 (expected: >= 0)'",
        "--idle-timeout, '--idle-timeout: -1 (expected: >= 0)'",
        "--send-timeout, '--send-timeout: -1 (expected: >= 0)'",
        "--min-rate, '--min-rate: -1 (expected: >= 0)'",
    })
    void whatNoLimitCanBeIsRefused(String option, String message) {
        CommandLineRun run = CommandLineRun.of("serve", directory, option, "-1");
        assertThat(run.exitCode).isEqualTo(2);
        assertThat(run.err).contains(message);
    }

    @Test
    void negativeLimitsAreRefused() {
        FileServerBuilder builder = FileServer.builder(directory);
        Duration negative = Duration.ofSeconds(-1);
        assertThatThrownBy(() -> builder.headTimeout(negative)).hasMessage("headTimeout: PT-1S (expected: >= 0)");
        assertThatThrownBy(() -> builder.idleTimeout(negative)).hasMessage("idleTimeout: PT-1S (expected: >= 0)");
        assertThatThrownBy(() -> builder.sendTimeout(negative)).hasMessage("sendTimeout: PT-1S (expected: >= 0)");
        assertThatThrownBy(() -> builder.minRate(-1)).hasMessage("minRate: -1 (expected: >= 0)");
    }

    @Test
    void cutsAreToldByReason() {
        Cuts cuts = new Cuts();
        assertThat(cuts).hasToString("");
        cuts.count(Cuts.Reason.SLOW_READER);
        cuts.count(Cuts.Reason.SLOW_HEAD);
        cuts.count(Cuts.Reason.SLOW_READER);
        assertThat(cuts).hasToString("1 slow heads, 2 slow readers");
    }
}
