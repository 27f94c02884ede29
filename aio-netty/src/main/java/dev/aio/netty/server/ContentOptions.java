package dev.aio.netty.server;

import dev.aio.netty.http.ContentCoding;
import dev.aio.netty.http.EntityTags;
import dev.aio.netty.http.StaticFileHandlerBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of {@code aio serve} that say what of the directory is sent, and what is said of it. */
final class ContentOptions {

    private static final String NONE = "none";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--index",
            paramLabel = "NAME",
            split = ",",
            defaultValue = "index.html",
            description = "Files that stand for their directory, the first that is there; none: no file does.")
    private List<String> index;

    @Option(
            names = "--precompressed",
            paramLabel = "CODING",
            split = ",",
            defaultValue = "br,zstd,gzip",
            description = "Compressed forms beside their files (.br, .zst, .gz) that are sent to who takes them, unless"
                    + " they are older, the preferred first: br, zstd, gzip, or none.")
    private List<String> precompressed;

    @Option(
            names = "--cache-control",
            paramLabel = "PATTERN=VALUE",
            description = "Cache-Control of the files whose path fits, such as 'assets/**=max-age=31536000, immutable'"
                    + " or '*.html=no-cache'; the first that fits counts. May be repeated. Files without a hash in their"
                    + " name are never called immutable.")
    private Map<String, String> cacheControl = new LinkedHashMap<>();

    @Option(
            names = "--media-type",
            paramLabel = "EXTENSION=TYPE",
            description =
                    "Content-Type of files with that extension, such as 'glb=model/gltf-binary'. May be repeated.")
    private Map<String, String> mediaTypes = new LinkedHashMap<>();

    @Option(
            names = "--etag",
            paramLabel = "KIND",
            defaultValue = "stat",
            description = "What entity tags are made of: stat (time, size and inode), no-inode (for files that several"
                    + " hosts serve), or none.")
    private String etag;

    @Option(
            names = "--max-ranges",
            paramLabel = "N",
            defaultValue = "200",
            description = "Ranges that one request may ask for; who asks for more gets the whole file.")
    private int maxRanges;

    @Option(
            names = "--prefix",
            paramLabel = "PATH",
            defaultValue = "/",
            description = "Path that DIR is served under; with /static, /static/a.css is a.css in DIR.")
    private String prefix;

    @Option(
            names = "--root",
            paramLabel = "PATH=DIR",
            description =
                    "Another directory, served under a path of its own; the longest path that fits decides. May be"
                            + " repeated.")
    private Map<String, Path> roots = new LinkedHashMap<>();

    @Option(
            names = "--header",
            paramLabel = "NAME:VALUE",
            description =
                    "A field of every answer, such as 'Content-Security-Policy: default-src self'. May be repeated.")
    private List<String> headers = new ArrayList<>();

    @Option(
            names = "--max-body",
            paramLabel = "BYTES",
            defaultValue = "1048576",
            description = "Bytes of a request's body that are read and thrown away; a longer one is told 413.")
    private long maxBody;

    @Option(
            names = "--copy-limit",
            paramLabel = "BYTES",
            defaultValue = "16384",
            description = "Answers up to this size, head included, leave by one copy and one system call, larger ones"
                    + " that are in memory by sendfile.")
    private int copyLimit;

    /**
     * @throws ParameterException if an option has a value that it cannot have
     */
    void applyTo(StaticFileHandlerBuilder builder) {
        set("--index", () -> builder.index(names(index)));
        set(
                "--precompressed",
                () -> builder.precompressed(Arrays.stream(names(precompressed))
                        .map(ContentOptions::coding)
                        .toArray(ContentCoding[]::new)));
        set("--cache-control", () -> cacheControl.forEach(builder::cacheControl));
        set("--media-type", () -> mediaTypes.forEach(builder::mediaType));
        set("--etag", () -> builder.entityTags(entityTags(etag)));
        set("--max-ranges", () -> builder.maxRanges(maxRanges));
        set("--prefix", () -> builder.prefix(prefix));
        set("--root", () -> roots.forEach(builder::root));
        set("--header", () -> headers.forEach(header -> addHeader(builder, header)));
        set("--copy-limit", () -> builder.copyLimit(copyLimit));
        set("--max-body", () -> builder.maxBody(maxBody));
    }

    /** What is served, in words. */
    List<String> roots(Path directory) {
        List<String> all = new ArrayList<>();
        all.add(StartupSummary.root(prefix, directory));
        roots.forEach((path, root) -> all.add(StartupSummary.root(path, root)));
        return all;
    }

    private void set(String option, Runnable setting) {
        try {
            setting.run();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
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
