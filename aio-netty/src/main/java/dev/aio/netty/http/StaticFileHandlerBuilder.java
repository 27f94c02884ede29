package dev.aio.netty.http;

import dev.aio.core.AioException;
import dev.aio.core.LinkPolicy;
import dev.aio.netty.AioLoop;
import dev.aio.netty.AioTransport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Options of a {@link StaticFileHandler}. */
public final class StaticFileHandlerBuilder {

    private static final int DEFAULT_COPY_LIMIT = 16 * 1024;

    final AioTransport transport;
    int openFiles = 1024;
    Duration trustFor = Duration.ofSeconds(1);
    List<String> index = List.of("index.html");
    EntityTags entityTags = EntityTags.FROM_STAT;
    List<ContentCoding> precompressed = List.of();
    final List<CacheRules.Rule> cacheRules = new ArrayList<>();
    final Map<String, String> mediaTypes = new HashMap<>();
    int maxRanges = RangePlanner.MAX_RANGES;
    LinkPolicy links = LinkPolicy.RELATIVE;
    boolean hiddenFiles;
    boolean directWrites;
    int copyLimit = DEFAULT_COPY_LIMIT;

    boolean fallThrough;
    Runnable onSlowBody = () -> {};
    BodyLimits bodyLimits = BodyLimits.DEFAULT;
    final List<HeaderField> headers = new ArrayList<>();

    @Nullable
    AccessLog accessLog;

    @Nullable
    FileResolver resolver;

    @Nullable
    ResponseHeaders moreHeaders;

    @Nullable
    NotFound notFound;

    @Nullable
    String healthPath;

    private final Path first;
    private final Map<String, Path> moreRoots = new LinkedHashMap<>();
    private String firstPrefix = "";

    StaticFileHandlerBuilder(AioTransport transport, Path root) {
        this.transport = Objects.requireNonNull(transport, "transport");
        first = Objects.requireNonNull(root, "root");
    }

    /**
     * The path that the root given to {@link StaticFileHandler#builder} is served under: with {@code /static}, a request
     * for {@code /static/a.css} is answered with {@code a.css}. Default {@code /}.
     *
     * @param path begins with a slash, decoded like that of a request
     */
    public StaticFileHandlerBuilder prefix(String path) {
        firstPrefix = Mount.prefixOf(path);
        return this;
    }

    /**
     * Another directory, served under a path of its own. A request is answered from the root with the longest prefix that
     * its path begins with, in whole segments, and from no other. All options hold for all roots; open files are shared
     * out among them. {@linkplain #hiddenFiles Hidden} is said of what is beneath the prefix, not of the prefix.
     *
     * @param prefix as for {@link #prefix}
     */
    public StaticFileHandlerBuilder root(String prefix, Path directory) {
        if (moreRoots.put(Mount.prefixOf(prefix), Objects.requireNonNull(directory, "directory")) != null) {
            throw new IllegalArgumentException("prefix: '" + prefix + "' (expected: one that has no root yet)");
        }
        return this;
    }

    /** Which file a path stands for. Default: the one of that name. */
    public StaticFileHandlerBuilder resolver(FileResolver resolver) {
        this.resolver = Objects.requireNonNull(resolver, "resolver");
        return this;
    }

    /**
     * Adds a field to every answer of the handler; those that never change cost nothing.
     *
     * @param name a token, such as {@code Content-Security-Policy}
     * @param value visible ASCII and blanks
     * @throws IllegalArgumentException if it cannot be a field, or is one that the handler sets itself
     */
    public StaticFileHandlerBuilder header(String name, String value) {
        headers.add(HeaderField.ofUser(name, value));
        return this;
    }

    /** Who adds fields that depend on request or status. Default nobody. */
    public StaticFileHandlerBuilder headers(ResponseHeaders more) {
        moreHeaders = Objects.requireNonNull(more, "more");
        return this;
    }

    /** Who decides what is answered where there is no file. Default nobody: 404. */
    public StaticFileHandlerBuilder notFound(NotFound notFound) {
        this.notFound = Objects.requireNonNull(notFound, "notFound");
        return this;
    }

    /**
     * Whether requests for what is not here go on to the next handler of the pipeline, head and body, instead of being
     * refused: paths beneath no prefix, names without a file, directories without an index, and methods other than GET and
     * HEAD. Its answer is waited for before the next request of the connection is looked at, so that pipelined answers
     * stay in order; with {@code Connection: close} in it, or asked for, the connection ends behind it.
     *
     * <p>It answers with Netty's objects. So there must be an encoder of them: an {@code HttpServerCodec} in front of this
     * handler, or an {@code HttpResponseEncoder} in front of it or behind it; behind it is better, since files then still
     * leave by sendfile. After an answer of 101 this handler takes no part in the connection any more; Netty's handshaker of
     * WebSocket needs an {@code HttpServerCodec} in front. Default {@code false}.
     */
    public StaticFileHandlerBuilder fallThrough(boolean fallThrough) {
        this.fallThrough = fallThrough;
        return this;
    }

    /**
     * Bytes of a request's body that are read and thrown away so that the connection can go on; beyond it the request is
     * answered with 413, without waiting for its body, and the connection closed. Not for requests that {@linkplain
     * #fallThrough fall through}; for a GET or HEAD from when it is known that it does not. Default 1 MiB.
     */
    public StaticFileHandlerBuilder maxBody(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("maxBody: " + bytes + " (expected: >= 0)");
        }
        bodyLimits = bodyLimits.withMaxBytes(bytes);
        return this;
    }

    /**
     * How slowly a body may come: who sends less within a period is answered with 408, or cut if the answer is on its way.
     * Not for requests that {@linkplain #fallThrough fall through}. Default 30 s and 240 bytes per second.
     *
     * @param period 0 for no limit
     * @param bytesPerSecond on average over the period; at least one byte must come even if it is 0
     */
    public StaticFileHandlerBuilder bodyTimeout(Duration period, long bytesPerSecond) {
        if (period.isNegative() || bytesPerSecond < 0) {
            throw new IllegalArgumentException(
                    "bodyTimeout: " + period + ", " + bytesPerSecond + " (expected: neither is negative)");
        }
        bodyLimits = bodyLimits.withPace(period, bytesPerSecond);
        return this;
    }

    /** Run, on the channel's loop, for each body that has come too slowly. Default nothing. */
    public StaticFileHandlerBuilder onSlowBody(Runnable run) {
        onSlowBody = Objects.requireNonNull(run, "run");
        return this;
    }

    /** Which symbolic links are followed; none ever out of the root. Default {@link LinkPolicy#RELATIVE}. */
    public StaticFileHandlerBuilder links(LinkPolicy links) {
        this.links = Objects.requireNonNull(links, "links");
        return this;
    }

    /**
     * Whether files are served whose name, or that of a directory on the way, begins with a dot; if not, they are not
     * found, except beneath {@code /.well-known}. Default {@code false}.
     */
    public StaticFileHandlerBuilder hiddenFiles(boolean serve) {
        hiddenFiles = serve;
        return this;
    }

    /**
     * A target whose GET and HEAD tell a load balancer whether requests are welcome: 200, or 503 once the {@linkplain
     * StaticFileHandler#announceEnd end was announced}. No file is looked for, not even one of that name. Default: none.
     *
     * @param target begins with a slash; compared with that of a request as it is, without decoding
     */
    public StaticFileHandlerBuilder healthPath(String target) {
        if (!target.startsWith("/") || RequestTarget.parse(target).rejection() != null) {
            throw new IllegalArgumentException("healthPath: '" + target + "' (expected: such as /healthz)");
        }
        healthPath = target;
        return this;
    }

    /** Who is told of each answer. Default nobody. */
    public StaticFileHandlerBuilder accessLog(AccessLog log) {
        accessLog = Objects.requireNonNull(log, "log");
        return this;
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

    /**
     * The files that stand for their directory: the first that is there. None: directories are not
     * answered. Default {@code index.html}.
     */
    public StaticFileHandlerBuilder index(String... names) {
        for (String name : names) {
            if (name.isEmpty() || name.indexOf('/') >= 0 || name.equals(".") || name.equals("..")) {
                throw new IllegalArgumentException("index: '" + name + "' (expected: name of a file)");
            }
        }
        index = List.of(names);
        return this;
    }

    /**
     * Codings in which files may lie compressed beside themselves, such as {@code app.js.gz}: they are
     * sent in place of {@code app.js} to clients that take them, unless they are older. What a client
     * takes alike is preferred in the order given. Responses then say {@code Vary: Accept-Encoding}, but
     * for types that are compressed already. Default: none.
     */
    public StaticFileHandlerBuilder precompressed(ContentCoding... codings) {
        precompressed = Arrays.stream(codings).distinct().toList();
        return this;
    }

    /** Where entity tags come from. Default {@link EntityTags#FROM_STAT}. */
    public StaticFileHandlerBuilder entityTags(EntityTags entityTags) {
        this.entityTags = Objects.requireNonNull(entityTags, "entityTags");
        return this;
    }

    /**
     * What Cache-Control says of files whose path fits a pattern; where several fit, the first that
     * was given. {@code immutable} is left out for files without a hash in their name. Default: none.
     *
     * @param pattern of paths beneath the root, as {@code assets/**} or <code>*.{css,js}</code>: without
     *     a slash that of a name in any directory
     * @param value such as {@code public, max-age=31536000, immutable}
     */
    public StaticFileHandlerBuilder cacheControl(String pattern, String value) {
        cacheRules.add(CacheRules.Rule.of(pattern, value));
        return this;
    }

    /**
     * The media type of files with an extension, in place of what is known of it. {@code text/*} without
     * a charset is sent as UTF-8.
     *
     * @param extension with or without its dot; case has no meaning
     * @param mediaType such as {@code text/x-recipe} or {@code text/plain; charset=iso-8859-1}
     */
    public StaticFileHandlerBuilder mediaType(String extension, String mediaType) {
        String plain = extension.startsWith(".") ? extension.substring(1) : extension;
        if (plain.isEmpty() || plain.indexOf('.') >= 0 || plain.indexOf('/') >= 0) {
            throw new IllegalArgumentException("extension: '" + extension + "' (expected: such as css)");
        }
        if (!MediaTypes.isMediaType(mediaType)) {
            throw new IllegalArgumentException("media type: '" + mediaType + "' (expected: such as text/css)");
        }
        mediaTypes.put(plain.toLowerCase(Locale.ROOT), mediaType);
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
     * Whether answers may pass by the pipeline on their way to the socket, which saves a third of what this costs beside
     * the kernel's part. Right where no handler in front has to see what is written: one that counts bytes, logs, throttles or
     * closes what does not write would miss it. Without effect behind TLS, an encoder or HTTP/2, and on transports
     * other than native epoll; which of these it is, is looked at until a connection's first direct answer, not after it.
     * Default {@code false}.
     */
    public StaticFileHandlerBuilder directWrites(boolean directWrites) {
        this.directWrites = directWrites;
        return this;
    }

    /**
     * Up to how many bytes head and body are copied into one buffer and leave by one system call; what is larger, and in
     * memory, goes from the page cache by sendfile, which copies nothing but takes more calls. Default {@value
     * #DEFAULT_COPY_LIMIT}.
     *
     * @param bytes 0 to {@value AioLoop#SCRATCH}
     */
    public StaticFileHandlerBuilder copyLimit(int bytes) {
        if (bytes < 0 || bytes > AioLoop.SCRATCH) {
            throw new IllegalArgumentException(
                    "copyLimit: " + bytes + " (expected: 0 to " + AioLoop.SCRATCH + " bytes)");
        }
        copyLimit = bytes;
        return this;
    }

    /**
     * Opens the root directories. May wait for the disk.
     *
     * @throws AioException if a root does not exist, is not a directory or may not be searched
     */
    public StaticFileHandler build() throws AioException {
        return new StaticFileHandler(this);
    }

    /** All roots by their prefixes, as {@link Mount#prefixOf} makes them. */
    Map<String, Path> roots() {
        Map<String, Path> all = new LinkedHashMap<>(moreRoots);
        Path other = all.put(firstPrefix, first);
        if (other != null) {
            throw new IllegalArgumentException(
                    "prefix: '/" + firstPrefix + "' has two roots, " + first + " and " + other + " (expected: one)");
        }
        return all;
    }
}
