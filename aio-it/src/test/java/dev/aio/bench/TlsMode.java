package dev.aio.bench;

import dev.aio.it.Certificate;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Files that are in memory, over TLS 1.3, by HTTP/1.1 and by HTTP/2. */
final class TlsMode implements Mode {

    private static final List<Integer> SIZES = List.of(16 << 10, 1 << 20);
    private static final int STREAMS = 8;
    private static final double FASTER = 1.05;
    private static final int MOST_WARM_UPS = 4;

    @Override
    public void run(Session session) throws IOException, InterruptedException {
        Path files = HotFiles.create(session, "tls", SIZES);
        Certificate certificate = Certificate.create(session.newDirectory("tls-certificate"));
        Site site = new Site(files, HotFiles.open(session.newDirectory("tls-own")), session.cpus(), certificate);
        List<Peer> peers = new ArrayList<>(Peers.ours(session));
        peers.add(NginxPeer.SENDFILE);
        try (Contest contest = Contest.start(session, peers, site)) {
            for (boolean http2 : new boolean[] {false, true}) {
                verify(contest, files, certificate, http2);
                for (int size : SIZES) {
                    measure(session, contest, http2, size);
                }
            }
        }
    }

    private static void verify(Contest contest, Path files, Certificate certificate, boolean http2)
            throws IOException, InterruptedException {
        Verification verification =
                Verification.over(http2 ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1, certificate);
        for (Map.Entry<String, ServerUnderLoad> peer : contest.servers().entrySet()) {
            for (int size : SIZES) {
                verification.check(peer.getKey(), peer.getValue(), files, HotFiles.name(size));
            }
        }
    }

    private static void measure(Session session, Contest contest, boolean http2, int size)
            throws IOException, InterruptedException {
        Settings settings = session.settings();
        String what = SizeConverter.show(size) + ", " + (http2 ? "HTTP/2" : "HTTP/1.1");
        Map<String, Load> loads = new LinkedHashMap<>();
        for (Map.Entry<String, ServerUnderLoad> peer : contest.servers().entrySet()) {
            Progress.say("TLS, %s: warming up %s", what, peer.getKey());
            String url = peer.getValue().url("/" + HotFiles.name(size));
            loads.put(peer.getKey(), Load.warmedUp(session, http2, url));
        }
        Map<String, double[]> rates = Rounds.run("TLS, " + what + " requests/s", loads, settings.rounds, 1, load ->
                        new double[] {load.run(settings.seconds)})
                .get(0);
        Figure figure = new Figure("hot files over TLS 1.3", what, "requests/s", rates);
        if (!http2) {
            figure.target("nginx", Target.atLeast(0.95));
        }
        session.add(figure);
    }

    /** A server, how it is asked, and how fast it answered last. */
    private static final class Load {
        private final Session session;
        private final boolean http2;
        private final String url;
        private double requestsPerSecond = 50;

        private Load(Session session, boolean http2, String url) {
            this.session = session;
            this.http2 = http2;
            this.url = url;
        }

        /**
         * Until it no longer gets faster, within bounds: where a request takes much code, a JVM that shares its one CPU with
         * its compiler is not at its speed after 200,000 of them.
         */
        static Load warmedUp(Session session, boolean http2, String url) throws IOException {
            Load load = new Load(session, http2, url);
            long begin = System.nanoTime();
            long least = begin + TimeUnit.SECONDS.toNanos(session.settings().warmUpSeconds);
            long most = begin + MOST_WARM_UPS * TimeUnit.SECONDS.toNanos(session.settings().warmUpSeconds);
            double best = 0;
            int noFaster = 0; // runs, one after another
            do {
                load.run(1);
                if (load.requestsPerSecond > best * FASTER) {
                    best = load.requestsPerSecond;
                    noFaster = 0;
                } else {
                    noFaster++;
                }
            } while (System.nanoTime() < least || noFaster < 3 && System.nanoTime() < most);
            return load;
        }

        double run(int seconds) throws IOException {
            int all = session.settings().connections;
            int connections = http2 ? Math.max(1, all / STREAMS) : all;
            long requests = Math.max(2L * all, Math.round(requestsPerSecond * seconds));
            H2load found = H2load.run(session.cpus(), connections, http2 ? STREAMS : 0, requests, url);
            requestsPerSecond = found.requestsPerSecond();
            return requestsPerSecond;
        }
    }
}
