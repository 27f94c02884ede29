package dev.aio.netty.server;

import dev.aio.netty.http.ContentCoding;
import dev.aio.netty.http.EntityTags;
import dev.aio.netty.http.StaticFileHandlerBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/** The options of {@code aio serve} that say what of the directory is sent, and what is said of it. */
final class ContentOptions {

    private static final String NONE = "none";

    private final Option<List<String>> index;
    private final Option<List<String>> precompressed;
    private final Option<Map<String, String>> cacheControl;
    private final Option<Map<String, String>> mediaTypes;
    private final Option<String> etag;
    private final Option<Integer> maxRanges;
    private final Option<String> prefix;
    private final Option<Map<String, Path>> roots;
    private final Option<List<String>> headers;
    private final Option<Long> maxBody;

    ContentOptions(CommandOptions options) {
        index = options.list(
                "--index",
                "NAME",
                "index.html",
                "Files that stand for their directory, the first that is there; none: no file does.");
        precompressed = options.list(
                "--precompressed",
                "CODING",
                "br,zstd,gzip",
                "Compressed forms beside their files (.br, .zst, .gz) that are sent to who takes them, unless they are"
                        + " older, the preferred first: br, zstd, gzip, or none.");
        cacheControl = options.map(
                "--cache-control",
                "PATTERN=VALUE",
                Function.identity(),
                "Cache-Control of the files whose path fits, such as 'assets/**=max-age=31536000, immutable' or"
                        + " '*.html=no-cache'; the first that fits counts. May be repeated. Files without a hash in their"
                        + " name are never called immutable.");
        mediaTypes = options.map(
                "--media-type",
                "EXTENSION=TYPE",
                Function.identity(),
                "Content-Type of files with that extension, such as 'glb=model/gltf-binary'. May be repeated.");
        etag = options.text(
                "--etag",
                "KIND",
                "stat",
                "What entity tags are made of: stat (time, size and inode), no-inode (for files that several hosts"
                        + " serve), or none.");
        maxRanges = options.number(
                "--max-ranges",
                "N",
                "200",
                "Ranges that one request may ask for; who asks for more gets the whole file.");
        prefix = options.text(
                "--prefix", "PATH", "/", "Path that DIR is served under; with /static, /static/a.css is a.css in DIR.");
        roots = options.map(
                "--root",
                "PATH=DIR",
                CommandOptions::readPath,
                "Another directory, served under a path of its own; the longest path that fits decides. May be repeated.");
        headers = options.repeated(
                "--header",
                "NAME:VALUE",
                "A field of every answer, such as 'Content-Security-Policy: default-src self'. May be repeated.");
        maxBody = options.bytes(
                "--max-body",
                "1048576",
                "Bytes of a request's body that are read and thrown away; a longer one is told 413.");
    }

    /**
     * @throws UsageException if an option has a value that it cannot have
     */
    void applyTo(StaticFileHandlerBuilder builder) {
        set(index, names -> builder.index(names(names)));
        set(
                precompressed,
                codings -> builder.precompressed(Arrays.stream(names(codings))
                        .map(ContentOptions::coding)
                        .toArray(ContentCoding[]::new)));
        set(cacheControl, values -> values.forEach(builder::cacheControl));
        set(mediaTypes, types -> types.forEach(builder::mediaType));
        set(etag, kind -> builder.entityTags(entityTags(kind)));
        set(maxRanges, builder::maxRanges);
        set(prefix, builder::prefix);
        set(roots, more -> more.forEach(builder::root));
        set(headers, fields -> fields.forEach(field -> addHeader(builder, field)));
        set(maxBody, builder::maxBody);
    }

    /** What is served, in words. */
    List<String> roots(Path directory) {
        List<String> all = new ArrayList<>();
        all.add(StartupSummary.root(prefix.get(), directory));
        if (roots.isGiven()) {
            roots.get().forEach((path, root) -> all.add(StartupSummary.root(path, root)));
        }
        return all;
    }

    /** Unless the user has said nothing and there is no default. */
    private static <T> void set(Option<T> option, Consumer<T> setting) {
        if (!option.isGiven() && option.byDefault() == null) {
            return;
        }
        try {
            setting.accept(option.get());
        } catch (IllegalArgumentException e) {
            throw new UsageException(option.name() + ": " + e.getMessage(), e);
        }
    }

    private static void addHeader(StaticFileHandlerBuilder builder, String header) {
        int colon = header.indexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("'" + header + "' (expected: NAME:VALUE)");
        }
        builder.header(header.substring(0, colon), header.substring(colon + 1).strip());
    }

    private static String[] names(List<String> values) {
        return values.equals(List.of(NONE)) ? new String[0] : values.toArray(String[]::new);
    }

    private static ContentCoding coding(String token) {
        for (ContentCoding coding : ContentCoding.values()) {
            if (coding.token().equals(token.toLowerCase(Locale.ROOT))) {
                return coding;
            }
        }
        throw new IllegalArgumentException(token + " (expected: br, zstd, gzip or none)");
    }

    private static EntityTags entityTags(String kind) {
        switch (kind) {
            case "stat":
                return EntityTags.FROM_STAT;
            case "no-inode":
                return EntityTags.WITHOUT_INODE;
            case NONE:
                return EntityTags.NONE;
            default:
                throw new IllegalArgumentException(kind + " (expected: stat, no-inode or none)");
        }
    }
}
