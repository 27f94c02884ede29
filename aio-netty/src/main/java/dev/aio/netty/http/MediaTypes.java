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

/**
 * The Content-Type of a file by the extension of its name. Content is never looked at: what a file
 * is said to be must not depend on what somebody managed to put into it.
 */
final class MediaTypes {

    private static final String RESOURCE = "media-types.txt";
    private static final String UNKNOWN = "application/octet-stream";

    private final Map<String, String> byExtension;

    private MediaTypes(Map<String, String> byExtension) {
        this.byExtension = byExtension;
    }

    /** Reads the table that comes with this library. Waits for a disk: not for an event loop. */
    static MediaTypes load() {
        try (InputStream in = MediaTypes.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is missing beside " + MediaTypes.class.getName());
            }
            return parse(new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + RESOURCE, e);
        }
    }

    /** Lines of a type and its extensions, {@code #} for comments: the form of mime.types. */
    static MediaTypes parse(BufferedReader lines) throws IOException {
        Map<String, String> types = new HashMap<>();
        String line;
        while ((line = lines.readLine()) != null) {
            String[] words = line.trim().split("\\s+");
            if (words[0].isEmpty() || words[0].startsWith("#")) {
                continue;
            }
            for (int i = 1; i < words.length; i++) {
                String earlier = types.put(words[i], contentType(words[0]));
                if (earlier != null) {
                    throw new IllegalStateException(String.format(
                            "media type of .%s given twice: %s, %s", words[i], earlier, types.get(words[i])));
                }
            }
        }
        return new MediaTypes(types);
    }

    /** Without a charset browsers take text for windows-1252; nearly all of it is UTF-8. */
    private static String contentType(String mediaType) {
        return mediaType.startsWith("text/") ? mediaType + "; charset=utf-8" : mediaType;
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
