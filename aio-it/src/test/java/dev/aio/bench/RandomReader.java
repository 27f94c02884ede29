package dev.aio.bench;

import dev.aio.bench.peer.ArtemisReads;
import dev.aio.bench.peer.RandomReads;
import dev.aio.it.Program;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Something that reads blocks of a file at random positions. */
record RandomReader(String name, String description, Rate rate) {

    private static final Pattern IOPS = Pattern.compile("\"iops\"\\s*:\\s*([0-9.]+)");

    /** How often a second it does. */
    interface Rate {
        double of(Path file, int depth, int seconds) throws IOException;
    }

    double perSecond(Path file, int depth, int seconds) throws IOException {
        return rate.of(file, depth, seconds);
    }

    /** Ours comes first. */
    static List<RandomReader> all(Session session) throws IOException {
        Cpus cpus = session.cpus();
        List<RandomReader> all = new ArrayList<>();
        all.add(new RandomReader(
                Figure.OURS,
                "aio bench read, its own batches",
                (file, depth, seconds) -> ours(cpus, file, depth, seconds, "aio")));
        all.add(fio(
                cpus,
                "fio-libaio",
                "libaio",
                "--userspace_reap",
                "--iodepth_batch_submit=2",
                "--iodepth_batch_complete_min=2",
                "--iodepth_batch_complete_max=128"));
        all.add(fio(cpus, "fio-libaio-single", "libaio", "--userspace_reap"));
        all.add(fio(cpus, "fio-io_uring", "io_uring"));
        Path natives = extractArtemis(session);
        all.add(new RandomReader(
                "artemis-native",
                "ActiveMQ Artemis' Linux AIO, one thread",
                (file, depth, seconds) -> java(cpus, natives, ArtemisReads.class, file, depth, seconds)));
        all.add(new RandomReader(
                "pread",
                "aio bench read --engine blocking: one read at a time",
                (file, depth, seconds) -> ours(cpus, file, depth, seconds, "blocking")));
        all.add(new RandomReader(
                "file-channel",
                "JDK FileChannel, a thread for each read in flight",
                (file, depth, seconds) -> java(cpus, natives, RandomReads.class, file, depth, seconds, "channel")));
        all.add(new RandomReader(
                "async-channel",
                "JDK AsynchronousFileChannel, a thread for each read in flight",
                (file, depth, seconds) -> java(cpus, natives, RandomReads.class, file, depth, seconds, "async")));
        return all;
    }

    /** Its library is in its jar, but nobody takes it out of there. Empty on other machines than it has one for. */
    private static Path extractArtemis(Session session) throws IOException {
        Path directory = session.newDirectory("artemis");
        String library = "libartemis-native-64.so";
        String resource = "lib/linux-" + System.getProperty("os.arch").replace("amd64", "x86_64") + '/' + library;
        try (InputStream in = ArtemisReads.class.getClassLoader().getResourceAsStream(resource)) {
            if (in != null) {
                Files.copy(in, directory.resolve(library));
            }
        }
        return directory;
    }

    private static RandomReader fio(Cpus cpus, String name, String engine, String... options) {
        List<String> all = new ArrayList<>(List.of("--rw=randread", "--bs=4k", "--norandommap", "--time_based"));
        all.add("--ioengine=" + engine);
        all.addAll(Arrays.asList(options));
        return new RandomReader(name, "fio " + String.join(" ", all), (file, depth, seconds) -> {
            if (!Fio.isThere()) {
                throw new IOException("no fio on the path (Debian package fio)");
            }
            List<String> command = new ArrayList<>(all);
            command.addAll(
                    List.of("--filename=" + file, "--iodepth=" + depth, "--ramp_time=2", "--runtime=" + seconds));
            return Fio.read(cpus, command.toArray(new String[0])).operationsPerSecond();
        });
    }

    private static double ours(Cpus cpus, Path file, int depth, int seconds, String engine) throws IOException {
        String report = run(cpus.pinned(List.of(
                java(),
                "-jar",
                Program.jar().toString(),
                "bench",
                "read",
                file.toString(),
                "--depth=" + depth,
                "--seconds=" + seconds,
                "--engine=" + engine,
                "--json")));
        Matcher iops = IOPS.matcher(report);
        if (!iops.find()) {
            throw new IOException("cannot read what bench read printed: " + report);
        }
        return Double.parseDouble(iops.group(1));
    }

    private static double java(
            Cpus cpus, Path natives, Class<?> program, Path file, int depth, int seconds, String... more)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                java(),
                "-Djava.library.path=" + natives,
                "-cp",
                System.getProperty("java.class.path"),
                program.getName(),
                file.toString(),
                Integer.toString(depth),
                Integer.toString(seconds)));
        command.addAll(Arrays.asList(more));
        return Double.parseDouble(run(cpus.pinned(command)).strip());
    }

    private static String run(List<String> command) throws IOException {
        Program program = Program.start(command);
        if (program.awaitExit(Duration.ofSeconds(600)) != 0) {
            throw new IOException(program.stderr() + program.stdout());
        }
        return program.stdout();
    }

    private static String java() {
        return Program.javaHome().resolve("bin/java").toString();
    }
}
