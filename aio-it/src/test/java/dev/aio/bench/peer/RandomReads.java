package dev.aio.bench.peer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * {@code RandomReads FILE DEPTH SECONDS channel|async}: random reads of 4 KiB past the page cache with what the JDK
 * has, a thread for each read in flight. Prints reads a second, after 2 s of warm-up.
 */
public final class RandomReads {

    static final int BLOCK = 4096;
    static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final int depth;
    private final long blocks;
    private final AtomicLong count = new AtomicLong();
    private final CountDownLatch ended;
    private volatile boolean done;

    private RandomReads(int depth, long size) {
        this.depth = depth;
        blocks = size / BLOCK;
        ended = new CountDownLatch(depth);
    }

    /** By name: the compiler of newer JDKs warns of everything in that package. */
    private static OpenOption direct() throws ClassNotFoundException {
        Object[] options = Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants();
        return Stream.of(options)
                .filter(option -> option.toString().equals("DIRECT"))
                .map(OpenOption.class::cast)
                .findFirst()
                .orElseThrow();
    }

    /** Ends the JVM, whose threads may be busy. */
    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[0]);
        int depth = Integer.parseInt(arguments[1]);
        OpenOption[] options = {StandardOpenOption.READ, direct()};
        RandomReads reads = new RandomReads(depth, Files.size(file));
        if (arguments[3].equals("channel")) {
            reads.start(FileChannel.open(file, options));
        } else {
            reads.start(AsynchronousFileChannel.open(file, Set.of(options), Executors.newFixedThreadPool(depth)));
        }
        System.out.println(reads.perSecond(Integer.parseInt(arguments[2])));
        System.exit(0);
    }

    private double perSecond(int seconds) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(WARM_UP_NANOS);
        long begin = System.nanoTime();
        long before = count.get();
        TimeUnit.SECONDS.sleep(seconds);
        double rate = (count.get() - before) * 1e9 / (System.nanoTime() - begin);
        done = true;
        if (!ended.await(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("reads do not end");
        }
        return rate;
    }

    private void start(FileChannel channel) {
        for (int i = 0; i < depth; i++) {
            SplittableRandom random = new SplittableRandom(i);
            new Thread(() -> {
                        ByteBuffer buffer = aligned();
                        while (!done) {
                            try {
                                check(channel.read(buffer.clear(), random.nextLong(blocks) * BLOCK));
                            } catch (IOException e) {
                                fail(e);
                            }
                            count.incrementAndGet();
                        }
                        ended.countDown();
                    })
                    .start();
        }
    }

    private void start(AsynchronousFileChannel channel) {
        for (int i = 0; i < depth; i++) {
            SplittableRandom random = new SplittableRandom(i);
            ByteBuffer buffer = aligned();
            channel.read(buffer, random.nextLong(blocks) * BLOCK, null, new CompletionHandler<Integer, Void>() {
                @Override
                public void completed(Integer result, Void attachment) {
                    check(result);
                    count.incrementAndGet();
                    if (done) {
                        ended.countDown();
                    } else {
                        channel.read(buffer.clear(), random.nextLong(blocks) * BLOCK, null, this);
                    }
                }

                @Override
                public void failed(Throwable cause, Void attachment) {
                    fail(cause);
                }
            });
        }
    }

    private static ByteBuffer aligned() {
        return ByteBuffer.allocateDirect(2 * BLOCK)
                .alignedSlice(BLOCK)
                .limit(BLOCK)
                .slice();
    }

    private static void check(int read) {
        if (read != BLOCK) {
            fail(new IOException("read ended after " + read + " bytes (expected: " + BLOCK + ')'));
        }
    }

    private static void fail(Throwable cause) {
        cause.printStackTrace();
        System.exit(1);
    }
}
