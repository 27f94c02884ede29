package dev.aio.netty.server;

import java.time.Duration;

/**
 * What a connection may take its time for; zero for any time.
 *
 * @param head from the first byte of a head, of a frame or of a connection to its last
 * @param idle without a byte in either direction
 * @param send in which what waits to be sent must move
 * @param minRate bytes a second that it must move by, on average over {@code send}; 0 for one byte
 */
record TimeLimits(Duration head, Duration idle, Duration send, long minRate) {

    /** Idle: nginx's; rate: Kestrel's. */
    static final TimeLimits DEFAULTS =
            new TimeLimits(Duration.ofSeconds(20), Duration.ofSeconds(75), Duration.ofSeconds(60), 240);

    /** Bytes that the rate asks for in a period, at least one. */
    long least(Duration period) {
        return Math.max(1, (long) (minRate * (period.toNanos() / 1e9)));
    }

    static Duration notNegative(String name, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= 0)");
        }
        return value;
    }
}
