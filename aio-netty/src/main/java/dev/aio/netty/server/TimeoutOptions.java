package dev.aio.netty.server;

import dev.aio.netty.http.StaticFileHandlerBuilder;
import java.time.Duration;

/** The options of {@code aio serve} that say how long a client may take for what. */
final class TimeoutOptions {

    private final Option<Integer> header;
    private final Option<Integer> idle;
    private final Option<Integer> body;
    private final Option<Integer> send;
    private final Option<Long> rate;

    TimeoutOptions(CommandOptions options) {
        header = seconds(
                options,
                "--header-timeout",
                "20",
                "For the head of a request, from its first byte; beyond it 408. Also for a connection's first byte, the TLS"
                        + " handshake and a frame of HTTP/2. 0: any time.");
        idle = seconds(
                options,
                "--idle-timeout",
                "75",
                "Without a byte in either direction a connection is closed. 0: never.");
        body = seconds(
                options,
                "--body-timeout",
                "30",
                "Whose request's body has not come at --min-rate for so long is told 408, or cut if it is answered"
                        + " already. 0: any time.");
        send = seconds(
                options,
                "--send-timeout",
                "60",
                "Who has not taken enough of an answer for so long is cut; see --min-rate. 0: nobody is.");
        rate = options.bytes(
                "--min-rate",
                "240",
                "Bytes a second that are enough, on average over --send-timeout and --body-timeout. 0: one byte in that"
                        + " time.");
    }

    private static Option<Integer> seconds(CommandOptions options, String name, String byDefault, String description) {
        return options.number(name, "SECONDS", byDefault, description);
    }

    /** @throws UsageException if an option has a value that it cannot have */
    void check() {
        notNegative(header);
        notNegative(idle);
        notNegative(body);
        notNegative(send);
        notNegative(rate);
    }

    private static void notNegative(Option<? extends Number> option) {
        if (option.get().longValue() < 0) {
            throw new UsageException(option.name() + ": " + option.get() + " (expected: >= 0)");
        }
    }

    void applyTo(FileServerBuilder builder) {
        builder.headTimeout(Duration.ofSeconds(header.get()))
                .idleTimeout(Duration.ofSeconds(idle.get()))
                .sendTimeout(Duration.ofSeconds(send.get()))
                .minRate(rate.get());
    }

    void applyTo(StaticFileHandlerBuilder builder) {
        builder.bodyTimeout(Duration.ofSeconds(body.get()), rate.get());
    }
}
