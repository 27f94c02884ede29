package dev.aio.netty;

import dev.aio.core.AioFile;
import dev.aio.core.AlignedMemory;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Brings files that are asked for again into the page cache, on the lane: direct reads leave nothing
 * there, so without this a popular file would stay cold for ever. The first request for a file admits
 * nothing, so a scan evicts nothing.
 *
 * <p>One chunk is read at a time, so that filling takes one place in the disk's queue and one lane
 * thread, and closes and opens get their turn between chunks. While the disk is busy, one file at a time is
 * filled, and {@link FillBudget} says when: a file that is not taken tries again at its next miss, so what is
 * asked for most comes in first. Any thread may call.
 */
final class PageCacheFiller {

    /** Ranges longer than this are left to direct reads, in bytes. */
    private static final long LARGEST = 256L << 20;

    /** With what is read directly meanwhile, 3.3 reads of the disk a MiB; in pieces of 256 KiB 8 (aio-it, bench fill). */
    private static final int CHUNK = 1024 * 1024;

    private final AioTransport transport;
    private final FillBudget budget = new FillBudget();
    private final Queue<Fill> fills = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean running = new AtomicBoolean();
    private AlignedMemory chunk; // of the one running task

    PageCacheFiller(AioTransport transport) {
        this.transport = transport;
    }

    private static final class Fill {
        private final Misses misses;
        private final long begin;
        private final long end;
        private long position;

        Fill(Misses misses, long begin, long end) {
            this.misses = misses;
            this.begin = begin;
            this.end = end;
            position = begin;
        }

        AioFile file() {
            return misses.file();
        }

        /** Whatever became of it. */
        void end() {
            misses.filled(begin);
            file().release();
        }
    }

    /**
     * Notes that a range was not resident when it was asked for.
     *
     * @param busy whether the disk has enough to do without filling
     */
    void missed(Misses misses, long position, long end, boolean busy) {
        budget.read(end - position);
        AioFile file = misses.file();
        if (end - position > LARGEST
                || !file.canTellResidency() // it would never be found to be there
                || file.isLaneOnly()
                || misses.isStopped()
                || !misses.askedForAgain(position)
                || !misses.tryFill()) {
            return;
        }
        if (busy && (!fills.isEmpty() || !budget.tryFill(end - position)) || !file.tryRetain()) {
            misses.notFilled();
            return;
        }
        fills.add(new Fill(misses, position, end));
        start();
    }

    private void start() {
        if (running.compareAndSet(false, true)) {
            next();
        }
    }

    private void next() {
        try {
            transport.lane().execute(this::readChunk);
        } catch (RejectedExecutionException overload) {
            giveUp(); // the disk has enough to do
        }
    }

    private void readChunk() {
        try {
            readNext();
        } catch (RuntimeException | Error e) {
            transport.logger().warn("filling the page cache failed", e);
            giveUp(); // whatever it was, such as no memory: it must not stop all fills to come
        }
    }

    private void readNext() {
        Fill fill = fills.peek();
        if (fill == null) {
            stop();
            return;
        }
        if (chunk == null) {
            chunk = AlignedMemory.allocate(CHUNK, AlignedMemory.PAGE);
        }
        int length = (int) Math.min(CHUNK, fill.end - fill.position);
        int read = fill.misses.isStopped() ? 0 : fill.file().read(fill.position, chunk, 0, length);
        if (read > 0) {
            fill.position += read;
            transport.counters().add(Rung.FILL_LANE, read);
        }
        if (read <= 0 || fill.position >= fill.end) {
            fills.remove();
            fill.end();
        }
        next();
    }

    private void giveUp() {
        Fill fill;
        while ((fill = fills.poll()) != null) {
            fill.end();
        }
        stop();
    }

    /** Whoever adds a fill while this runs leaves it to us: what came last is looked for. */
    private void stop() {
        running.set(false);
        if (!fills.isEmpty()) {
            start();
        }
    }
}
