package dev.aio.netty;

import dev.aio.core.AioFile;
import dev.aio.core.FileStat;
import dev.aio.core.PagePin;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A file that {@link OpenFiles} keeps open under a name, shared by all requests for it. Whoever gets
 * one releases it when done.
 */
public final class OpenFile {

    /** After so long without another change a file counts as settled. */
    private static final long SETTLED_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** A heat of a shorter time says little. */
    private static final long HEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** Heat is halved for each time so long in which nobody has asked for the file. */
    private static final long COOLING_NANOS = TimeUnit.SECONDS.toNanos(4);

    private final String name;
    private final AioFile file;
    private final boolean rewritten;
    private final long rewrittenNanos;
    private volatile long validatedNanos;
    private volatile long usedNanos;
    private volatile boolean knownCold;
    private final AtomicBoolean unseen;
    private volatile @Nullable Object attachment;
    private final Misses misses;
    private int sends; // since heat was taken, about: several loops count
    private volatile long heat; // sends a second
    private volatile long heatNanos;
    private volatile @Nullable PagePin pin;
    private volatile boolean retired;

    /**
     * @param before the entry that this one replaces, or {@code null}
     * @param fromDisk whether its path had to be looked for there
     */
    OpenFile(String name, AioFile file, @Nullable OpenFile before, boolean fromDisk, long nanoTime) {
        this.name = name;
        this.file = file;
        misses = Misses.ofFile(file);
        boolean sameInode = before != null && isSameInode(file.stat(), before.file.stat());
        unseen = new AtomicBoolean(fromDisk && !sameInode);
        knownCold = unseen.get();
        boolean rewrittenNow = sameInode && file.stat().rewrittenSince(before.file.stat());
        // Two loops may have opened the new version, one after the other.
        rewritten = rewrittenNow || (sameInode && before.rewritten);
        rewrittenNanos = rewrittenNow || !rewritten ? nanoTime : before.rewrittenNanos;
        validatedNanos = nanoTime;
        usedNanos = nanoTime;
        heatNanos = nanoTime;
    }

    private static boolean isSameInode(FileStat one, FileStat other) {
        return one.inode() == other.inode() && one.device() == other.device();
    }

    /** The name beneath the root. */
    public String name() {
        return name;
    }

    /** The file itself; open for as long as this is retained. */
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

    /** Keeps what was found: that it was not in memory as a whole when it was last read. */
    public void knownCold(boolean cold) {
        if (knownCold != cold) {
            knownCold = cold;
        }
    }

    /**
     * Whether nobody has asked for it since its path came from the disk: then nothing of it is in memory, as far as can be
     * known, and the question alone would have a page read (a NOWAIT read that is declined starts readahead).
     */
    public boolean isUnseen() {
        return unseen.get();
    }

    /** The same, and from now on it is not. */
    public boolean takeUnseen() {
        return unseen.get() && unseen.compareAndSet(true, false);
    }

    /**
     * Whether this inode was written to in place a short while ago. Pages that sendfile has given to a socket go on
     * changing until the client has them: bytes of such files are better copied, and looked at after that.
     */
    public boolean isRewritten(long nanoTime) {
        return rewritten && nanoTime - rewrittenNanos < SETTLED_NANOS;
    }

    /** What of it was not resident when it was asked for, see {@link AioTransport#missed}. */
    public Misses misses() {
        return misses;
    }

    /** It is sent from the page cache. */
    public void countSend() {
        sends++;
    }

    /** How often it is sent, a second, since that was last asked; begins to count anew. */
    long takeHeat(long nanoTime) {
        long nanos = nanoTime - heatNanos;
        if (nanos >= HEAT_NANOS) {
            heat = TimeUnit.SECONDS.toNanos(sends) / nanos;
            sends = 0;
            heatNanos = nanoTime;
        }
        return heat;
    }

    /** The same as it was last taken, and less the longer nobody has asked for it. */
    long heat(long nanoTime) {
        long halvings = Math.max(0, nanoTime - usedNanos) / COOLING_NANOS;
        return heat >> Math.min(Long.SIZE - 1, halvings);
    }

    /** What keeps it in memory; {@code null}: nothing does. */
    @Nullable
    PagePin pin() {
        return pin;
    }

    void pin(@Nullable PagePin pin) {
        this.pin = pin;
    }

    /** It is no longer open under its name. */
    void retired() {
        retired = true;
    }

    boolean isRetired() {
        return retired;
    }

    /** Whatever a user of the cache keeps with this version of the file, such as a rendered head. */
    public @Nullable Object attachment() {
        return attachment;
    }

    /** Keeps something that whoever serves the file made of it; replaces what was there. */
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
