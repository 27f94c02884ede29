package dev.aio.netty.http;

import java.util.regex.Pattern;

/**
 * Whether a file's name tells its content by a hash, as build tools make it: {@code app.3f2a91bc.js},
 * {@code index-BQ3Hzq1r.css}. What it misses is served a little less cached; what it took wrongly would
 * be stale in browsers for a year, so dates, versions and words are none.
 *
 * <p>An object, so that its patterns are compiled where a site is built and not on an event loop.
 */
final class Fingerprint {

    /** What parts a name into segments; the extension is none of them. */
    private final Pattern separators = Pattern.compile("[._~-]");

    /** Of at least 32 bits, in one case; with a digit and a letter, unlike dates and words. */
    private final Pattern hex = Pattern.compile(
            "(?=[a-f]*+[0-9])(?=[0-9]*+[a-f])[0-9a-f]{8,}|(?=[A-F]*+[0-9])(?=[0-9]*+[A-F])[0-9A-F]{8,}");

    /** Base 32 to 62, eight characters as Vite, Rollup and esbuild take... */
    private final Pattern shortHash = Pattern.compile("[0-9A-Za-z]{8}");

    /** ... or many, among which there must be digits. */
    private final Pattern longHash = Pattern.compile("(?=[A-Za-z]*+[0-9])(?=[0-9]*+[A-Za-z])[0-9A-Za-z]{16,}");

    /** Up to two words or numbers are what people call things: Chapter3, iPhone14, MyWidget, 20240229. */
    private final Pattern words = Pattern.compile("(?:[a-z]?[A-Z][a-z]+|[a-z]+|[A-Z]+|[0-9]+){1,2}");

    /**
     * @param path of a file, or its name alone
     */
    boolean isIn(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        int dot = name.lastIndexOf('.');
        String[] segments = separators.split(dot < 0 ? name : name.substring(0, dot));
        for (int i = 1; i < segments.length; i++) { // the first is what the file is called
            if (isHash(segments[i])) {
                return true;
            }
        }
        return segments.length == 1 && isLongHex(segments[0]);
    }

    private boolean isHash(String segment) {
        boolean looksLikeOne = hex.matcher(segment).matches()
                || longHash.matcher(segment).matches()
                || shortHash.matcher(segment).matches();
        return looksLikeOne && !words.matcher(segment).matches();
    }

    /** A name that is nothing but a hash, as of content-addressed stores. */
    private boolean isLongHex(String segment) {
        return segment.length() >= 16 && hex.matcher(segment).matches();
    }
}
