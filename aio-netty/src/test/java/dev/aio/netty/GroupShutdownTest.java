package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.stream.FileMessage;
import dev.aio.netty.stream.FileMessageHandler;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.uring.IoUring;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The group is shut down, again and again, while its loops read, write and serve. */
@Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GroupShutdownTest {

    private static final int MIB = 1024 * 1024;
    private static final int FILES = 4;
    private static final int OPERATIONS = 100;
    private static final int CLIENTS = 6;
    private static final int QUIET_MILLIS = 150;
    private static final int READ_BEFORE = 10_000;

    /** At which contexts that are left show beside those of others on this host. */
    private static final int DEPTH = 512;

    private static final List<LoopKind> KINDS = Stream.of(LoopKind.values())
            .filter(kind -> kind != LoopKind.IO_URING || IoUring.isAvailable())
            .toList();

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final long seed = Long.getLong("aio.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private TestFile served;
    private String where; // named when something goes wrong
    private long failed;
    private long cut;

    @Test
    void endsEverythingUnderLoad() throws Exception {
        shutDown(KINDS.size());
    }

    @Test
    @Tag("long")
    void endsEverythingUnderLoadTwoHundredTimes() throws Exception {
        shutDown(200);
    }

    private void shutDown(int times) throws Exception {
        System.out.println("shutdown of loops under load, " + times + " times, seed " + seed);
        served = TestFile.create(directory, 8 * MIB);
        shutDownInTurn(Math.max(KINDS.size(), times / 5)); // loads classes, fills the caches that stay
        failed = 0;
        cut = 0;
        ProcessState before = ProcessState.now();
        shutDownInTurn(times);
        System.out.println("  before: " + before + "\n  after:  " + ProcessState.now());
        before.assertAsNow();
        assertThat(LeakGate.collect()).as("leaks, seed %s", seed).isEmpty();
        System.out.printf("%d operations and %d transfers were ended by it%n", failed, cut);
        assertThat(failed).as("operations that were cut short, seed %s", seed).isPositive();
        assertThat(cut).as("transfers that were cut short, seed %s", seed).isPositive();
    }

    private void shutDownInTurn(int times) throws Exception {
        for (int i = 0; i < times; i++) {
            shutDownOnce(KINDS.get(i % KINDS.size()), i % 7 == 6 ? Engine.BLOCKING : Engine.AIO);
        }
    }

    private void shutDownOnce(LoopKind loops, Engine engine) throws Exception {
        boolean serves = loops != LoopKind.LOCAL;
        try (TestTransport t = TestTransport.of(loops, engine, options -> options.depth(DEPTH));
                Serving serving = serves ? new Serving(t, loops) : null) {
            List<NettyAioFile> files = new ArrayList<>();
            FileWork work = new FileWork(random, seed);
            for (int i = 0; i < FILES; i++) {
                files.add(openFilled(t, i));
            }
            if (serves) {
                serving.start();
            }
            files.forEach(file -> work.start(file, OPERATIONS));
            int some = random.nextInt(FILES * OPERATIONS / 4);
            Await.until("some ended, seed " + seed, () -> work.ended() >= some);
            where = loops + ", " + engine + ", seed " + seed;
            if (serves) {
                t.shutDownLoops(QUIET_MILLIS);
            } else {
                t.shutDownGroup(random.nextInt(2) * 10);
            }
            failed += work.assertEnded();
            if (serves) {
                cut += serving.assertEnded();
            }
            files.forEach(NettyAioFile::close);
        }
        Await.until("descriptors closed", () -> OpenDescriptors.under(directory).isEmpty());
    }

    private NettyAioFile openFilled(TestTransport t, int number) throws Exception {
        NettyAioFile file = t.open(
                directory.resolve("written-" + number),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        Await.result(file.write(Unpooled.directBuffer(MIB).writeZero(MIB), 0));
        return file;
    }

    /** Sends the file to whoever connects; its clients read the begin of it. */
    private final class Serving implements AutoCloseable {
        private final TestTransport t;
        private final Channel listener;
        private final Queue<Future<?>> transfers = new ConcurrentLinkedQueue<>();
        private final List<Socket> clients = new ArrayList<>();

        Serving(TestTransport t, LoopKind loops) throws Exception {
            this.t = t;
            listener = new ServerBootstrap()
                    .group(t.group)
                    .channel(loops.serverChannel())
                    .childOption(ChannelOption.SO_SNDBUF, 64 * 1024)
                    .childHandler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            channel.pipeline().addLast(new FileMessageHandler(), new Sender());
                        }
                    })
                    .bind(loops.anyAddress())
                    .sync()
                    .channel();
        }

        private final class Sender extends ChannelInboundHandlerAdapter {
            @Override
            public void channelActive(ChannelHandlerContext ctx) {
                t.transport.open(ctx.channel().eventLoop(), served.path).addListener((Future<NettyAioFile> opened) -> {
                    if (opened.isSuccess()) {
                        NettyAioFile file = opened.getNow();
                        transfers.add(ctx.channel().writeAndFlush(FileMessage.of(file)));
                        file.close();
                    }
                });
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                ctx.close();
            }
        }

        void start() throws IOException {
            if (random.nextBoolean()) {
                served.cold();
            } else {
                served.hot();
            }
            for (int i = 0; i < CLIENTS; i++) {
                Socket client = new Socket();
                clients.add(client);
                client.setReceiveBufferSize(64 * 1024);
                client.setSoTimeout((int) Await.DEADLINE.toMillis());
                client.connect(listener.localAddress());
            }
            for (Socket client : clients) {
                client.getInputStream().readNBytes(READ_BEFORE);
            }
        }

        /** Fails unless every transfer ends; how many were not finished. */
        long assertEnded() {
            assertThat(transfers).as("transfers, seed %s", seed).hasSize(CLIENTS);
            Await.until(
                    "transfers ended on " + where + ": " + transfers,
                    () -> transfers.stream().allMatch(Future::isDone));
            return transfers.stream().filter(transfer -> !transfer.isSuccess()).count();
        }

        @Override
        public void close() throws IOException {
            for (Socket client : clients) {
                client.close();
            }
        }
    }
}
