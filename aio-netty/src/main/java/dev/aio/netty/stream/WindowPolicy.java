package dev.aio.netty.stream;

import dev.aio.netty.AlignedBufferPool;
import dev.aio.netty.DiskAppetite;
import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;

/**
 * How much of a file is read at a time for one connection, and how far ahead, by how fast its windows
 * drained so far and by how much of the buffer pool is left. Does nothing but arithmetic. Confined to the channel's loop.
 *
 * <p>A window drains from when it is handed to the channel until its write promise is done. Sizes are
 * those of the pool's buffers: 16, 64 and 256 KiB. A size is right if it drains in 50 to 250 ms: for a
 * faster client the price of a read shows, for a slower one a buffer sits where others could use it.
 *
 * <p>What a connection may have shrinks with the eighth power of what others leave of the pool: of 256 MiB a hundred
 * connections find some 370 KiB each, and behind two thousand more than half of it is still free. It is not enough to go by
 * their speed: a client that reads nothing looks fast until its socket's buffer is full, and then keeps what it has.
 * Who drains slowly reads nothing ahead, and leaves the last quarter of the pool to the others.
 *
 * <p>Streams of one connection, which are channels of their own, drain at their own rates, but have together what one
 * connection may have; only the smallest window is the right of each.
 */
final class WindowPolicy {

    static final int SMALLEST = 16 * 1024;
    static final int LARGEST = AlignedBufferPool.LARGEST;

    /**
     * Nothing is known of a new connection. If it is fast, smaller reads cost it: of 32 clients reading cold files of
     * 1 MiB each had two thirds with 64 KiB at first. If it is slow, the others' share of the pool is what bounds it.
     */
    static final int FIRST = LARGEST;

    /** Bytes that one connection holds at most, to half a window: one in the channel, and what is read ahead of it. */
    static final int CONNECTION = (1 + DiskAppetite.MOST) * LARGEST;

    static final long SLOW_NANOS = 250_000_000;
    static final long FAST_NANOS = 50_000_000;

    private static final AttributeKey<WindowPolicy> KEY = AttributeKey.valueOf(WindowPolicy.class, "policy");
    private static final AttributeKey<Holdings> HOLDINGS = AttributeKey.valueOf(WindowPolicy.class, "holdings");

    private static final int STEP = 4;

    private final Holdings connection;
    private int size = FIRST;
    private boolean slow;

    /** What the channels of one connection have together. */
    private static final class Holdings {
        private long bytes;
    }

    WindowPolicy() {
        this(new Holdings());
    }

    private WindowPolicy(Holdings connection) {
        this.connection = connection;
    }

    /** That of a channel: what one response taught is of use for the next. */
    static WindowPolicy of(Channel channel) {
        Attribute<WindowPolicy> attribute = channel.attr(KEY);
        WindowPolicy policy = attribute.get();
        if (policy == null) {
            policy = new WindowPolicy(holdings(channel));
            attribute.set(policy);
        }
        return policy;
    }

    /** Of the connection that a channel is, or is a stream of. */
    private static Holdings holdings(Channel channel) {
        Channel parent = channel.parent();
        if (parent == null || parent instanceof ServerChannel) {
            return new Holdings();
        }
        Attribute<Holdings> attribute = parent.attr(HOLDINGS);
        Holdings holdings = attribute.get();
        if (holdings == null) {
            holdings = new Holdings();
            attribute.set(holdings);
        }
        return holdings;
    }

    /** So many bytes are read, or on their way. */
    void took(long bytes) {
        connection.bytes += bytes;
    }

    /** And have been given back. */
    void gaveBack(long bytes) {
        connection.bytes -= bytes;
    }

    /** A window has left. One that is smaller than all sizes says little of the rate. */
    void drained(long bytes, long nanos) {
        slow = nanos > SLOW_NANOS;
        if (bytes < SMALLEST) {
            return;
        }
        while (size > SMALLEST && drainNanos(size, bytes, nanos) > SLOW_NANOS) {
            size /= STEP;
        }
        if (size < LARGEST && drainNanos((long) size * STEP, bytes, nanos) < FAST_NANOS) {
            size *= STEP;
        }
    }

    private static double drainNanos(long ofBytes, long bytes, long nanos) {
        return (double) ofBytes * nanos / bytes;
    }

    /** Whether the last window took long. */
    boolean isSlow() {
        return slow;
    }

    /** Bytes of a window, were the pool empty. */
    int size() {
        return size;
    }

    /**
     * @param limit of the pool, in bytes
     * @param inUse bytes of it that anybody has
     * @param held bytes of it that this channel has, or that are on their way; a part of what was {@link #took taken}
     * @return bytes of the next window; 0 if none is to be read now
     */
    int next(long limit, long inUse, long held) {
        long others = Math.max(0, inUse - connection.bytes);
        long left = Math.max(0, limit - (slow ? limit / 4 : 0) - others);
        long most = share(left, limit) - connection.bytes;
        if (held > 0) {
            return slow || most < Math.max(SMALLEST, size / 2) ? 0 : atMost(most);
        }
        if (slow && left == 0) {
            return 0;
        }
        return atMost(Math.max(SMALLEST, most)); // one window is everybody's right
    }

    private static long share(long left, long limit) {
        double free = (double) left / limit;
        double fourth = free * free * free * free;
        return (long) (CONNECTION * fourth * fourth);
    }

    /** The size that is nearest: a window in pieces is as many reads of the disk, which may be all that it has to give. */
    private int atMost(long bytes) {
        int fitting = size;
        while (fitting > 2 * bytes) {
            fitting /= STEP;
        }
        return fitting;
    }
}
