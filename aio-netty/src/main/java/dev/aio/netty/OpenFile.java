package dev.aio.netty;

import dev.aio.core.AioFile;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A file that {@link OpenFiles} keeps open under a name, shared by all requests for it. Whoever gets
 * one releases it when done.
 */
public final class OpenFile {

    private final String name;
    private final AioFile file;
    private volatile long validatedNanos;
    private volatile long usedNanos;
    private volatile boolean knownCold;
    private volatile Object attachment;
    private final AtomicInteger misses = new AtomicInteger();
    private final AtomicBoolean filling = new AtomicBoolean();

    OpenFile(String name, AioFile file, long nanoTime) {
        this.name = name;
        this.file = file;
        validatedNanos = nanoTime;
        usedNanos = nanoTime;
    }

    /** The name beneath the root. */
    public String name() {
        return name;
    }

    public AioFile file() {
        return file;
    }

    /**
     * Whether the last read found the file not to be resident: then residency is asked for before
     * reading, since a declined NOWAIT read costs more than the question.
     */
    public boolean isKnownCold() {
        return knownCold;
    }

    public void knownCold(boolean cold) {
        if (knownCold != cold) {
            knownCold = cold;
        }
    }

    /** Counts a miss; {@code true} from the second on, unless a fill is under way already. */
    boolean askedForAgain() {
        return misses.incrementAndGet() > 1 && filling.compareAndSet(false, true);
    }

    void filled() {
        misses.set(0);
        filling.set(false);
    }

    /** Whatever a user of the cache keeps with this version of the file, such as a rendered head. */
    public Object attachment() {
        return attachment;
    }

    public void attachment(Object attachment) {
        this.attachment = attachment;
    }

    boolean isFresh(long nanoTime, long validForNanos) {
        return nanoTime - validatedNanos < validForNanos;
    }

    void validated(long nanoTime) {
        validatedNanos = nanoTime;
    }

    void used(long nanoTime) {
        usedNanos = nanoTime;
    }

    long usedNanos() {
        return usedNanos;
    }

    boolean tryRetain() {
        return file.tryRetain();
    }

    /** Ends this user's use. */
    public void release() {
        file.release();
    }
}
