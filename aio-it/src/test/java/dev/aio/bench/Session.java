package dev.aio.bench;

import dev.aio.it.Host;
import dev.aio.it.WorkDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One run of {@code bin/bench}: where its files are, what it found and whom it did not. */
final class Session implements AutoCloseable {

    private final Settings settings;
    private final Cpus cpus = Cpus.choose();
    private final Path directory;
    private final List<Figure> figures = new ArrayList<>();
    private final Map<String, String> peers = new LinkedHashMap<>();
    private final Map<String, String> skipped = new LinkedHashMap<>();
    private final List<MemoryDisk> disks = new ArrayList<>();

    Session(Settings settings) throws IOException {
        if (!Host.isRoot()) {
            throw new IOException("not root (needed to drop caches and to run servers as another user)");
        }
        this.settings = settings;
        directory = WorkDirectory.create("bench");
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "clean-up"));
    }

    Settings settings() {
        return settings;
    }

    Cpus cpus() {
        return cpus;
    }

    /** A new directory for files that everybody may read. */
    Path newDirectory(String name) throws IOException {
        return Files.createDirectory(directory.resolve(name));
    }

    /**
     * A new disk in memory, which ends with this at the latest.
     *
     * @throws UnavailableException if this machine cannot
     */
    MemoryDisk newMemoryDisk(String name, long bytes) throws IOException, UnavailableException {
        MemoryDisk disk = MemoryDisk.create(newDirectory(name), bytes);
        synchronized (this) {
            disks.add(disk);
        }
        return disk;
    }

    /** Another build of ours, where every user may read it; or null. */
    @Nullable
    Path baseline() throws IOException {
        Path jar = settings.baseline();
        if (jar == null) {
            return null;
        }
        Path copy = directory.resolve("baseline.jar");
        if (!Files.exists(copy)) {
            Files.copy(jar, copy);
        }
        return copy;
    }

    void add(Figure figure) {
        figures.add(figure);
    }

    List<Figure> figures() {
        return figures;
    }

    /** What was measured, for the report. */
    void describe(String peer, String description) {
        peers.merge(peer, description, (known, more) -> known.contains(more) ? known : known + "; " + more);
    }

    Map<String, String> peers() {
        return peers;
    }

    void skip(String peer, String reason) {
        Progress.say("%s skipped: %s", peer, reason);
        skipped.put(peer, reason);
    }

    Map<String, String> skipped() {
        return skipped;
    }

    @Override
    public synchronized void close() {
        disks.forEach(MemoryDisk::close);
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : (Iterable<Path>) paths.sorted(Comparator.reverseOrder())::iterator) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
