package dev.aio.netty.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.CharacterCodingException;
import org.jspecify.annotations.Nullable;

/**
 * A request-target (RFC 9112 3.2) as a path beneath the served root, or the reason why it is none.
 *
 * <p>This is the first of two walls: whatever comes out of here is opened by {@code openat2}
 * beneath the root, which watches links. It is decoded exactly once, so a doubly encoded path names
 * a file with a percent sign in its name and nothing else.
 */
final class RequestTarget {

    /** Bytes the kernel takes for a path, its NUL included ({@code PATH_MAX}, linux/limits.h). */
    private static final int PATH_MAX = 4096;

    /** Bytes of the longest file name ({@code NAME_MAX}). */
    private static final int NAME_MAX = 255;

    /** The path of the root itself. */
    static final String ROOT = ".";

    private static final String WELL_KNOWN = ".well-known";

    private static final RequestTarget MALFORMED = new RequestTarget(HttpResponseStatus.BAD_REQUEST);
    private static final RequestTarget NO_SUCH_FILE = new RequestTarget(HttpResponseStatus.NOT_FOUND);
    private static final RequestTarget TOO_LONG = new RequestTarget(HttpResponseStatus.REQUEST_URI_TOO_LONG);

    private final @Nullable HttpResponseStatus rejection;
    private final String path;
    private final boolean directory;
    private final String query;
    private final boolean hidden;

    private RequestTarget(HttpResponseStatus rejection) {
        this.rejection = rejection;
        hidden = false;
        path = "";
        directory = false;
        query = "";
    }

    private RequestTarget(String path, boolean directory, String query) {
        rejection = null;
        this.path = path.isEmpty() ? ROOT : path;
        this.directory = directory;
        this.query = query;
        boolean wellKnown = path.equals(WELL_KNOWN) || path.startsWith(WELL_KNOWN + '/');
        hidden = isHidden(this.path, wellKnown ? WELL_KNOWN.length() : 0);
    }

    /**
     * Takes origin-form and, as every server must, absolute-form, whose authority is only looked at
     * for being one. {@code *} and authority-form name no file and are rejected.
     *
     * @param target with a char for each byte, as Netty's decoders hand it out
     */
    static RequestTarget parse(String target) {
        if (!isVisible(target)) {
            return MALFORMED;
        }
        int start = target.startsWith("/") ? 0 : endOfAuthority(target);
        if (start < 0) {
            return MALFORMED;
        }
        int mark = target.indexOf('?', start);
        int end = mark < 0 ? target.length() : mark;
        String query = mark < 0 ? "" : target.substring(mark);
        return isPlain(target, start, end) ? plain(target, start, end, query) : normalised(target, start, end, query);
    }

    /**
     * Whether there is no control, no blank and no {@code #} of a fragment, none of which a
     * request-target can hold. Bytes above ASCII cannot stand there either, but are what clients
     * send that do not encode; in a path they must turn out to be UTF-8.
     */
    private static boolean isVisible(String target) {
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c == 0x7f || c > 0xff || c == '#') {
                return false;
            }
        }
        return true;
    }

    /** Where the path of an absolute-form begins; -1 if it is not one of http or https. */
    private static int endOfAuthority(String target) {
        int start = endOf("http://", target);
        if (start < 0) {
            start = endOf("https://", target);
        }
        if (start < 0) {
            return -1;
        }
        int end = start;
        while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
            // User information in a request is an attempt to deceive (RFC 9110 4.2.4).
            if (target.charAt(end) == '@' || target.charAt(end) == '\\') {
                return -1;
            }
            end++;
        }
        boolean named = end > start && target.charAt(start) != ':';
        return named ? end : -1;
    }

    private static int endOf(String scheme, String target) {
        boolean found = target.regionMatches(true, 0, scheme, 0, scheme.length());
        return found ? scheme.length() : -1;
    }

    /** Whether the path stands for itself: nothing to decode, drop, merge or refuse. */
    private static boolean isPlain(String target, int start, int end) {
        int slash = start;
        for (int i = start + 1; i < end; i++) {
            char c = target.charAt(i);
            if (c == '/') {
                if (i == slash + 1 || i - slash - 1 > NAME_MAX) {
                    return false;
                }
                slash = i;
            } else if (c == '%' || c == '\\' || c >= 0x7f || (c == '.' && i == slash + 1)) {
                return false;
            }
        }
        return end > start && end - slash - 1 <= NAME_MAX && end - start <= PATH_MAX;
    }

    private static RequestTarget plain(String target, int start, int end, String query) {
        boolean directory = target.charAt(end - 1) == '/';
        int last = directory ? end - 1 : end;
        String path = start + 1 < last ? target.substring(start + 1, last) : "";
        return new RequestTarget(path, directory, query);
    }

    private static RequestTarget normalised(String target, int start, int end, String query) {
        PathNormaliser path = new PathNormaliser(end - start + 1);
        for (int i = start; i < end; i++) {
            int b = target.charAt(i);
            if (b == '/') {
                if (!path.endSegment()) {
                    return MALFORMED;
                }
                continue;
            }
            if (b == '%') {
                b = PercentEncoding.decode(target, i, end);
                i += 2;
            }
            // A good URI, but no name of a file can hold a slash; taken for a separator it would
            // give one file two names, which caches and access rules in front of us tell apart.
            if (b == '/') {
                return NO_SUCH_FILE;
            }
            if (b <= 0 || b == '\\') {
                return MALFORMED;
            }
            path.append(b);
        }
        if (!path.endSegment()) {
            return MALFORMED;
        }
        if (path.size() >= PATH_MAX) {
            return TOO_LONG;
        }
        if (path.longestSegment() > NAME_MAX) {
            return NO_SUCH_FILE;
        }
        try {
            return new RequestTarget(path.path(), path.endsInDirectory(), query);
        } catch (CharacterCodingException notUtf8) {
            return MALFORMED;
        }
    }

    /** The status to refuse the request with, or null if it names a path. */
    @Nullable
    HttpResponseStatus rejection() {
        return rejection;
    }

    /**
     * The path to open beneath the root: relative, decoded, without {@code .}, {@code ..} or empty
     * segments and without a slash at its end; {@code .} for the root itself.
     */
    String path() {
        checkAccepted();
        return path;
    }

    /**
     * Whether a name on the way begins with a dot, as those of files do that are not meant for others ({@code .git},
     * {@code .htpasswd}); {@code /.well-known} is for everybody (RFC 8615).
     */
    boolean isHidden() {
        checkAccepted();
        return hidden;
    }

    /** The same of a path without exceptions, from some place in it on. */
    static boolean isHidden(String path, int start) {
        return !path.equals(ROOT) && (path.startsWith(".", start) || path.indexOf("/.", start) >= 0);
    }

    /** Whether the client asked for a directory, by a slash or a dot segment at the end. */
    boolean isDirectory() {
        return directory;
    }

    /** The path of a file in a directory. */
    static String resolve(String directory, String name) {
        return directory.equals(ROOT) ? name : directory + '/' + name;
    }

    /**
     * The Location that sends a client from a directory's name to the directory, query included. It
     * is the normalised path with one slash before it, so it cannot be read as {@code //host}.
     */
    String directoryLocation() {
        checkAccepted();
        StringBuilder location = new StringBuilder(path.length() + query.length() + 2).append('/');
        if (!path.equals(ROOT)) {
            PercentEncoding.appendPath(location, path);
            location.append('/');
        }
        PercentEncoding.appendQuery(location, query);
        return location.toString();
    }

    private void checkAccepted() {
        if (rejection != null) {
            throw new IllegalStateException("no path: the target was rejected with " + rejection);
        }
    }
}
