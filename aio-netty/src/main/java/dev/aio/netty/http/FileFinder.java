package dev.aio.netty.http;

import dev.aio.core.FileStat;
import dev.aio.netty.AioLoop;
import dev.aio.netty.OpenFile;
import dev.aio.netty.OpenListener;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the file that a request is answered with: the one that is named, or the index of the directory,
 * or either in the coding that the client likes best. One request at a time; confined to its loop.
 */
final class FileFinder implements OpenListener {

    /** Told once what was found, on the loop. */
    interface Listener {

        /**
         * @param file to be released by the listener
         */
        void found(OpenFile file, FileHead head, long nowMillis);

        /**
         * There is nothing of that name that is served.
         *
         * @param usual tells the client so
         */
        void notFound(ResponsePlan usual);

        /**
         * There is, or might be, but it cannot be had.
         *
         * @param answer tells the client so
         */
        void refused(ResponsePlan answer);

        /** Something that a user gave us has thrown. */
        void findingFailed(RuntimeException cause);
    }

    private final StaticFileHandler site;
    private final AioLoop loop;
    private final Listener listener;

    private Mount mount;
    private RequestTarget target;
    private String name;
    private HttpHeaders headers;
    private Looking looking;
    private int index; // of the name that is looked for, or of the next coding
    private @Nullable OpenFile plain; // while its coded forms are looked for
    private List<ContentCoding> codings = List.of();

    /** What the name that is being opened was asked for. */
    private enum Looking {
        FOR_FILE,
        FOR_INDEX,
        FOR_DIRECTORY,
        FOR_PAGE,
        FOR_CODED
    }

    FileFinder(StaticFileHandler site, AioLoop loop, Listener listener) {
        this.site = site;
        this.loop = loop;
        this.listener = listener;
    }

    /**
     * Calls the listener, possibly before this method returns.
     *
     * @param where to look
     * @param asked what the client asked for
     * @param under which name that is beneath the directory
     * @param renamed whether that name is somebody's choice, so that a slash at the end of the target says nothing of it
     */
    void find(Mount where, RequestTarget asked, String under, boolean renamed, HttpHeaders requestHeaders) {
        begin(where, asked, under, requestHeaders);
        if (target.isDirectory() && !renamed) {
            lookForIndex();
        } else {
            look(Looking.FOR_FILE, name);
        }
    }

    /** The same for a file that the client has not asked for. */
    void findPage(Mount where, RequestTarget asked, String page, HttpHeaders requestHeaders) {
        begin(where, asked, page, requestHeaders);
        look(Looking.FOR_PAGE, page);
    }

    private void begin(Mount where, RequestTarget asked, String under, HttpHeaders requestHeaders) {
        mount = where;
        target = asked;
        name = under;
        headers = requestHeaders;
        index = 0;
    }

    private void lookForIndex() {
        if (index < site.index().size()) {
            look(Looking.FOR_INDEX, RequestTarget.resolve(name, site.index().get(index++)));
        } else {
            look(Looking.FOR_DIRECTORY, name);
        }
    }

    private void look(Looking what, String path) {
        looking = what;
        OpenFile open = mount.files().fresh(path, System.nanoTime());
        if (open != null) {
            opened(open);
        } else {
            mount.files().open(loop, path, this);
        }
    }

    @Override
    public void opened(OpenFile file) {
        if (looking == Looking.FOR_DIRECTORY) {
            file.release();
            listener.notFound(ResponsePlan.of(HttpResponseStatus.NOT_FOUND)); // a file, asked for with a slash
        } else if (looking == Looking.FOR_CODED) {
            openedCoded(file);
        } else {
            openedPlain(file);
        }
    }

    private void openedPlain(OpenFile file) {
        long now = System.currentTimeMillis();
        FileHead head = headOf(file, now);
        if (head == null) {
            return;
        }
        if (head.varies() && headers.contains(HttpHeaderNames.ACCEPT_ENCODING)) {
            codings = AcceptEncoding.preferred(
                    headers.getAll(HttpHeaderNames.ACCEPT_ENCODING),
                    site.heads().codings());
            plain = file;
            index = 0;
            lookForCoded();
        } else {
            listener.found(file, head, now);
        }
    }

    /** The next coding that is not known to be missing, or the plain file if there is none. */
    private void lookForCoded() {
        OpenFile file = plain;
        while (index < codings.size()) {
            ContentCoding coding = codings.get(index++);
            if (!ServedFile.of(file).isKnownAbsent(coding, System.nanoTime())) {
                look(Looking.FOR_CODED, file.name() + coding.suffix());
                return;
            }
        }
        plain = null;
        long now = System.currentTimeMillis();
        FileHead head = headOf(file, now);
        if (head != null) {
            listener.found(file, head, now);
        }
    }

    /** What is said of a plain file; null if that has failed: then the file is released, and the listener knows. */
    private @Nullable FileHead headOf(OpenFile file, long now) {
        try {
            return site.heads().of(file, now);
        } catch (RuntimeException e) {
            file.release();
            listener.findingFailed(e);
            return null;
        }
    }

    private void openedCoded(OpenFile file) {
        if (!FileFacts.of(file.file().stat())
                .isNoOlderThan(FileFacts.of(plain.file().stat()))) {
            file.release();
            noCoded(true);
            return;
        }
        long now = System.currentTimeMillis();
        FileHead head;
        try {
            head = site.heads().ofCoded(file, codings.get(index - 1), now);
        } catch (RuntimeException e) {
            file.release();
            releasePlain();
            listener.findingFailed(e);
            return;
        }
        releasePlain();
        listener.found(file, head, now);
    }

    private void releasePlain() {
        plain.release();
        plain = null;
    }

    /**
     * @param known not to be asked again for as long as names are trusted
     */
    private void noCoded(boolean known) {
        if (known) {
            ServedFile.of(plain).absentUntil(codings.get(index - 1), System.nanoTime() + site.trustNanos());
        }
        lookForCoded();
    }

    @Override
    public void notRegular(FileStat stat) {
        if (looking == Looking.FOR_CODED) {
            noCoded(true);
        } else if (stat.isDirectory() && looking == Looking.FOR_FILE && target.isDirectory()) {
            lookForIndex();
        } else if (stat.isDirectory() && looking == Looking.FOR_FILE) {
            listener.refused(ResponsePlan.redirect(target.directoryLocation()));
        } else {
            // A directory without index, or something that must not be opened, like a FIFO.
            listener.notFound(ResponsePlan.of(HttpResponseStatus.FORBIDDEN));
        }
    }

    @Override
    public void failed(Throwable cause) {
        HttpResponseStatus status = FailureStatus.of(cause);
        if (looking == Looking.FOR_CODED) {
            noCoded(status.code() < 500);
        } else if (status == HttpResponseStatus.NOT_FOUND && looking == Looking.FOR_INDEX) {
            lookForIndex();
        } else if (status == HttpResponseStatus.NOT_FOUND) {
            listener.notFound(ResponsePlan.of(status));
        } else {
            listener.refused(ResponsePlan.of(status));
        }
    }
}
