package dev.aio.bench;

import dev.aio.core.AioDirectory;
import dev.aio.core.AioFile;
import dev.aio.core.AioPath;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The rungs of opening a file whose name and inode are in memory, each with the close that follows. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class OpenBenchmark {

    private static final String NAME = "a/b/file.txt";

    private Path root;
    private AioDirectory directory;

    @Setup
    public void create() throws IOException {
        root = Files.createTempDirectory(Path.of("target"), "bench");
        Files.createDirectories(root.resolve(NAME).getParent());
        Files.write(root.resolve(NAME), new byte[1024]);
        directory = AioDirectory.open(root);
    }

    @TearDown
    public void delete() throws IOException {
        directory.close();
        for (Path path = root.resolve(NAME); path.startsWith(root); path = path.getParent()) {
            Files.delete(path);
        }
    }

    /** What an event loop may do: only what is in memory. */
    @Benchmark
    public long cached() throws IOException {
        try (AioPath located = directory.resolveCached(NAME)) {
            if (located == null) {
                throw new IOException(NAME + " is not in memory (expected: it is, after the first time)");
            }
            return size(AioFile.open(located));
        }
    }

    /** What the lane does: the same, reading what is not. */
    @Benchmark
    public long whatever() throws IOException {
        try (AioPath located = directory.resolve(NAME)) {
            return size(AioFile.open(located));
        }
    }

    /** By path, checked by nobody. */
    @Benchmark
    public long byPath() throws IOException {
        return size(AioFile.open(root.resolve(NAME)));
    }

    /** The floor: the JDK's. */
    @Benchmark
    public long fileChannel() throws IOException {
        try (FileChannel channel = FileChannel.open(root.resolve(NAME))) {
            return channel.size();
        }
    }

    private static long size(AioFile file) {
        long size = file.size();
        file.close();
        return size;
    }
}
