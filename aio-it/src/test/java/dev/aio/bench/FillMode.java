package dev.aio.bench;

import dev.aio.bench.fill.FillLoop;
import dev.aio.bench.fill.TraceLoop;
import dev.aio.it.Host;
import dev.aio.it.Program;
import dev.aio.it.ReadAhead;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Ways to bring cold files to a socket and into the page cache, and rules which files belong there. */
@SuppressWarnings("try") // what is only there to be closed
final class FillMode implements Mode {

    private static final int READS_PER_SECOND = 200;

    /** What is common today, in KiB. */
    private static final int STOCK_READ_AHEAD = 128;

    private static final int PASS_FIGURES = 7;
    private static final int TRACE_FIGURES = 7;

    private @Nullable String checksum; // of the files that are being sent

    @Override
    public void run(Session session) throws IOException, InterruptedException {
        try (Host.Restored accounting = Host.sysctl("kernel.task_delayacct", "1")) {
            send(session, "files of 1 MiB", 512, 1 << 20, READS_PER_SECOND);
            send(session, "files of 64 MiB", 8, 64 << 20, 0);
            answer(session);
        }
    }

    private void send(Session session, String what, int count, int size, int readsPerSecond)
            throws IOException, InterruptedException {
        Path directory = ColdFiles.create(session.newDirectory("fill-" + size), count, size)
                .directory();
        Map<String, List<String>> ways = ways(session, directory);
        checksum = null;
        int figures = readsPerSecond > 0 ? 2 * PASS_FIGURES : PASS_FIGURES;
        List<Map<String, double[]>> samples = Rounds.run(
                what + ": µs/MiB, others' µs/MiB, MB/s, resident %, waited ticks, others waited ticks, reads/MiB",
                ways,
                session.settings().rounds,
                figures,
                way -> {
                    List<String> arguments = new ArrayList<>(way);
                    arguments.addAll(List.of(
                            Integer.toString(readsPerSecond), session.cpus().server(), directory.toString()));
                    double[] values = values(run(session, FillLoop.class, arguments), true);
                    return Arrays.copyOf(values, figures);
                });
        report(session, "cold " + what, samples.subList(0, PASS_FIGURES - 1));
        if (readsPerSecond > 0) {
            report(
                    session,
                    "cold " + what + ", disk of " + readsPerSecond + " reads/s",
                    samples.subList(PASS_FIGURES, 2 * PASS_FIGURES));
        }
    }

    /** What {@link FillLoop} is told of each. */
    private static Map<String, List<String>> ways(Session session, Path disk) throws IOException {
        Map<String, List<String>> ways = new LinkedHashMap<>();
        ways.put("direct-256k", List.of("direct", "256", "0"));
        ways.put("direct-1024k", List.of("direct", "1024", "0"));
        ways.put("fill-256k", List.of("fill", "256", "0"));
        ways.put("fill-1024k", List.of("fill", "1024", "0"));
        ways.put("fill-1024k-random", List.of("fill-random", "1024", Integer.toString(STOCK_READ_AHEAD)));
        ways.put("thread-256k", List.of("thread", "256", "0"));
        ways.put("direct+thread-256k", List.of("both", "256", "0"));
        ways.put("direct+thread-1024k", List.of("both", "1024", "0"));
        session.describe("direct", "AIO reads past the page cache, 4 windows in flight, sent from memory");
        session.describe(
                "fill",
                "a declined NOWAIT read starts readahead, a direct read of the window's last 4 KiB tells its end, sendfile;"
                        + " read_ahead_kb " + ReadAhead.kilobytes(disk) + ", -random: POSIX_FADV_RANDOM and "
                        + STOCK_READ_AHEAD + "; max_sectors_kb " + ReadAhead.requestKilobytes(disk));
        session.describe("thread", "blocking reads by another thread, sendfile");
        session.describe("direct+thread", "the server's second miss today: sent as direct does, filled as thread does");
        return ways;
    }

    private static void report(Session session, String group, List<Map<String, double[]>> samples) {
        List<String> names = List.of(
                "CPU of the loop's thread",
                "CPU of other threads",
                "bytes sent",
                "windows resident when noticed",
                "loop waits for the disk",
                "others wait for the disk",
                "reads that reached the disk");
        List<String> units = List.of("µs/MiB", "µs/MiB", "MB/s", "%", "ticks", "ticks", "reads/MiB");
        for (int i = 0; i < samples.size(); i++) {
            session.add(new Figure(group, names.get(i), units.get(i), samples.get(i)).withoutRatios());
        }
    }

    private void answer(Session session) throws IOException, InterruptedException {
        Path directory = session.newDirectory("fill-trace");
        int count = TraceLoop.POPULAR + TraceLoop.SCANNED;
        Progress.say("writing %d files of %s", count, SizeConverter.show(TraceLoop.SIZE));
        byte[] content = new byte[TraceLoop.SIZE];
        for (int i = 0; i < count; i++) {
            new Random(i).nextBytes(content);
            Files.write(directory.resolve(String.format("trace-%05d.bin", i)), content);
        }
        Program.succeed("sync", "-f", directory.toString()); // at once: dirty pages stay in memory whatever is dropped
        Map<String, Integer> seeds = new LinkedHashMap<>();
        Map<String, String> policies = new LinkedHashMap<>();
        policies.put("never", "NEVER");
        policies.put("first-miss", "FIRST_MISS");
        policies.put("second-miss", "SECOND_MISS");
        List<Map<String, double[]>> samples = Rounds.run(
                "hits %: all, second request, hot before and after the scan; MB read, µs/MiB, waited ticks",
                policies, session.settings().rounds, TRACE_FIGURES, policy -> {
                    int seed = seeds.merge(policy, 1, Integer::sum); // each round asks for other files, of all the same
                    return values(
                            run(
                                    session,
                                    TraceLoop.class,
                                    List.of(
                                            policy,
                                            Integer.toString(seed),
                                            session.cpus().server(),
                                            directory.toString())),
                            false);
                });
        List<String> names = List.of(
                "hits",
                "hits of second requests",
                "hits of the hot tenth before",
                "hits of the hot tenth after",
                "read from the disk",
                "CPU of the loop's thread",
                "loop waits for the disk");
        List<String> units = List.of("%", "%", "%", "%", "MB", "µs/MiB", "ticks");
        String group = "a scan of " + TraceLoop.SCANNED + " files in 6,000 requests for " + TraceLoop.POPULAR
                + ", page cache of " + (TraceLoop.MEMORY >> 20) + " MiB";
        for (int i = 0; i < names.size(); i++) {
            session.add(new Figure(group, names.get(i), units.get(i), samples.get(i)).withoutRatios());
        }
    }

    /** One line of numbers, of a process whose measured thread has the server's CPU and whose others the load's. */
    private static String run(Session session, Class<?> program, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Program.javaHome().resolve("bin/java").toString(),
                "-XX:+UseSerialGC",
                "-Xms128m",
                "-Xmx128m",
                "-XX:MaxDirectMemorySize=256m",
                "-XX:+AlwaysPreTouch", // or its heap would count as page cache is limited
                "-Daio.standaloneJar=" + Program.jar(),
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(arguments);
        Program process = Program.start(session.cpus().loading(command));
        if (process.awaitExit(Duration.ofSeconds(600)) != 0) {
            throw new IOException(program.getSimpleName() + ' ' + arguments + " failed: " + process.stderr());
        }
        return process.stdout().strip();
    }

    private double[] values(String line, boolean checked) throws IOException {
        String numbers = line;
        if (checked) {
            int last = line.lastIndexOf(' ');
            numbers = line.substring(0, last);
            String sent = line.substring(last + 1);
            if (checksum != null && !checksum.equals(sent)) {
                throw new IOException("other bytes were sent than the way before has sent: " + sent + ", " + checksum);
            }
            checksum = sent;
        }
        return Arrays.stream(numbers.split(" "))
                .mapToDouble(Double::parseDouble)
                .toArray();
    }
}
