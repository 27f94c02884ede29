package dev.aio.bench;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Files that are in memory, over connections that stay open: requests a second of one CPU. */
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
            load(session, settings.warmUpSeconds, peer.getValue(), size);
        }
        List<Map<String, double[]>> samples =
                Rounds.run(what + " requests/s, p99 ms", contest.servers(), settings.rounds, 2, server -> {
                    Wrk found = load(session, settings.seconds, server, size);
                    return new double[] {found.requestsPerSecond(), found.p99Millis()};
                });
        Figure rate = new Figure(GROUP, what, "requests/s", samples.get(0));
        TARGETS.forEach((peer, bySize) -> {
            if (bySize.containsKey(size)) {
                rate.target(peer, Target.atLeast(bySize.get(size)));
            }
        });
        session.add(rate);
        session.add(new Figure(GROUP + ": latency", what + ", p99", "ms", samples.get(1)).withoutRatios());
    }

    private static Wrk load(Session session, int seconds, ServerUnderLoad server, int size) throws IOException {
        Settings settings = session.settings();
        return Wrk.run(session.cpus(), settings.connections, seconds, server.url("/" + HotFiles.name(size)));
    }
}
