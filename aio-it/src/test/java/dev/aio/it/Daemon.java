package dev.aio.it;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;

/** A server of other people, in the foreground on an address that it was told. Closing it ends it by SIGTERM. */
final class Daemon implements AutoCloseable {

    private final Program program;
    private final InetSocketAddress address;

    private Daemon(Program program, InetSocketAddress address) {
        this.program = program;
        this.address = address;
    }

    /** Skips the test where it does not start. */
    static Daemon start(List<String> command, InetSocketAddress address) {
        Daemon daemon = new Daemon(Program.start(command), address);
        try {
            await(command.get(0) + " listens")
                    .atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> !daemon.program.isAlive() || isListening(address));
            Host.assume(daemon.program.isAlive(), command.get(0) + " does not start here: " + daemon.program.stderr());
            return daemon;
        } catch (Throwable t) {
            daemon.program.kill();
            throw t;
        }
    }

    /** On which nobody listens yet. */
    static InetSocketAddress freeAddress() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return new InetSocketAddress("127.0.0.1", socket.getLocalPort());
        }
    }

    static boolean isListening(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address, 1_000);
            return true;
        } catch (IOException notNow) {
            return false;
        }
    }

    InetSocketAddress address() {
        return address;
    }

    /** What it has said of itself. */
    String stderr() {
        return program.stderr();
    }

    @Override
    public void close() {
        program.terminate();
        program.awaitExit(Duration.ofSeconds(30));
    }
}
