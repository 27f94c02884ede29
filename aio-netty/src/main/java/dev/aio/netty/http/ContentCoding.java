package dev.aio.netty.http;

import java.util.Locale;

/**
 * How a file can lie compressed beside itself: {@code app.js.gz} is {@code app.js} in gzip. In the
 * order in which they are preferred where a client takes several alike, which is how well they compress.
 */
public enum ContentCoding {
    /** Brotli (RFC 7932). */
    BR(".br"),
    /** Zstandard (RFC 8878). */
    ZSTD(".zst"),
    /** gzip (RFC 1952). */
    GZIP(".gz");

    private final String token = name().toLowerCase(Locale.ROOT);
    private final String suffix;

    ContentCoding(String suffix) {
        this.suffix = suffix;
    }

    /** Its name in Accept-Encoding and Content-Encoding (RFC 9110 8.4.1). */
    public String token() {
        return token;
    }

    /** What is appended to a file's name. */
    public String suffix() {
        return suffix;
    }

    /** Case has no meaning; {@code x-gzip} is what gzip was called first (RFC 9110 8.4.1.3). */
    boolean isNamed(String coding) {
        return coding.equalsIgnoreCase(token) || (this == GZIP && coding.equalsIgnoreCase("x-gzip"));
    }
}
