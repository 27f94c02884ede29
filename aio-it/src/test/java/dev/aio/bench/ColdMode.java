package dev.aio.bench;

import java.io.IOException;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Files of 1 MiB that are not in memory, each once: bytes a second, beside what the disk gives to fio. */
final class ColdMode implements Mode {

    private static final int CLIENTS = 32;
    private static final int SIZE = 1 << 20;
    private static final int FILES = 2048;

    /** All of them, as nginx may in its own configuration. */
    private static final String OPEN_FILES = "4096";

    private static final String FIO = "fio";
    private static final String HOT = "aio-hot";
    private static final String FIO_HUGE = "fio-huge-pages";

    /** One pass over all files. */
    private interface Reader {
        double megabytesPerSecond() throws IOException, InterruptedException;
    }

    @Override
    public void run(Session session) throws IOException, InterruptedException {
        ColdFiles cold = ColdFiles.create(session.newDirectory("cold"), FILES, SIZE);
        Site site = new Site(cold.directory(), HotFiles.open(session.newDirectory("cold-own")), session.cpus(), null);
        List<Peer> peers = new ArrayList<>(Peers.ours(session, "--open-files", OPEN_FILES));
        peers.addAll(List.of(NginxPeer.SENDFILE, NginxPeer.THREADS_DIRECT));
        try (Contest contest = Contest.start(session, peers, site)) {
            Verification verification = Verification.over(HttpClient.Version.HTTP_1_1, null);
            Map<String, Reader> readers = new LinkedHashMap<>();
            for (Map.Entry<String, ServerUnderLoad> peer : contest.servers().entrySet()) {
                verification.check(
                        peer.getKey(),
                        peer.getValue(),
                        cold.directory(),
                        cold.names().get(0));
                readers.put(peer.getKey(), () -> serve(peer.getValue(), cold));
            }
            ServerUnderLoad ours = contest.servers().get(Figure.OURS);
            if (ours != null && session.settings().isWanted(HOT)) {
                session.describe(HOT, "the same server, clients and files, all in the page cache");
                readers.put(HOT, () -> serveHot(ours, cold));
            }
            addFio(session, cold, readers);
            for (Map.Entry<String, Reader> reader : readers.entrySet()) {
                Progress.say("cold: warming up %s", reader.getKey());
                warmUp(session, reader.getValue());
            }
            Map<String, double[]> rates = Rounds.run("cold, MB/s", readers, session.settings().rounds, 1, reader ->
                            new double[] {reader.megabytesPerSecond()})
                    .get(0);
            String what = FILES + " files of " + SizeConverter.show(SIZE) + ", " + CLIENTS + " at a time";
            session.add(new Figure("cold files", what, "MB/s", rates).target(FIO, Target.atLeast(0.90)));
        }
    }

    /** Twice as long as for hot files: there is more code for the compiler of a JVM, which has the same CPU. */
    private static void warmUp(Session session, Reader reader) throws IOException, InterruptedException {
        long end = System.nanoTime() + 2 * TimeUnit.SECONDS.toNanos(session.settings().warmUpSeconds);
        do {
            reader.megabytesPerSecond();
        } while (System.nanoTime() < end);
    }

    /** What fio reads depends on whether its buffers happen to lie in one piece, by up to four times on some disks. */
    private static void addFio(Session session, ColdFiles cold, Map<String, Reader> readers) {
        for (String name : List.of(FIO, FIO_HUGE)) {
            if (!session.settings().isWanted(name)) {
                continue;
            }
            if (!Fio.isThere()) {
                session.skip(name, "not on the path (Debian package fio)");
                continue;
            }
            String buffers = name.equals(FIO) ? "" : ", buffers in huge pages";
            session.describe(
                    name,
                    Fio.version() + ", direct reads of the same files, depth " + CLIENTS + ", sent to nobody"
                            + buffers);
            readers.put(name, () -> fio(session.cpus(), cold, name.equals(FIO_HUGE)));
        }
    }

    private static double fio(Cpus cpus, ColdFiles cold, boolean huge) throws IOException {
        cold.makeCold();
        String[] options = {
            "--opendir=" + cold.directory(),
            "--rw=read",
            "--bs=" + SIZE,
            "--ioengine=libaio",
            "--iodepth=" + CLIENTS,
            "--file_service_type=sequential"
        };
        return (huge ? Fio.readHuge(cpus, options) : Fio.read(cpus, options)).bytesPerSecond() / 1e6;
    }

    private static double serve(ServerUnderLoad server, ColdFiles cold) throws IOException, InterruptedException {
        cold.makeCold();
        return ask(server, cold);
    }

    private static double serveHot(ServerUnderLoad server, ColdFiles cold) throws IOException, InterruptedException {
        cold.makeHot();
        return ask(server, cold);
    }

    private static double ask(ServerUnderLoad server, ColdFiles cold) throws IOException, InterruptedException {
        server.tasks().readMappedFiles(); // its code may have been dropped too, and is not what is measured
        long begin = System.nanoTime();
        try (ColdReaders readers = ColdReaders.start(server.address(), CLIENTS, cold, false)) {
            readers.awaitEnd();
            return readers.bytes() / 1e6 / ((System.nanoTime() - begin) / 1e9);
        }
    }
}
