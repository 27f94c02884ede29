package dev.aio.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** What a server takes: time to start, and memory for many clients that do next to nothing. */
final class MemoryMode implements Mode {

    private static final int SMALL = 1 << 10;
    private static final int LARGE = 64 << 20;
    private static final int LARGE_FILES = 20;

    /** More than there are, so that none has to wait until another is known to have gone. */
    private static final String MOST_CONNECTIONS = "16000";

    private static final String GROUP = "start and memory";

    @Override
    public void run(Session session) throws IOException, InterruptedException {
        Path files = HotFiles.create(session, "memory", List.of(SMALL));
        ColdFiles cold = ColdFiles.create(files, LARGE_FILES, LARGE);
        Site site = new Site(files, HotFiles.open(session.newDirectory("memory-own")), session.cpus(), null);
        List<Peer> peers = new ArrayList<>(Peers.ours(session, "--max-connections", MOST_CONNECTIONS));
        peers.add(NginxPeer.SENDFILE);
        Map<String, Peer> there = new LinkedHashMap<>();
        try (Contest contest = Contest.start(session, peers, site)) { // to know who is there
            peers.stream()
                    .filter(peer -> contest.servers().containsKey(peer.name()))
                    .forEach(peer -> there.put(peer.name(), peer));
        }
        Settings settings = session.settings();
        List<Map<String, double[]>> samples = Rounds.run(
                "first byte ms, RSS MiB idle, with slow readers",
                there,
                settings.rounds,
                3,
                peer -> measure(settings, peer, site, cold));
        session.add(new Figure(GROUP, "start to first byte", "ms", samples.get(0))
                .withoutRatios()
                .target(Target.atMost(600)));
        session.add(new Figure(GROUP, settings.idle + " idle connections", "MiB", samples.get(1))
                .withoutRatios()
                .target(Target.atMost(300)));
        session.add(new Figure(GROUP, settings.slow + " slow readers of cold files", "MiB", samples.get(2))
                .withoutRatios()
                .target(Target.atMost(400)));
    }

    private static double[] measure(Settings settings, Peer peer, Site site, ColdFiles cold)
            throws IOException, InterruptedException {
        try {
            double[] values = new double[3];
            peer.start(site).close(); // its own files may have left memory with the cold ones
            long begin = System.nanoTime();
            try (ServerUnderLoad server = peer.start(site)) {
                try (FileClient client = FileClient.connect(server.address())) {
                    client.get(FileClient.request("/" + HotFiles.name(SMALL)), new AtomicLong());
                    values[0] = (System.nanoTime() - begin) / 1e6;
                }
                try (IdleClients idle = IdleClients.connect(server.address(), settings.idle, HotFiles.name(SMALL))) {
                    idle.askOnce();
                    values[1] = residentMiB(server);
                }
            }
            try (ServerUnderLoad server = peer.start(site)) {
                cold.makeCold();
                try (IdleClients slow = IdleClients.connect(server.address(), settings.slow, cold.names())) {
                    values[2] = mostResident(server, slow, settings.seconds);
                }
            }
            return values;
        } catch (UnavailableException e) {
            throw new IOException(peer.name() + " does not start again", e);
        }
    }

    /** While they take a few bytes of their files each second. */
    private static double mostResident(ServerUnderLoad server, IdleClients slow, int seconds)
            throws IOException, InterruptedException {
        slow.ask();
        double most = 0;
        for (int second = 0; second < seconds; second++) {
            slow.takeSome();
            TimeUnit.SECONDS.sleep(1);
            most = Math.max(most, residentMiB(server));
        }
        return most;
    }

    /** Of the process and its children. */
    private static double residentMiB(ServerUnderLoad server) throws IOException {
        List<ProcessHandle> processes = ProcessHandle.of(server.pid()).stream()
                .flatMap(root -> Stream.concat(Stream.of(root), root.descendants()))
                .toList();
        double sum = 0;
        for (ProcessHandle process : processes) {
            for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
                if (line.startsWith("VmRSS:")) {
                    sum += Double.parseDouble(line.replaceAll("\\D", "")) / 1024;
                }
            }
        }
        return sum;
    }
}
