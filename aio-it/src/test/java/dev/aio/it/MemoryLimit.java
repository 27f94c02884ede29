package dev.aio.it;

import java.io.IOException;

/**
 * A small memory for one process: a cgroup (v1 or v2) that limits what it takes until it is closed. Pages of files count
 * for whoever brings them into the page cache; what the process has already stays where it was counted.
 */
public final class MemoryLimit implements AutoCloseable {

    private final ControlGroup group;

    private MemoryLimit(ControlGroup group) {
        this.group = group;
    }

    /** Skips the test where there is no such cgroup controller. */
    public static MemoryLimit bytes(long limit, long pid) throws IOException {
        Host.assumeRoot("to limit memory");
        ControlGroup group = ControlGroup.create("memory", "memory", pid);
        group.write(group.isV1() ? "memory.limit_in_bytes" : "memory.max", Long.toString(limit));
        group.enter();
        return new MemoryLimit(group);
    }

    @Override
    public void close() {
        group.close();
    }
}
