package dev.aio.netty.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringTokenizer;
import java.util.regex.Pattern;

/**
 * The Content-Type of a file by the extension of its name. Content is never looked at: what a file
 * is said to be must not depend on what somebody managed to put into it.
 */
final class MediaTypes {

    private static final String RESOURCE = "media-types.txt";
    private static final String UNKNOWN = "application/octet-stream";

    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    private static final Pattern MEDIA_TYPE =
            Pattern.compile(TOKEN + '/' + TOKEN + "(?: *; *" + TOKEN + "=(?:" + TOKEN + "|\"[ !#-\\[\\]-~]*\"))*");

    private static final Pattern COMPRESSED = Pattern.compile("(?:audio|video)/.*"
            + "|image/(?!svg|bmp|x-ms-bmp|x-icon|vnd.microsoft.icon).*"
            + "|font/woff2?"
            + "|application/(?:gzip|zip|zstd|x-brotli|x-bzip2?|x-xz|x-lzma|x-lzip|x-lz4|x-compress|x-7z-compressed"
            + "|vnd.rar|java-archive|epub\\+zip|vnd.android.package-archive)");

    private final Map<String, String> byExtension;

    private MediaTypes(Map<String, String> byExtension) {
        this.byExtension = byExtension;
    }

    /** Reads the table that comes with this library. Waits for a disk: not for an event loop. */
    static MediaTypes load() {
        return load(Map.of());
    }

    /**
     * The same with more, or other, types.
     *
     * @param more media types by extension in lower case
     */
    static MediaTypes load(Map<String, String> more) {
        try (InputStream in = MediaTypes.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is missing beside " + MediaTypes.class.getName());
            }
            MediaTypes types = parse(new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII)));
            more.forEach((extension, mediaType) -> types.byExtension.put(extension, contentType(mediaType)));
            return types;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + RESOURCE, e);
        }
    }

    /** Lines of a type and its extensions, {@code #} for comments: the form of mime.types. */
    static MediaTypes parse(BufferedReader lines) throws IOException {
        Map<String, String> types = new HashMap<>();
        String line;
        while ((line = lines.readLine()) != null) {
            StringTokenizer words = new StringTokenizer(line); // split() would compile its pattern for each line
            String type = words.hasMoreTokens() ? words.nextToken() : "#";
            if (type.startsWith("#")) {
                continue;
            }
            String contentType = contentType(type);
            while (words.hasMoreTokens()) {
                String extension = words.nextToken();
                String earlier = types.put(extension, contentType);
                if (earlier != null) {
                    throw new IllegalStateException(
                            String.format("media type of .%s given twice: %s, %s", extension, earlier, contentType));
                }
            }
        }
        return new MediaTypes(types);
    }

    /** Without a charset browsers take text for windows-1252; nearly all of it is UTF-8. */
    private static String contentType(String mediaType) {
        boolean plainText = mediaType.startsWith("text/") && mediaType.indexOf(';') < 0;
        return plainText ? mediaType + "; charset=utf-8" : mediaType;
    }

    /**
     * Whether files of that type are worth a compressed form: not what is compressed already, which
     * would make caches keep one copy for each kind of browser.
     */
    static boolean isCompressible(String contentType) {
        return !COMPRESSED.matcher(contentType).matches();
    }

    /** Whether that is a type and a subtype, and perhaps parameters (RFC 9110 8.3.1). */
    static boolean isMediaType(String text) {
        return MEDIA_TYPE.matcher(text).matches();
    }

    /**
     * The value of Content-Type for a file.
     *
     * @param path of the file, or its name alone
     */
    String of(String path) {
        int start = path.lastIndexOf('/') + 1;
        int dot = path.lastIndexOf('.');
        // A leading dot hides a file and begins no extension.
        if (dot <= start) {
            return UNKNOWN;
        }
        String extension = path.substring(dot + 1).toLowerCase(Locale.ROOT);
        return byExtension.getOrDefault(extension, UNKNOWN);
    }

    /** Every extension, in lower case, with its Content-Type. */
    Map<String, String> all() {
        return Collections.unmodifiableMap(byExtension);
    }
}
