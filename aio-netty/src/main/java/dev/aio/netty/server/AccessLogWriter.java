package dev.aio.netty.server;

import dev.aio.netty.http.AccessEntry;
import dev.aio.netty.http.AccessLog;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes an access log on a thread of its own. Loops hand entries over and never wait: while the thread or the disk
 * cannot keep up, entries are dropped and counted, and so they are while writing fails.
 */
final class AccessLogWriter implements AccessLog, AutoCloseable {

    private static final InternalLogger logger = InternalLoggerFactory.getInstance(AccessLogWriter.class);

    private static final int BATCH = 256;
    private static final long PAUSE_NANOS = 50_000_000;
    private static final long CLOSE_SECONDS = 5;

    /** Where lines go. */
    interface Sink extends AutoCloseable {

        /** Writes whole lines. */
        void write(byte[] lines) throws IOException;

        @Override
        void close() throws IOException;
    }

    private final AccessLogFormat format;
    private final Sink sink;
    private final int capacity;
    private final Queue<AccessEntry> queue = new ConcurrentLinkedQueue<>(); // without a lock that a loop could wait for
    private final AtomicInteger queued = new AtomicInteger();
    private final LongAdder dropped = new LongAdder();
    private final Thread thread;
    private volatile boolean closed;
    private boolean failing; // the writer thread's alone

    /**
     * @param capacity entries that may wait
     */
    AccessLogWriter(AccessLogFormat format, Sink sink, int capacity) {
        this.format = format;
        this.sink = sink;
        this.capacity = capacity;
        thread = new Thread(this::run, "aio-access-log");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Appends to a file, or writes to standard output.
     *
     * @param path {@code -} for standard output
     */
    static AccessLogWriter open(AccessLogFormat format, String path, int capacity) throws IOException {
        OutputStream out = path.equals("-")
                ? System.out
                : Files.newOutputStream(Path.of(path), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return new AccessLogWriter(format, new StreamSink(out, out != System.out), capacity);
    }

    private record StreamSink(OutputStream out, boolean own) implements Sink {

        @Override
        public void write(byte[] lines) throws IOException {
            out.write(lines);
            out.flush();
        }

        @Override
        public void close() throws IOException {
            if (own) {
                out.close();
            }
        }
    }

    @Override
    public void answered(AccessEntry entry) {
        if (closed) {
            dropped.increment();
        } else if (queued.incrementAndGet() > capacity) {
            queued.decrementAndGet();
            dropped.increment();
        } else {
            queue.add(entry);
        }
    }

    /** Entries that were not written, so far. */
    long dropped() {
        return dropped.sum();
    }

    private void run() {
        List<AccessEntry> batch = new ArrayList<>(BATCH);
        StringBuilder lines = new StringBuilder();
        while (true) {
            boolean last = closed; // asked first: what was handed over before it is written
            for (AccessEntry next; batch.size() < BATCH && (next = queue.poll()) != null; ) {
                batch.add(next);
            }
            if (!batch.isEmpty()) {
                queued.addAndGet(-batch.size());
                write(batch, lines);
                batch.clear();
                lines.setLength(0);
            } else if (last || Thread.interrupted()) {
                return;
            } else {
                LockSupport.parkNanos(PAUSE_NANOS); // loops do not wake it up: that would be a system call of theirs
            }
        }
    }

    private void write(List<AccessEntry> batch, StringBuilder lines) {
        try {
            for (AccessEntry entry : batch) {
                format.append(lines, entry);
                lines.append('\n');
            }
            sink.write(lines.toString().getBytes(StandardCharsets.UTF_8));
            failing = false;
        } catch (IOException | RuntimeException e) {
            dropped.add(batch.size());
            if (!failing) { // once, until it works again
                failing = true;
                logger.warn("the access log cannot be written; its lines are dropped until it can", e);
            }
        }
    }

    /** Writes what has been handed over, within seconds, and says what was lost. */
    @Override
    public void close() {
        closed = true;
        try {
            thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
            if (thread.isAlive()) {
                thread.interrupt();
            }
            sink.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            logger.warn("the access log cannot be closed", e);
        }
        if (dropped() > 0) {
            logger.warn("{} lines of the access log were dropped", dropped());
        }
    }
}
