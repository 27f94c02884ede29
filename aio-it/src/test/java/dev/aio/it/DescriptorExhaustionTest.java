package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that may have 256 descriptors, and more files and connections than that. */
@Tag("alone")
@Timeout(120)
class DescriptorExhaustionTest {

    private static final int DESCRIPTORS = 256;
    private static final int FILES = 600;
    private static final int SIZE = 20_000;
    private static final int CLIENTS = 10;

    @TempDir(factory = WorkDirectory.class)
    static Path directory;

    @BeforeAll
    static void write() {
        for (int i = 0; i < FILES; i++) {
            Content.write(directory.resolve("f" + i), i, SIZE);
        }
    }

    private static ServerProcess.Options server() {
        // the hard limit, too: the JVM raises the other one to it
        return ServerProcess.serving(directory).wrappedIn(List.of("prlimit", "--nofile=" + DESCRIPTORS, "--"));
    }

    /** Every file once, by several clients; how often there was which answer. */
    private static Map<Integer, Integer> fetchAll(ServerProcess server) throws Exception {
        Map<Integer, Integer> statuses = new TreeMap<>();
        ConcurrentLinkedQueue<Response> answers = new ConcurrentLinkedQueue<>();
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<?>> clients = new ArrayList<>();
            for (int c = 0; c < CLIENTS; c++) {
                int first = c;
                clients.add(threads.submit(() -> {
                    try (Client client = Client.connect(server)) {
                        for (int i = first; i < FILES; i += CLIENTS) {
                            Response answer = client.get("/f" + i);
                            answers.add(answer);
                            if (answer.status() == 200) {
                                assertThat(Content.sha256(answer.body()))
                                        .isEqualTo(Content.sha256(Content.random(i, SIZE)));
                            }
                        }
                    }
                }));
            }
            for (Future<?> client : clients) {
                client.get();
            }
        } finally {
            threads.shutdown();
        }
        assertThat(answers).hasSize(FILES);
        for (Response answer : answers) {
            statuses.merge(answer.status(), 1, Integer::sum);
            if (answer.status() == 503) {
                assertThat(answer.headers()).containsKey("Retry-After");
            }
        }
        return statuses;
    }

    @Test
    void shouldHaveEnoughForMoreFilesThanDescriptors() throws Exception {
        try (ServerProcess server = server().start()) {
            assertThat(server.stderrLines()).anyMatch(line -> line.contains(" of " + DESCRIPTORS + " descriptors"));

            assertThat(fetchAll(server)).isEqualTo(Map.of(200, FILES));
            assertThat(server.tasks().descriptors(directory.toString())).isLessThan(DESCRIPTORS / 2);
        }
    }

    /** Connections that have all but a few: files that cannot be opened are refused, and served when there is room. */
    @Test
    void shouldRefuseFilesThatItCannotOpen() throws Exception {
        try (ServerProcess server = server().with("--max-connections", "0").start()) {
            assertThat(server.stderrLines()).anyMatch(line -> line.contains("any number of connections"));
            List<Client> idle = new ArrayList<>();
            List<Client> busy = new ArrayList<>();
            try {
                for (int i = 0; i < CLIENTS; i++) {
                    busy.add(answered(server));
                }
                fillUp(server, idle);

                int refused = 0;
                for (int i = 0; i < FILES; i++) {
                    Response answer = busy.get(i % CLIENTS).get("/f" + i);
                    assertThat(answer.status()).isIn(200, 503);
                    if (answer.status() == 503) {
                        assertThat(answer.headers()).containsKey("Retry-After");
                        refused++;
                    }
                }
                assertThat(refused).as("refused").isPositive();
            } finally {
                idle.forEach(Client::close);
                busy.forEach(Client::close);
            }
            awaitRoom(server);

            assertThat(fetchAll(server)).isEqualTo(Map.of(200, FILES));
        }
    }

    @Test
    void shouldAcceptAgainWhenClientsLeave() throws Exception {
        try (ServerProcess server = server().with("--max-connections", "0").start()) {
            List<Client> clients = new ArrayList<>();
            try {
                clients.add(answered(server));
                fillUp(server, clients);
                await("that accept fails, and is said")
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> !complaints(server).isEmpty());

                assertThat(clients.get(0).get("/").status()).as("who is in").isIn(404, 503);
                try (Client waiting = Client.connect(server)) { // in the backlog
                    waiting.send(Client.message("GET", "/f1"));
                    clients.forEach(Client::close);
                    assertThat(waiting.read().status()).isIn(200, 503);
                }
            } finally {
                clients.forEach(Client::close);
            }
            awaitRoom(server);

            assertThat(fetchAll(server)).isEqualTo(Map.of(200, FILES));
            assertThat(complaints(server)).as("no flood of them").hasSize(1);
        }
    }

    private static List<String> complaints(ServerProcess server) {
        return server.stderrLines().stream()
                .filter(line -> line.contains("Too many open files"))
                .toList();
    }

    private static Client answered(ServerProcess server) {
        Client client = Client.connect(server);
        assertThat(client.get("/missing").status()).isEqualTo(404);
        return client;
    }

    /** Connects until nobody is accepted any more; the rest waits in the backlog. */
    private static void fillUp(ServerProcess server, List<Client> clients) {
        for (int i = 0; i < DESCRIPTORS; i++) {
            clients.add(Client.connect(server));
        }
        await("no descriptor is left")
                .atMost(Duration.ofSeconds(20))
                .until(() -> server.tasks().descriptors("") >= DESCRIPTORS - 4);
    }

    private static void awaitRoom(ServerProcess server) {
        await("the end of connections")
                .atMost(Duration.ofSeconds(20))
                .until(() -> server.tasks().descriptors("socket:") < 20);
    }
}
