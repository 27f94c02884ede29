package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.http.StaticFileHandler;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Everything at once for a while: then nothing is in flight, and the process is as it was. */
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MixedRunTest {

    private static final Duration SHORT = Duration.ofSeconds(5);
    private static final Duration LONG = Duration.ofMinutes(2);

    /** At which contexts that are left show beside those of others on this host. */
    private static final int DEPTH = 1024;

    private static final int READERS = 2;
    private static final int ABORTERS = 2;
    private static final int WRITERS = 2;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final long seed = Long.getLong("aio.seed", System.nanoTime());
    private LoopKind loops;

    @ParameterizedTest
    @EnumSource(names = "EPOLL")
    void leavesNothingBehind(LoopKind kind) throws Exception {
        run(kind, SHORT);
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource(names = {"STEADY_EPOLL", "NIO"})
    void leavesNothingBehindAfterTwoMinutes(LoopKind kind) throws Exception {
        run(kind, LONG);
    }

    private void run(LoopKind kind, Duration duration) throws Exception {
        loops = kind;
        System.out.printf("mixed run of %s on %s, seed %d%n", duration, kind, seed);
        MixedFiles files = MixedFiles.create(directory);
        runOnce(files, duration.dividedBy(3)); // loads and compiles classes, fills the caches that stay
        ProcessState before = ProcessState.now();
        runOnce(files, duration);
        System.out.println("  before: " + before + "\n  after:  " + ProcessState.now());
        before.assertAsNow();
        assertThat(LeakGate.collect()).as("leaks, seed %s", seed).isEmpty();
    }

    private void runOnce(MixedFiles files, Duration duration) throws Exception {
        try (TestTransport t = TestTransport.of(loops, Engine.AIO, options -> options.depth(DEPTH))) {
            StaticFileHandler site = StaticFileHandler.builder(t.transport, directory)
                    .openFiles(16)
                    .trustFor(Duration.ofMillis(20))
                    .build();
            ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
            Channel listener = listen(t, site, connections);
            load(t, files, (InetSocketAddress) listener.localAddress(), duration);
            listener.close().sync();
            connections.close().sync();
            Await.until("nothing in flight, seed " + seed, () -> isIdle(t.transport.snapshot()));
            site.close();
            Await.until(
                    "descriptors closed, seed " + seed,
                    () -> OpenDescriptors.under(directory).isEmpty());
        }
    }

    private Channel listen(TestTransport t, StaticFileHandler site, ChannelGroup connections) throws Exception {
        return new ServerBootstrap()
                .group(t.group)
                .channel(loops.serverChannel())
                .childOption(ChannelOption.SO_SNDBUF, 128 * 1024)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.add(channel);
                        channel.pipeline().addLast(new HttpRequestDecoder(), site);
                    }
                })
                .bind(loops.anyAddress())
                .sync()
                .channel();
    }

    private void load(TestTransport t, MixedFiles files, InetSocketAddress server, Duration duration) throws Exception {
        List<MixedWorker> workers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            workers.add(new MixedWorker("read", seed + i, random -> files.readWhole(server, random)));
        }
        for (int i = 0; i < ABORTERS; i++) {
            workers.add(new MixedWorker("abort", seed + 10 + i, random -> files.abort(server, random)));
        }
        for (int i = 0; i < WRITERS; i++) {
            Path own = directory.resolve("written-" + i);
            workers.add(new MixedWorker("write", seed + 20 + i, random -> files.write(t, own, random, seed)));
        }
        workers.add(new MixedWorker("change", seed + 30, files::change));
        runAll(workers, duration);
        workers.forEach(worker -> assertThat(worker.rounds())
                .as("rounds of '%s', seed %s", worker.name(), seed)
                .isPositive());
        System.out.println("  " + workers + " on " + t.transport.snapshot().counts());
    }

    private void runAll(List<MixedWorker> workers, Duration duration) throws Exception {
        long end = System.nanoTime() + duration.toNanos();
        ExecutorService threads = Executors.newFixedThreadPool(workers.size());
        try {
            List<Future<?>> running = new ArrayList<>();
            for (MixedWorker worker : workers) {
                running.add(threads.submit((Callable<?>) () -> worker.runUntil(end)));
            }
            for (Future<?> each : running) {
                each.get(duration.toSeconds() + 120, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static boolean isIdle(TransportSnapshot now) {
        return now.pool().usedBuffers() == 0
                && now.lane().active() == 0
                && now.lane().queued() == 0
                && now.loops().stream()
                        .allMatch(loop -> loop.engine().inFlight() == 0
                                && loop.engine().pending() == 0
                                && loop.waiting().isEmpty());
    }
}
