package dev.aio.netty.server;

import dev.aio.netty.Engine;
import dev.aio.netty.http.StaticFileHandlerBuilder;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Options of a {@link FileServer}. */
public final class FileServerBuilder {

    final Path root;
    int loops = Runtime.getRuntime().availableProcessors();
    Engine engine = Engine.AUTO;
    int pendingReads = 1024;
    Consumer<StaticFileHandlerBuilder> files = options -> {};

    @Nullable
    SslContext tls;

    int connections;
    int connectionsPerClient;

    FileServerBuilder(Path root) {
        this.root = root;
    }

    /** Event loops, at least 1. Default one for each CPU. */
    public FileServerBuilder loops(int loops) {
        this.loops = loops;
        return this;
    }

    /** What reads cold files. Default {@link Engine#AUTO}. */
    public FileServerBuilder engine(Engine engine) {
        this.engine = engine;
        return this;
    }

    /**
     * Reads of the disk that may wait on each loop, beside those in the kernel; files that are not in memory are refused
     * beyond it, with 503 and Retry-After. Default 1024.
     */
    public FileServerBuilder pendingReads(int pendingReads) {
        this.pendingReads = pendingReads;
        return this;
    }

    /**
     * How files are served.
     *
     * @param options sets it; what it throws is passed on by {@link #start}
     */
    public FileServerBuilder files(Consumer<StaticFileHandlerBuilder> options) {
        files = options;
        return this;
    }

    /** Serves over TLS. With ALPN for {@code h2} in it, HTTP/2 as well. Default plain TCP. */
    public FileServerBuilder tls(SslContext context) {
        tls = context;
        return this;
    }

    /**
     * Connections that may be open at once, in all and from one address; 0 for any number, which is the default.
     */
    public FileServerBuilder connections(int inAll, int fromOne) {
        connections = inAll;
        connectionsPerClient = fromOne;
        return this;
    }

    /**
     * Opens the directory and listens.
     *
     * @throws IOException if the directory cannot be opened, the address cannot be listened on, or the
     *     engine is {@link Engine#AIO} and the kernel has no contexts to give
     * @throws UnsatisfiedLinkError if the engine is {@link Engine#AIO} and AIO cannot be had
     */
    public FileServer start(InetSocketAddress address) throws IOException {
        return FileServer.start(this, address);
    }
}
