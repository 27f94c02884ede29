package dev.aio.netty.http;

import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * Says which file a path stands for, where that is not the file of that name: one directory for each host, another
 * version for some clients, names without their ending. What it makes of the request's own words is checked like a path:
 * names with dot segments are refused, hidden ones not found, unless they are served. Called on the event loop of the connection: must not block. What
 * it throws is answered with 500 and goes on as an exception of the pipeline.
 */
@FunctionalInterface
public interface FileResolver {

    /**
     * @param request its head; not to be released or kept
     * @param name beneath the root, decoded, without {@code .}, {@code ..} and empty segments, and without a slash at
     *     either end; {@code .} for the root itself
     * @return the name of a file, or of a directory whose index is wanted, beneath the same root, in the same form; {@code
     *     null} if there is none. Wherever it leads, nothing outside of the root is opened
     */
    @Nullable
    String resolve(HttpRequest request, String name);
}
