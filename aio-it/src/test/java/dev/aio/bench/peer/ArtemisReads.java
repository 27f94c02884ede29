package dev.aio.bench.peer;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.nativo.jlibaio.LibaioContext;
import org.apache.activemq.artemis.nativo.jlibaio.LibaioFile;
import org.apache.activemq.artemis.nativo.jlibaio.SubmitInfo;

/**
 * {@code ArtemisReads FILE DEPTH SECONDS}: the same as {@link RandomReads} with the Linux AIO of ActiveMQ Artemis, on
 * one thread.
 */
public final class ArtemisReads {

    private final LibaioContext<Read> context;
    private final LibaioFile<Read> file;
    private final Read[] ended;
    private final SplittableRandom random = new SplittableRandom(42);
    private final long blocks;

    private ArtemisReads(File path, int depth) throws IOException {
        context = new LibaioContext<>(depth, false, false);
        file = context.openFile(path, true);
        blocks = file.getSize() / RandomReads.BLOCK;
        ended = new Read[depth];
        for (int i = 0; i < depth; i++) {
            submit(new Read());
        }
    }

    /** Ends the JVM. */
    public static void main(String[] arguments) throws IOException {
        if (!LibaioContext.isLoaded()) {
            System.err.println("artemis-native does not load (Debian package libaio1)");
            System.exit(1);
        }
        int seconds = Integer.parseInt(arguments[2]);
        ArtemisReads reads = new ArtemisReads(new File(arguments[0]), Integer.parseInt(arguments[1]));
        reads.perSecond(RandomReads.WARM_UP_NANOS);
        System.out.println(reads.perSecond(TimeUnit.SECONDS.toNanos(seconds)));
        System.exit(0);
    }

    private double perSecond(long nanos) throws IOException {
        long begin = System.nanoTime();
        long now = begin;
        long count = 0;
        while (now - begin < nanos) {
            int n = context.poll(ended, 1, ended.length);
            for (int i = 0; i < n; i++) {
                submit(ended[i]);
            }
            count += n;
            now = System.nanoTime();
        }
        return count * 1e9 / (now - begin);
    }

    private void submit(Read read) throws IOException {
        file.read(random.nextLong(blocks) * RandomReads.BLOCK, RandomReads.BLOCK, read.buffer, read);
    }

    private static final class Read implements SubmitInfo {
        private final ByteBuffer buffer = LibaioContext.newAlignedBuffer(RandomReads.BLOCK, RandomReads.BLOCK);

        @Override
        public void onError(int errno, String message) {
            System.err.println("read failed: " + message);
            System.exit(1);
        }

        @Override
        public void done() {}
    }
}
