package dev.aio.it;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes version after version over one file, the same inode and the same size, until it is closed. Each 8 bytes of
 * a version are its number, so that bytes of two versions cannot pass for one.
 */
final class InPlaceWriter implements AutoCloseable {

    /** What programs that copy over a file write at a time, beside the whole at once. */
    private static final int CHUNK = 128 << 10;

    private final FileChannel channel;
    private final ByteBuffer bytes;
    private final Random random;
    private final long mostPauseNanos;
    private final Thread thread = new Thread(this::run, "in-place-writer");
    private volatile boolean done;
    private volatile long versions;
    private volatile Throwable failure;

    private InPlaceWriter(Path file, int size, long seed, long mostPauseNanos) throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        bytes = ByteBuffer.allocateDirect(size);
        random = new Random(seed);
        this.mostPauseNanos = mostPauseNanos;
    }

    /** @param mostPauseNanos between two versions; half of it on average */
    static InPlaceWriter start(Path file, int size, long seed, long mostPauseNanos) throws IOException {
        InPlaceWriter writer = new InPlaceWriter(file, size, seed, mostPauseNanos);
        writer.write(size);
        writer.thread.start();
        return writer;
    }

    /** Whether these bytes are all of one version. */
    static boolean isOneVersion(byte[] bytes) {
        return Arrays.mismatch(bytes, 0, bytes.length - Long.BYTES, bytes, Long.BYTES, bytes.length) == -1;
    }

    long versions() {
        return versions;
    }

    private void run() {
        try {
            while (!done) {
                write(random.nextBoolean() ? bytes.capacity() : CHUNK);
                LockSupport.parkNanos((long) (random.nextDouble() * mostPauseNanos));
            }
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
    }

    private void write(int chunk) throws IOException {
        bytes.clear();
        while (bytes.hasRemaining()) {
            bytes.putLong(versions);
        }
        for (int position = 0; position < bytes.capacity(); ) {
            bytes.position(position).limit(Math.min(position + chunk, bytes.capacity()));
            position += channel.write(bytes, position);
        }
        versions++;
    }

    @Override
    public void close() throws IOException {
        done = true;
        try {
            thread.join(TimeUnit.SECONDS.toMillis(60));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        channel.close();
        if (failure != null) {
            throw new AssertionError("the writer has failed", failure);
        }
    }
}
