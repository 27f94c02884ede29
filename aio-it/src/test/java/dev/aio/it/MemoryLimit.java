package dev.aio.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A small memory for one process: a cgroup (v1 or v2) that limits what it takes until it is closed. Pages of files count
 * for whoever brings them into the page cache; what the process has already stays where it was counted.
 */
public final class MemoryLimit implements AutoCloseable {

    private static final Path V1 = Path.of("/sys/fs/cgroup/memory");
    private static final Path V2 = Path.of("/sys/fs/cgroup");

    private final Path root;
    private final Path group;
    private final long pid;

    private MemoryLimit(Path root, long pid) throws IOException {
        this.root = root;
        this.pid = pid;
        group = Files.createDirectory(root.resolve("aio-it-memory-" + pid));
    }

    /** Skips the test where there is no such cgroup controller. */
    public static MemoryLimit bytes(long limit, long pid) throws IOException {
        Host.assumeRoot("to limit memory");
        boolean v1 = Files.isDirectory(V1);
        Path controllers = V2.resolve("cgroup.controllers");
        if (!v1) {
            Host.assume(
                    Files.exists(controllers)
                            && Host.read(controllers.toString()).contains("memory"),
                    "no cgroup that limits memory");
            Host.write(V2.resolve("cgroup.subtree_control").toString(), "+memory");
        }
        MemoryLimit memory = new MemoryLimit(v1 ? V1 : V2, pid);
        String file = v1 ? "memory.limit_in_bytes" : "memory.max";
        Host.write(memory.group.resolve(file).toString(), Long.toString(limit));
        memory.moveTo(memory.group);
        return memory;
    }

    private void moveTo(Path target) {
        Host.write(target.resolve("cgroup.procs").toString(), Long.toString(pid));
    }

    @Override
    public void close() {
        try {
            moveTo(root);
            Files.delete(group);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
