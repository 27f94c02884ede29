package dev.aio.netty.server;

import static dev.aio.netty.server.Setting.option;

import dev.aio.netty.http.StaticFileHandlerBuilder;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The options of {@code aio serve} that say how it ends, and how others learn of that in time. */
final class StopOptions {

    private CommandSpec spec;

    private final Setting<@Nullable String> healthPath = option(String.class, "--health-path", "PATH")
            .description(
                    "Path that tells load balancers how the server is, such as /healthz, instead of a file: 200, or"
                            + " 503 after a signal to stop.");

    private final Setting<Integer> delaySeconds = option(int.class, "--drain-delay", "SECONDS")
            .byDefault("0")
            .description("How long after a signal to stop connections are still accepted and requests answered, each as"
                    + " the last of its connection: more than load balancers need to see --health-path fail.");

    private final Setting<Integer> drainSeconds = option(int.class, "--drain", "SECONDS")
            .byDefault("10")
            .description("How long transfers may finish after that.");

    void addTo(CommandSpec command) {
        spec = command;
        Setting.addTo(command, healthPath, delaySeconds, drainSeconds);
    }

    /** @throws ParameterException if an option has a value that it cannot have */
    void check() {
        notNegative("--drain-delay", delaySeconds.value());
        notNegative("--drain", drainSeconds.value());
    }

    private void notNegative(String option, int value) {
        if (value < 0) {
            throw new ParameterException(spec.commandLine(), option + ": " + value + " (expected: >= 0)");
        }
    }

    void applyTo(StaticFileHandlerBuilder builder) {
        if (healthPath.value() == null) {
            return;
        }
        try {
            builder.healthPath(healthPath.value());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), "--health-path: '" + healthPath.value() + "' (expected: such as /healthz)", e);
        }
    }

    /** Announces the end, then waits for what is being sent, and says what did not get done. */
    void drain(FileServer server) {
        server.announceEnd(Duration.ofSeconds(delaySeconds.value()));
        if (!server.drain(Duration.ofSeconds(drainSeconds.value()))) {
            System.err.println("aio: transfers still running after " + drainSeconds.value() + " s were cut (--drain)");
        }
    }
}
