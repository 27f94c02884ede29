package dev.aio.bench;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Files that are in memory, over connections that stay open: requests a second of one CPU, and what of that CPU a request
 * takes. The second is the one to go by where the load's CPU is as busy as the server's.
 */
final class HttpMode implements Mode {

    /** Of 1 KiB, 16 KiB, 100 KiB and 1 MiB. */
    private static final Map<String, Map<Integer, Double>> TARGETS = Map.of(
            "nginx", Map.of(1 << 10, 1.15, 16 << 10, 1.10, 100 << 10, 1.02, 1 << 20, 1.00),
            "netty-region", Map.of(1 << 10, 2.0, 16 << 10, 1.5, 100 << 10, 1.05, 1 << 20, 1.2));

    private static final String GROUP = "hot files over HTTP/1.1";

    @Override
    public void run(Session session) throws IOException, InterruptedException {
        Settings settings = session.settings();
        Path files = HotFiles.create(session, "http", settings.sizes);
        Site site = new Site(files, HotFiles.open(session.newDirectory("http-own")), session.cpus(), null);
        try (Contest contest = Contest.start(session, Peers.all(session), site)) {
            Verification verification = Verification.over(HttpClient.Version.HTTP_1_1, null);
            for (int size : settings.sizes) {
                for (Map.Entry<String, ServerUnderLoad> peer : contest.servers().entrySet()) {
                    verification.check(peer.getKey(), peer.getValue(), files, HotFiles.name(size));
                }
            }
            for (int size : settings.sizes) {
                measure(session, contest, size);
            }
        }
    }

    private static void measure(Session session, Contest contest, int size) throws IOException, InterruptedException {
        Settings settings = session.settings();
        String what = SizeConverter.show(size);
        for (Map.Entry<String, ServerUnderLoad> peer : contest.servers().entrySet()) {
            Progress.say("%s: warming up %s", what, peer.getKey());
            warmUp(session, peer.getValue(), size);
        }
        List<Map<String, double[]>> samples = Rounds.run(
                what + " requests/s, p99 ms, CPU µs/request", contest.servers(), settings.rounds, 3, server -> {
                    double before = server.cpuSeconds();
                    Wrk found = load(session, server, size);
                    double cpu = server.cpuSeconds() - before;
                    return new double[] {found.requestsPerSecond(), found.p99Millis(), cpu * 1e6 / found.requests()};
                });
        Figure rate = new Figure(GROUP, what, "requests/s", samples.get(0));
        TARGETS.forEach((peer, bySize) -> {
            if (bySize.containsKey(size)) {
                rate.target(peer, Target.atLeast(bySize.get(size)));
            }
        });
        session.add(rate);
        session.add(new Figure(GROUP + ": CPU of the server", what, "µs a request", samples.get(2)));
        session.add(new Figure(GROUP + ": latency", what + ", p99", "ms", samples.get(1)).withoutRatios());
    }

    /** By the runs that are measured, which begin with new connections: a JVM's compiler has to see those, too. */
    private static void warmUp(Session session, ServerUnderLoad server, int size) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(session.settings().warmUpSeconds);
        do {
            load(session, server, size);
        } while (System.nanoTime() < end);
    }

    private static Wrk load(Session session, ServerUnderLoad server, int size) throws IOException {
        Settings settings = session.settings();
        return Wrk.run(session.cpus(), settings.connections, settings.seconds, server.url("/" + HotFiles.name(size)));
    }
}
