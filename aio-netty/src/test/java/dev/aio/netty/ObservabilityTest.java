package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.micrometer.AioTransportMetrics;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class ObservabilityTest extends TransportSuite {

    private static final int SIZE = 300_000;

    private record Window(Rung rung, int bytes, long nanos) {}

    @Test
    void shouldTellTheListenerOfEachWindowThatCameFromTheDisk() throws Exception {
        Queue<Window> windows = new ConcurrentLinkedQueue<>();
        AioTransportListener listener = new AioTransportListener() {
            @Override
            public void windowRead(Rung rung, int bytes, long nanos) {
                windows.add(new Window(rung, bytes, nanos));
            }
        };
        TestFile source = TestFile.create(directory, SIZE);
        try (TestTransport t = transport(options -> options.listener(listener));
                NettyAioFile file = t.open(source.cold().path)) {
            Await.result(file.read(100_000, 5_000)).release();
            assertThat(windows).hasSize(1);
            Window window = windows.peek();
            assertThat(window.bytes).isEqualTo(5_000);
            assertThat(window.nanos).isPositive();
            assertThat(window.rung)
                    .isIn(engine == Engine.AIO ? List.of(Rung.AIO_READ, Rung.AIO_HELPED) : List.of(Rung.LANE_READ));
        }
    }

    @Test
    void shouldGoOnWhenTheListenerThrows() throws Exception {
        AioTransportListener throwing = new AioTransportListener() {
            @Override
            public void windowRead(Rung rung, int bytes, long nanos) {
                throw new IllegalStateException("a listener's own failure");
            }
        };
        TestFile source = TestFile.create(directory, SIZE);
        try (TestTransport t = transport(options -> options.listener(throwing));
                NettyAioFile file = t.open(source.cold().path)) {
            ByteBuf window = Await.result(file.read(0, 1_000));
            assertThat(window.readableBytes()).isEqualTo(1_000);
            window.release();
        }
    }

    @Test
    void shouldShowWhatItDid() throws Exception {
        TestFile source = TestFile.create(directory, SIZE);
        try (TestTransport t = transport();
                NettyAioFile file = t.open(source.cold().path)) {
            ByteBuf window = Await.result(file.read(0, 9_000));
            TransportSnapshot snapshot = t.transport.snapshot();
            window.release();
            assertThat(snapshot.counts()).containsEntry(Rung.OPEN_LANE, 1L);
            assertThat(snapshot.pool().usedBuffers()).isEqualTo(1);
            assertThat(snapshot.pool().usedBytes()).isGreaterThanOrEqualTo(9_000);
            assertThat(snapshot.lane().threads()).isEqualTo(TestTransport.LANE_THREADS);
            assertThat(snapshot.loops()).hasSize(1);
            TransportSnapshot.Loop loop = snapshot.loops().get(0);
            assertThat(loop.engine().kind()).isEqualTo(engine == Engine.AIO ? "aio" : "lane");
            assertThat(loop.name()).contains("test-loop");
            assertThat(loop.waiting()).isEmpty();
            assertThat(snapshot.toString()).contains("pool: ", "lane: ", loop.name(), "OPEN_LANE: 1 times");
        }
    }

    @Test
    void shouldReportAnEngineOnceHoweverManyLoopsUseIt() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        TestFile source = TestFile.create(directory, SIZE);
        try (TestTransport t = transport()) {
            AioTransportMetrics.of(t.transport, Tags.empty()).bindTo(registry);
            t.transport.start();
            AioLoop loop = t.aioLoop();
            loop.load().enter();
            TransportSnapshot snapshot = t.transport.snapshot();
            boolean own = engine == Engine.AIO && loops.isEpoll();
            assertThat(snapshot.loops()).hasSize(2);
            assertThat(snapshot.engines()).hasSize(own ? 2 : 1);
            assertThat(snapshot.loops()).allMatch(one -> snapshot.engines().contains(one.engine()));
            assertThat(registry.get("aio.accepted").gauge().value()).isEqualTo(1);
            loop.load().leave();
        }
    }

    @Test
    void shouldNameWhatHangs() throws Exception {
        TestFile source = TestFile.create(directory, SIZE);
        try (TestTransport t = transport();
                NettyAioFile file = t.open(source.cold().path)) {
            Future<ByteBuf> hanging;
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                assertThat(lane).isNotNull();
                hanging = file.read(0, 9_000); // whose preparation, or all of it, is the lane's
                Await.until(
                        "the dump names the read",
                        () -> t.transport.snapshot().toString().contains("9000 bytes at 0 of " + source.path));
            }
            Await.result(hanging).release();
            Await.until(
                    "forgotten when answered",
                    () -> t.transport.snapshot().loops().stream()
                            .allMatch(loop -> loop.waiting().isEmpty()));
        }
    }

    @Test
    void shouldBindToMicrometer() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Tags tags = Tags.of("site", "test");
        TestFile source = TestFile.create(directory, SIZE);
        try (TestTransport t = transport(options -> options.listener(AioTransportMetrics.listener(registry, tags)));
                NettyAioFile file = t.open(source.cold().path)) {
            AioTransportMetrics.of(t.transport, tags).bindTo(registry);
            ByteBuf window = Await.result(file.read(0, 9_000));
            assertThat(registry.get("aio.pool.used").tags(tags).gauge().value()).isPositive();
            window.release();
            assertThat(registry.get("aio.pool.used").gauge().value()).isZero();
            // The answer comes a moment before the read has given back all it held.
            Await.until(
                    "none in flight", () -> registry.get("aio.inflight").gauge().value() == 0);
            double windows = 0;
            for (Rung rung : new Rung[] {Rung.AIO_READ, Rung.AIO_HELPED, Rung.LANE_READ}) {
                String name = rung.name().toLowerCase(Locale.ROOT);
                windows += registry.get("aio.rung.count")
                        .tag("rung", name)
                        .functionCounter()
                        .count();
            }
            assertThat(windows).isEqualTo(1);
            assertThat(registry.get("aio.window").timers().stream()
                            .mapToLong(timer -> timer.count())
                            .sum())
                    .isEqualTo(1);
        }
    }
}
