package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A directory that containers serve, with links that lead to the image's own files, and what must be got from it. */
final class ContainerSite {

    /** Sizes on both sides of what goes out behind its head. */
    private static final Map<String, Integer> FILES = Map.of("small.bin", 5_000, "large.bin", 5_000_000);

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
        FILES.forEach((name, size) ->
                site.digests.put(name, Content.sha256(Content.write(directory.resolve(name), size, size))));
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

    /** Each file cold, then twice as it is then. */
    void assertServed(ServerContainer server) {
        Host.makeCold(digests.keySet().stream().map(directory::resolve).toArray(Path[]::new));
        try (Client client = Client.connect(server.address())) {
            for (int i = 0; i < 3; i++) {
                digests.forEach((name, digest) -> assertThat(
                                Content.sha256(client.get('/' + name).body()))
                        .as(name)
                        .isEqualTo(digest));
            }
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

    /** Names of the rungs that answered, as the documentation's tables show them. */
    static String names(Map<String, Long> rungs) {
        return new TreeSet<>(rungs.keySet()).stream().collect(Collectors.joining(", "));
    }
}
