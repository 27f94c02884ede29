package dev.aio.bench;

import dev.aio.it.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What fio found. */
record Fio(double bytesPerSecond, double operationsPerSecond) {

    /** fio's terse output, version 3: error, bandwidth in KiB/s, operations a second, of reads. */
    private static final int ERROR = 4;

    private static final int BANDWIDTH = 6;
    private static final int OPERATIONS = 7;

    static boolean isThere() {
        return Stream.of(System.getenv("PATH").split(":")).anyMatch(at -> Files.isExecutable(Path.of(at, "fio")));
    }

    static String version() {
        return Program.succeed("fio", "--version").strip();
    }

    /** One job of direct reads, where the server is else; more options say of what. */
    static Fio read(Cpus cpus, String... options) throws IOException {
        return run(cpus, List.of(), options);
    }

    /** The same into buffers that lie in huge pages: how fast it is then does not depend on which small ones it gets. */
    static Fio readHuge(Cpus cpus, String... options) throws IOException {
        return run(cpus, List.of("env", "GLIBC_TUNABLES=glibc.malloc.hugetlb=1"), options);
    }

    private static Fio run(Cpus cpus, List<String> prefix, String... options) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                "fio", "--name=bench", "--direct=1", "--readonly", "--output-format=terse", "--terse-version=3"));
        command.addAll(List.of(options));
        Program program = Program.start(cpus.pinned(command));
        int exit = program.awaitExit(Duration.ofSeconds(600));
        if (exit != 0) {
            throw new IOException("fio ended with " + exit + ": " + program.stdout() + program.stderr());
        }
        return parse(program.stdout());
    }

    static Fio parse(String report) throws IOException {
        String line = report.lines()
                .filter(l -> l.startsWith("3;fio-"))
                .findFirst()
                .orElseThrow(() -> new IOException("cannot read what fio printed: " + report));
        String[] fields = line.split(";");
        if (!fields[ERROR].equals("0")) {
            throw new IOException("fio reports error " + fields[ERROR] + ": " + report);
        }
        return new Fio(Double.parseDouble(fields[BANDWIDTH]) * 1024, Double.parseDouble(fields[OPERATIONS]));
    }
}
