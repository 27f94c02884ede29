package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A container of 192 MiB, which five hundred clients ask for cold files at once. */
@Tag("alone")
@Tag("long")
@Timeout(300)
class ContainerMemoryTest {

    private static final int CLIENTS = 500;
    private static final int FILE_SIZE = 1 << 20;
    private static final long MEMORY = 192L << 20;

    @TempDir(factory = WorkDirectory.class)
    Path directory;

    @Test
    void fiveHundredDownloadsOfColdFilesFitInto192MiB() throws Exception {
        DockerEngine.assume();
        Path served = Files.createDirectory(directory.resolve("served"));
        List<String> digests = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            digests.add(Content.sha256(Content.write(served.resolve(i + ".bin"), i, FILE_SIZE)));
        }
        try (ServerContainer server =
                ContainerOptions.serving(served).memory(MEMORY).start()) {
            Host.makeCold(filesIn(served));

            assertThat(downloadAtOnce(server)).isEqualTo(digests);

            long resident = Long.parseLong(server.status("VmHWM").replace(" kB", "")) / 1024;
            server.finish(); // fails if it was killed
            Results.record("image", "500 downloads at once in 192 MiB, most resident", resident + " MiB");
        }
    }

    private static Path[] filesIn(Path served) {
        Path[] files = new Path[CLIENTS];
        for (int i = 0; i < CLIENTS; i++) {
            files[i] = served.resolve(i + ".bin");
        }
        return files;
    }

    /** All have asked before anybody reads. */
    private static List<String> downloadAtOnce(ServerContainer server) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        CountDownLatch asked = new CountDownLatch(CLIENTS);
        try {
            List<Future<String>> downloads = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                String path = "/" + i + ".bin";
                downloads.add(clients.submit(() -> download(server, path, asked)));
            }
            List<String> digests = new ArrayList<>();
            for (Future<String> download : downloads) {
                digests.add(download.get(120, TimeUnit.SECONDS));
            }
            return digests;
        } finally {
            clients.shutdownNow();
        }
    }

    private static String download(ServerContainer server, String path, CountDownLatch asked) throws Exception {
        try (Client client = Client.connect(server.address())) {
            client.send(Client.message("GET", path));
            asked.countDown();
            asked.await();
            assertThat(client.readHead().contentLength()).isEqualTo(FILE_SIZE);
            return Content.sha256(client.body(), FILE_SIZE);
        }
    }
}
