package dev.aio.netty.http;

import dev.aio.core.AioDirectory;
import dev.aio.core.AioException;
import dev.aio.netty.OpenFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A directory, and the paths of requests that lead into it. Any thread. */
final class Mount implements AutoCloseable {

    private final String prefix;
    private final AioDirectory root;
    private final OpenFiles files;

    private Mount(String prefix, AioDirectory root, OpenFiles files) {
        this.prefix = prefix;
        this.root = root;
        this.files = files;
    }

    /**
     * Opens all roots, those with the longest prefixes first. Whose prefix is asked for is served from there, whatever
     * the others have.
     *
     * @throws AioException if one cannot be opened; then none is
     */
    static List<Mount> openAll(StaticFileHandlerBuilder options) throws AioException {
        Map<String, Path> roots = options.roots();
        List<Mount> mounts = new ArrayList<>();
        int openFiles = Math.max(1, options.openFiles / roots.size());
        try {
            for (Map.Entry<String, Path> place : roots.entrySet()) {
                AioDirectory root = AioDirectory.open(place.getValue(), options.links);
                OpenFiles files = new OpenFiles(options.transport, root, openFiles, options.trustFor);
                mounts.add(new Mount(place.getKey(), root, files));
            }
        } catch (AioException | RuntimeException e) {
            mounts.forEach(Mount::close);
            throw e;
        }
        mounts.sort(
                Comparator.comparingInt((Mount mount) -> mount.prefix.length()).reversed());
        return List.copyOf(mounts);
    }

    /**
     * A prefix as paths are kept: decoded, without slashes around it; empty for all paths.
     *
     * @throws IllegalArgumentException if no path of a request can begin with it
     */
    static String prefixOf(String path) {
        RequestTarget target = path.startsWith("/") ? RequestTarget.parse(path) : null;
        if (target == null || target.rejection() != null || path.indexOf('?') >= 0) {
            throw new IllegalArgumentException("prefix: '" + path + "' (expected: a path, such as /static)");
        }
        return target.path().equals(RequestTarget.ROOT) ? "" : target.path();
    }

    OpenFiles files() {
        return files;
    }

    /** The name beneath the directory that a target stands for, or null if it does not begin with the prefix. */
    @Nullable
    String nameOf(RequestTarget target) {
        String path = target.path();
        if (prefix.isEmpty()) {
            return path;
        }
        if (!path.startsWith(prefix)) {
            return null;
        }
        if (path.length() == prefix.length()) {
            return RequestTarget.ROOT;
        }
        return path.charAt(prefix.length()) == '/' ? path.substring(prefix.length() + 1) : null;
    }

    /** Whether a target that cannot be understood might be beneath the prefix. */
    boolean mayHold(String uri) {
        if (prefix.isEmpty() || !uri.startsWith("/") || uri.contains("//") || uri.contains("/.")) {
            return true;
        }
        int coded = uri.indexOf('%');
        String plain = uri.substring(1, coded < 0 ? uri.length() : coded);
        return plain.startsWith(prefix) || prefix.startsWith(plain);
    }

    /** Whether that name is not for everybody; whoever chose the prefix knew what is in it. */
    boolean hides(RequestTarget target, String name) {
        return prefix.isEmpty() ? target.isHidden() : RequestTarget.isHidden(name, 0);
    }

    /** Closes the root and the files that nobody reads. */
    @Override
    public void close() {
        files.close();
        root.close();
    }
}
