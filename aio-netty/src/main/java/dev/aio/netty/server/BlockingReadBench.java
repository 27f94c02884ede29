package dev.aio.netty.server;

import dev.aio.core.AioFile;
import dev.aio.core.AlignedMemory;
import java.io.IOException;

/** One {@code pread} after the other: what a thread of a pool can do. */
final class BlockingReadBench extends ReadBench {

    private final AlignedMemory memory;

    BlockingReadBench(AioFile file, int block) {
        super(file, block);
        memory = AioReadBench.buffers(1, block);
    }

    @Override
    void run(long durationNanos, BenchResult result) throws IOException {
        long begin = System.nanoTime();
        long now = begin;
        while (now - begin < durationNanos) {
            long position = nextPosition();
            check(file.readDirect(position, memory, 0, block), position);
            long end = System.nanoTime();
            result.record(end - now);
            now = end;
        }
        result.elapsed(now - begin);
    }

    @Override
    public void close() {}
}
