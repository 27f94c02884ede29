package dev.aio.netty.http;

import dev.aio.core.AioException;
import dev.aio.core.LinkPolicy;
import dev.aio.netty.AioTransport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Options of a {@link StaticFileHandler}. */
public final class StaticFileHandlerBuilder {

    final AioTransport transport;
    final Path root;
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

    @Nullable
    AccessLog accessLog;

    StaticFileHandlerBuilder(AioTransport transport, Path root) {
        this.transport = Objects.requireNonNull(transport, "transport");
        this.root = Objects.requireNonNull(root, "root");
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
     * Opens the root directory. May wait for the disk.
     *
     * @throws AioException if the root does not exist, is not a directory or may not be searched
     */
    public StaticFileHandler build() throws AioException {
        return new StaticFileHandler(this);
    }
}
