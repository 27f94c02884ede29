package dev.aio.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What can be chosen of every benchmark. */
final class Settings {

    /** This program runs in the directory of its module. */
    private static final Path CALLED_FROM = Path.of(System.getProperty("aio.bench.directory", ""));

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Rounds (default: 5).")
    int rounds;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Length of one measurement (default: 5).")
    int seconds;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "10",
            description = "Seconds of load before each peer is measured (default: 10).")
    int warmUpSeconds;

    @Option(names = "--peers", paramLabel = "NAME", split = ",", description = "Peers to compare with (default: all).")
    private @Nullable List<String> peers;

    @Option(
            names = "--sizes",
            paramLabel = "BYTES",
            split = ",",
            converter = SizeConverter.class,
            defaultValue = "1k,16k,100k,1m",
            description = "Sizes of hot files (default: 1k,16k,100k,1m).")
    List<Integer> sizes = new ArrayList<>();

    @Option(names = "--connections", paramLabel = "N", defaultValue = "64", description = "To hot files (default: 64).")
    int connections;

    @Option(
            names = "--idle",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Idle connections (default: 10000).")
    int idle;

    @Option(names = "--slow", paramLabel = "N", defaultValue = "2000", description = "Slow readers (default: 2000).")
    int slow;

    @Option(
            names = "--aio-options",
            paramLabel = "OPTIONS",
            defaultValue = "",
            description = "More options for our server, in one argument.")
    private String aioOptions = "";

    @Option(names = "--baseline", paramLabel = "JAR", description = "Another build of ours, measured as aio-baseline.")
    @Nullable
    Path baseline;

    @Option(names = "--no-jmh", description = "Leave single steps out.")
    boolean noJmh;

    @Option(
            names = "--jmh-arguments",
            paramLabel = "ARGUMENTS",
            defaultValue = "",
            description = "For JMH, in one argument, such as \"-f 1 -wi 1 -i 1 OpenBenchmark\".")
    private String jmhArguments = "";

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Where tables, JSON and charts go (default: aio-it/target/bench).")
    private @Nullable Path report;

    /** Another build of ours, or null. */
    @Nullable
    Path baseline() {
        return baseline == null ? null : CALLED_FROM.resolve(baseline);
    }

    Path report() {
        return report == null ? Path.of("target/bench") : CALLED_FROM.resolve(report);
    }

    boolean isWanted(String peer) {
        return peers == null || peer.equals(Figure.OURS) || peers.contains(peer);
    }

    List<String> aioOptions() {
        return words(aioOptions);
    }

    String[] jmhArguments() {
        return words(jmhArguments).toArray(new String[0]);
    }

    private static List<String> words(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
    }
}
