package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three replicas behind a proxy that are restarted and die while clients ask for files all the time. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ReplicasSuite {

    private static final int[] SIZES = {0, 1, 1_000, 20_000, 64 * 1024 + 1, 300_000, (1 << 20) + 7};
    private static final int LARGE = 48 << 20; // more than the sockets and buffers on its way hold
    private static final int CLIENTS = 8;
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir(factory = WorkDirectory.class)
    static Path site;

    @TempDir(factory = WorkDirectory.class)
    static Path own;

    private final ReverseProxy kind;
    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final List<Replica> replicas = new ArrayList<>();
    private byte[] large;
    private Daemon proxy;
    private ProxiedLoad load;

    ReplicasSuite(ReverseProxy kind) {
        this.kind = kind;
    }

    /** What the proxy is told. */
    String configuration() {
        return kind.configuration();
    }

    @BeforeAll
    void start() throws IOException {
        kind.assumeThere();
        for (int size : SIZES) {
            files.put("/" + size, Content.write(site.resolve(Integer.toString(size)), size, size));
        }
        large = Content.write(site.resolve("large"), 1, LARGE);
        Content.write(site.resolve("healthz"), "well\n".getBytes(StandardCharsets.US_ASCII));
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            addresses.add(Daemon.freeAddress());
            replicas.add(Replica.of(site, "replica" + i, addresses.get(i - 1)));
        }
        replicas.parallelStream().forEach(Replica::start);
        proxy = kind.before(configuration(), addresses, own);
    }

    @BeforeEach
    void load() {
        load = ProxiedLoad.start(proxy.address(), files, CLIENTS);
        replicas.forEach(replica -> awaitAnswerOf(replica, 0));
    }

    @AfterEach
    void endLoad() {
        load.close();
    }

    @AfterAll
    void stop() {
        if (proxy != null) {
            proxy.close();
        }
        replicas.parallelStream().forEach(Replica::close);
    }

    private void awaitAnswerOf(Replica replica, long before) {
        await("answers of " + replica.name()).atMost(SOON).until(() -> load.answersOf(replica.name()) > before);
    }

    @Test
    void shouldRestartOneAfterTheOtherWithoutFailedRequest() {
        for (Replica replica : replicas) {
            try (Client slow = downloads().get(replica.name())) {
                replica.terminate();
                await(replica.name() + " refuses").atMost(SOON).until(() -> !replica.isListening());
                assertArrives(slow);
            }
            replica.close();
            long before = load.answersOf(replica.name());
            replica.start();
            awaitAnswerOf(replica, before);
        }

        load.close();
        assertThat(load.failures()).as("of %s requests", load.answers()).isEmpty();
        System.err.println(kind + ": " + load.answers() + " right answers, by replicas that were restarted");
    }

    @Test
    void shouldLoseOnlyTransfersOfReplicaThatIsKilled() {
        Replica killed = replicas.get(1);
        Map<String, Client> downloads = downloads();
        killed.kill();
        long since = System.nanoTime();

        Client lost = downloads.remove(killed.name());
        assertThatThrownBy(() -> assertArrives(lost)).hasMessageContaining("connection ended after");
        downloads.values().forEach(this::assertArrives);
        long before = load.answers();
        await("answers of the others").atMost(SOON).until(() -> load.answers() > before + 500);
        long answered = load.answersOf(killed.name());
        killed.start();
        awaitAnswerOf(killed, answered);

        load.close();
        assertThat(load.failures())
                .as("of %s requests", load.answers())
                .allMatch(failure -> killed.name().equals(failure.servedBy()) && failure.begun() < since);
        System.err.println(kind + ": " + load.answers() + " right answers, "
                + load.failures().size() + " cut");
    }

    /** One large file from each replica, begun and not read on. */
    private Map<String, Client> downloads() {
        Map<String, Client> downloads = new HashMap<>();
        await("a download from each replica").atMost(SOON).until(() -> {
            Client client = Client.slow(proxy.address());
            client.send(Client.message("GET", "/large"));
            Client other = downloads.put(client.readHead().header(Replica.SERVED_BY), client);
            if (other != null) {
                other.close();
            }
            return downloads.size() == replicas.size();
        });
        return downloads;
    }

    private void assertArrives(Client client) {
        assertThat(Content.sha256(client.readBytes(LARGE))).isEqualTo(Content.sha256(large));
        client.close();
    }
}
