package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.core.AioFile;
import dev.aio.core.AlignedMemory;
import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The invariant: an event loop never waits for a disk. Measured as the kernel accounts for it, for a
 * user who owns none of the files, with cold inodes and extents, on fragmented and on huge files, while
 * somebody else keeps the journal busy.
 */
@Tag("alone")
class NeverWaitsForDiskTest {

    private static final int BLOCK = 4096;
    private static final int CLIENTS = 8;
    private static final int METER_ROUNDS = 100;
    private static final int POSIX_FADV_DONTNEED = 4;
    private static final int EVICTED = 20;
    private static final int EVICTED_SIZE = 1 << 20;
    private static final int EVICTION_ROUNDS = 20;
    private static final long HUGE = 600L << 20;

    @TempDir(factory = WorkDirectory.class)
    Path directory;

    private final AtomicBoolean done = new AtomicBoolean();
    private final Queue<Path> cold = new ConcurrentLinkedQueue<>();

    @Test
    @Timeout(120)
    void shouldNotDelayLoops() throws Exception {
        measure(100, 2_000, 0);
    }

    /** As a lack of memory does, which takes out what has not been asked for in a while, page by page. */
    @Test
    @Timeout(120)
    @SuppressWarnings("try") // what is only there to be closed
    void shouldNotDelayLoopsWhilePagesAreTakenOut() throws Exception {
        Host.assumeRoot("to drop caches and to run the server as somebody else");
        Host.assumeAsynchronousFileSystem(directory);
        long seed = System.nanoTime();
        try (Host.Restored accounting = Host.sysctl("kernel.task_delayacct", "1")) {
            for (int i = 0; i < EVICTED; i++) {
                Content.write(directory.resolve("evicted" + i), i, EVICTED_SIZE);
            }
            layOut(0, 200);
            assertMeterWorks();
            try (ServerProcess server = start()) {
                warmUp(server);
                Host.makeCold();
                server.tasks().readMappedFiles();
                try (DiskThrottle slow = DiskThrottle.readsPerSecond(200, server.pid(), directory)) {
                    Map<String, Long> before = blockIoTicks(server);
                    requestWhileEvicting(server, seed);
                    assertThat(blockIoTicks(server))
                            .as("ticks of 10 ms that each loop has waited for a disk, seed %d", seed)
                            .isEqualTo(before);
                }
            }
        }
    }

    private void requestWhileEvicting(ServerProcess server, long seed) throws Exception {
        Random random = new Random(seed);
        int evicted = 0;
        try (Client client = Client.connect(server)) {
            for (int round = 0; round < EVICTION_ROUNDS; round++) {
                Path file = directory.resolve("evicted" + random.nextInt(EVICTED));
                readAhead(file);
                for (int i = 0; i < 3; i++) {
                    assertThat(client.get("/" + file.getFileName()).body()).hasSize(EVICTED_SIZE);
                    evicted += evict(file, random.nextInt(EVICTED_SIZE / BLOCK)) ? 1 : 0;
                }
            }
        }
        assertThat(evicted).as("pages taken out, seed %d", seed).isGreaterThan(EVICTION_ROUNDS);
    }

    @Test
    @Tag("long")
    @Timeout(900)
    void shouldNotDelayLoopsOnSlowDisk() throws Exception {
        measure(200, 20_000, 200);
    }

    @SuppressWarnings("try") // what is only there to be closed
    private void measure(int files, int extents, int readsPerSecond) throws Exception {
        Host.assumeRoot("to drop caches and to run the server as somebody else");
        Host.assumeAsynchronousFileSystem(directory);
        try (Host.Restored accounting = Host.sysctl("kernel.task_delayacct", "1")) {
            layOut(files, extents);
            assertMeterWorks();
            ServerProcess server = start();
            try (server) {
                warmUp(server);
                if (readsPerSecond == 0) {
                    assertNoDelay(server);
                } else {
                    try (DiskThrottle slow = DiskThrottle.readsPerSecond(readsPerSecond, server.pid(), directory)) {
                        assertNoDelay(server);
                    }
                }
            }
            assertThat(server.servedBy()).as("cold files by AIO").containsKey("AIO_READ");
        }
    }

    /** As a user who owns none of the files, and with classes read from the jar. */
    private ServerProcess start() {
        return ServerProcess.serving(directory)
                .engine("aio")
                .with("--loops", "2")
                .jvm(Program.BARE)
                .wrappedIn(Host.asNobody())
                .start();
    }

    private void layOut(int files, int extents) throws IOException {
        for (String name : List.of("warm", "cold")) {
            for (int i = 0; i < (name.equals("cold") ? files : 10); i++) {
                Content.write(directory.resolve(name + i), i, 1_000 + i % 10 * 123_457);
            }
            fragment(directory.resolve(name + "-fragmented"), name.equals("cold") ? extents : 200);
        }
        Content.write(directory.resolve("hot"), 1, 2_000);
        Content.write(directory.resolve("hot-large"), 2, 1 << 20);
        if (Files.getFileStore(directory).getUsableSpace() > 4 * HUGE) {
            Content.writeLarge(directory.resolve("cold-huge"), 3, HUGE);
        }
    }

    /** Every second block is freed and, while its place is not yet free again, written elsewhere. */
    private static void fragment(Path file, int extents) throws IOException {
        Content.write(file, 4, extents * BLOCK);
        String script = "i=1; while [ $i -lt $2 ]; do"
                + " fallocate --punch-hole --offset $((i * 4096)) --length 4096 \"$1\" || exit; i=$((i + 2)); done";
        Program.succeed("sh", "-c", script, "sh", file.toString(), Integer.toString(extents));
        byte[] content = Content.random(4, extents * BLOCK);
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            for (int i = 1; i < extents; i += 2) {
                out.seek((long) i * BLOCK);
                out.write(content, i * BLOCK, BLOCK);
            }
            out.getFD().sync();
        }
    }

    /**
     * A thread that does wait for the disk is seen to: without this, nothing below would mean anything. More than once,
     * since the host of a virtual machine may complete requests on the CPU that makes them, and then nobody waits.
     */
    private void assertMeterWorks() throws Exception {
        ExecutorService reader = Executors.newSingleThreadExecutor(); // threads made before the sysctl are not metered
        try {
            long ticks = reader.submit(() -> {
                        for (int i = 0; i < METER_ROUNDS && ProcTasks.blockIoTicksOfThisThread() == 0; i++) {
                            Host.makeCold();
                            readBackwards(directory.resolve("cold-fragmented"));
                        }
                        return ProcTasks.blockIoTicksOfThisThread();
                    })
                    .get(60, TimeUnit.SECONDS);
            assertThat(ticks).as("ticks that a blocking read has waited").isPositive();
        } finally {
            reader.shutdownNow();
        }
    }

    /** No readahead: the reader waits for each block. */
    private static void readBackwards(Path file) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            byte[] block = new byte[BLOCK];
            for (long position = in.length() - BLOCK; position >= 0; position -= BLOCK) {
                in.seek(position);
                in.readFully(block);
            }
        }
    }

    /** Takes every path, so that all classes are loaded. */
    private void warmUp(ServerProcess server) throws Exception {
        for (int round = 0; round < 3; round++) {
            Host.makeCold();
            readAll(server, "warm");
            try (Client client = Client.connect(server)) {
                for (int i = 0; i < 50; i++) {
                    client.get("/hot");
                    client.get("/hot-large");
                    client.get("/missing");
                }
            }
        }
    }

    private void assertNoDelay(ServerProcess server) throws Exception {
        Host.makeCold();
        server.tasks().readMappedFiles(); // the JVM may load code from disk: that is not what is measured
        Files.readAllBytes(directory.resolve("hot"));
        Files.readAllBytes(directory.resolve("hot-large"));
        Map<String, Long> before = blockIoTicks(server);

        done.set(false);
        ExecutorService others = Executors.newFixedThreadPool(2);
        try {
            List<Future<?>> running =
                    List.of(others.submit(() -> hammerHotFiles(server)), others.submit(() -> keepJournalBusy()));
            try {
                readAll(server, "cold");
            } finally {
                done.set(true);
                await(running);
            }
        } finally {
            others.shutdownNow();
        }

        Map<String, Long> after = blockIoTicks(server);
        assertThat(after)
                .as("ticks of 10 ms that each loop has waited for a disk")
                .isEqualTo(before);
    }

    /** Block by block, so that there are no larger folios, which are taken out as a whole or not at all. */
    private static void readAhead(Path file) throws IOException {
        try (AioFile opened = AioFile.open(file)) {
            AlignedMemory memory = AlignedMemory.allocate(BLOCK, BLOCK);
            for (long position = 0; position < EVICTED_SIZE; position += BLOCK) {
                assertThat(opened.read(position, memory, 0, BLOCK)).isEqualTo(BLOCK);
            }
        }
    }

    /** Returns whether it is out now: what is mapped, or part of a larger folio, is not. */
    private static boolean evict(Path file, int block) throws IOException {
        Scratch scratch = Scratch.get();
        int fd = Native.openat(Linux.AT_FDCWD, scratch.path(file.toString()), Linux.O_RDONLY, 0);
        try {
            long position = (long) block * BLOCK;
            assertThat(Native.fadvise(fd, position, BLOCK, POSIX_FADV_DONTNEED)).isZero();
            boolean told = Native.cachestat(fd, position, BLOCK, scratch.out()) == 0;
            Host.assume(told, "Linux before 6.5 does not say what is in the page cache");
            return scratch.outLong(0) == 0;
        } finally {
            Native.close(fd);
        }
    }

    private static Map<String, Long> blockIoTicks(ServerProcess server) {
        Map<String, Long> ticks = new TreeMap<>();
        server.tasks().names().forEach((thread, name) -> {
            if (name.startsWith("aio-loop-")) {
                ticks.put(name, server.tasks().blockIoTicks(thread));
            }
        });
        assertThat(ticks).hasSize(2);
        return ticks;
    }

    /** Each file once, by several clients at a time. */
    private void readAll(ServerProcess server, String prefix) throws Exception {
        try (var files = Files.newDirectoryStream(directory, prefix + "*")) {
            files.forEach(cold::add);
        }
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                running.add(clients.submit(() -> readCold(server)));
            }
            await(running);
        } finally {
            clients.shutdownNow();
        }
    }

    private Void readCold(ServerProcess server) throws IOException {
        try (Client client = Client.connect(server)) {
            for (Path file = cold.poll(); file != null; file = cold.poll()) {
                client.send(Client.message("GET", "/" + file.getFileName()));
                long length = client.readHead().contentLength();
                client.body().skipNBytes(length);
            }
        }
        return null;
    }

    private Void hammerHotFiles(ServerProcess server) {
        try (Client client = Client.connect(server)) {
            while (!done.get()) {
                assertThat(client.get("/hot").body()).hasSize(2_000);
                assertThat(client.get("/hot-large").body()).hasSize(1 << 20);
            }
        }
        return null;
    }

    private Void keepJournalBusy() throws IOException {
        Path file = directory.resolve(".written");
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (long n = 0; !done.get(); n++) {
                out.write(ByteBuffer.allocate(8192), n % 1000 * 8192);
                out.force(true);
            }
        }
        return null;
    }

    private static void await(List<Future<?>> running)
            throws InterruptedException, ExecutionException, TimeoutException {
        for (Future<?> one : running) {
            one.get(600, TimeUnit.SECONDS);
        }
    }
}
