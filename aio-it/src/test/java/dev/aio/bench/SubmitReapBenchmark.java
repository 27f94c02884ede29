package dev.aio.bench;

import dev.aio.core.AioCompletion;
import dev.aio.core.AioContext;
import dev.aio.core.AioEngine;
import dev.aio.core.AioFile;
import dev.aio.core.AlignedMemory;
import dev.aio.core.OperationOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What an operation costs the thread that makes it, with as little as possible done for it: reads of a
 * resident page end inside io_submit, so that what is left is preparing, the system call and reaping. The
 * plain preadv2 of the same page is the floor to compare with.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class SubmitReapBenchmark implements AioCompletion {

    static final int BATCH = 32;
    private static final int PAGE = AlignedMemory.PAGE;

    /** How completions are had. */
    public enum Carrier {
        AIO_RING,
        AIO_IO_GETEVENTS,
        LANE
    }

    @Param
    Carrier carrier;

    private Path path;
    private AioFile resident;
    private AioContext context;
    private AlignedMemory memory;
    private long completed;

    @Setup
    public void open() throws IOException {
        path = Files.createTempFile(Path.of("target"), "bench", ".dat");
        Files.write(path, new byte[BATCH * PAGE]);
        resident = AioFile.open(path, StandardOpenOption.READ);
        resident.prepare();
        context = AioContext.builder()
                .engine(carrier == Carrier.LANE ? AioEngine.LANE : AioEngine.AIO)
                .userSpaceReaping(carrier == Carrier.AIO_RING)
                .depth(BATCH)
                .open();
        memory = AlignedMemory.allocate(BATCH * PAGE, PAGE);
    }

    @TearDown
    public void close() throws IOException {
        context.close();
        context.destroyed().join();
        resident.close();
        Files.delete(path);
    }

    @Override
    public void completed(long token, long result) {
        if (result != PAGE) {
            throw new IllegalStateException("read answered " + result);
        }
        completed++;
    }

    /** Thirty-two at a time: per operation. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long batch() {
        for (int i = 0; i < BATCH; i++) {
            context.read(resident, (long) i * PAGE, memory, i * PAGE, PAGE, OperationOptions.NONE, this, i);
        }
        context.submit();
        return context.getEvents(BATCH, BATCH, -1);
    }

    /** One at a time. */
    @Benchmark
    public long single() {
        context.read(resident, 0, memory, 0, PAGE, OperationOptions.NONE, this, 0);
        context.submit();
        return context.getEvents(1, 1, -1);
    }

    /** A reap that finds nothing: what a loop pays for looking. */
    @Benchmark
    public int reapOfNothing() {
        return context.reap(BATCH);
    }

    /** The floor: the same bytes by one plain system call. */
    @Benchmark
    public int plainRead() {
        return resident.readResident(0, memory, 0, PAGE);
    }
}
