package dev.aio.netty.server;

import static dev.aio.netty.server.Setting.option;

import dev.aio.netty.http.StaticFileHandlerBuilder;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The options of {@code aio serve} that say how long a client may take for what. */
final class TimeoutOptions {

    private CommandSpec spec;

    private final Setting<Integer> header = option(int.class, "--header-timeout", "SECONDS")
            .byDefault("20")
            .description("For the head of a request, from its first byte; beyond it 408. Also for a connection's first"
                    + " byte, the TLS handshake and a frame of HTTP/2. 0: any time.");

    private final Setting<Integer> idle = option(int.class, "--idle-timeout", "SECONDS")
            .byDefault("75")
            .description("Without a byte in either direction a connection is closed. 0: never.");

    private final Setting<Integer> body = option(int.class, "--body-timeout", "SECONDS")
            .byDefault("30")
            .description("Whose request's body has not come at --min-rate for so long is told 408, or cut if it is"
                    + " answered already. 0: any time.");

    private final Setting<Integer> send = option(int.class, "--send-timeout", "SECONDS")
            .byDefault("60")
            .description("Who has not taken enough of an answer for so long is cut; see --min-rate. 0: nobody is.");

    private final Setting<Long> rate = option(long.class, "--min-rate", "BYTES")
            .byDefault("240")
            .description(
                    "Bytes a second that are enough, on average over --send-timeout and --body-timeout. 0: one byte"
                            + " in that time.");

    void addTo(CommandSpec command) {
        spec = command;
        Setting.addTo(command, header, idle, body, send, rate);
    }

    /** @throws ParameterException if an option has a value that it cannot have */
    void check() {
        notNegative("--header-timeout", header.value());
        notNegative("--idle-timeout", idle.value());
        notNegative("--body-timeout", body.value());
        notNegative("--send-timeout", send.value());
        notNegative("--min-rate", rate.value());
    }

    private void notNegative(String option, long value) {
        if (value < 0) {
            throw new ParameterException(spec.commandLine(), option + ": " + value + " (expected: >= 0)");
        }
    }

    void applyTo(FileServerBuilder builder) {
        builder.headTimeout(Duration.ofSeconds(header.value()))
                .idleTimeout(Duration.ofSeconds(idle.value()))
                .sendTimeout(Duration.ofSeconds(send.value()))
                .minRate(rate.value());
    }

    void applyTo(StaticFileHandlerBuilder builder) {
        builder.bodyTimeout(Duration.ofSeconds(body.value()), rate.value());
    }
}
