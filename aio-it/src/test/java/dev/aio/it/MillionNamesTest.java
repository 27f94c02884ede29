package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Names that are asked for once and never again: those that exist, those that do not, and those with a query. */
@Tag("alone")
class MillionNamesTest {

    private static final int CLIENTS = 4;

    /** Requests that a client sends before it reads their answers. */
    private static final int BATCH = 50;

    private static final int SIZE = 1_000;

    /** Of the server's files, each with up to two descriptors. */
    private static final int OPEN_FILES = 1_024;

    private static final long MIB = 1 << 20;

    private static final Pattern USED = Pattern.compile("total (\\d+)K, used (\\d+)K");

    @TempDir(factory = WorkDirectory.class)
    Path directory;

    @Test
    @Timeout(120)
    void shouldKeepNothingOfManyNames() throws Exception {
        run(50_000, 3_000);
    }

    @Test
    @Tag("long")
    @Timeout(1_800)
    void shouldKeepNothingOfMillionNames() throws Exception {
        run(1_000_000, 20_000);
    }

    private void run(int names, int files) throws Exception {
        for (int i = 0; i < files; i++) {
            Files.write(directory.resolve("file" + i), Content.random(i, SIZE));
        }
        try (ServerProcess server = ServerProcess.serving(directory)
                // a heap that is resident from the start, so that what grows is not the heap
                .jvm("-Xms64m", "-Xmx64m", "-XX:+AlwaysPreTouch", "-XX:MaxDirectMemorySize=64m")
                .start()) {
            askAll(server, names / 10, 404, i -> "/warm" + i);
            askAll(server, Math.min(files, 2 * OPEN_FILES), 200, i -> "/file" + i);
            long heap = usedHeap(server);
            long resident = resident(server);

            askAll(server, names, 404, i -> "/no-such-name-" + i);
            askAll(server, files, 200, i -> "/file" + (files - 1 - i));
            askAll(server, names / 2, 200, i -> "/file" + i % files + "?query=" + i);
            askAll(server, names / 2, 404, i -> "/directory" + i + "/name?query=" + i);

            assertThat(usedHeap(server) - heap).as("growth of the heap").isLessThan(8 * MIB);
            assertThat(resident(server) - resident).as("growth beside the heap").isLessThan(48 * MIB);
            await("descriptors of files and of connections are given back")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> server.tasks().descriptors(directory.toString()) <= 2 * OPEN_FILES
                            && server.tasks().descriptors("socket:") < 20);
        }
    }

    /** Has all names asked for, each once; all must be answered alike. */
    private static void askAll(ServerProcess server, int count, int status, IntFunction<String> name) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try {
            var clients = IntStream.range(0, CLIENTS)
                    .<Future<Integer>>mapToObj(c -> threads.submit(() -> ask(server, c, count, status, name)))
                    .toList();
            int answered = 0;
            for (Future<Integer> client : clients) {
                answered += client.get();
            }
            assertThat(answered).as("answers").isEqualTo(count);
        } finally {
            threads.shutdownNow();
        }
    }

    private static int ask(ServerProcess server, int first, int count, int status, IntFunction<String> name) {
        int answered = 0;
        try (Client client = Client.connect(server)) {
            for (int i = first; i < count; ) {
                StringBuilder requests = new StringBuilder();
                int sent = 0;
                for (; i < count && sent < BATCH; i += CLIENTS, sent++) {
                    requests.append(Client.message("GET", name.apply(i)));
                }
                client.send(requests.toString());
                for (; sent > 0; sent--, answered++) {
                    assertThat(client.read().status()).isEqualTo(status);
                }
            }
        }
        return answered;
    }

    /** Bytes that are left after a collection. */
    private static long usedHeap(ServerProcess server) {
        String jcmd = Program.javaHome().resolve("bin/jcmd").toString();
        Program.succeed(jcmd, Long.toString(server.pid()), "GC.run");
        Matcher used = USED.matcher(Program.succeed(jcmd, Long.toString(server.pid()), "GC.heap_info"));
        long kib = 0;
        while (used.find()) {
            kib += Long.parseLong(used.group(2));
        }
        assertThat(kib).isPositive();
        return kib << 10;
    }

    private static long resident(ServerProcess server) {
        String line = Host.read("/proc/" + server.pid() + "/status")
                .lines()
                .filter(l -> l.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
    }
}
