package dev.aio.netty.server;

import static dev.aio.netty.server.Setting.option;
import static dev.aio.netty.server.Setting.parameter;

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
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** {@code aio serve}: serves a directory until SIGTERM or SIGINT. */
final class ServeCommand implements Callable<Integer> {

    /** Writes a stack trace for each client that floods a connection; kept, so that its level is. */
    private static final Logger FLOODS = Logger.getLogger("io.netty.handler.codec.http2.Http2ControlFrameLimitEncoder");

    private final CommandSpec spec = Commands.command(this, "serve", "Serve the files of a directory over HTTP/1.1.");

    private final Setting<Path> directory = parameter(Path.class, "DIR", ".", "Directory to serve.");

    private final Setting<String> host =
            option(String.class, "--host", "HOST").byDefault("127.0.0.1").description("Address or name to listen on.");

    private final Setting<Integer> port =
            option(int.class, "--port", "PORT").byDefault("8080").description("Port to listen on; 0 takes a free one.");

    private final Setting<@Nullable Integer> loops =
            option(Integer.class, "--loops", "N").description("Event loops (default: one per CPU).");

    private final Setting<Engine> engine = option(Engine.class, "--engine", "ENGINE")
            .byDefault("auto")
            .description("What reads cold files: auto, aio or blocking.");

    private final Setting<Integer> pendingReads = option(int.class, "--max-pending-reads", "N")
            .byDefault("1024")
            .description("Reads of the disk that may wait on each loop; files not in memory are told 503 beyond it.");

    private final Setting<Long> pinLimit = option(long.class, "--pin-limit", "BYTES")
            .byDefault("8388608")
            .description(
                    "Bytes of files that may be locked in memory: those sent most often, of up to 512 KiB each. Less"
                            + " where ulimit -l allows less. 0: none.");

    private final Setting<Long> mapLimit = option(long.class, "--map-limit", "BYTES")
            .byDefault("4294967296")
            .description(
                    "Bytes of hot files that may be mapped, so that asking whether they are in memory is cheap; they"
                            + " show as memory of this process, but are the page cache's. 0: none.");

    private final ContentOptions content = new ContentOptions();

    private final ServerOptions connections = new ServerOptions();

    private final TimeoutOptions timeouts = new TimeoutOptions();

    private final StopOptions stop = new StopOptions();

    private final CountDownLatch stopped = new CountDownLatch(1);

    /** Itself, as it is told to picocli. */
    CommandSpec spec() {
        Setting.addTo(spec, directory, host, port, loops, engine, pendingReads, pinLimit, mapLimit);
        content.addTo(spec);
        connections.addTo(spec);
        timeouts.addTo(spec);
        stop.addTo(spec);
        return spec;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        check(port.value() >= 0 && port.value() <= 65535, "--port", port.value(), "0..65535");
        check(
                loops.value() == null || loops.value() >= 1 && loops.value() <= 1024,
                "--loops",
                loops.value(),
                "1..1024");
        check(pendingReads.value() >= 1, "--max-pending-reads", pendingReads.value(), ">= 1");
        check(pinLimit.value() >= 0, "--pin-limit", pinLimit.value(), ">= 0");
        check(mapLimit.value() >= 0, "--map-limit", mapLimit.value(), ">= 0");
        connections.check();
        timeouts.check();
        stop.check();
        InetSocketAddress address = new InetSocketAddress(host.value(), port.value());
        if (address.isUnresolved()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--host: cannot resolve '" + host.value() + "' (expected: an address or a known name)");
        }
        if (!Files.isDirectory(directory.value())) {
            throw new IOException("cannot serve "
                    + directory.value()
                    + (Files.exists(directory.value()) ? ": it is not a directory" : ": it does not exist"));
        }
        Thread logging = ClassPreloader.settleLogging();
        if (!Aio.isNativeLibraryLoaded()) {
            Throwable cause = Objects.requireNonNull(Aio.unavailabilityCause());
            throw new IOException("cannot serve: " + cause.getMessage(), cause);
        }
        FLOODS.setLevel(Level.WARNING);
        int count = loops.value() != null ? loops.value() : Runtime.getRuntime().availableProcessors();
        FileServer server;
        DescriptorBudget budget = connections.budget(count);
        AccessLogWriter log = connections.openAccessLog();
        try {
            FileServerBuilder builder = FileServer.builder(directory.value())
                    .loops(count)
                    .engine(engine.value())
                    .pendingReads(pendingReads.value())
                    .pinLimit(pinLimit.value())
                    .mapLimit(mapLimit.value())
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
            new StartupSummary(
                            whyBlocking(server),
                            count,
                            content.roots(directory.value()),
                            builder.tls,
                            budget,
                            JvmCounters.file())
                    .lines()
                    .forEach(line -> System.err.println("aio: " + line));
        } catch (NoContextException | UnsatisfiedLinkError e) {
            throw new IOException(engine.value() == Engine.AIO ? "--engine aio: " + e.getMessage() : e.getMessage(), e);
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
        if (engine.value() == Engine.BLOCKING) {
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
