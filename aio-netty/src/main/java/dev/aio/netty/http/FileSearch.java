package dev.aio.netty.http;

import dev.aio.netty.AioLoop;
import dev.aio.netty.OpenFile;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a GET or HEAD is answered with: the root its path leads to, the file there, or what users want answered
 * where there is none. One request at a time; confined to its loop.
 */
final class FileSearch implements FileFinder.Listener {

    /** Told once how the search ended, on the loop. */
    interface Listener {

        /**
         * @param file to be released by the listener
         * @param pageStatus the file is a page that goes with this status; null if it is what was asked for
         */
        void found(OpenFile file, FileHead head, @Nullable HttpResponseStatus pageStatus, long nowMillis);

        /** There is an answer without a file. */
        void decided(ResponsePlan answer);

        /**
         * There is nothing here.
         *
         * @param usual tells the client so, if nobody else knows better
         */
        void nothingHere(ResponsePlan usual);

        /** Something that a user gave us has thrown. */
        void searchFailed(RuntimeException cause);
    }

    private final StaticFileHandler site;
    private final FileFinder finder;
    private final Listener listener;
    private final RequestTargets targets = RequestTargets.ofThread();

    private HttpRequest request;
    private RequestTarget target;
    private Mount mount;
    private String name; // beneath the mount
    private boolean renamed; // by the resolver
    private NotFound.@Nullable Answer page; // whose file is looked for
    private @Nullable ResponsePlan usual; // if the page is not there

    FileSearch(StaticFileHandler site, AioLoop loop, Listener listener) {
        this.site = site;
        this.listener = listener;
        finder = new FileFinder(site, loop, this);
    }

    /** Calls the listener, possibly before this method returns. */
    void begin(HttpRequest asked) {
        request = asked;
        page = null;
        usual = null;
        renamed = false;
        target = targets.parse(asked.uri());
        HttpResponseStatus rejection = target.rejection();
        if (rejection != null) {
            rejected(rejection, asked.uri());
            return;
        }
        boolean beneath = locate();
        if (!beneath || !site.servesHiddenFiles() && mount.hides(target, name)) {
            notFound(ResponsePlan.of(HttpResponseStatus.NOT_FOUND));
        } else if (resolve()) {
            finder.find(mount, target, name, renamed, request.headers());
        }
    }

    /** What can be the name of no file may yet be the path of something else. */
    private void rejected(HttpResponseStatus status, String uri) {
        boolean malformed = status.code() == HttpResponseStatus.BAD_REQUEST.code();
        if (malformed && mayBeOurs(uri)) {
            listener.decided(ResponsePlan.of(status));
        } else {
            listener.nothingHere(ResponsePlan.of(status));
        }
    }

    private boolean mayBeOurs(String uri) {
        for (Mount each : site.mounts()) {
            if (each.mayHold(uri)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the target is beneath a prefix; if not, it is looked at as if the main root had none. */
    private boolean locate() {
        List<Mount> mounts = site.mounts();
        for (int i = 0; i < mounts.size(); i++) { // an iterator would be an allocation
            name = mounts.get(i).nameOf(target);
            if (name != null) {
                mount = mounts.get(i);
                return true;
            }
        }
        mount = site.mainMount();
        name = target.path();
        return false;
    }

    /** Whether there is a file to look for; otherwise the listener has been told. */
    private boolean resolve() {
        FileResolver resolver = site.resolver();
        if (resolver == null) {
            return true;
        }
        String resolved;
        try {
            resolved = resolver.resolve(request, name);
            renamed = resolved != null && !resolved.equals(name);
            if (renamed) {
                name = Names.checked(resolved);
            }
        } catch (RuntimeException e) {
            listener.searchFailed(e);
            return false;
        }
        if (resolved == null || renamed && !site.servesHiddenFiles() && Names.isHidden(resolved)) {
            notFound(ResponsePlan.of(HttpResponseStatus.NOT_FOUND));
            return false;
        }
        return true;
    }

    /** What was found has changed since: it is looked at once more. */
    void again() {
        if (page != null) {
            finder.findPage(mount, target, page.fileName(), request.headers());
        } else {
            finder.find(mount, target, name, renamed, request.headers());
        }
    }

    /** The file is another by now, under the name that it was found under. */
    void doubt(OpenFile file) {
        mount.files().doubt(file);
    }

    @Override
    public void found(OpenFile file, FileHead head, long nowMillis) {
        boolean instead = page != null && page.status().code() != HttpResponseStatus.OK.code();
        listener.found(file, head, instead ? page.status() : null, nowMillis);
    }

    @Override
    public void notFound(ResponsePlan answer) {
        if (page != null) {
            page = null; // it is not there
            listener.nothingHere(usual);
            return;
        }
        NotFound hook = site.notFound();
        if (hook == null) {
            listener.nothingHere(answer);
            return;
        }
        NotFound.Answer instead;
        try {
            instead = Objects.requireNonNull(hook.answer(request, name), "answer of the not-found hook");
        } catch (RuntimeException e) {
            listener.searchFailed(e);
            return;
        }
        if (instead.fileName() != null) {
            page = instead;
            usual = answer;
            finder.findPage(mount, target, instead.fileName(), request.headers());
        } else if (instead.plan() != null) {
            listener.decided(instead.plan());
        } else {
            listener.nothingHere(answer);
        }
    }

    @Override
    public void refused(ResponsePlan answer) {
        if (page != null) {
            notFound(answer);
        } else {
            listener.decided(answer);
        }
    }

    @Override
    public void findingFailed(RuntimeException cause) {
        listener.searchFailed(cause);
    }
}
