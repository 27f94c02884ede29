package dev.aio.bench;

import dev.aio.it.Program;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What h2load found.
 *
 * @param cipher of TLS 1.3
 */
record H2load(double requestsPerSecond, String cipher) {

    /** Everybody's, so that no server's taste decides. */
    private static final String CIPHER = "TLS_AES_128_GCM_SHA256";

    private static final Pattern RATE = Pattern.compile("finished in [^,]+, ([0-9.]+) req/s");
    private static final Pattern FAILED = Pattern.compile("(\\d+) failed, (\\d+) errored, (\\d+) timeout");
    private static final Pattern USED = Pattern.compile("Cipher: (\\S+)");

    /**
     * A number of requests: h2load 1.52 told to run for a time does not always end.
     *
     * @param streams requests at once on each connection over HTTP/2, or 0: one over HTTP/1.1
     */
    static H2load run(Cpus cpus, int connections, int streams, long requests, String url) throws IOException {
        List<String> command =
                new ArrayList<>(List.of("h2load", "--tls13-ciphers=" + CIPHER, "-t1", "-c" + connections));
        command.addAll(streams > 0 ? List.of("-m" + streams) : List.of("--h1", "-m1"));
        command.addAll(List.of("-n" + requests, url));
        Program program = Program.start(cpus.loading(command));
        int exit = program.awaitExit(Duration.ofSeconds(300));
        if (exit != 0) {
            throw new IOException(url + ": h2load ended with " + exit + ": " + program.stdout() + program.stderr());
        }
        return parse(program.stdout());
    }

    static H2load parse(String report) throws IOException {
        Matcher rate = RATE.matcher(report);
        Matcher failed = FAILED.matcher(report);
        Matcher used = USED.matcher(report);
        if (!rate.find() || !failed.find()) {
            throw new IOException("cannot read what h2load printed: " + report);
        }
        for (int i = 1; i <= failed.groupCount(); i++) {
            if (!failed.group(i).equals("0")) {
                throw new IOException("h2load reports failures: " + report);
            }
        }
        return new H2load(Double.parseDouble(rate.group(1)), used.find() ? used.group(1) : "");
    }
}
