package dev.aio.netty.server;

import dev.aio.core.AioBudget;
import dev.aio.core.AioCompletion;
import dev.aio.core.AioContext;
import dev.aio.core.AioEngine;
import dev.aio.core.AioFile;
import dev.aio.core.AlignedMemory;
import dev.aio.core.OperationOptions;
import java.io.IOException;

/**
 * Keeps a number of AIO reads in flight: takes what has ended, at least a batch, and submits as many
 * again, a batch at a time. The whole refill in one system call would be slower: the kernel holds the requests of a large
 * submission back until its end, and the disk has less to do meanwhile.
 */
final class AioReadBench extends ReadBench implements AioCompletion {

    private final AioContext context;
    private final AlignedMemory memory;
    private final int depth;
    private final int batch;
    private final boolean batchIsFixed;
    private final long[] positions;
    private final long[] submittedAt;
    private final int[] results;

    // Reads that have ended and were not followed by another. Room for all, and for all to be refused
    // when they are submitted again; the first that failed ends the run.
    private final int[] ended;
    private int endedCount;

    private AioReadBench(AioFile file, int block, AioContext context, int depth, int batch, boolean batchIsFixed) {
        super(file, block);
        this.context = context;
        this.depth = depth;
        this.batch = batch;
        this.batchIsFixed = batchIsFixed;
        memory = buffers(depth, block);
        positions = new long[depth];
        submittedAt = new long[depth];
        results = new int[depth];
        ended = new int[2 * depth];
    }

    static AioReadBench open(AioFile file, int block, int depth, int batch, boolean batchIsFixed) throws IOException {
        String[] shortage = new String[1];
        AioContext context = AioContext.builder()
                .engine(AioEngine.AIO)
                .depth(depth)
                .pendingLimit(0)
                .neverWait(false) // this thread does nothing else
                .budget(AioBudget.of(depth))
                .onDegraded(message -> shortage[0] = message)
                .open();
        if (context.depth() < depth) { // it would measure something else
            context.close();
            throw new IOException(shortage[0]);
        }
        try {
            return new AioReadBench(file, block, context, depth, batch, batchIsFixed);
        } catch (OutOfMemoryError e) {
            context.close();
            throw e;
        }
    }

    /** One after the other, each aligned if the block is. */
    static AlignedMemory buffers(int count, int block) {
        int bytes = Math.multiplyExact(count, block);
        return AlignedMemory.allocate((bytes + AlignedMemory.PAGE - 1) & -AlignedMemory.PAGE, AlignedMemory.PAGE);
    }

    @Override
    void run(long durationNanos, BenchResult result) throws IOException {
        long begin = System.nanoTime();
        for (int buffer = 0; buffer < depth; buffer++) {
            start(buffer, begin);
        }
        context.submit();
        long now = begin;
        while (now - begin < durationNanos) {
            context.getEvents(batch, depth, -1);
            now = System.nanoTime();
            long submitted = now;
            int together = batch(endedCount);
            for (int i = 0; i < endedCount; i++) {
                int buffer = ended[i];
                check(results[buffer], positions[buffer]);
                result.record(now - submittedAt[buffer]);
                start(buffer, submitted);
                if (context.pending() == together) {
                    context.submit();
                    submitted = System.nanoTime();
                }
            }
            endedCount = 0;
            context.submit();
        }
        result.elapsed(now - begin);
        while (context.inFlight() > 0) {
            context.getEvents(depth, depth, -1);
        }
        endedCount = 0;
    }

    /**
     * Reads to be submitted by one system call. Where all have ended before this thread was done with those before, the
     * disk is faster than it, and fewer, larger calls leave nothing idle that was not.
     */
    private int batch(int ended) {
        return batchIsFixed || context.inFlight() > 0 ? batch : Math.max(batch, ended / 4);
    }

    private void start(int buffer, long now) {
        positions[buffer] = nextPosition();
        submittedAt[buffer] = now;
        context.read(file, positions[buffer], memory, buffer * block, block, OperationOptions.NONE, this, buffer);
    }

    @Override
    public void completed(long token, long result) {
        results[(int) token] = (int) result;
        if (endedCount < ended.length) { // full only while a run that failed is cleaned up
            ended[endedCount++] = (int) token;
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
