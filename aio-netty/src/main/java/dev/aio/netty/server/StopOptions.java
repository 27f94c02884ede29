package dev.aio.netty.server;

import dev.aio.netty.http.StaticFileHandlerBuilder;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of {@code aio serve} that say how it ends, and how others learn of that in time. */
final class StopOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--health-path",
            paramLabel = "PATH",
            description =
                    "Path that tells load balancers how the server is, such as /healthz, instead of a file: 200, or"
                            + " 503 after a signal to stop.")
    private String healthPath;

    @Option(
            names = "--drain-delay",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description =
                    "How long after a signal to stop connections are still accepted and requests answered, each as"
                            + " the last of its connection: more than load balancers need to see --health-path fail.")
    private int delaySeconds;

    @Option(
            names = "--drain",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "How long transfers may finish after that.")
    private int drainSeconds;

    /** @throws ParameterException if an option has a value that it cannot have */
    void check() {
        notNegative("--drain-delay", delaySeconds);
        notNegative("--drain", drainSeconds);
    }

    private void notNegative(String option, int value) {
        if (value < 0) {
            throw new ParameterException(spec.commandLine(), option + ": " + value + " (expected: >= 0)");
        }
    }

    void applyTo(StaticFileHandlerBuilder builder) {
        if (healthPath == null) {
            return;
        }
        try {
            builder.healthPath(healthPath);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), "--health-path: '" + healthPath + "' (expected: such as /healthz)", e);
        }
    }

    /** Announces the end, then waits for what is being sent, and says what did not get done. */
    void drain(FileServer server) {
        server.announceEnd(Duration.ofSeconds(delaySeconds));
        if (!server.drain(Duration.ofSeconds(drainSeconds))) {
            System.err.println("aio: transfers still running after " + drainSeconds + " s were cut (--drain)");
        }
    }
}
