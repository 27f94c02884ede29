package dev.aio.netty.http;

import java.time.Duration;

/**
 * How much of a body that nobody wants is read, and how slowly it may come.
 *
 * @param maxBytes beyond it the request is refused and the connection ends
 * @param periodNanos over which the pace is measured; 0 for none
 * @param bytesPerSecond that must come on average over a period
 */
record BodyLimits(long maxBytes, long periodNanos, long bytesPerSecond) {

    /** The size is nginx's, the pace Kestrel's. */
    static final BodyLimits DEFAULT =
            new BodyLimits(1024 * 1024, Duration.ofSeconds(30).toNanos(), 240);

    private static final double NANOS_PER_SECOND = 1e9;

    BodyLimits withMaxBytes(long bytes) {
        return new BodyLimits(bytes, periodNanos, bytesPerSecond);
    }

    BodyLimits withPace(Duration period, long perSecond) {
        return new BodyLimits(maxBytes, period.toNanos(), perSecond);
    }

    /** Bytes that must come within a period, at least. */
    long bytesPerPeriod() {
        return Math.max(1, (long) (bytesPerSecond * (periodNanos / NANOS_PER_SECOND)));
    }
}
