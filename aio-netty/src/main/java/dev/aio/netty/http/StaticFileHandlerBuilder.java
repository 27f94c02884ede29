package dev.aio.netty.http;

import dev.aio.core.AioException;
import dev.aio.netty.AioTransport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/** Options of a {@link StaticFileHandler}. */
public final class StaticFileHandlerBuilder {

    final AioTransport transport;
    final Path root;
    int openFiles = 1024;
    Duration trustFor = Duration.ofSeconds(1);
    String index = "index.html";
    int maxRanges = RangePlanner.MAX_RANGES;

    StaticFileHandlerBuilder(AioTransport transport, Path root) {
        this.transport = Objects.requireNonNull(transport, "transport");
        this.root = Objects.requireNonNull(root, "root");
    }

    /** Files kept open between requests, at most; each holds up to two descriptors. Default 1024. */
    public StaticFileHandlerBuilder openFiles(int openFiles) {
        if (openFiles < 1) {
            throw new IllegalArgumentException("openFiles: " + openFiles + " (expected: >= 1)");
        }
        this.openFiles = openFiles;
        return this;
    }

    /** How long an open file is served before its name is looked at again. Default 1 s. */
    public StaticFileHandlerBuilder trustFor(Duration trustFor) {
        this.trustFor = Objects.requireNonNull(trustFor, "trustFor");
        return this;
    }

    /** The file that stands for its directory. Default {@code index.html}. */
    public StaticFileHandlerBuilder index(String index) {
        this.index = Objects.requireNonNull(index, "index");
        return this;
    }

    /**
     * Ranges that one request may ask for; who asks for more gets the whole file. Ranges that overlap
     * or adjoin are answered as one. 0: no ranges at all, and responses say so. Default 200.
     */
    public StaticFileHandlerBuilder maxRanges(int maxRanges) {
        if (maxRanges < 0) {
            throw new IllegalArgumentException("maxRanges: " + maxRanges + " (expected: >= 0)");
        }
        this.maxRanges = maxRanges;
        return this;
    }

    /**
     * Opens the root directory. May wait for the disk.
     *
     * @throws AioException if the root does not exist, is not a directory or may not be searched
     */
    public StaticFileHandler build() throws AioException {
        return new StaticFileHandler(this);
    }
}
