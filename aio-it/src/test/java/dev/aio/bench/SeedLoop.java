package dev.aio.bench;

import dev.aio.netty.AioTransport;
import dev.aio.netty.NettyAioFile;
import dev.aio.netty.SteadyEpollIoHandler;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * {@code SeedLoop aio|blocking|idle DIRECTORY FILES}: an event loop that has a number of files read each millisecond, a
 * thousand times, after it has done so for some seconds without pauses and a second with them. Prints milliseconds, milliseconds of CPU,
 * threads, and resident KiB in the end.
 */
public final class SeedLoop {

    private static final int ROUNDS = 1_000;
    private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(4);
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final EventLoop loop;
    private final List<Source> sources;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final int rounds;
    private final long intervalNanos;
    private long due;
    private int round;
    private int reading;

    private SeedLoop(EventLoop loop, List<Source> sources, int rounds, long intervalNanos) {
        this.loop = loop;
        this.sources = sources;
        this.rounds = rounds;
        this.intervalNanos = intervalNanos;
    }

    /** One file, and how it is read: tells the callback, on the loop, when all of it is there. */
    private interface Source {
        void read(SeedLoop reader) throws IOException;
    }

    /** Ends the JVM. */
    public static void main(String[] arguments) throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, SteadyEpollIoHandler.newFactory());
        EventLoop loop = group.next();
        List<Source> sources =
                sources(arguments[0], group, loop, Path.of(arguments[1]), Integer.parseInt(arguments[2]));
        long warm = System.nanoTime() + WARM_UP_NANOS;
        while (!sources.isEmpty() && System.nanoTime() < warm) {
            new SeedLoop(loop, sources, ROUNDS, 0).run();
        }
        if (!sources.isEmpty()) {
            new SeedLoop(loop, sources, ROUNDS, INTERVAL_NANOS)
                    .run(); // pauses take other paths, to be compiled as well
        }
        Map<Path, Long> before = cpuNanos();
        long begin = System.nanoTime();
        new SeedLoop(loop, sources, ROUNDS, INTERVAL_NANOS).run();
        long end = System.nanoTime();
        System.out.println((end - begin) / 1e6 + " " + sinceNanos(before) / 1e6 + " " + status("Threads:") + " "
                + status("VmRSS:"));
        System.exit(0);
    }

    private static List<Source> sources(String kind, EventLoopGroup group, EventLoop loop, Path directory, int count)
            throws Exception {
        List<Source> sources = new ArrayList<>();
        if (kind.equals("idle")) {
            return sources;
        }
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            files.add(directory.resolve(SeedMode.name(i)));
        }
        Function<Path, Source> opening = kind.equals("aio") ? aio(AioTransport.of(group), loop) : SeedLoop::blocking;
        files.forEach(file -> sources.add(opening.apply(file)));
        return sources;
    }

    private static Function<Path, Source> aio(AioTransport transport, EventLoop loop) {
        return path -> {
            NettyAioFile file = transport
                    .open(loop, path, StandardOpenOption.READ)
                    .syncUninterruptibly()
                    .getNow();
            ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(
                    (int) file.stat().size());
            return reader -> file.read(buffer.clear(), 0).addListener(read -> {
                if (!read.isSuccess() || buffer.writableBytes() > 0) {
                    reader.ended.completeExceptionally(new IOException(path + " was not read", read.cause()));
                } else {
                    reader.wasRead();
                }
            });
        };
    }

    private static Source blocking(Path path) {
        try {
            FileChannel file = FileChannel.open(path);
            ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer((int) file.size());
            return reader -> {
                buffer.clear();
                while (buffer.isWritable()) {
                    if (buffer.writeBytes(file, buffer.writerIndex(), buffer.writableBytes()) < 0) {
                        throw new IOException(path + " has become shorter");
                    }
                }
                reader.wasRead();
            };
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void run() throws Exception {
        due = System.nanoTime();
        loop.execute(this::begin);
        ended.get(5, TimeUnit.MINUTES);
    }

    /** The next round is due a millisecond after this one was, and not before this one has ended. */
    private void begin() {
        due += intervalNanos;
        reading = sources.size();
        try {
            for (Source source : sources) {
                source.read(this);
            }
        } catch (IOException e) {
            ended.completeExceptionally(e);
        }
        if (sources.isEmpty()) {
            endRound();
        }
    }

    private void wasRead() {
        reading--;
        if (reading == 0) {
            endRound();
        }
    }

    private void endRound() {
        round++;
        if (round == rounds) {
            ended.complete(null);
        } else {
            loop.schedule(this::begin, Math.max(0, due - System.nanoTime()), TimeUnit.NANOSECONDS);
        }
    }

    /** CPU time by thread; the JVM's own answer counts in 10 ms. */
    private static Map<Path, Long> cpuNanos() throws IOException {
        Map<Path, Long> nanos = new HashMap<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path task : tasks) {
                nanos.put(
                        task,
                        Long.parseLong(
                                Files.readString(task.resolve("schedstat")).split(" ")[0]));
            }
        }
        return nanos;
    }

    /** Of the threads that there still are. */
    private static long sinceNanos(Map<Path, Long> before) throws IOException {
        long sum = 0;
        for (Map.Entry<Path, Long> now : cpuNanos().entrySet()) {
            sum += now.getValue() - before.getOrDefault(now.getKey(), 0L);
        }
        return sum;
    }

    private static long status(String field) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith(field)) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("no " + field + " in /proc/self/status");
    }
}
