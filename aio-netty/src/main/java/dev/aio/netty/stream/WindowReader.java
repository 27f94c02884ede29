package dev.aio.netty.stream;

import dev.aio.core.AioFile;
import dev.aio.netty.AioLoop;
import dev.aio.netty.AlignedBufferPool;
import dev.aio.netty.ResidentRead;
import dev.aio.netty.WindowListener;
import dev.aio.netty.WindowRead;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;

/**
 * Reads a range of a file in windows, in order, some ahead of the one that is wanted next. Confined
 * to the loop. The file must stay open until {@link #close()}.
 */
final class WindowReader {

    /** By quarters of the buffer pool in use: slow clients must not leave fast ones without buffers. */
    private static final int[] WINDOWS = {
        AlignedBufferPool.LARGEST, AlignedBufferPool.LARGEST, 64 * 1024, 16 * 1024, 16 * 1024
    };

    private static final int[] READ_AHEAD = {2, 2, 1, 1, 1};

    private final AioLoop loop;
    private final AioFile file;
    private final long end;
    private final boolean askResident;
    private final Runnable onProgress;
    private final ArrayDeque<Window> windows = new ArrayDeque<>(4);
    private long nextPosition;
    private Throwable failure;
    private boolean closed;

    /**
     * @param askResident whether each window may come from the page cache
     * @param onProgress called when a window has arrived or reading has failed, not from within
     *     {@link #poll()}
     */
    WindowReader(AioLoop loop, AioFile file, long position, long end, boolean askResident, Runnable onProgress) {
        this.loop = loop;
        this.file = file;
        this.nextPosition = position;
        this.end = end;
        this.askResident = askResident;
        this.onProgress = onProgress;
    }

    private final class Window implements WindowListener {
        private final long position;
        private final int length;
        private WindowRead read;
        private ByteBuf bytes;

        Window(long position, int length) {
            this.position = position;
            this.length = length;
        }

        void start() {
            starting = true;
            ByteBuf resident = askResident ? ResidentRead.tryRead(loop, file, position, length) : null;
            if (resident != null) {
                windowRead(resident);
            } else {
                read = loop.read(file, position, length, this);
            }
            starting = false;
        }

        private boolean starting;

        @Override
        public void windowRead(ByteBuf window) {
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
     * The next window in order, the caller's to release; {@code null} if it is still being read: then
     * {@code onProgress} follows.
     *
     * @throws Exception why reading failed; the windows before the failure were not all handed out
     */
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

    private void fill() {
        int pressure = loop.transport().pool().quartersInUse();
        while (failure == null && windows.size() < READ_AHEAD[pressure] && nextPosition < end) {
            // Windows end at multiples of their size, so that an aligned superset fits a buffer.
            long size = WINDOWS[pressure];
            long boundary = (nextPosition / size + 1) * size;
            Window window = new Window(nextPosition, (int) (Math.min(boundary, end) - nextPosition));
            windows.add(window);
            nextPosition += window.length;
            window.start();
        }
    }

    /** Gives everything back that was not handed out. Idempotent. */
    void close() {
        closed = true;
        Window window;
        while ((window = windows.poll()) != null) {
            window.discard();
        }
    }
}
