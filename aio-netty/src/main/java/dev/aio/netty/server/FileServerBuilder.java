package dev.aio.netty.server;

import dev.aio.netty.Engine;
import dev.aio.netty.http.StaticFileHandlerBuilder;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Options of a {@link FileServer}. */
public final class FileServerBuilder {

    final Path root;
    int loops = Runtime.getRuntime().availableProcessors();
    Engine engine = Engine.AUTO;
    int pendingReads = 1024;
    long pinLimit;
    long mapLimit = 4L << 30;
    Consumer<StaticFileHandlerBuilder> files = options -> {};

    @Nullable
    SslContext tls;

    int connections;
    int connectionsPerClient;
    private Duration headTimeout = TimeLimits.DEFAULTS.head();
    private Duration idleTimeout = TimeLimits.DEFAULTS.idle();
    private Duration sendTimeout = TimeLimits.DEFAULTS.send();
    private long minRate = TimeLimits.DEFAULTS.minRate();

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
     * Bytes of hot files that may be locked in the page cache, see {@link
     * dev.aio.netty.AioTransportBuilder#pinLimit}. Default 0: none.
     */
    public FileServerBuilder pinLimit(long bytes) {
        pinLimit = bytes;
        return this;
    }

    /** Bytes of hot files that may be mapped, see {@link dev.aio.netty.AioTransportBuilder#mapLimit}. Default 4 GiB. */
    public FileServerBuilder mapLimit(long bytes) {
        mapLimit = bytes;
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
     * How long a client may take for the head of a request, for a frame of HTTP/2 with what continues it, for the TLS
     * handshake, and for its first byte; beyond it 408, or the end. Zero: any time. Default 20 s.
     */
    public FileServerBuilder headTimeout(Duration most) {
        headTimeout = TimeLimits.notNegative("headTimeout", most);
        return this;
    }

    /** Time without a byte in either direction after which a connection is closed. Zero: any time. Default 75 s. */
    public FileServerBuilder idleTimeout(Duration most) {
        idleTimeout = TimeLimits.notNegative("idleTimeout", most);
        return this;
    }

    /**
     * Time in which something of what waits for a client must move, as much as {@link #minRate} says; beyond it its
     * connection is reset, or its stream of HTTP/2. Zero: any time. Default 60 s.
     */
    public FileServerBuilder sendTimeout(Duration period) {
        sendTimeout = TimeLimits.notNegative("sendTimeout", period);
        return this;
    }

    /**
     * Bytes a second that a client must take what waits for it by, on average over {@link #sendTimeout}; 0: one byte
     * in that time is enough. Default 240.
     */
    public FileServerBuilder minRate(long bytesPerSecond) {
        if (bytesPerSecond < 0) {
            throw new IllegalArgumentException("minRate: " + bytesPerSecond + " (expected: >= 0)");
        }
        minRate = bytesPerSecond;
        return this;
    }

    TimeLimits timeLimits() {
        return new TimeLimits(headTimeout, idleTimeout, sendTimeout, minRate);
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
