package dev.aio.netty.stream;

import dev.aio.core.AioFile;
import dev.aio.netty.AioLoop;
import dev.aio.netty.AlignedBufferPool;
import dev.aio.netty.DiskAppetite;
import dev.aio.netty.ResidentRead;
import dev.aio.netty.WindowListener;
import dev.aio.netty.WindowRead;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a range of a file in windows, in order, some ahead of the one that is wanted next: how large they are and whether
 * there is room for one, {@link WindowPolicy} says; how many are wanted while the disk is busy, {@link DiskAppetite}.
 * Confined to the loop. The file must stay open until {@link #close()}.
 */
final class WindowReader {

    private static final int READ_AHEAD = 2;

    /** From so many reads of this loop on, a disk has enough to do, and {@link DiskAppetite} says how much more it wants. */
    private static final int BUSY = 24;

    private final AioLoop loop;
    private final AlignedBufferPool pool;
    private final AioFile file;
    private final long end;
    private final boolean askResident;
    private final WindowPolicy policy;
    private final Runnable onProgress;
    private final LongConsumer onMiss;
    private final DiskAppetite appetite;
    private final ArrayDeque<Window> windows = new ArrayDeque<>(4);
    private long nextPosition;
    private long held; // bytes of windows that are read, on their way, or not given back yet
    private boolean waitsForSpare;
    private boolean missed;
    private boolean mayRefuse;
    private @Nullable Throwable failure;
    private boolean closed;

    /**
     * @param askResident whether each window may come from the page cache
     * @param mayRefuse whether the first window may be refused under overload
     * @param onProgress called when a window has arrived or reading has failed, not from within {@link
     *     #poll()}
     * @param onMiss called with the position of the first window that was looked for in the page cache and
     *     was not there
     */
    WindowReader(
            AioLoop loop,
            AioFile file,
            long position,
            long end,
            boolean askResident,
            boolean mayRefuse,
            WindowPolicy policy,
            Runnable onProgress,
            LongConsumer onMiss) {
        this.loop = loop;
        this.pool = loop.transport().pool();
        this.appetite = loop.transport().appetite(file);
        this.file = file;
        this.nextPosition = position;
        this.end = end;
        this.askResident = askResident;
        this.mayRefuse = mayRefuse;
        this.policy = policy;
        this.onProgress = onProgress;
        this.onMiss = onMiss;
    }

    private final class Window implements WindowListener {
        private final long position;
        private final int length;
        private @Nullable WindowRead read;
        private @Nullable ByteBuf bytes;

        Window(long position, int length) {
            this.position = position;
            this.length = length;
        }

        void start() {
            starting = true;
            ByteBuf resident = askResident ? tryResident(position, length) : null;
            boolean first = mayRefuse;
            mayRefuse = false;
            if (resident != null) {
                windowRead(resident);
            } else {
                read = first ? loop.readFirst(file, position, length, this) : loop.read(file, position, length, this);
            }
            starting = false;
        }

        private boolean starting;

        @Override
        public void windowRead(ByteBuf window) {
            if (read != null) {
                cameFromDisk(length);
            }
            if (closed) {
                window.release();
                return;
            }
            bytes = window;
            if (bytes.readableBytes() < length) {
                fail(new TruncatedFileException(file.path(), position + bytes.readableBytes(), end));
            } else {
                progress();
            }
        }

        @Override
        public void windowFailed(Throwable cause) {
            if (!closed) {
                fail(cause);
            }
        }

        private void fail(Throwable cause) {
            if (failure == null) {
                failure = cause;
            }
            progress();
        }

        private void progress() {
            if (!starting) {
                onProgress.run();
            }
        }

        void discard() {
            if (bytes != null) {
                bytes.release();
                bytes = null;
            } else if (read != null) {
                read.cancel();
            }
        }
    }

    /**
     * The next window in order, the caller's to release, and to be reported by {@link #drained}; {@code
     * null} if it is still being read: then {@code onProgress} follows.
     *
     * @throws Exception why reading failed; the windows before the failure were not all handed out
     */
    @Nullable
    ByteBuf poll() throws Exception {
        fill();
        if (failure != null) {
            throw failure instanceof Exception e ? e : new IllegalStateException(failure);
        }
        Window first = windows.peek();
        if (first == null || first.bytes == null) {
            return null;
        }
        windows.poll();
        ByteBuf bytes = first.bytes;
        fill();
        return bytes;
    }

    /** A window that was handed out has left the channel; more may be read now. */
    void drained(int bytes, long nanos) {
        held -= bytes;
        policy.gaveBack(bytes);
        policy.drained(bytes, nanos);
    }

    private @Nullable ByteBuf tryResident(long position, int length) {
        if (!ResidentRead.mayAsk(file)) {
            return null;
        }
        if (file.isResident(position, length)) {
            return ResidentRead.read(loop, file, position, length);
        }
        if (!missed) {
            missed = true;
            onMiss.accept(position);
        }
        return null;
    }

    private void fill() {
        while (!closed && failure == null && windows.size() < readAhead() && nextPosition < end) {
            int size = policy.next(pool.limit(), pool.bytesInUse(), held);
            if (size == 0) {
                if (held > 0 || waitForSpare()) {
                    return; // goes on when a window has drained, or when others give back
                }
                continue;
            }
            read(size);
        }
    }

    private void cameFromDisk(int length) {
        if (isDiskBusy()) {
            appetite.came(length, System.nanoTime());
        }
    }

    private boolean isDiskBusy() {
        return loop.accepted() >= BUSY;
    }

    private int readAhead() {
        return isDiskBusy() ? appetite.windows() : READ_AHEAD;
    }

    private void read(int wanted) {
        long size = wanted;
        while (size > WindowPolicy.SMALLEST && !pool.isAvailable((int) size)) {
            size /= 4;
        }
        // Windows end at multiples of their size, so that an aligned superset fits a buffer.
        long boundary = (nextPosition / size + 1) * size;
        Window window = new Window(nextPosition, (int) (Math.min(boundary, end) - nextPosition));
        windows.add(window);
        held += window.length;
        policy.took(window.length);
        nextPosition += window.length;
        window.start();
    }

    /** Returns whether there is nothing to spare. */
    private boolean waitForSpare() {
        if (!waitsForSpare) {
            waitsForSpare = true;
            pool.onSpare(this::spareOnLoop);
        }
        return !pool.hasSpare();
    }

    private void spareOnLoop() {
        try {
            loop.eventLoop().execute(this::spare);
        } catch (RejectedExecutionException terminated) {
            pool.announceSpare(); // this one needs nothing any more
        }
    }

    private void spare() {
        waitsForSpare = false;
        if (!closed && windows.isEmpty()) {
            onProgress.run(); // which polls, and so reads
        }
        pool.announceSpare();
    }

    /** Gives everything back that was not handed out. Idempotent. */
    void close() {
        closed = true;
        policy.gaveBack(held);
        held = 0;
        Window window;
        while ((window = windows.poll()) != null) {
            window.discard();
        }
    }
}
