package dev.aio.netty.server;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.aio.core.AioFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** {@code aio bench read}: random O_DIRECT reads of one file on one thread. */
final class BenchReadCommand implements Command {

    private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** All buffers together, in bytes. */
    private static final long MAX_MEMORY = 1L << 30;

    private static final int MAX_DEPTH = 65536;

    enum Engine {
        AIO,
        BLOCKING;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final CommandOptions options =
            new CommandOptions("aio bench read", "Read random blocks of a file with O_DIRECT, on one thread.");

    private final Option<Path> path = options.pathArgument("FILE", null, "File to read, at least one block long.");
    private final Option<Integer> depthOption =
            options.number("--depth", "N", "32", "Reads in flight; 1 with the blocking engine.");
    private final Option<Integer> blockOption = options.number(
            "--block", "BYTES", "4096", "Length of a read, a multiple of the file's O_DIRECT alignment.");
    private final Option<Integer> batch = options.number(
            "--batch", "N", null, "Completions to wait for before as many reads are submitted again (default: 2).");
    private final Option<Integer> secondsOption =
            options.number("--seconds", "N", "5", "Time measured, after 2 seconds of warm-up.");
    private final Option<Engine> engineOption =
            options.choice("--engine", "ENGINE", Engine.class, "aio", "What reads: aio or blocking.");
    private final Option<Boolean> json = options.flag("--json", "Print JSON.");

    private int depth;
    private int block;
    private Engine engine;

    @Override
    public CommandOptions options() {
        return options;
    }

    @Override
    public int run(PrintWriter out) throws IOException {
        depth = depthOption.get();
        block = blockOption.get();
        engine = engineOption.get();
        int seconds = secondsOption.get();
        check(depth >= 1 && depth <= MAX_DEPTH, "--depth", depth, "1.." + MAX_DEPTH);
        check(block >= 1, "--block", block, "at least 1");
        check(seconds >= 1 && seconds <= 86400, "--seconds", seconds, "1..86400");
        if (engine == Engine.BLOCKING) {
            depth = 1;
        }
        check(
                (long) depth * block <= MAX_MEMORY,
                "--depth",
                depth,
                "with --block " + block + " at most " + MAX_MEMORY / block);
        int batchSize = batch.isGiven() ? batch.get() : Math.min(2, depth);
        check(batchSize >= 1 && batchSize <= depth, "--batch", batchSize, "1 to the depth of " + depth);
        try (AioFile file = open()) {
            BenchResult result = new BenchResult();
            try (ReadBench bench = bench(file, batchSize)) {
                bench.run(WARM_UP_NANOS, new BenchResult());
                bench.run(TimeUnit.SECONDS.toNanos(seconds), result);
            }
            print(result, batchSize, out);
        } catch (UnsatisfiedLinkError e) {
            throw new IOException("--engine " + engine + ": " + e.getMessage(), e);
        }
        return 0;
    }

    private AioFile open() throws IOException {
        AioFile file = AioFile.open(path.get());
        try {
            if (!file.openDirect()) {
                throw new IOException("FILE " + path.get() + ": its file system ("
                        + file.fileSystem().label() + ") has no O_DIRECT");
            }
            int alignment = file.directOffsetAlignment();
            check(
                    block % alignment == 0,
                    "--block",
                    block,
                    "a multiple of the O_DIRECT alignment of FILE, " + alignment);
            check(file.size() >= block, "--block", block, "at most the size of FILE, " + file.size());
            return file;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private ReadBench bench(AioFile file, int batchSize) throws IOException {
        try {
            return engine == Engine.AIO
                    ? AioReadBench.open(file, block, depth, batchSize)
                    : new BlockingReadBench(file, block);
        } catch (OutOfMemoryError e) {
            throw new IOException(
                    "--depth " + depth + " with --block " + block + " needs more direct memory than there is: "
                            + e.getMessage(),
                    e);
        }
    }

    private static void check(boolean valid, String option, Object found, String expected) {
        if (!valid) {
            throw new UsageException(option + ": " + found + " (expected: " + expected + ')');
        }
    }

    private void print(BenchResult result, int batchSize, PrintWriter out) throws IOException {
        if (json.isGiven()) {
            try (JsonGenerator generator = JsonOutput.open(out)) {
                generator.writeStartObject();
                generator.writeStringField("file", path.get().toString());
                generator.writeStringField("engine", engine.toString());
                generator.writeNumberField("depth", depth);
                generator.writeNumberField("batch", batchSize);
                generator.writeNumberField("block", block);
                result.write(generator, block);
                generator.writeEndObject();
            }
            out.println();
        } else {
            out.printf(
                    Locale.ROOT,
                    "%-12s %s, depth %d, batch %d, blocks of %d bytes%n",
                    "engine",
                    engine,
                    depth,
                    batchSize,
                    block);
            result.print(out, block);
        }
        out.flush();
    }
}
