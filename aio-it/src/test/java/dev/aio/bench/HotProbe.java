package dev.aio.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * How long a file that is in memory takes, asked for at a fixed rate. Counted from when a request was due, not from
 * when it could be sent: a server that stands still for a second delays all requests of that second.
 */
final class HotProbe {

    private static final int CLIENTS = 8;
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private HotProbe() {}

    /** The 99th percentile, in milliseconds, of 800 requests a second. */
    static double p99Millis(InetSocketAddress server, String path, int seconds)
            throws IOException, InterruptedException {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            int count = (int) (TimeUnit.SECONDS.toNanos(seconds) / INTERVAL_NANOS);
            long begin = System.nanoTime() + INTERVAL_NANOS;
            Future<?>[] running = new Future<?>[CLIENTS];
            long[] nanos = new long[count * CLIENTS];
            for (int i = 0; i < CLIENTS; i++) {
                int number = i;
                long first = begin + i * INTERVAL_NANOS / CLIENTS;
                Callable<Void> client = () -> ask(server, path, first, nanos, number * count, count);
                running[i] = clients.submit(client);
            }
            for (Future<?> one : running) {
                one.get();
            }
            return percentile(nanos, 0.99) / 1e6;
        } catch (ExecutionException e) {
            throw new IOException("cannot ask for " + path, e.getCause());
        } finally {
            clients.shutdownNow();
        }
    }

    private static Void ask(InetSocketAddress server, String path, long first, long[] nanos, int offset, int count)
            throws IOException {
        ByteBuffer request = FileClient.request(path);
        AtomicLong received = new AtomicLong();
        try (FileClient client = FileClient.connect(server)) {
            for (int i = 0; i < count; i++) {
                long due = first + i * INTERVAL_NANOS;
                for (long now = System.nanoTime(); now < due; now = System.nanoTime()) {
                    LockSupport.parkNanos(due - now);
                }
                client.get(request, received);
                nanos[offset + i] = System.nanoTime() - due;
            }
        }
        return null;
    }

    static long percentile(long[] values, double fraction) {
        Arrays.sort(values);
        return values[(int) Math.min(values.length - 1L, (long) (values.length * fraction))];
    }
}
