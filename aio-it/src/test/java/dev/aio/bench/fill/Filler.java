package dev.aio.bench.fill;

import dev.aio.core.AlignedMemory;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A thread that brings ranges into the page cache by reading them, waiting for the disk, as the server's lane does. */
final class Filler implements AutoCloseable {

    static final String NAME = "filler";

    private static final Work END = new Work(null, null);

    private final BlockingQueue<Work> asked = new LinkedBlockingQueue<>();
    private final int chunkSize;
    private volatile long cpuNanos;

    private record Work(Range range, Runnable done) {}

    /**
     * @param chunkSize bytes read at once
     */
    Filler(int chunkSize) {
        this.chunkSize = chunkSize;
        Thread thread = new Thread(this::run, NAME);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Any thread may ask; ranges are read one after the other.
     *
     * @param done run by the filler's thread
     */
    void fill(Range range, Runnable done) {
        asked.add(new Work(range, done));
    }

    private void run() {
        AlignedMemory chunk = AlignedMemory.allocate(chunkSize, AlignedMemory.PAGE);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        try {
            for (Work work = asked.take(); work != END; work = asked.take()) {
                read(work.range, chunk);
                cpuNanos = threads.getCurrentThreadCpuTime();
                work.done.run();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read(Range range, AlignedMemory chunk) throws IOException {
        int done = 0;
        while (done < range.length()) {
            int read = range.file().read(range.position() + done, chunk, 0, Math.min(chunkSize, range.length() - done));
            if (read <= 0) {
                throw new IOException(range + " answered " + read + " at " + done);
            }
            done += read;
        }
    }

    /** CPU time of the thread when it had done what it has told of. */
    long cpuNanos() {
        return cpuNanos;
    }

    @Override
    public void close() {
        asked.add(END);
    }
}
