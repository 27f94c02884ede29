package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Thousands of clients that take their time are cut, and everybody else is served meanwhile. */
@Tag("alone")
@Timeout(180)
class SlowAttackTest {

    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private static final String SMALL = "small.bin";
    private static final String LARGE = "large.bin";
    private static final int HANDSHAKES = 500;

    /** Seconds for a head, for a handshake, and in which an answer must move. */
    private static final String LIMIT = "3";

    /** More, so that nobody is idle before it is too slow. */
    private static final String IDLE_LIMIT = "5";

    private static final byte[] NOTHING = {};

    @TempDir(factory = WorkDirectory.class)
    static Path directory;

    @TempDir(factory = WorkDirectory.class)
    static Path keys;

    private static byte[] small;

    /** What attackers say, at once and then a byte a second, and what the server says of them when it ends. */
    private enum Attack {
        SLOW_HEAD(
                2_000, ascii("GET / HTTP/1.1\r\nHost: a\r\n"), ascii("A: bcdefghijklmnopqrstuvwxyz\r\n"), "slow heads"),
        SLOW_BODY(
                2_000,
                ascii("POST /small.bin HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"),
                ascii("body"),
                "slow bodies"),
        SLOW_READ(2_000, ascii(Client.message("GET", "/large.bin")), NOTHING, "slow readers"),
        STREAMS_WITHOUT_WINDOW(100, streams(20), NOTHING, "idle"); // once their streams are reset

        private final int clients;
        private final byte[] opening;
        private final byte[] trickle;
        private final String counted;

        Attack(int clients, byte[] opening, byte[] trickle, String counted) {
            this.clients = clients;
            this.opening = opening;
            this.trickle = trickle;
            this.counted = counted;
        }
    }

    private enum TlsAttack {
        SILENCE(NOTHING),
        HALF_A_CLIENT_HELLO(new byte[] {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3});

        private final byte[] opening;

        TlsAttack(byte[] opening) {
            this.opening = opening;
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** HTTP/2 by prior knowledge: settings with an initial window of 0, and requests by indexed fields. */
    private static byte[] streams(int count) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
        out.writeBytes(new byte[] {0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0});
        byte[] path = ascii("/large.bin");
        for (int i = 0; i < count; i++) {
            out.writeBytes(ByteBuffer.allocate(9 + 7 + path.length)
                    .putShort((short) 0)
                    .put((byte) (7 + path.length))
                    .put((byte) 1) // HEADERS
                    .put((byte) 5) // END_HEADERS, END_STREAM
                    .putInt(2 * i + 1)
                    .put(new byte[] {(byte) 0x82, (byte) 0x86, 1, 1, 'a', 4, (byte) path.length})
                    .put(path)
                    .array());
        }
        return out.toByteArray();
    }

    @BeforeAll
    static void write() throws Exception {
        small = Content.write(directory.resolve(SMALL), 1, 1_000);
        Content.writeLarge(directory.resolve(LARGE), 2, 8 << 20);
    }

    private static ServerProcess start(String... options) {
        return ServerProcess.serving(directory)
                .with("--header-timeout", LIMIT, "--body-timeout", LIMIT)
                .with("--send-timeout", LIMIT, "--idle-timeout", IDLE_LIMIT)
                .with(options)
                .start();
    }

    @ParameterizedTest
    @EnumSource(names = {"SLOW_HEAD", "SLOW_BODY", "SLOW_READ"})
    void shouldServeOthersAndCutTheAttackers(Attack attack) {
        assertAllAreCut(start(), attack);
    }

    /** What they ask for comes from the disk. */
    @Tag("long")
    @ParameterizedTest
    @EnumSource(names = {"SLOW_READ", "STREAMS_WITHOUT_WINDOW"})
    void shouldServeOthersWhileAttackersWantWhatIsCold(Attack attack) {
        ServerProcess server = start();
        Host.makeCold(directory.resolve(LARGE));
        assertAllAreCut(server, attack);
    }

    private static void assertAllAreCut(ServerProcess server, Attack attack) {
        try (server) {
            attack(server, attack.clients, attack.opening, attack.trickle, () -> assertServed(server));
            assertThat(server.tasks().descriptors(directory.resolve(LARGE).toString()))
                    .as("descriptors of the file that was asked for: it may be kept for the next")
                    .isLessThanOrEqualTo(2);
        }
        assertThat(cuts(server)).contains(attack.clients + " " + attack.counted);
    }

    /** Somebody else asks all the time, until none of the attackers has a connection. */
    private static void attack(
            ServerProcess server, int clients, byte[] opening, byte[] trickle, Runnable somebodyElse) {
        long before = sockets(server);
        somebodyElse.run();
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        SlowClients attackers = new SlowClients(server.address(), clients, opening, trickle);
        try {
            boolean accepted = false;
            for (long now = sockets(server); !accepted || now > before; now = sockets(server)) {
                accepted |= now > before + 1;
                somebodyElse.run();
                assertThat(System.nanoTime())
                        .as("%s sockets, %s before the attack", now, before)
                        .isLessThan(deadline);
            }
        } finally {
            attackers.close();
        }
    }

    private static long sockets(ServerProcess server) {
        return server.tasks().descriptors("socket:");
    }

    /** On a connection of its own, one more than the attackers have. */
    private static void assertServed(ServerProcess server) {
        try (Client client = Client.connect(server)) {
            for (int i = 0; i < 10; i++) {
                Response response = client.get("/" + SMALL);
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.body()).isEqualTo(small);
            }
        }
    }

    private static String cuts(ServerProcess server) {
        return server.stderrLines().stream()
                .filter(line -> line.startsWith("aio: cut: "))
                .findFirst()
                .orElse("");
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource
    void shouldNotWaitForHandshakes(TlsAttack attack) throws Exception {
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        Certificate certificate = Certificate.create(Files.createDirectories(keys.resolve(attack.name())));
        ServerProcess server = start(
                "--tls-cert",
                certificate.file().toString(),
                "--tls-key",
                certificate.key().toString());
        try (server) {
            attack(server, HANDSHAKES, attack.opening, NOTHING, () -> assertServed(server, trusting));
        }
        assertThat(cuts(server)).contains(HANDSHAKES + " slow handshakes");
    }

    private static void assertServed(ServerProcess server, SSLContext trusting) {
        try (Socket socket = trusting.getSocketFactory()
                .createSocket(server.address().getAddress(), server.address().getPort())) {
            socket.setSoTimeout((int) DEADLINE.toMillis());
            socket.getOutputStream().write(ascii(Client.message("GET", "/" + SMALL, "Connection: close")));
            byte[] answer = socket.getInputStream().readAllBytes();
            assertThat(answer).startsWith(ascii("HTTP/1.1 200 ")).endsWith(small);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
