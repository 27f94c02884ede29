package dev.aio.netty.server;

import dev.aio.core.Aio;
import dev.aio.netty.Engine;
import dev.aio.netty.NoContextException;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code aio serve}: serves a directory until SIGTERM or SIGINT. */
@Command(
        name = "serve",
        description = "Serve the files of a directory over HTTP/1.1.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        showDefaultValues = true)
final class ServeCommand implements Callable<Integer> {

    /** Writes a stack trace for each client that floods a connection; kept, so that its level is. */
    private static final Logger FLOODS = Logger.getLogger("io.netty.handler.codec.http2.Http2ControlFrameLimitEncoder");

    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "DIR",
            arity = "0..1",
            defaultValue = ".",
            description = "Directory to serve.")
    private Path directory;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = "127.0.0.1",
            description = "Address or name to listen on.")
    private String host;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description = "Port to listen on; 0 takes a free one.")
    private int port;

    @Option(names = "--loops", paramLabel = "N", description = "Event loops (default: one per CPU).")
    private Integer loops;

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            defaultValue = "auto",
            description = "What reads cold files: auto, aio or blocking.")
    private Engine engine;

    @Option(
            names = "--max-pending-reads",
            paramLabel = "N",
            defaultValue = "1024",
            description = "Reads of the disk that may wait on each loop; files not in memory are told 503 beyond it.")
    private int pendingReads;

    @Mixin
    private ContentOptions content = new ContentOptions();

    @Mixin
    private ServerOptions connections = new ServerOptions();

    @Mixin
    private TimeoutOptions timeouts = new TimeoutOptions();

    @Mixin
    private StopOptions stop = new StopOptions();

    private final CountDownLatch stopped = new CountDownLatch(1);

    @Override
    public Integer call() throws IOException, InterruptedException {
        check(port >= 0 && port <= 65535, "--port", port, "0..65535");
        check(loops == null || loops >= 1 && loops <= 1024, "--loops", loops, "1..1024");
        check(pendingReads >= 1, "--max-pending-reads", pendingReads, ">= 1");
        connections.check();
        timeouts.check();
        stop.check();
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new ParameterException(
                    spec.commandLine(), "--host: cannot resolve '" + host + "' (expected: an address or a known name)");
        }
        if (!Files.isDirectory(directory)) {
            throw new IOException("cannot serve "
                    + directory
                    + (Files.exists(directory) ? ": it is not a directory" : ": it does not exist"));
        }
        Thread logging = ClassPreloader.settleLogging();
        if (!Aio.isNativeLibraryLoaded()) {
            Throwable cause = Objects.requireNonNull(Aio.unavailabilityCause());
            throw new IOException("cannot serve: " + cause.getMessage(), cause);
        }
        FLOODS.setLevel(Level.WARNING);
        int count = loops != null ? loops : Runtime.getRuntime().availableProcessors();
        FileServer server;
        DescriptorBudget budget = connections.budget(count);
        AccessLogWriter log = connections.openAccessLog();
        try {
            FileServerBuilder builder = FileServer.builder(directory)
                    .loops(count)
                    .engine(engine)
                    .pendingReads(pendingReads)
                    .files(options -> {
                        options.openFiles(budget.openFiles());
                        content.applyTo(options);
                        connections.applyTo(options);
                        timeouts.applyTo(options);
                        stop.applyTo(options);
                        if (log != null) {
                            options.accessLog(log);
                        }
                    });
            connections.applyTo(builder, budget);
            timeouts.applyTo(builder);
            Aio.settleProcess(); // with the libraries that TLS has loaded
            logging.join();
            server = builder.start(address);
            new StartupSummary(whyBlocking(server), count, content.roots(directory), builder.tls, budget)
                    .lines()
                    .forEach(line -> System.err.println("aio: " + line));
        } catch (NoContextException | UnsatisfiedLinkError e) {
            throw new IOException(engine == Engine.AIO ? "--engine aio: " + e.getMessage() : e.getMessage(), e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, log), "aio-shutdown"));
        ClassPreloader.start();
        InetSocketAddress bound = server.address();
        String shown = bound.getHostString();
        System.out.println("listening on http" + (connections.isTls() ? "s" : "") + "://"
                + (shown.indexOf(':') >= 0 ? '[' + shown + ']' : shown) + ':' + bound.getPort());
        System.out.flush();
        stopped.await();
        return 0;
    }

    private @Nullable String whyBlocking(FileServer server) {
        if (server.transport().usesAio()) {
            return null;
        }
        if (engine == Engine.BLOCKING) {
            return "--engine blocking";
        }
        Throwable cause = Aio.isAvailable() ? Epoll.unavailabilityCause() : Aio.unavailabilityCause();
        if (cause == null) {
            return "the kernel has no AIO context left";
        }
        return cause.getMessage() != null ? cause.getMessage() : cause.toString();
    }

    private void check(boolean valid, String option, Object found, String expected) {
        if (!valid) {
            throw new ParameterException(spec.commandLine(), option + ": " + found + " (expected: " + expected + ')');
        }
    }

    /** A JVM that ends by a signal exits with 128 + its number; a served shutdown is a success. */
    private void stop(FileServer server, @Nullable AccessLogWriter log) {
        stop.drain(server);
        server.close();
        if (log != null) {
            log.close();
        }
        System.err.println("aio: served by " + server.transport().counters().snapshot());
        String cuts = server.cuts().toString();
        if (!cuts.isEmpty()) {
            System.err.println("aio: cut: " + cuts);
        }
        System.out.flush();
        System.err.flush();
        Runtime.getRuntime().halt(0);
    }
}
