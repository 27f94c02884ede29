package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A directory that containers serve, with links that lead to the image's own files, and what must be got from it. */
final class ContainerSite {

    /** Asked for cold; sizes on both sides of what goes out behind its head. */
    private static final Map<String, Integer> COLD = Map.of("small.bin", 5_000, "large.bin", 5_000_000);

    /** Asked for when it is in memory, its name and inode too. */
    private static final String WARM = "warm.bin";

    private static final List<String> ESCAPES = List.of(
            "/out.txt",
            "/absolute.txt",
            "/up/etc/passwd",
            "/magic/etc/passwd",
            "/../etc/passwd",
            "/%2e%2e/etc/passwd",
            "/up/%2e%2e/etc/passwd");

    private final Path directory;
    private final Map<String, String> digests = new LinkedHashMap<>();

    private ContainerSite(Path directory) {
        this.directory = directory;
    }

    /** Writes it into a new directory, or an empty one. */
    static ContainerSite in(Path directory) {
        ContainerSite site = new ContainerSite(directory);
        COLD.forEach(site::add);
        site.add(WARM, 5_000);
        try {
            Files.createSymbolicLink(directory.resolve("out.txt"), Path.of("../etc/passwd"));
            Files.createSymbolicLink(directory.resolve("absolute.txt"), Path.of("/etc/passwd"));
            Files.createSymbolicLink(directory.resolve("up"), Path.of(".."));
            Files.createSymbolicLink(directory.resolve("magic"), Path.of("/proc/self/root"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return site;
    }

    Path directory() {
        return directory;
    }

    private void add(String name, int size) {
        digests.put(name, Content.sha256(Content.write(directory.resolve(name), size, size)));
    }

    /** Files cold, then all of them in memory. */
    void assertServed(ServerContainer server) {
        Host.makeCold(digests.keySet().stream().map(directory::resolve).toArray(Path[]::new));
        try (Client client = Client.connect(server.address())) {
            COLD.keySet().forEach(name -> assertSame(client, name));
            digests.keySet().forEach(this::warm);
            digests.keySet().forEach(name -> assertSame(client, name));
            digests.keySet().forEach(name -> assertSame(client, name));
        }
    }

    private void assertSame(Client client, String name) {
        assertThat(Content.sha256(client.get('/' + name).body())).as(name).isEqualTo(digests.get(name));
    }

    /** If it is here that the container has it from. */
    private void warm(String name) {
        try {
            Path file = directory.resolve(name);
            if (Files.exists(file)) {
                Content.sha256(Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Nothing of the image is served, by whichever way. */
    void assertConfined(ServerContainer server) {
        for (String escape : ESCAPES) {
            try (Client client = Client.connect(server.address())) {
                Response response = client.get(escape);
                assertThat(response.status()).as(escape).isGreaterThanOrEqualTo(400);
                assertThat(response.text()).as(escape).doesNotContain("aio:x:");
            }
        }
    }

    /** Where files in memory were opened, what read cold ones and what sent those in memory, for a table. */
    static Object[] cells(Map<String, Long> rungs) {
        String cold = rungs.containsKey("LANE_READ")
                ? "lane"
                : rungs.containsKey("AIO_READ") ? "AIO" : "AIO, submitted by the lane";
        return new Object[] {
            rungs.containsKey("OPEN_CACHED") ? "loop" : "lane", cold, rungs.containsKey("SENDFILE") ? "sendfile" : cold
        };
    }
}
