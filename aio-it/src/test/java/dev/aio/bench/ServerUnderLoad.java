package dev.aio.bench;

import static org.awaitility.Awaitility.await;

import dev.aio.it.ProcTasks;
import dev.aio.it.Program;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A running server of somebody's. Ends with this JVM, however that ends. */
final class ServerUnderLoad implements AutoCloseable {

    private static final String LISTENING = "listening on ";
    private static final Duration START = Duration.ofSeconds(30);

    private final Program program;
    private final URI uri;
    private final Thread hook;

    private ServerUnderLoad(Program program, URI uri, Thread hook) {
        this.program = program;
        this.uri = uri;
        this.hook = hook;
    }

    /** A server that prints {@code listening on URI}. */
    static ServerUnderLoad announcing(List<String> command) throws UnavailableException {
        Program program = Program.start(command);
        Thread hook = killAtExit(program);
        awaitStart(program, () -> program.stdoutLines().stream().anyMatch(line -> line.startsWith(LISTENING)));
        String line = program.stdoutLines().stream()
                .filter(l -> l.startsWith(LISTENING))
                .findFirst()
                .orElseThrow();
        return new ServerUnderLoad(program, URI.create(line.substring(LISTENING.length())), hook);
    }

    /** A server that was told where to listen. */
    static ServerUnderLoad listening(URI uri, List<String> command) throws UnavailableException {
        Program program = Program.start(command);
        Thread hook = killAtExit(program);
        awaitStart(program, () -> accepts(new InetSocketAddress(uri.getHost(), uri.getPort())));
        return new ServerUnderLoad(program, uri, hook);
    }

    /** A port that was free a moment ago. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static Thread killAtExit(Program program) {
        Thread hook = new Thread(program::kill, "kill-" + program.pid());
        Runtime.getRuntime().addShutdownHook(hook);
        return hook;
    }

    private static void awaitStart(Program program, BooleanSupplier started) throws UnavailableException {
        await("server starts").atMost(START).pollInterval(Duration.ofMillis(2)).until(() -> {
            return !program.isAlive() || started.getAsBoolean();
        });
        if (!program.isAlive()) {
            program.awaitExit(START);
            throw new UnavailableException("it does not start here: " + program.stderr());
        }
    }

    private static boolean accepts(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address, 1_000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    String url(String path) {
        return uri.resolve(path).toString();
    }

    InetSocketAddress address() {
        return new InetSocketAddress(uri.getHost(), uri.getPort());
    }

    long pid() {
        return program.pid();
    }

    ProcTasks tasks() {
        return ProcTasks.of(pid());
    }

    /** CPU time of the server and of the processes that it started, in seconds, to 10 ms. */
    double cpuSeconds() {
        return ProcessHandle.of(pid()).stream()
                .flatMap(server -> Stream.concat(Stream.of(server), server.descendants()))
                .mapToDouble(process -> ProcTasks.of(process.pid()).cpuSeconds())
                .sum();
    }

    @Override
    public void close() {
        program.terminate();
        program.awaitExit(Duration.ofSeconds(60));
        Runtime.getRuntime().removeShutdownHook(hook);
    }
}
