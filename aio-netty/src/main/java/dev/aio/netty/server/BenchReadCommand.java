package dev.aio.netty.server;

import static dev.aio.netty.server.Setting.flag;
import static dev.aio.netty.server.Setting.option;
import static dev.aio.netty.server.Setting.parameter;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.aio.core.AioFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** {@code aio bench read}: random O_DIRECT reads of one file on one thread. */
final class BenchReadCommand implements Callable<Integer> {

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

    private final CommandSpec spec =
            Commands.command(this, "read", "Read random blocks of a file with O_DIRECT, on one thread.");

    private final Setting<Path> path = parameter(Path.class, "FILE", "File to read, at least one block long.");

    private final Setting<Integer> depth = option(int.class, "--depth", "N")
            .byDefault("32")
            .description("Reads in flight; 1 with the blocking engine.");

    private final Setting<Integer> block = option(int.class, "--block", "BYTES")
            .byDefault("4096")
            .description("Length of a read, a multiple of the file's O_DIRECT alignment.");

    private final Setting<@Nullable Integer> batch = option(Integer.class, "--batch", "N")
            .description(
                    "Completions to wait for before reads are submitted again, and how many at a time (default: 2, but a"
                            + " quarter of all at a time where all have ended by then).");

    private final Setting<Integer> seconds = option(int.class, "--seconds", "N")
            .byDefault("5")
            .description("Time measured, after 2 seconds of warm-up.");

    private final Setting<Engine> engine = option(Engine.class, "--engine", "ENGINE")
            .byDefault("aio")
            .description("What reads: auto, aio or blocking.");

    private final Setting<Boolean> json = flag("--json").description("Print JSON.");

    /** Itself, as it is told to picocli. */
    CommandSpec spec() {
        Setting.addTo(spec, path, depth, block, batch, seconds, engine, json);
        return spec;
    }

    @Override
    public Integer call() throws IOException {
        check(depth.value() >= 1 && depth.value() <= MAX_DEPTH, "--depth", depth.value(), "1.." + MAX_DEPTH);
        check(block.value() >= 1, "--block", block.value(), "at least 1");
        check(seconds.value() >= 1 && seconds.value() <= 86400, "--seconds", seconds.value(), "1..86400");
        check(
                (long) depth() * block.value() <= MAX_MEMORY,
                "--depth",
                depth(),
                "with --block " + block.value() + " at most " + MAX_MEMORY / block.value());
        int batchSize = batch.value() != null ? batch.value() : Math.min(2, depth());
        check(batchSize >= 1 && batchSize <= depth(), "--batch", batchSize, "1 to the depth of " + depth());
        try (AioFile file = open()) {
            BenchResult result = new BenchResult();
            try (ReadBench bench = bench(file, batchSize)) {
                bench.run(WARM_UP_NANOS, new BenchResult());
                bench.run(TimeUnit.SECONDS.toNanos(seconds.value()), result);
            }
            print(result, batchSize);
        } catch (UnsatisfiedLinkError e) {
            throw new IOException("--engine " + engine.value() + ": " + e.getMessage(), e);
        }
        return 0;
    }

    private int depth() {
        return engine.value() == Engine.BLOCKING ? 1 : depth.value();
    }

    private AioFile open() throws IOException {
        AioFile file = AioFile.open(path.value());
        try {
            if (!file.openDirect()) {
                throw new IOException("FILE " + path.value() + ": its file system ("
                        + file.fileSystem().label() + ") has no O_DIRECT");
            }
            int alignment = file.directOffsetAlignment();
            check(
                    block.value() % alignment == 0,
                    "--block",
                    block.value(),
                    "a multiple of the O_DIRECT alignment of FILE, " + alignment);
            check(file.size() >= block.value(), "--block", block.value(), "at most the size of FILE, " + file.size());
            return file;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private ReadBench bench(AioFile file, int batchSize) throws IOException {
        try {
            return engine.value() == Engine.AIO
                    ? AioReadBench.open(file, block.value(), depth(), batchSize, batch.value() != null)
                    : new BlockingReadBench(file, block.value());
        } catch (OutOfMemoryError e) {
            throw new IOException(
                    "--depth " + depth() + " with --block " + block.value()
                            + " needs more direct memory than there is: " + e.getMessage(),
                    e);
        }
    }

    private void check(boolean valid, String option, Object found, String expected) {
        if (!valid) {
            throw new ParameterException(spec.commandLine(), option + ": " + found + " (expected: " + expected + ')');
        }
    }

    private void print(BenchResult result, int batchSize) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (json.value()) {
            try (JsonGenerator generator = JsonOutput.open(out)) {
                generator.writeStartObject();
                generator.writeStringField("file", path.value().toString());
                generator.writeStringField("engine", engine.value().toString());
                generator.writeNumberField("depth", depth());
                generator.writeNumberField("batch", batchSize);
                generator.writeNumberField("block", block.value());
                result.write(generator, block.value());
                generator.writeEndObject();
            }
            out.println();
        } else {
            out.printf(
                    Locale.ROOT,
                    "%-12s %s, depth %d, batch %d, blocks of %d bytes%n",
                    "engine",
                    engine.value(),
                    depth(),
                    batchSize,
                    block.value());
            result.print(out, block.value());
        }
        out.flush();
    }
}
