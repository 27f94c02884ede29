package dev.aio.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Any number of clients that take their time, on one thread: each sends so many bytes a second, and reads one. */
final class SlowClients implements AutoCloseable {

    private static final int RECEIVE_BUFFER = 4096;
    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final List<SocketChannel> channels = new ArrayList<>();
    private final byte[] trickle;
    private final Thread thread = new Thread(this::tick, "slow-clients");
    private volatile boolean closed;

    /**
     * Connects them all.
     *
     * @param opening what each says at once
     * @param trickle what each says then, a byte a second, again and again; may be empty
     */
    SlowClients(InetSocketAddress address, int count, byte[] opening, byte[] trickle) {
        this.trickle = trickle;
        try {
            for (int i = 0; i < count; i++) {
                SocketChannel channel = SocketChannel.open();
                channels.add(channel);
                channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
                channel.connect(address);
                channel.write(ByteBuffer.wrap(opening));
                channel.configureBlocking(false);
            }
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        }
        thread.start();
    }

    private void tick() {
        ByteBuffer one = ByteBuffer.allocateDirect(1);
        long next = System.nanoTime();
        for (int tick = 0; !closed; tick++) {
            for (SocketChannel channel : channels) {
                step(channel, one, tick);
            }
            next += TICK_NANOS;
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }

    /** One that has been cut goes on: it neither knows nor cares. */
    private void step(SocketChannel channel, ByteBuffer one, int tick) {
        try {
            channel.read(one.clear());
            if (trickle.length > 0) {
                channel.write(one.clear().put(trickle[tick % trickle.length]).flip());
            }
        } catch (IOException cut) {
            // that is what the test waits for
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
            for (SocketChannel channel : channels) {
                channel.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
