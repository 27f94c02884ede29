package dev.aio.netty.server;

import static dev.aio.netty.server.Setting.list;
import static dev.aio.netty.server.Setting.map;
import static dev.aio.netty.server.Setting.option;

import dev.aio.netty.http.ContentCoding;
import dev.aio.netty.http.EntityTags;
import dev.aio.netty.http.StaticFileHandlerBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The options of {@code aio serve} that say what of the directory is sent, and what is said of it. */
final class ContentOptions {

    private static final String NONE = "none";

    private CommandSpec spec;

    private final Setting<List<String>> index = list("--index", "NAME")
            .separatedBy(",")
            .byDefault("index.html")
            .description("Files that stand for their directory, the first that is there; none: no file does.");

    private final Setting<List<String>> precompressed = list("--precompressed", "CODING")
            .separatedBy(",")
            .byDefault("br,zstd,gzip")
            .description("Compressed forms beside their files (.br, .zst, .gz) that are sent to who takes them, unless"
                    + " they are older, the preferred first: br, zstd, gzip, or none.");

    private final Setting<Map<String, String>> cacheControl = map(String.class, "--cache-control", "PATTERN=VALUE")
            .description("Cache-Control of the files whose path fits, such as 'assets/**=max-age=31536000, immutable'"
                    + " or '*.html=no-cache'; the first that fits counts. May be repeated. Files without a hash in their"
                    + " name are never called immutable.");

    private final Setting<Map<String, String>> mediaTypes = map(String.class, "--media-type", "EXTENSION=TYPE")
            .description(
                    "Content-Type of files with that extension, such as 'glb=model/gltf-binary'. May be repeated.");

    private final Setting<String> etag = option(String.class, "--etag", "KIND")
            .byDefault("stat")
            .description("What entity tags are made of: stat (time, size and inode), no-inode (for files that several"
                    + " hosts serve), or none.");

    private final Setting<Integer> maxRanges = option(int.class, "--max-ranges", "N")
            .byDefault("200")
            .description("Ranges that one request may ask for; who asks for more gets the whole file.");

    private final Setting<String> prefix = option(String.class, "--prefix", "PATH")
            .byDefault("/")
            .description("Path that DIR is served under; with /static, /static/a.css is a.css in DIR.");

    private final Setting<Map<String, Path>> roots = map(Path.class, "--root", "PATH=DIR")
            .description("Another directory, served under a path of its own; the longest path that fits decides. May be"
                    + " repeated.");

    private final Setting<List<String>> headers = list("--header", "NAME:VALUE")
            .description(
                    "A field of every answer, such as 'Content-Security-Policy: default-src self'. May be repeated.");

    private final Setting<Long> maxBody = option(long.class, "--max-body", "BYTES")
            .byDefault("1048576")
            .description("Bytes of a request's body that are read and thrown away; a longer one is told 413.");

    private final Setting<Integer> copyLimit = option(int.class, "--copy-limit", "BYTES")
            .byDefault("16384")
            .description("Answers up to this size, head included, leave by one copy and one system call, larger ones"
                    + " that are in memory by sendfile.");

    void addTo(CommandSpec command) {
        spec = command;
        Setting.addTo(
                command,
                index,
                precompressed,
                cacheControl,
                mediaTypes,
                etag,
                maxRanges,
                prefix,
                roots,
                headers,
                maxBody,
                copyLimit);
    }

    /**
     * @throws ParameterException if an option has a value that it cannot have
     */
    void applyTo(StaticFileHandlerBuilder builder) {
        set("--index", () -> builder.index(names(index.value())));
        set(
                "--precompressed",
                () -> builder.precompressed(Arrays.stream(names(precompressed.value()))
                        .map(ContentOptions::coding)
                        .toArray(ContentCoding[]::new)));
        set("--cache-control", () -> cacheControl.value().forEach(builder::cacheControl));
        set("--media-type", () -> mediaTypes.value().forEach(builder::mediaType));
        set("--etag", () -> builder.entityTags(entityTags(etag.value())));
        set("--max-ranges", () -> builder.maxRanges(maxRanges.value()));
        set("--prefix", () -> builder.prefix(prefix.value()));
        set("--root", () -> roots.value().forEach(builder::root));
        set("--header", () -> headers.value().forEach(header -> addHeader(builder, header)));
        set("--copy-limit", () -> builder.copyLimit(copyLimit.value()));
        set("--max-body", () -> builder.maxBody(maxBody.value()));
    }

    /** What is served, in words. */
    List<String> roots(Path directory) {
        List<String> all = new ArrayList<>();
        all.add(StartupSummary.root(prefix.value(), directory));
        roots.value().forEach((path, root) -> all.add(StartupSummary.root(path, root)));
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
