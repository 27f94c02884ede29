package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjLongConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.opentest4j.TestAbortedException;

/**
 * Three replicas behind all proxies at once: what gets through, and what clients see of it when replicas are restarted
 * and die.
 */
@Timeout(180)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ReplicasSuite {

    private static final int[] SIZES = {0, 1, 1_000, 20_000, 64 * 1024 + 1, 300_000, (1 << 20) + 7};
    private static final int MIDDLE = 300_000;
    private static final int LARGE = 12 << 20;

    /** More than the three sockets on its way hold, 4 MiB each to send (tcp_wmem), and what the proxy has read. */
    private static final int LARGEST = 24 << 20;

    private static final int CLIENTS = 3;
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir(factory = WorkDirectory.class)
    static Path site;

    @TempDir(factory = WorkDirectory.class)
    static Path own;

    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final List<Replica> replicas = new ArrayList<>();
    private final Map<ReverseProxy, Daemon> proxies = new EnumMap<>(ReverseProxy.class);
    private byte[] large;
    private byte[] largest;
    private final Map<ReverseProxy, ProxiedLoad> loads = new EnumMap<>(ReverseProxy.class);

    /** A server of the site that is not running yet, and waits for so long between signal and end. */
    abstract Replica replica(String name, InetSocketAddress address);

    @BeforeAll
    void start() throws IOException {
        for (int size : SIZES) {
            files.put("/" + size, Content.write(site.resolve(Integer.toString(size)), size, size));
        }
        large = Content.write(site.resolve("large"), 1, LARGE);
        largest = Content.write(site.resolve("largest"), 2, LARGEST);
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            addresses.add(Daemon.freeAddress());
            replicas.add(replica("replica" + i, addresses.get(i - 1)));
        }
        replicas.parallelStream().forEach(Replica::start);
        for (ReverseProxy proxy : ReverseProxy.values()) {
            try {
                proxies.put(proxy, proxy.before(addresses, Files.createDirectory(own.resolve(proxy.name()))));
            } catch (TestAbortedException notThere) {
                continue; // each test says so
            }
        }
    }

    @AfterAll
    void stop() throws IOException {
        proxies.values().forEach(Daemon::close);
        for (ReverseProxy proxy : proxies.keySet()) {
            HaproxyStatistics.of(own.resolve(proxy.name())).removeSocket();
        }
        replicas.parallelStream().forEach(Replica::close);
    }

    @ParameterizedTest
    @EnumSource(ReverseProxy.class)
    @Order(1)
    void shouldGetTheSameThroughProxy(ReverseProxy proxy) {
        proxy.assumeThere();
        Host.assume(proxies.containsKey(proxy), proxy + " does not start here");
        try (Client client = Client.connect(proxies.get(proxy).address())) {
            files.forEach((path, content) -> {
                assertThat(client.get(path).body()).as(path).isEqualTo(content);
                assertThat(client.head(path).contentLength()).as(path).isEqualTo(content.length);
            });
            byte[] content = files.get("/" + MIDDLE);
            Response part = client.get("/" + MIDDLE, "Range: bytes=4097-200000");
            assertThat(part.status()).isEqualTo(206);
            assertThat(part.body()).isEqualTo(Arrays.copyOfRange(content, 4097, 200_001));
            Response parts = client.get("/" + MIDDLE, "Range: bytes=0-99,-5");
            assertThat(parts.header("Content-Type")).startsWith("multipart/byteranges; boundary=");
            assertThat(new String(parts.body(), StandardCharsets.ISO_8859_1))
                    .contains(
                            new String(content, 0, 100, StandardCharsets.ISO_8859_1),
                            new String(content, MIDDLE - 5, 5, StandardCharsets.ISO_8859_1));
            assertThat(client.get("/" + MIDDLE, "If-None-Match: " + part.header("ETag"))
                            .status())
                    .isEqualTo(304);
            assertThat(client.get("/" + MIDDLE, "If-Modified-Since: " + part.header("Last-Modified"))
                            .status())
                    .isEqualTo(304);
            assertThat(client.get("/" + MIDDLE, "Range: bytes=" + MIDDLE + '-').status())
                    .isEqualTo(416);
            assertThat(client.get("/nothing").status()).isEqualTo(404);
        }
        proxy.client().gotIdentical(proxy.protocol(), "whole files up to 1 MiB");
        proxy.client().gotIdentical(proxy.protocol(), "one range");
        proxy.client().gotIdentical(proxy.protocol(), "several ranges");
        proxy.client().wasRight(proxy.protocol(), "HEAD");
        proxy.client().wasRight(proxy.protocol(), "304 by time and by tag");
        proxy.client().wasRight(proxy.protocol(), "416");
    }

    @Test
    @Order(2)
    void shouldRestartOneAfterTheOtherWithoutFailedRequest() throws IOException {
        begin();
        for (Replica replica : replicas) {
            List<Client> running = new ArrayList<>();
            forEachDownload("large", (client, from) -> {
                if (from == replicas.indexOf(replica)) {
                    running.add(client);
                } else {
                    client.close();
                }
            });
            replica.terminate();
            await(replica.name() + " refuses").atMost(SOON).until(() -> !replica.isListening());
            running.parallelStream().forEach(client -> assertArrives(client, large));
            replica.close();
            Map<ReverseProxy, Long> before = answersOf(replica);
            replica.start();
            awaitAnswersOf(replica, before);
        }
        end();

        loads.forEach((proxy, load) -> {
            assertThat(load.failures())
                    .as("%s: of %s requests", proxy, load.answers())
                    .isEmpty();
            proxy.client().gotIdentical(proxy.protocol(), "all, while replicas are restarted");
        });
        for (ReverseProxy proxy : proxies.keySet()) {
            if (proxy != ReverseProxy.NGINX) {
                assertAllRestarted(
                        HaproxyStatistics.of(own.resolve(proxy.name())).ofServers("replicas"));
            }
        }
    }

    /** What HAProxy has counted of each when all have been restarted, see {@link HaproxyStatistics}. */
    void assertAllRestarted(List<Map<String, String>> servers) {}

    @Test
    @Order(3)
    void shouldLoseOnlyTransfersOfReplicaThatIsKilled() throws IOException {
        begin();
        Replica killed = replicas.get(1);
        List<Client> lost = new ArrayList<>();
        List<Client> others = new ArrayList<>();
        forEachDownload("largest", (client, from) -> (from == 1 ? lost : others).add(client));
        killed.kill();
        long since = System.nanoTime();

        lost.forEach(client -> assertThatThrownBy(() -> assertArrives(client, largest))
                .hasMessageContaining("connection ended after"));
        others.parallelStream().forEach(client -> assertArrives(client, largest));
        Map<ReverseProxy, Long> soFar = answersOf(killed);
        loads.forEach((proxy, load) -> {
            long before = load.answers();
            await(proxy + ": answers of the others").atMost(SOON).until(() -> load.answers() > before + 100);
        });
        killed.start();
        awaitAnswersOf(killed, soFar);
        end();

        loads.forEach((proxy, load) -> {
            assertThat(load.failures())
                    .as("%s: of %s requests", proxy, load.answers())
                    .allMatch(failure -> killed.name().equals(failure.servedBy()) && failure.begun() < since);
            proxy.client().gotIdentical(proxy.protocol(), "all but what a killed replica was sending");
        });
    }

    private void begin() {
        Host.assume(!proxies.isEmpty(), "neither haproxy nor nginx (Debian packages haproxy, nginx-light)");
        proxies.forEach((proxy, daemon) -> loads.put(proxy, ProxiedLoad.start(daemon.address(), files, CLIENTS)));
        replicas.forEach(replica -> awaitAnswersOf(replica, Map.of()));
    }

    private void end() {
        loads.values().forEach(ProxiedLoad::close);
    }

    private Map<ReverseProxy, Long> answersOf(Replica replica) {
        Map<ReverseProxy, Long> answers = new EnumMap<>(ReverseProxy.class);
        loads.forEach((proxy, load) -> answers.put(proxy, load.answersOf(replica.name())));
        return answers;
    }

    private void awaitAnswersOf(Replica replica, Map<ReverseProxy, Long> before) {
        loads.forEach((proxy, load) -> await(proxy + ": answers of " + replica.name())
                .atMost(SOON)
                .until(() -> load.answersOf(replica.name()) > before.getOrDefault(proxy, 0L)));
    }

    /** By each proxy a large file of each replica, by its number, is begun and not read on. */
    private void forEachDownload(String file, ObjLongConsumer<Client> begun) {
        proxies.forEach((proxy, daemon) -> {
            Map<String, Client> downloads = new HashMap<>();
            await(proxy + ": a download from each replica").atMost(SOON).until(() -> {
                Client client = Client.slow(daemon.address());
                client.send(Client.message("GET", "/" + file));
                Client other = downloads.put(client.readHead().header(Replica.SERVED_BY), client);
                if (other != null) {
                    other.close();
                }
                return downloads.size() == replicas.size();
            });
            for (int i = 0; i < replicas.size(); i++) {
                begun.accept(downloads.get(replicas.get(i).name()), i);
            }
        });
    }

    private static void assertArrives(Client client, byte[] content) {
        try (client) {
            assertThat(Content.sha256(client.readBytes(content.length))).isEqualTo(Content.sha256(content));
        }
    }
}
