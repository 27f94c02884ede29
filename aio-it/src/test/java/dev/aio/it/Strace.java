package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The system calls of all threads of a running process, while it is open. */
final class Strace implements AutoCloseable {

    private static final Pattern STARTED = Pattern.compile("(\\d+) +(.*) <unfinished \\.\\.\\.>");
    private static final Pattern RESUMED = Pattern.compile("(\\d+) +<\\.\\.\\. \\w+ resumed>(.*)");
    private static final Pattern CALL = Pattern.compile("(\\d+) +(\\w+)\\((.*)\\) += (-?\\w+).*");

    private final Program strace;
    private final Path log;

    /**
     * One call that has returned.
     *
     * @param name as strace knows it; calls that it does not know are {@code syscall_0x…}
     * @param arguments as strace writes them
     */
    record Call(int thread, String name, String arguments, String result) {

        long count() {
            return Long.parseLong(result);
        }
    }

    private Strace(Program strace, Path log) {
        this.strace = strace;
        this.log = log;
    }

    /** Attaches to a server; skips the test where that is not possible. */
    static Strace attach(ServerProcess server, Path directory) {
        Path log = directory.resolve("strace-" + System.nanoTime() + ".log");
        Program strace;
        try {
            strace = Program.start(
                    List.of("strace", "-f", "-s", "16", "-o", log.toString(), "-p", Long.toString(server.pid())));
        } catch (UncheckedIOException missing) {
            Host.assume(false, "no strace: " + missing.getMessage());
            throw missing;
        }
        await("strace attached to every thread")
                .atMost(Duration.ofSeconds(20))
                .until(() -> !strace.isAlive() || isAttached(strace));
        Host.assume(strace.isAlive(), "strace cannot attach: " + strace.stderr());
        return new Strace(strace, log);
    }

    private static boolean isAttached(Program strace) {
        return strace.stderrLines().stream().anyMatch(line -> line.contains("attached with"));
    }

    /** Detaches; returns what was called. */
    List<Call> calls() {
        close();
        assertThat(strace.awaitExit(Duration.ofSeconds(20))).as(strace.stderr()).isIn(0, 130);
        try {
            return parse(Files.readAllLines(log, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Call> parse(List<String> lines) {
        List<Call> calls = new ArrayList<>();
        Map<String, String> unfinished = new HashMap<>();
        for (String line : lines) {
            Matcher started = STARTED.matcher(line);
            Matcher resumed = RESUMED.matcher(line);
            if (started.matches()) {
                unfinished.put(started.group(1), started.group(2));
                continue;
            }
            String whole = resumed.matches()
                    ? resumed.group(1) + ' ' + unfinished.remove(resumed.group(1)) + resumed.group(2)
                    : line;
            Matcher call = CALL.matcher(whole);
            if (call.matches()) {
                calls.add(new Call(Integer.parseInt(call.group(1)), call.group(2), call.group(3), call.group(4)));
            }
        }
        return calls;
    }

    @Override
    public void close() {
        if (strace.isAlive()) {
            Program.run("kill", "-INT", Long.toString(strace.pid()));
        }
    }
}
