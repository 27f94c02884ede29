package dev.aio.netty.micrometer;

import dev.aio.netty.AioTransport;
import dev.aio.netty.AioTransportListener;
import dev.aio.netty.Rung;
import dev.aio.netty.TransportSnapshot;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.netty.channel.EventLoop;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/**
 * Binds a transport to a meter registry: {@code aio.rung.count} and {@code aio.rung.bytes} (tag {@code rung}),
 * {@code aio.pool.*}, {@code aio.pinned}, {@code aio.pinned.limit}, {@code aio.lane.*}, {@code aio.accepted}, {@code aio.inflight}, {@code aio.pending}, {@code aio.rejections}, {@code
 * aio.submit.seconds}. What only a listener hears, {@code aio.window} (time from asking to having, tag {@code
 * rung}), {@code aio.loop.lag} and {@code aio.stalled}, comes from {@link #listener}, which is given to the
 * transport's builder.
 */
public final class AioTransportMetrics implements MeterBinder {

    private final AioTransport transport;
    private final Tags tags;

    private AioTransportMetrics(AioTransport transport, Tags tags) {
        this.transport = transport;
        this.tags = tags;
    }

    /** For {@code new AioTransportMetrics…bindTo(registry)}; the tags go on every meter. */
    public static AioTransportMetrics of(AioTransport transport, Iterable<Tag> tags) {
        return new AioTransportMetrics(Objects.requireNonNull(transport, "transport"), Tags.of(tags));
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (Rung rung : Rung.values()) {
            Tags named = tags.and("rung", name(rung));
            FunctionCounter.builder(
                            "aio.rung.count", transport, t -> t.counters().count(rung))
                    .tags(named)
                    .register(registry);
            FunctionCounter.builder(
                            "aio.rung.bytes", transport, t -> t.counters().bytes(rung))
                    .tags(named)
                    .baseUnit("bytes")
                    .register(registry);
        }
        gauge(registry, "aio.pool.limit", "bytes", s -> s.pool().limitBytes());
        gauge(registry, "aio.pool.allocated", "bytes", s -> s.pool().allocatedBytes());
        gauge(registry, "aio.pool.used", "bytes", s -> s.pool().usedBytes());
        gauge(registry, "aio.pinned", "bytes", s -> s.pinned().bytes());
        gauge(registry, "aio.pinned.limit", "bytes", s -> s.pinned().limitBytes());
        gauge(registry, "aio.mapped", "bytes", s -> s.mapped().bytes());
        gauge(registry, "aio.lane.active", "threads", s -> s.lane().active());
        gauge(registry, "aio.lane.queued", "tasks", s -> s.lane().queued());
        gauge(registry, "aio.accepted", "operations", s -> sum(s, TransportSnapshot.EngineState::accepted));
        gauge(registry, "aio.inflight", "operations", s -> sum(s, TransportSnapshot.EngineState::inFlight));
        gauge(registry, "aio.pending", "operations", s -> sum(s, TransportSnapshot.EngineState::pending));
        FunctionCounter.builder("aio.rejections", transport, t -> rejections(t.snapshot()))
                .tags(tags)
                .register(registry);
        FunctionCounter.builder(
                        "aio.submit.seconds",
                        transport,
                        t -> sum(t.snapshot(), TransportSnapshot.EngineState::submitNanos) / 1e9)
                .tags(tags)
                .baseUnit("seconds")
                .register(registry);
    }

    private void gauge(MeterRegistry registry, String name, String unit, ToLongFunction<TransportSnapshot> value) {
        Gauge.builder(name, transport, t -> value.applyAsLong(t.snapshot()))
                .tags(tags)
                .baseUnit(unit)
                .register(registry);
    }

    /** Each engine counts once, however many event loops share it. */
    private static long sum(TransportSnapshot snapshot, ToLongFunction<TransportSnapshot.EngineState> value) {
        return snapshot.engines().stream().mapToLong(value).sum();
    }

    /** By engines and by the lane. */
    private static long rejections(TransportSnapshot snapshot) {
        return sum(snapshot, TransportSnapshot.EngineState::rejections)
                + snapshot.lane().rejections();
    }

    private static String name(Rung rung) {
        return rung.name().toLowerCase(Locale.ROOT);
    }

    /** A listener that records into the registry, for {@code AioTransportBuilder.listener}. */
    public static AioTransportListener listener(MeterRegistry registry, Iterable<Tag> tags) {
        return new Recorder(registry, Tags.of(tags));
    }

    private static final class Recorder implements AioTransportListener {

        private final Map<Rung, Timer> windows = new EnumMap<>(Rung.class);
        private final Timer lag;
        private final Counter stalled;

        Recorder(MeterRegistry registry, Tags tags) {
            for (Rung rung : new Rung[] {Rung.AIO_READ, Rung.AIO_HELPED, Rung.LANE_READ}) {
                windows.put(rung, registry.timer("aio.window", tags.and("rung", name(rung))));
            }
            lag = registry.timer("aio.loop.lag", tags);
            stalled = registry.counter("aio.stalled", tags);
        }

        @Override
        public void windowRead(Rung rung, int bytes, long nanos) {
            Timer timer = windows.get(rung);
            if (timer != null) {
                timer.record(nanos, TimeUnit.NANOSECONDS);
            }
        }

        @Override
        public void stalled(String path, long position, long length) {
            stalled.increment();
        }

        @Override
        public void loopLag(EventLoop loop, long nanos) {
            lag.record(nanos, TimeUnit.NANOSECONDS);
        }
    }
}
