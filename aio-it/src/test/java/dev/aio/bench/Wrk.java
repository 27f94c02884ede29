package dev.aio.bench;

import dev.aio.it.Program;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What wrk found.
 *
 * @param p99Millis of the time from request to the end of its answer
 */
record Wrk(long requests, double requestsPerSecond, double p99Millis) {

    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ");

    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");
    private static final Pattern P99 = Pattern.compile("99%\\s+([0-9.]+)(us|ms|s|m)");

    /** Asks for the same file again and again over connections that stay open. */
    static Wrk run(Cpus cpus, int connections, int seconds, String url) throws IOException {
        List<String> command =
                List.of("wrk", "--latency", "--timeout", "60s", "-t1", "-c" + connections, "-d" + seconds + "s", url);
        Program program = Program.start(cpus.loading(command));
        int exit = program.awaitExit(Duration.ofSeconds(seconds + 120));
        String report = program.stdout();
        if (exit != 0 || report.contains("Non-2xx") || report.contains("Socket errors")) {
            throw new IOException(url + ": wrk reports failures: " + report + program.stderr());
        }
        return parse(report);
    }

    static Wrk parse(String report) throws IOException {
        Matcher requests = REQUESTS.matcher(report);
        Matcher rate = RATE.matcher(report);
        Matcher p99 = P99.matcher(report);
        if (!requests.find() || !rate.find() || !p99.find()) {
            throw new IOException("cannot read what wrk printed: " + report);
        }
        return new Wrk(
                Long.parseLong(requests.group(1)),
                Double.parseDouble(rate.group(1)),
                Double.parseDouble(p99.group(1)) * millis(p99.group(2)));
    }

    private static double millis(String unit) {
        return switch (unit) {
            case "us" -> 1e-3;
            case "ms" -> 1;
            case "s" -> 1e3;
            default -> 60e3;
        };
    }
}
