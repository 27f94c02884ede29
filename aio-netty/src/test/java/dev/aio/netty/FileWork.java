package dev.aio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Operations of all kinds on files, and what they were given. */
final class FileWork {

    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;

    private final Random random;
    private final long seed;
    private final List<Future<?>> futures = new ArrayList<>();
    private final List<Future<ByteBuf>> reads = new ArrayList<>();
    private final List<ByteBuf> targets = new ArrayList<>();
    private final List<ByteBuf> sources = new ArrayList<>();

    /** @param seed named when something goes wrong */
    FileWork(Random random, long seed) {
        this.random = random;
        this.seed = seed;
    }

    List<Future<?>> futures() {
        return futures;
    }

    long ended() {
        return futures.stream().filter(Future::isDone).count();
    }

    /** Asks for so much; the file is between 1 and 2 MiB long, and longer by what is appended. */
    void start(NettyAioFile file, int count) {
        for (int i = 0; i < count; i++) {
            int length = 1 + random.nextInt(i % 10 == 0 ? MIB : 60 * KIB);
            switch (random.nextInt(7)) {
                case 0 -> {
                    ByteBuf target = random.nextBoolean()
                            ? ByteBufAllocator.DEFAULT.directBuffer(length)
                            : Unpooled.buffer(length);
                    targets.add(target);
                    futures.add(file.read(target, random.nextInt(MIB)));
                }
                case 1 -> futures.add(file.append(source(length)));
                case 2 -> futures.add(random.nextBoolean() ? file.sync() : file.dataSync());
                case 3 -> futures.add(random.nextBoolean() ? file.truncate(MIB) : file.size());
                case 4 -> {
                    Future<ByteBuf> read = file.read(random.nextInt(MIB), 1 + random.nextInt(60 * KIB));
                    reads.add(read);
                    futures.add(read);
                }
                default -> futures.add(file.write(source(length), random.nextInt(MIB)));
            }
        }
    }

    ByteBuf source(int length) {
        // Not of a pool, which would soon give the same object to somebody else.
        ByteBuf source =
                (random.nextBoolean() ? Unpooled.directBuffer(length) : Unpooled.buffer(length)).writeZero(length);
        sources.add(source);
        return source;
    }

    /** Fails unless all end, and all buffers are given back; how many have failed. */
    long assertEnded() {
        futures.forEach(Await::ended);
        Await.until("sources released, seed " + seed, () -> sources.stream().allMatch(s -> s.refCnt() == 0));
        Await.until("targets given back, seed " + seed, () -> targets.stream().allMatch(t -> t.refCnt() == 1));
        targets.forEach(ByteBuf::release);
        reads.stream().filter(Future::isSuccess).forEach(read -> read.getNow().release());
        return futures.stream().filter(future -> !future.isSuccess()).count();
    }
}
