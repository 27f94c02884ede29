package dev.aio.netty.server;

import dev.aio.core.AioException;
import dev.aio.core.AioFile;
import java.util.SplittableRandom;

/** Reads whole blocks at random positions of a file for a given time. Allocates nothing per read. */
abstract class ReadBench implements AutoCloseable {

    final AioFile file;
    final int block;
    private final long blocks;
    private final SplittableRandom random = new SplittableRandom(42);

    ReadBench(AioFile file, int block) {
        this.file = file;
        this.block = block;
        blocks = file.size() / block;
    }

    /** Reads for that long; reads that end later are not counted. */
    abstract void run(long durationNanos, BenchResult result) throws AioException;

    final long nextPosition() {
        return random.nextLong(blocks) * block;
    }

    final void check(int result, long position) throws AioException {
        if (result != block) {
            throw failure(result, position);
        }
    }

    private AioException failure(int result, long position) {
        return result < 0
                ? AioException.of(result, "read", file.path(), position, block)
                : AioException.of(TRUNCATED, "read", file.path(), position, block);
    }

    /** A short read of a whole block: the file has become shorter. ESTALE says it best. */
    private static final int TRUNCATED = 116;

    @Override
    public abstract void close();
}
