package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A running {@code aio serve}. Closing it ends it by SIGTERM and fails unless it has behaved: exit code
 * 0, no leaked buffer, no native mistake, no stack trace.
 */
final class ServerProcess implements AutoCloseable {

    private static final String LISTENING = "listening on ";
    private static final Pattern SERVED_BY = Pattern.compile("(\\w+)=(\\d+)");

    private final Program program;
    private final URI uri;
    private final InetSocketAddress address;

    private ServerProcess(Program program) {
        this.program = program;
        try {
            uri = awaitListening();
            address = new InetSocketAddress(uri.getHost(), uri.getPort());
        } catch (Throwable t) {
            program.kill();
            throw t;
        }
    }

    /** How to start one. */
    static final class Options {
        private final Path directory;
        private final List<String> wrapper = new ArrayList<>();
        private final List<String> jvm = new ArrayList<>();
        private final List<String> arguments = new ArrayList<>();
        private int port; // 0: any

        private Options(Path directory) {
            this.directory = directory;
        }

        Options engine(String engine) {
            return with("--engine", engine);
        }

        Options with(String... options) {
            Collections.addAll(arguments, options);
            return this;
        }

        Options port(int wanted) {
            port = wanted;
            return this;
        }

        /** Over TLS, or not. */
        Options with(Security security, Certificate certificate) {
            return with(security.options(certificate));
        }

        Options jvm(String... options) {
            Collections.addAll(jvm, options);
            return this;
        }

        /** A command that becomes the server in the end, such as {@code setpriv}. */
        Options wrappedIn(List<String> command) {
            wrapper.addAll(command);
            return this;
        }

        ServerProcess start() {
            List<String> command = new ArrayList<>(wrapper);
            command.addAll(Program.java(jvm.toArray(new String[0])));
            command.addAll(List.of("serve", directory.toString(), "--port", Integer.toString(port)));
            command.addAll(arguments);
            return new ServerProcess(Program.start(command));
        }
    }

    static Options serving(Path directory) {
        return new Options(directory);
    }

    private URI awaitListening() {
        await("the line '" + LISTENING + "…'")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> !program.isAlive() || listeningLine() != null);
        String line = listeningLine();
        assertThat(line).as("server did not start: %s", program.stderr()).isNotNull();
        return URI.create(line.substring(LISTENING.length()));
    }

    private String listeningLine() {
        return program.stdoutLines().stream()
                .filter(line -> line.startsWith(LISTENING))
                .findFirst()
                .orElse(null);
    }

    InetSocketAddress address() {
        return address;
    }

    /** For clients that are told so. */
    String url(String path) {
        return uri + path;
    }

    long pid() {
        return program.pid();
    }

    ProcTasks tasks() {
        return ProcTasks.of(pid());
    }

    List<String> stdoutLines() {
        return program.stdoutLines();
    }

    List<String> stderrLines() {
        return program.stderrLines();
    }

    /** SIGTERM, without waiting. */
    void terminate() {
        program.terminate();
    }

    /** SIGKILL, without waiting; what else is to be known of its end is the caller's affair. */
    void kill() {
        program.kill();
    }

    int awaitExit(Duration deadline) {
        return program.awaitExit(deadline);
    }

    /** How often each rung of the ladder answered, as the server prints when it ends. */
    Map<String, Long> servedBy() {
        return servedBy(program.stderrLines());
    }

    /** The same of another one's output. */
    static Map<String, Long> servedBy(List<String> lines) {
        String line = lines.stream()
                .filter(l -> l.startsWith("aio: served by "))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no line 'aio: served by …' in: " + lines));
        Map<String, Long> rungs = new HashMap<>();
        for (Matcher m = SERVED_BY.matcher(line); m.find(); ) {
            rungs.put(m.group(1), Long.parseLong(m.group(2)));
        }
        return rungs;
    }

    @Override
    public void close() {
        if (program.isAlive()) {
            provokeLeakReports();
            terminate();
        }
        assertThat(awaitExit(Duration.ofSeconds(60)))
                .as("exit code; stderr: %s", program.stderr())
                .isZero();
        assertThat(new Transcript(program.stdoutLines()).problems())
                .as("stdout")
                .isEmpty();
        assertThat(new Transcript(program.stderrLines()).problems())
                .as("stderr")
                .isEmpty();
    }

    /** Netty notices a lost buffer when it is collected, and says so when the next one is made. */
    private void provokeLeakReports() {
        Program.run(Program.javaHome().resolve("bin/jcmd").toString(), Long.toString(pid()), "GC.run");
        for (int i = 0; i < 3; i++) {
            try (Client client = Client.connect(this)) {
                client.get("/no-such-file");
            } catch (AssertionError | UncheckedIOException refused) {
                continue; // it is on its way out already, or speaks TLS
            }
        }
    }
}
