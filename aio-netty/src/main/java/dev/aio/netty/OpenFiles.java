package dev.aio.netty;

import dev.aio.core.AioDirectory;
import dev.aio.core.AioException;
import dev.aio.core.AioFile;
import dev.aio.core.AioPath;
import dev.aio.core.internal.Linux;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The files beneath a root that are open, by name; bounded, and shared by all loops of the process.
 *
 * <p>An entry is trusted for a while (a second), then its name is resolved again: if that leads to
 * the same inode with the same size and times, the entry goes on, else it is replaced. Resolving and
 * opening are tried on the loop, from what the kernel has in memory, and go to the lane if that does
 * not tell.
 */
public final class OpenFiles implements AutoCloseable {

    private final AioTransport transport;
    private final AioDirectory root;
    private final int limit;
    private final long validForNanos;
    private final Map<String, OpenFile> entries = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /**
     * @param root stays the caller's
     * @param limit entries at most; each holds up to two descriptors
     * @param validFor how long an entry is trusted
     */
    public OpenFiles(AioTransport transport, AioDirectory root, int limit, Duration validFor) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: >= 1)");
        }
        this.transport = transport;
        this.root = root;
        this.limit = limit;
        validForNanos = validFor.toNanos();
    }

    /**
     * The open file of that name if it may be trusted now. Any thread, never waits.
     *
     * @return to be released by the caller; {@code null} if {@link #open} has to be asked
     */
    public @Nullable OpenFile fresh(String name, long nanoTime) {
        OpenFile entry = entries.get(name);
        if (entry == null || !entry.isFresh(nanoTime, validForNanos) || !entry.tryRetain()) {
            return null;
        }
        entry.used(nanoTime);
        return entry;
    }

    /**
     * Opens the file of that name, or proves the entry that is there still right.
     *
     * @param name relative to the root; the empty name is the root itself
     * @param listener called on {@code loop}, possibly before this method returns; fails with a {@link
     *     RejectedExecutionException} after {@link #close()}
     */
    public void open(AioLoop loop, String name, OpenListener listener) {
        long now = System.nanoTime();
        OpenFile entry = fresh(name, now);
        if (entry != null) {
            listener.opened(entry);
            return;
        }
        if (closed) {
            listener.failed(new RejectedExecutionException("the open files of " + root.path() + " are closed"));
            return;
        }
        AioPath located;
        try {
            located = root.resolveCached(name);
        } catch (AioException e) {
            openFailed(name, e);
            listener.failed(e);
            return;
        }
        if (located == null) {
            openOnLane(loop.eventLoop(), name, listener);
        } else {
            openLocated(loop.eventLoop(), located, listener, now);
        }
    }

    /** On the loop: the inode is in memory. */
    private void openLocated(EventLoop loop, AioPath located, OpenListener listener, long now) {
        OpenFile entry = revalidated(located, now);
        if (entry != null) {
            transport.counters().add(Rung.REVALIDATE_CACHED);
            closeLater(located);
            listener.opened(entry);
            return;
        }
        if (!located.stat().isRegularFile()) {
            drop(located.path());
            closeLater(located);
            listener.notRegular(located.stat());
            return;
        }
        AioFile file;
        try {
            file = AioFile.open(located, transport.lane().closer());
        } catch (AioException e) {
            openFailed(located.path(), e);
            listener.failed(e);
            return;
        } finally {
            closeLater(located);
        }
        transport.counters().add(Rung.OPEN_CACHED);
        listener.opened(enter(located.path(), file, false));
    }

    private void openOnLane(EventLoop loop, String name, OpenListener listener) {
        try {
            transport.lane().execute(() -> resolveOnLane(loop, name, listener));
        } catch (RejectedExecutionException overload) {
            listener.failed(overload);
        }
    }

    private void resolveOnLane(EventLoop loop, String name, OpenListener listener) {
        Runnable answer;
        try (AioPath located = root.resolve(name)) {
            OpenFile entry = revalidated(located, System.nanoTime());
            if (entry != null) {
                transport.counters().add(Rung.REVALIDATE_LANE);
                answer = () -> listener.opened(entry);
            } else if (located.stat().isRegularFile()) {
                AioFile file = openPrepared(located);
                transport.counters().add(Rung.OPEN_LANE);
                OpenFile opened = enter(name, file, true);
                answer = () -> listener.opened(opened);
            } else {
                drop(name);
                answer = () -> listener.notRegular(located.stat());
            }
        } catch (AioException | RuntimeException | Error e) {
            openFailed(name, e);
            answer = () -> listener.failed(e);
        }
        answerOn(loop, answer);
    }

    private AioFile openPrepared(AioPath located) throws AioException {
        AioFile file = AioFile.open(located, transport.lane().closer());
        try {
            file.prepare();
            return file;
        } catch (AioException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static void answerOn(EventLoop loop, Runnable answer) {
        try {
            loop.execute(answer);
        } catch (RejectedExecutionException terminated) {
            // Nobody is left to be told; run here, the listener finds its channel closed and releases.
            answer.run();
        }
    }

    /** Has the name looked up again by whoever asks next: that file was found to be another by now. */
    public void doubt(OpenFile file) {
        file.validated(System.nanoTime() - validForNanos);
    }

    /** The entry of the located name, retained, if it is the same version of the same inode. */
    private @Nullable OpenFile revalidated(AioPath located, long now) {
        OpenFile entry = entries.get(located.path());
        if (entry == null || !entry.file().stat().sameVersion(located.stat()) || !entry.tryRetain()) {
            return null;
        }
        entry.validated(now);
        entry.used(now);
        transport.pinnedFiles().consider(entry, now);
        return entry;
    }

    /** Puts a newly opened file in; returns it retained for the one who asked. */
    private OpenFile enter(String name, AioFile file, boolean fromDisk) {
        transport.mapHotRangesOf(file);
        OpenFile entry = new OpenFile(name, file, entries.get(name), fromDisk, System.nanoTime());
        entry.tryRetain();
        OpenFile replaced = entries.put(name, entry);
        if (replaced != null) {
            retire(replaced);
        }
        if (closed) {
            drop(name);
        } else if (entries.size() > limit) {
            evict(Math.max(1, limit / 8));
        }
        return entry;
    }

    private void openFailed(String name, Throwable cause) {
        drop(name);
        boolean outOfDescriptors = cause instanceof AioException
                && (((AioException) cause).errno() == Linux.EMFILE || ((AioException) cause).errno() == Linux.ENFILE);
        if (outOfDescriptors) {
            evict(Math.max(1, entries.size() / 4));
        }
    }

    /** When an entry was used last, as of now: other loops go on using it while it is sorted by that. */
    private record Use(OpenFile entry, long nanos) {}

    /** Closes those that were not used for longest. */
    private synchronized void evict(int count) {
        List<OpenFile> oldest = entries.values().stream()
                .map(entry -> new Use(entry, entry.usedNanos()))
                .sorted(Comparator.comparingLong(Use::nanos))
                .limit(count)
                .map(Use::entry)
                .toList();
        for (OpenFile entry : oldest) {
            if (entries.remove(entry.name(), entry)) {
                retire(entry);
            }
        }
    }

    private void drop(String name) {
        OpenFile entry = entries.remove(name);
        if (entry != null) {
            retire(entry);
        }
    }

    /** It goes when nobody uses it any more. */
    private void retire(OpenFile entry) {
        transport.pinnedFiles().retired(entry);
        entry.file().close();
    }

    private void closeLater(AioPath located) {
        transport.lane().closer().execute(located::close);
    }

    /** Files kept open now. */
    public int size() {
        return entries.size();
    }

    /** Closes all files that nobody uses; the others follow when they are released. */
    @Override
    public void close() {
        closed = true;
        List.copyOf(entries.keySet()).forEach(this::drop);
    }
}
