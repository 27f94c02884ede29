package dev.aio.netty;

import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.Objects;

/** Options of an {@link AioTransport}. */
public final class AioTransportBuilder {

    private static final long MIB = 1024 * 1024;

    final EventLoopGroup group;
    Engine engine = Engine.AUTO;
    AioTransportListener listener = new AioTransportListener() {};
    int depth = 128;
    int pendingLimit = 1024;
    int laneThreads = 8;
    int laneLimit = 4096;
    long poolBytes; // 0: by the JVM's direct memory
    long pinLimit;
    long mapLimit = 4L << 30;
    int lowWaterMark;
    int highWaterMark; // 0: by what is accepted at most
    Duration stallTimeout = Duration.ofSeconds(30);

    AioTransportBuilder(EventLoopGroup group) {
        this.group = Objects.requireNonNull(group, "group");
    }

    /** What reads from the disk. Default {@link Engine#AUTO}. */
    public AioTransportBuilder engine(Engine engine) {
        this.engine = Objects.requireNonNull(engine, "engine");
        return this;
    }

    /**
     * Operations that each loop may have in the kernel; charged to the host-wide {@code
     * fs.aio-max-nr}. Default 128. Halved as often as the host demands it.
     */
    public AioTransportBuilder depth(int depth) {
        this.depth = positive(depth, "depth");
        return this;
    }

    /**
     * Operations that may wait on each loop for a place in the kernel. Default 1024. Operations of {@link
     * NettyAioFile} beyond depth and this are refused with a {@link
     * java.util.concurrent.RejectedExecutionException}.
     */
    public AioTransportBuilder pendingLimit(int pendingLimit) {
        this.pendingLimit = positive(pendingLimit, "pendingLimit");
        return this;
    }

    /** Most threads that may wait for the disk; there are as many as are needed. Default 8. */
    public AioTransportBuilder laneThreads(int laneThreads) {
        this.laneThreads = positive(laneThreads, "laneThreads");
        return this;
    }

    /** Tasks that may wait for these threads; more are refused. Default 4096. */
    public AioTransportBuilder laneLimit(int laneLimit) {
        this.laneLimit = positive(laneLimit, "laneLimit");
        return this;
    }

    /**
     * Bytes of aligned buffers in all; 4 MiB are always granted. Default: a quarter of the JVM's
     * direct memory ({@code -XX:MaxDirectMemorySize}), 8 to 256 MiB; one warning if a quarter is less than 8.
     *
     * <p>They are allocated as they are needed. A pool of 32 MiB or more then also allocates 8 MiB in huge pages, on the
     * lane: disks read into those faster.
     */
    public AioTransportBuilder poolBytes(long poolBytes) {
        if (poolBytes < MIB) {
            throw new IllegalArgumentException("poolBytes: " + poolBytes + " (expected: >= " + MIB + ')');
        }
        this.poolBytes = poolBytes;
        return this;
    }

    /**
     * Bytes of files that may be locked in the page cache ({@code mlock(2)}): those that are sent from there most often, of up to
     * 512 KiB each, by a {@link dev.aio.netty.http.StaticFileHandler} over HTTP/1 (what is copied instead, or goes out over
     * HTTP/2, does not count). Before they are sent nothing has to be asked, and no lack of memory evicts them. They count
     * against {@code RLIMIT_MEMLOCK}, often 8 MiB, and less is locked where less is allowed. Locks are renewed when names are
     * looked up again: files that are trusted for longer than a second are asked about in between. Default 0: none.
     */
    public AioTransportBuilder pinLimit(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("pinLimit: " + bytes + " (expected: >= 0 bytes)");
        }
        pinLimit = bytes;
        return this;
    }

    /**
     * Bytes of files that may be mapped: what is sent or read from the page cache again and again, so that before each time one
     * system call tells that all of it is there, instead of one for each page of 4 KiB. It counts as resident memory of the
     * process (RssFile) although it is the page cache's, and takes 1/512 of its size for page tables; the kernel takes it back
     * when memory gets scarce. Nothing is read through the mapping. Default 4 GiB; 0: none.
     */
    public AioTransportBuilder mapLimit(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("mapLimit: " + bytes + " (expected: >= 0 bytes)");
        }
        mapLimit = bytes;
        return this;
    }

    /**
     * Operations in flight and pending at which {@link AioLoop#isWritable()} becomes {@code false}, and to which they
     * have to go down until it is {@code true} again. Default: three quarters and one half of what is accepted at
     * most. What exceeds that, because the host gave less depth than asked for, is cut.
     */
    public AioTransportBuilder waterMarks(int low, int high) {
        if (low < 0 || low >= high) {
            throw new IllegalArgumentException("waterMarks: " + low + ", " + high + " (expected: 0 <= low < high)");
        }
        lowWaterMark = low;
        highWaterMark = high;
        return this;
    }

    /** How long the disk may take for one read, or one step of an operation, before it is failed. Default 30 s. */
    public AioTransportBuilder stallTimeout(Duration stallTimeout) {
        if (stallTimeout.isNegative() || stallTimeout.isZero()) {
            throw new IllegalArgumentException("stallTimeout: " + stallTimeout + " (expected: > 0)");
        }
        this.stallTimeout = stallTimeout;
        return this;
    }

    /** Who is told what the transport does, while it does it. Default: nobody. */
    public AioTransportBuilder listener(AioTransportListener listener) {
        this.listener = Objects.requireNonNull(listener, "listener");
        return this;
    }

    /**
     * @throws UnsatisfiedLinkError if the engine is {@link Engine#AIO} and AIO cannot be had, with the
     *     cause; or if the native library cannot be loaded at all
     */
    public AioTransport build() {
        return new AioTransport(this);
    }

    private static int positive(int value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
        }
        return value;
    }
}
