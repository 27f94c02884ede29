package dev.aio.netty.server;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.aio.core.AioFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code aio bench read}: random O_DIRECT reads of one file on one thread. */
@Command(
        name = "read",
        description = "Read random blocks of a file with O_DIRECT, on one thread.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        showDefaultValues = true)
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

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "File to read, at least one block long.")
    private Path path;

    @Option(
            names = "--depth",
            paramLabel = "N",
            defaultValue = "32",
            description = "Reads in flight; 1 with the blocking engine.")
    private int depth;

    @Option(
            names = "--block",
            paramLabel = "BYTES",
            defaultValue = "4096",
            description = "Length of a read, a multiple of the file's O_DIRECT alignment.")
    private int block;

    @Option(
            names = "--batch",
            paramLabel = "N",
            showDefaultValue = Visibility.NEVER,
            description = "Completions to wait for before as many reads are submitted again (default: 2).")
    private Integer batch;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Time measured, after 2 seconds of warm-up.")
    private int seconds;

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            defaultValue = "aio",
            description = "What reads: auto, aio or blocking.")
    private Engine engine;

    @Option(names = "--json", showDefaultValue = Visibility.NEVER, description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
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
        int batchSize = batch != null ? batch : Math.min(2, depth);
        check(batchSize >= 1 && batchSize <= depth, "--batch", batchSize, "1 to the depth of " + depth);
        try (AioFile file = open()) {
            BenchResult result = new BenchResult();
            try (ReadBench bench = bench(file, batchSize)) {
                bench.run(WARM_UP_NANOS, new BenchResult());
                bench.run(TimeUnit.SECONDS.toNanos(seconds), result);
            }
            print(result, batchSize);
        } catch (UnsatisfiedLinkError e) {
            throw new IOException("--engine " + engine + ": " + e.getMessage(), e);
        }
        return 0;
    }

    private AioFile open() throws IOException {
        AioFile file = AioFile.open(path);
        try {
            if (!file.openDirect()) {
                throw new IOException("FILE " + path + ": its file system ("
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

    private void check(boolean valid, String option, Object found, String expected) {
        if (!valid) {
            throw new ParameterException(spec.commandLine(), option + ": " + found + " (expected: " + expected + ')');
        }
    }

    private void print(BenchResult result, int batchSize) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            try (JsonGenerator generator = JsonOutput.open(out)) {
                generator.writeStartObject();
                generator.writeStringField("file", path.toString());
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
