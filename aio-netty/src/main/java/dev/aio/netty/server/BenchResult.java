package dev.aio.netty.server;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** How many reads ended in a time, and how long each took. */
final class BenchResult {

    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final Histogram nanos = new Histogram(LONGEST_NANOS, 3);
    private long elapsedNanos;

    /** A read has ended. */
    void record(long latencyNanos) {
        nanos.recordValue(Math.min(latencyNanos, LONGEST_NANOS));
    }

    void elapsed(long elapsed) {
        elapsedNanos = elapsed;
    }

    private double iops() {
        return nanos.getTotalCount() * 1e9 / elapsedNanos;
    }

    private double micros(double percentile) {
        return nanos.getValueAtPercentile(percentile) / 1e3;
    }

    void print(PrintWriter out, int block) {
        out.printf(Locale.ROOT, "%-12s %.0f%n", "iops", iops());
        out.printf(Locale.ROOT, "%-12s %.0f (%.1f MB/s)%n", "bytes/s", iops() * block, iops() * block / 1e6);
        out.printf(
                Locale.ROOT,
                "%-12s p50 %.1f, p90 %.1f, p99 %.1f, p99.9 %.1f, max %.1f µs%n",
                "latency",
                micros(50),
                micros(90),
                micros(99),
                micros(99.9),
                micros(100));
    }

    void write(JsonGenerator json, int block) throws IOException {
        json.writeNumberField("seconds", elapsedNanos / 1e9);
        json.writeNumberField("operations", nanos.getTotalCount());
        json.writeNumberField("iops", rounded(iops()));
        json.writeNumberField("bytes_per_second", rounded(iops() * block));
        json.writeNumberField("mean_us", rounded(nanos.getMean() / 1e3));
        json.writeNumberField("p50_us", micros(50));
        json.writeNumberField("p90_us", micros(90));
        json.writeNumberField("p99_us", micros(99));
        json.writeNumberField("p999_us", micros(99.9));
        json.writeNumberField("max_us", micros(100));
    }

    private static double rounded(double value) {
        return Math.round(value * 10) / 10.0;
    }
}
