package dev.aio.it;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Clients that ask for one file after the other over connections that stay open, and look at every byte they get. */
final class ProxiedLoad implements AutoCloseable {

    /**
     * An answer that was not right, or did not come.
     *
     * @param servedBy whose answer it was; {@code null} if it had not begun
     * @param begun when it was asked for, see {@link System#nanoTime}
     */
    record Failure(String path, @Nullable String servedBy, long begun, String cause) {}

    /** Between two requests: connections are idle now and then, and the CPUs have time for others. */
    private static final long PAUSE_MILLIS = 5;

    private final InetSocketAddress proxy;
    private final Map<String, byte[]> files;
    private final List<String> paths;
    private final Map<String, LongAdder> answers = new ConcurrentHashMap<>();
    private final Set<Client> open = ConcurrentHashMap.newKeySet();
    private final Queue<Failure> failures = new ConcurrentLinkedQueue<>();
    private final ScheduledExecutorService threads;

    private ProxiedLoad(InetSocketAddress proxy, Map<String, byte[]> files, int clients) {
        this.proxy = proxy;
        this.files = files;
        paths = List.copyOf(files.keySet());
        threads = Executors.newScheduledThreadPool(clients);
        for (int i = 0; i < clients; i++) {
            threads.scheduleWithFixedDelay(new Asking(i), i, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    static ProxiedLoad start(InetSocketAddress proxy, Map<String, byte[]> files, int clients) {
        return new ProxiedLoad(proxy, files, clients);
    }

    /** One client, once more. */
    private final class Asking implements Runnable {

        private int number;
        private @Nullable Client client;

        Asking(int number) {
            this.number = number;
        }

        @Override
        public void run() {
            String path = paths.get(number++ % paths.size());
            long begun = System.nanoTime();
            String servedBy = null;
            try {
                if (client == null) {
                    client = Client.connect(proxy);
                    open.add(client);
                }
                client.send(Client.message("GET", path));
                Response head = client.readHead();
                servedBy = head.header(Replica.SERVED_BY);
                check(path, head, client.readBytes(Math.toIntExact(head.contentLength())));
                answers.computeIfAbsent(servedBy, r -> new LongAdder()).increment();
                if (head.closes()) {
                    end();
                }
            } catch (RuntimeException | AssertionError e) {
                failures.add(new Failure(path, servedBy, begun, e.toString()));
                end();
            }
        }

        private void end() {
            if (client != null) {
                client.close();
                open.remove(client);
                client = null;
            }
        }
    }

    private void check(String path, Response head, byte[] body) {
        byte[] expected = files.get(path);
        if (head.status() != 200) {
            throw new AssertionError("status " + head.status() + " (expected: 200)");
        }
        if (body.length != expected.length || !Content.sha256(body).equals(Content.sha256(expected))) {
            throw new AssertionError(body.length + " other bytes (expected: the file's " + expected.length + ')');
        }
    }

    /** How many right answers have come from a replica. */
    long answersOf(String replica) {
        LongAdder count = answers.get(replica);
        return count == null ? 0 : count.sum();
    }

    /** How many right answers there were. */
    long answers() {
        return answers.values().stream().mapToLong(LongAdder::sum).sum();
    }

    List<Failure> failures() {
        return List.copyOf(failures);
    }

    /** Ends the clients, each after its answer, and waits for them. */
    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(60, TimeUnit.SECONDS)) {
                throw new AssertionError("clients still wait for answers after a minute");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for the clients", e);
        }
        open.forEach(Client::close);
    }
}
