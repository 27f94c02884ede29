package dev.aio.bench;

import dev.aio.it.DiskThrottle;
import dev.aio.it.Host;
import dev.aio.it.ProcTasks;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.opentest4j.TestAbortedException;

/** What clients of a hot file see of others that read cold ones from a slow disk. */
@SuppressWarnings("try") // what is only there to be closed
final class StallMode implements Mode {

    private static final int CLIENTS = 8;
    private static final int READS_PER_SECOND = 200;
    private static final int HOT = 16 << 10;
    private static final int COLD = 4 << 20;
    private static final int COLD_FILES = 768;
    private static final long NANOS_PER_TICK = 10_000_000;

    private static final String GROUP =
            "a hot file beside " + CLIENTS + " readers of cold ones, disk of " + READS_PER_SECOND + " reads/s";

    @Override
    public void run(Session session) throws IOException, InterruptedException {
        Path files = HotFiles.create(session, "stall", List.of(HOT));
        ColdFiles cold = ColdFiles.create(files, COLD_FILES, COLD);
        Site site = new Site(files, HotFiles.open(session.newDirectory("stall-own")), session.cpus(), null);
        List<Peer> peers = new ArrayList<>(Peers.ours(session));
        peers.addAll(List.of(NginxPeer.SENDFILE, NginxPeer.THREADS_DIRECT, NginxPeer.AIO_DIRECT));
        try (Host.Restored accounting = Host.sysctl("kernel.task_delayacct", "1");
                Contest contest = Contest.start(session, peers, site)) {
            Verification verification = Verification.over(HttpClient.Version.HTTP_1_1, null);
            for (Map.Entry<String, ServerUnderLoad> peer : contest.servers().entrySet()) {
                verification.check(peer.getKey(), peer.getValue(), files, HotFiles.name(HOT));
                verification.check(
                        peer.getKey(), peer.getValue(), files, cold.names().get(0));
                warmUp(session, peer.getKey(), peer.getValue(), cold);
            }
            report(
                    session,
                    Rounds.run(
                            "stall: p99 alone ms, beside ms, cold MB/s, loop waits ms/s",
                            contest.servers(),
                            session.settings().rounds,
                            4,
                            server -> measure(session.settings().seconds, server, cold)));
        } catch (TestAbortedException noThrottle) {
            session.skip("stall", noThrottle.getMessage());
        }
    }

    /**
     * At full speed first: what is asked for 800 times a second only, a JVM would be compiling while it is measured. Then by
     * the slow disk, beside which a server takes other ways.
     */
    private static void warmUp(Session session, String peer, ServerUnderLoad server, ColdFiles cold)
            throws IOException, InterruptedException {
        Progress.say("stall: warming up %s", peer);
        Settings settings = session.settings();
        Wrk.run(session.cpus(), CLIENTS, settings.warmUpSeconds, server.url("/" + HotFiles.name(HOT)));
        cold.makeCold();
        try (ColdReaders readers = ColdReaders.start(server.address(), CLIENTS, cold, true)) {
            probe(server, settings.warmUpSeconds);
        }
        cold.makeCold();
        try (DiskThrottle slow = throttle(server, cold);
                ColdReaders readers = ColdReaders.start(server.address(), CLIENTS, cold, false)) {
            probe(server, settings.warmUpSeconds);
        }
    }

    private static DiskThrottle throttle(ServerUnderLoad server, ColdFiles cold) throws IOException {
        return DiskThrottle.readsPerSecond(READS_PER_SECOND, server.pid(), cold.directory());
    }

    private static double[] measure(int seconds, ServerUnderLoad server, ColdFiles cold)
            throws IOException, InterruptedException {
        probe(server, 1);
        double alone = probe(server, seconds);
        cold.makeCold();
        server.tasks().readMappedFiles(); // its code may have been dropped too, and is not what is measured
        Files.readAllBytes(cold.directory().resolve(HotFiles.name(HOT)));
        try (DiskThrottle slow = throttle(server, cold);
                ColdReaders readers = ColdReaders.start(server.address(), CLIENTS, cold, false)) {
            long ticks = ticks(server);
            long bytes = readers.bytes();
            long begin = System.nanoTime();
            double beside = probe(server, seconds);
            double elapsed = (System.nanoTime() - begin) / 1e9;
            double megabytes = (readers.bytes() - bytes) / 1e6 / elapsed;
            double waited = (ticks(server) - ticks) * NANOS_PER_TICK / 1e6 / elapsed;
            if (!cold.isAnyLeft()) {
                Progress.say("all %d cold files were read within %.1f s, and none after that", COLD_FILES, elapsed);
            }
            return new double[] {alone, beside, megabytes, waited};
        }
    }

    private static double probe(ServerUnderLoad server, int seconds) throws IOException, InterruptedException {
        return HotProbe.p99Millis(server.address(), "/" + HotFiles.name(HOT), seconds);
    }

    /** What the threads that run an event loop have waited for disks: ours, or the workers of nginx. */
    private static long ticks(ServerUnderLoad server) {
        List<Integer> loops = server.tasks().named("aio-loop-");
        if (!loops.isEmpty()) {
            return loops.stream().mapToLong(server.tasks()::blockIoTicks).sum();
        }
        return ProcessHandle.of(server.pid()).stream()
                .flatMap(ProcessHandle::descendants)
                .mapToLong(worker -> ProcTasks.of(worker.pid()).blockIoTicks((int) worker.pid()))
                .sum();
    }

    private static void report(Session session, List<Map<String, double[]>> samples) {
        Map<String, double[]> growth = new LinkedHashMap<>();
        samples.get(1).forEach((peer, beside) -> {
            double[] alone = samples.get(0).get(peer);
            double[] ratios = new double[beside.length];
            for (int round = 0; round < ratios.length; round++) {
                ratios[round] = beside[round] / alone[round];
            }
            growth.put(peer, ratios);
        });
        session.add(new Figure(GROUP, "hot p99 alone", "ms", samples.get(0)).withoutRatios());
        session.add(new Figure(GROUP, "hot p99 beside them", "ms", samples.get(1))
                .target(NginxPeer.THREADS_DIRECT.name(), Target.atMost(1.0))
                .target(NginxPeer.AIO_DIRECT.name(), Target.atMost(1.0)));
        session.add(new Figure(GROUP, "beside over alone", "ratio", growth)
                .withoutRatios()
                .target(Target.atMost(2.0)));
        session.add(new Figure(GROUP, "cold bytes meanwhile", "MB/s", samples.get(2)).withoutRatios());
        session.add(new Figure(GROUP, "loop waits for a disk", "ms/s", samples.get(3)).withoutRatios());
    }
}
