package dev.aio.netty.server;

import dev.aio.netty.http.StaticFileHandlerBuilder;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of {@code aio serve} that say how long a client may take for what. */
final class TimeoutOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--header-timeout",
            paramLabel = "SECONDS",
            defaultValue = "20",
            description = "For the head of a request, from its first byte; beyond it 408. Also for a connection's first"
                    + " byte, the TLS handshake and a frame of HTTP/2. 0: any time.")
    private int header;

    @Option(
            names = "--idle-timeout",
            paramLabel = "SECONDS",
            defaultValue = "75",
            description = "Without a byte in either direction a connection is closed. 0: never.")
    private int idle;

    @Option(
            names = "--body-timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "Whose request's body has not come at --min-rate for so long is told 408, or cut if it is"
                    + " answered already. 0: any time.")
    private int body;

    @Option(
            names = "--send-timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "Who has not taken enough of an answer for so long is cut; see --min-rate. 0: nobody is.")
    private int send;

    @Option(
            names = "--min-rate",
            paramLabel = "BYTES",
            defaultValue = "240",
            description =
                    "Bytes a second that are enough, on average over --send-timeout and --body-timeout. 0: one byte"
                            + " in that time.")
    private long rate;

    /** @throws ParameterException if an option has a value that it cannot have */
    void check() {
        notNegative("--header-timeout", header);
        notNegative("--idle-timeout", idle);
        notNegative("--body-timeout", body);
        notNegative("--send-timeout", send);
        notNegative("--min-rate", rate);
    }

    private void notNegative(String option, long value) {
        if (value < 0) {
            throw new ParameterException(spec.commandLine(), option + ": " + value + " (expected: >= 0)");
        }
    }

    void applyTo(FileServerBuilder builder) {
        builder.headTimeout(Duration.ofSeconds(header))
                .idleTimeout(Duration.ofSeconds(idle))
                .sendTimeout(Duration.ofSeconds(send))
                .minRate(rate);
    }

    void applyTo(StaticFileHandlerBuilder builder) {
        builder.bodyTimeout(Duration.ofSeconds(body), rate);
    }
}
