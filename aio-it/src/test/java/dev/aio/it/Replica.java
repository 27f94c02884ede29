package dev.aio.it;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One of several servers of the same files; says with each answer which, and can be started again in its place. */
abstract class Replica implements AutoCloseable {

    /** The field that names who has answered. */
    static final String SERVED_BY = "X-Served-By";

    private final String name;
    private final InetSocketAddress address;

    private Replica(String name, InetSocketAddress address) {
        this.name = name;
        this.address = address;
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

    String[] options(int delaySeconds) {
        return new String[] {
            "--header",
            SERVED_BY + ": " + name,
            "--health-path",
            "/healthz",
            "--drain-delay",
            "" + delaySeconds,
            "--drain",
            "50"
        };
    }

    abstract void start();

    /** SIGTERM, without waiting. */
    abstract void terminate();

    /** Waits for the end, after {@link #terminate} if need be, and fails if it is not a good one. */
    @Override
    public abstract void close();

    /** SIGKILL; nothing of it is left on return. */
    abstract void kill();

    static final class OfProcess extends Replica {

        private final ServerProcess.Options options;
        private @Nullable ServerProcess process; // while it is there

        OfProcess(Path files, String name, InetSocketAddress address, int delaySeconds) {
            super(name, address);
            options = ServerProcess.serving(files).port(address.getPort()).with(options(delaySeconds));
        }

        @Override
        void start() {
            process = options.start();
        }

        @Override
        void terminate() {
            process.terminate();
        }

        @Override
        public void close() {
            if (process != null) {
                process.close();
                process = null;
            }
        }

        @Override
        void kill() {
            process.kill();
            process.awaitExit(Duration.ofSeconds(30));
            process = null;
        }
    }

    /** Of the image; skips the test where there is no engine. */
    static final class OfContainer extends Replica {

        private final Path files;
        private final int delaySeconds;
        private @Nullable ServerContainer container; // while it is there

        OfContainer(Path files, String name, InetSocketAddress address, int delaySeconds) {
            super(name, address);
            this.files = files;
            this.delaySeconds = delaySeconds;
        }

        @Override
        void start() {
            container = ContainerOptions.running(
                            "serve", "/srv", "--port", "" + address().getPort())
                    .bind(files, "/srv")
                    .with(options(delaySeconds))
                    .start();
        }

        @Override
        void terminate() {
            container.terminate();
        }

        @Override
        public void close() {
            if (container != null) {
                container.close();
                container = null;
            }
        }

        @Override
        void kill() {
            container.kill();
            container = null;
        }
    }
}
