package dev.aio.netty.http;

import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * What a loop has lately parsed of request-targets: the same few are asked for time and again. A table of a fixed size in
 * which a newcomer takes the place of whoever was there; long targets are not kept, so it stays below a megabyte.
 */
final class RequestTargets {

    private static final int SIZE = 1024;
    private static final int LONGEST = 256;

    private static final FastThreadLocal<RequestTargets> OF_THREAD = new FastThreadLocal<>() {
        @Override
        protected RequestTargets initialValue() {
            return new RequestTargets();
        }
    };

    private final @Nullable String[] uris = new String[SIZE];
    private final RequestTarget[] targets = new RequestTarget[SIZE];

    /** The one of this thread. */
    static RequestTargets ofThread() {
        return OF_THREAD.get();
    }

    /** {@link RequestTarget#parse}. */
    RequestTarget parse(String uri) {
        if (uri.length() > LONGEST) {
            return RequestTarget.parse(uri);
        }
        int hash = uri.hashCode();
        int place = (hash ^ hash >>> 16) & SIZE - 1;
        if (uri.equals(uris[place])) {
            return targets[place];
        }
        RequestTarget parsed = RequestTarget.parse(uri);
        uris[place] = uri;
        targets[place] = parsed;
        return parsed;
    }
}
