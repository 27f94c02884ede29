package dev.aio.netty.server;

import dev.aio.core.Aio;
import dev.aio.netty.Engine;
import dev.aio.netty.NoContextException;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** {@code aio serve}: serves a directory until SIGTERM or SIGINT. */
final class ServeCommand implements Command {

    /** Writes a stack trace for each client that floods a connection; kept, so that its level is. */
    private static final Logger FLOODS = Logger.getLogger("io.netty.handler.codec.http2.Http2ControlFrameLimitEncoder");

    private final CommandOptions options =
            new CommandOptions("aio serve", "Serve the files of a directory over HTTP/1.1 and HTTP/2.");

    private final Option<Path> directory = options.pathArgument("DIR", ".", "Directory to serve.");
    private final Option<String> host = options.text("--host", "HOST", "127.0.0.1", "Address or name to listen on.");
    private final Option<Integer> port =
            options.number("--port", "PORT", "8080", "Port to listen on; 0 takes a free one.");
    private final Option<Integer> loops = options.number("--loops", "N", null, "Event loops (default: one per CPU).");
    private final Option<Engine> engine =
            options.choice("--engine", "ENGINE", Engine.class, "auto", "What reads cold files: auto, aio or blocking.");
    private final Option<Integer> pendingReads = options.number(
            "--max-pending-reads",
            "N",
            "1024",
            "Reads of the disk that may wait on each loop; files not in memory are told 503 beyond it.");
    private final Option<Integer> drain =
            options.number("--drain", "SECONDS", "10", "How long transfers may finish after a signal to stop.");
    private final ContentOptions content = new ContentOptions(options);
    private final ServerOptions connections = new ServerOptions(options);
    private final TimeoutOptions timeouts = new TimeoutOptions(options);

    private final CountDownLatch stopped = new CountDownLatch(1);

    @Override
    public CommandOptions options() {
        return options;
    }

    @Override
    public int run(PrintWriter out) throws IOException, InterruptedException {
        check(port, 0, 65535);
        check(loops, 1, 1024);
        check(pendingReads, 1, Integer.MAX_VALUE);
        check(drain, 0, Integer.MAX_VALUE);
        connections.check();
        timeouts.check();
        InetSocketAddress address = new InetSocketAddress(host.get(), port.get());
        if (address.isUnresolved()) {
            throw new UsageException(
                    "--host: cannot resolve '" + host.get() + "' (expected: an address or a known name)");
        }
        Path directory = this.directory.get();
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
        int count = loops.isGiven() ? loops.get() : Runtime.getRuntime().availableProcessors();
        FileServer server;
        DescriptorBudget budget = connections.budget(count);
        AccessLogWriter log = connections.openAccessLog();
        try {
            FileServerBuilder builder = FileServer.builder(directory)
                    .loops(count)
                    .engine(engine.get())
                    .pendingReads(pendingReads.get())
                    .files(options -> {
                        options.openFiles(budget.openFiles());
                        content.applyTo(options);
                        connections.applyTo(options);
                        timeouts.applyTo(options);
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
            throw new IOException(engine.get() == Engine.AIO ? "--engine aio: " + e.getMessage() : e.getMessage(), e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, log), "aio-shutdown"));
        ClassPreloader.start();
        InetSocketAddress bound = server.address();
        String shown = bound.getHostString();
        out.println("listening on http" + (connections.isTls() ? "s" : "") + "://"
                + (shown.indexOf(':') >= 0 ? '[' + shown + ']' : shown) + ':' + bound.getPort());
        out.flush();
        stopped.await();
        return 0;
    }

    private @Nullable String whyBlocking(FileServer server) {
        if (server.transport().usesAio()) {
            return null;
        }
        if (engine.get() == Engine.BLOCKING) {
            return "--engine blocking";
        }
        Throwable cause = Aio.isAvailable() ? Epoll.unavailabilityCause() : Aio.unavailabilityCause();
        if (cause == null) {
            return "the kernel has no AIO context left";
        }
        return cause.getMessage() != null ? cause.getMessage() : cause.toString();
    }

    private static void check(Option<Integer> option, int least, int most) {
        Integer found = option.isGiven() || option.byDefault() != null ? option.get() : null;
        if (found != null && (found < least || found > most)) {
            String expected = most == Integer.MAX_VALUE ? ">= " + least : least + ".." + most;
            throw new UsageException(option.name() + ": " + found + " (expected: " + expected + ')');
        }
    }

    /** A JVM that ends by a signal exits with 128 + its number; a served shutdown is a success. */
    private void stop(FileServer server, @Nullable AccessLogWriter log) {
        boolean drained = server.drain(Duration.ofSeconds(drain.get()));
        if (!drained) {
            System.err.println("aio: transfers still running after " + drain.get() + " s were cut (--drain)");
        }
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
