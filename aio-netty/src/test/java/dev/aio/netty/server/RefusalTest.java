package dev.aio.netty.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.Await;
import dev.aio.netty.TargetDirectory;
import dev.aio.netty.TestFile;
import dev.aio.netty.http1.Rule;
import dev.aio.netty.http1.SmugglingCorpus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client sees of requests that are refused, and of bodies that nobody wants. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RefusalTest {

    private static final String NEXT = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";

    @TempDir(factory = TargetDirectory.class)
    static Path directory;

    private static FileServer server;

    @BeforeAll
    static void start() throws Exception {
        TestFile.create(directory, "a", 100);
        server = FileServer.builder(directory)
                .loops(1)
                .start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static Stream<Rule> forms() {
        return SmugglingCorpus.forms();
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout((int) Await.DEADLINE.toMillis());
        socket.connect(server.address());
        return socket;
    }

    private static void send(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String toEnd(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int b = in.read();
            assertThat(b).as("byte behind %s", head).isNotNegative();
            head.write(b);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private static int answers(String received) {
        return received.split("HTTP/1\\.1 [0-9]{3} ", -1).length - 1;
    }

    @ParameterizedTest
    @MethodSource("forms")
    void aSmugglingFormIsAnsweredOnceAndEndsTheConnection(Rule form) throws Exception {
        try (Socket socket = connect()) {
            send(socket, form.bytes() + NEXT);
            String received = toEnd(socket);
            assertThat(received).startsWith("HTTP/1.1 " + form.status() + ' ').contains("Connection: close\r\n");
            assertThat(answers(received)).isEqualTo(1);
        }
    }

    /** With a reset it would lose the answer. */
    @Test
    void whoGoesOnSendingBehindARefusalStillGetsItsAnswer() throws Exception {
        try (Socket socket = connect()) {
            send(socket, "GET / HTTP/1.1\r\nbad line\r\n\r\n");
            for (int i = 0; i < 64; i++) {
                send(socket, "x".repeat(64 * 1024));
            }
            assertThat(toEnd(socket)).startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void rfc9112_9_3_2_answersBeforeARefusalArrive() throws Exception {
        try (Socket socket = connect()) {
            send(socket, NEXT + NEXT + "GET / HTTP/2.0\r\n\r\n" + NEXT);
            String received = toEnd(socket);
            assertThat(answers(received)).isEqualTo(3);
            assertThat(received).startsWith("HTTP/1.1 200 ").contains("HTTP/1.1 505 ");
        }
    }

    @Test
    void rfc9110_9_3_2_theAnswerToARefusedHeadHasNoBody() throws Exception {
        try (Socket socket = connect()) {
            send(socket, "HEAD / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
            assertThat(toEnd(socket)).startsWith("HTTP/1.1 400 ").endsWith("\r\n\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 46\r\n\r\nGET /missing HTTP/1.1\r\nHost: a\r\nA: 3456789\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n2e\r\nGET /missing HTTP/1.1\r\nHost: a\r\nA: 3456789\r\n\r\n\r\n0\r\n\r\n"
            })
    void rfc9112_9_3_aBodyIsSkipped(String fieldAndBody) throws Exception {
        for (String method : new String[] {"GET", "POST"}) {
            try (Socket socket = connect()) {
                send(
                        socket,
                        method + " /a HTTP/1.1\r\nHost: a\r\n" + fieldAndBody
                                + NEXT.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
                String received = toEnd(socket);
                assertThat(answers(received)).isEqualTo(2);
                assertThat(received).doesNotContain(" 404 "); // the digits may stand in an entity tag
            }
        }
    }

    /** Nobody uploads gigabytes to learn that they are not wanted. */
    @Test
    void aLargeBodyIsNotAwaited() throws Exception {
        try (Socket socket = connect()) {
            send(socket, "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + "x".repeat(100_000));
            assertThat(head(socket.getInputStream())).startsWith("HTTP/1.1 405 ");
            send(socket, "x".repeat(900_000) + NEXT);
            socket.shutdownOutput();
            assertThat(toEnd(socket)).contains("HTTP/1.1 200 ");
        }
    }

    @Test
    void rfc9110_10_1_1_whoWaitsForLeaveGetsTheAnswerAtOnce() throws Exception {
        try (Socket socket = connect()) {
            send(socket, "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n");
            assertThat(toEnd(socket)).startsWith("HTTP/1.1 405 ").contains("Connection: close\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /a HTTP/1.1\r\nHo",
                "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello",
                "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
            })
    void rfc9112_8_aRequestThatEndsEarlyGets400(String request) throws Exception {
        try (Socket socket = connect()) {
            send(socket, request);
            socket.shutdownOutput();
            assertThat(toEnd(socket)).startsWith("HTTP/1.1 400 ").contains("Connection: close\r\n");
        }
    }
}
