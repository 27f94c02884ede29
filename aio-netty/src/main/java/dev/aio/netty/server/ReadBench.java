package dev.aio.netty.server;

import dev.aio.core.AioException;
import dev.aio.core.AioFile;
import java.io.IOException;
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
    abstract void run(long durationNanos, BenchResult result) throws IOException;

    final long nextPosition() {
        return random.nextLong(blocks) * block;
    }

    final void check(int result, long position) throws IOException {
        if (result < 0) {
            throw AioException.of(result, "read", file.path(), position, block);
        }
        if (result != block) {
            throw new IOException("read of "
                    + block
                    + " bytes at position "
                    + position
                    + " of "
                    + file.path()
                    + " ended after "
                    + result
                    + ": the file has become shorter");
        }
    }

    @Override
    public abstract void close();
}
