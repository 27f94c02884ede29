package dev.aio.netty.server;

import dev.aio.netty.http.ContentCoding;
import dev.aio.netty.http.EntityTags;
import dev.aio.netty.http.StaticFileHandlerBuilder;
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
    }

    private void set(String option, Runnable setting) {
        try {
            setting.run();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
        }
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
