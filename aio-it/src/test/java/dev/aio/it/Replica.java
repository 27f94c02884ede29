package dev.aio.it;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One of several servers of the same files; says with each answer which, and can be started again in its place. */
final class Replica implements AutoCloseable {

    /** The field that names who has answered. */
    static final String SERVED_BY = "X-Served-By";

    private final Path files;
    private final String name;
    private final InetSocketAddress address;
    private @Nullable ServerProcess process;

    private Replica(Path files, String name, InetSocketAddress address) {
        this.files = files;
        this.name = name;
        this.address = address;
    }

    static Replica of(Path files, String name, InetSocketAddress address) {
        return new Replica(files, name, address);
    }

    void start() {
        process = ServerProcess.serving(files)
                .port(address.getPort())
                .with("--header", SERVED_BY + ": " + name)
                .with("--health-path", "/healthz", "--drain-delay", "1", "--drain", "50")
                .start();
    }

    String name() {
        return name;
    }

    InetSocketAddress address() {
        return address;
    }

    boolean isListening() {
        return Daemon.isListening(address);
    }

    /** SIGTERM, without waiting. */
    void terminate() {
        process.terminate();
    }

    /** Waits for the end behind {@link #terminate}, and fails if it is not a good one. */
    @Override
    public void close() {
        if (process != null) {
            process.close();
            process = null;
        }
    }

    /** SIGKILL; nothing of it is left on return. */
    void kill() {
        process.kill();
        process.awaitExit(Duration.ofSeconds(30));
        process = null;
    }
}
