package dev.aio.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A cgroup (v1 or v2) that one process and its children are in until it is closed. */
final class ControlGroup implements AutoCloseable {

    private static final Path MOUNT = Path.of("/sys/fs/cgroup");

    private final boolean v1;
    private final Path root;
    private final Path group;
    private final long pid;

    private ControlGroup(boolean v1, Path root, String name, long pid) throws IOException {
        this.v1 = v1;
        this.root = root;
        this.pid = pid;
        group = Files.createDirectory(root.resolve(name));
    }

    /**
     * Makes one that nobody is in yet; skips the test where there is no such controller.
     *
     * @param v1 the controller's name in version 1
     * @param v2 and in version 2
     */
    static ControlGroup create(String v1, String v2, long pid) throws IOException {
        String name = "aio-it-" + v2 + '-' + pid;
        Path first = MOUNT.resolve(v1);
        if (Files.isDirectory(first)) {
            return new ControlGroup(true, first, name, pid);
        }
        Path controllers = MOUNT.resolve("cgroup.controllers");
        Host.assume(
                Files.exists(controllers) && Host.read(controllers.toString()).contains(v2),
                "no cgroup controller " + v1 + " or " + v2);
        Host.write(MOUNT.resolve("cgroup.subtree_control").toString(), '+' + v2);
        return new ControlGroup(false, MOUNT, name, pid);
    }

    boolean isV1() {
        return v1;
    }

    String read(String file) {
        return Host.read(group.resolve(file).toString());
    }

    void write(String file, String value) {
        Host.write(group.resolve(file).toString(), value);
    }

    /** From now on its limits are the process's. */
    void enter() {
        moveTo(group);
    }

    private void moveTo(Path target) {
        String members = target.resolve("cgroup.procs").toString();
        Host.write(members, Long.toString(pid));
        ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::descendants)
                .forEach(child -> Host.write(members, Long.toString(child.pid())));
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
