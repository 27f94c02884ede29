package dev.aio.bench;

import dev.aio.it.Content;
import dev.aio.it.Program;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The experiment that this project began with: an event loop that needs files each millisecond. */
final class SeedMode implements Mode {

    private static final List<Integer> COUNTS = List.of(1, 6, 12, 24);
    private static final int MOST = 24;
    private static final int SMALLEST = 1 << 10;
    private static final int LARGEST = 100 << 10;

    /** Has no divisor in common with the number of files: all sizes, the first few of them far apart. */
    private static final int STEP = 11;

    private static final String BLOCKING = "file-channel";
    private static final String IDLE = "idle";

    @Override
    public void run(Session session) throws IOException, InterruptedException {
        Path directory = session.newDirectory("seed");
        for (int i = 0; i < MOST; i++) {
            int place = i * STEP % MOST;
            Content.write(directory.resolve(name(i)), i, SMALLEST + (LARGEST - SMALLEST) * place / (MOST - 1));
        }
        session.describe(BLOCKING, "the same loop, waiting for the JDK's FileChannel");
        Map<String, String> kinds = new LinkedHashMap<>();
        kinds.put(Figure.OURS, "aio");
        kinds.put(BLOCKING, "blocking");
        kinds.put(IDLE, "idle");
        for (int count : COUNTS) {
            List<Map<String, double[]>> samples = Rounds.run(
                    count + " files, 1,000 rounds: ms, CPU ms, threads, RSS MiB",
                    kinds,
                    session.settings().rounds,
                    4,
                    kind -> measure(session.cpus(), kind, directory, count));
            report(session, count, samples);
        }
    }

    static String name(int number) {
        return "seed-" + number + ".bin";
    }

    private static double[] measure(Cpus cpus, String kind, Path directory, int count) throws IOException {
        Program program = Program.start(cpus.pinned(List.of(
                Program.javaHome().resolve("bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                SeedLoop.class.getName(),
                kind,
                directory.toString(),
                Integer.toString(count))));
        if (program.awaitExit(Duration.ofSeconds(600)) != 0) {
            throw new IOException("the loop with " + kind + " failed: " + program.stderr());
        }
        double[] values = Arrays.stream(program.stdout().strip().split(" "))
                .mapToDouble(Double::parseDouble)
                .toArray();
        values[3] /= 1024;
        return values;
    }

    private static void report(Session session, int count, List<Map<String, double[]>> samples) {
        String files = count + (count == 1 ? " file" : " files");
        List<String> names = List.of("runtime", "CPU time", "threads", "RSS over an idle JVM");
        List<String> units = List.of("ms", "ms", "threads", "MiB");
        Map<String, double[]> rss = samples.get(3);
        double[] idle = rss.get(IDLE);
        rss.values().stream().filter(values -> values != idle).forEach(values -> {
            for (int round = 0; round < values.length; round++) {
                values[round] -= idle[round];
            }
        });
        for (int i = 0; i < names.size(); i++) {
            Map<String, double[]> values = samples.get(i);
            values.remove(IDLE);
            Figure figure =
                    new Figure("files read every millisecond", files + ", " + names.get(i), units.get(i), values);
            session.add(i < 3 ? figure.target(BLOCKING, Target.atMost(1.0)) : figure.withoutRatios());
        }
    }
}
