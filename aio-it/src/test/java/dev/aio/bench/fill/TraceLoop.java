package dev.aio.bench.fill;

import dev.aio.core.AioContext;
import dev.aio.core.AioFile;
import dev.aio.it.Host;
import dev.aio.it.MemoryLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code TraceLoop POLICY SEED CPU DIRECTORY}: answers a {@link RequestTrace}, one file at a time, with a page cache of
 * {@link #MEMORY}, and fills it as {@code POLICY} says. Prints the figures of a {@link HitRates}, MB
 * read from the disk, microseconds of the thread's CPU a MiB and ticks that it has waited for the disk.
 */
@SuppressWarnings("try") // what is only there to be closed
public final class TraceLoop {

    /** Files that are asked for again and again; those of the scan follow them in the directory. */
    public static final int POPULAR = 2_000;

    /** Files that are asked for once. */
    public static final int SCANNED = 4_000;

    /** Of a file, in bytes. */
    public static final int SIZE = 256 << 10;

    /** For the page cache, in bytes: a quarter of the popular files. */
    public static final long MEMORY = 128L << 20;

    private static final double EXPONENT = 0.9;
    private static final int BEFORE = 4_000;
    private static final int AFTER = 2_000;
    private static final int WARM_UP = 256;

    private final Policy policy;
    private final RequestTrace trace;
    private final int[] misses = new int[POPULAR + SCANNED];
    private final HitRates rates;

    private final List<AioFile> files;
    private final Pipe pipe;
    private final DirectRung direct;
    private final FillRung fill;

    private TraceLoop(Policy policy, RequestTrace trace, List<AioFile> files, AioContext context, Outlet outlet) {
        this.policy = policy;
        this.trace = trace;
        this.files = files;
        pipe = new Pipe(outlet, 1, SIZE);
        direct = new DirectRung(context, pipe.windows());
        fill = new FillRung(direct, pipe.windows());
        rates = new HitRates(trace, POPULAR + SCANNED);
    }

    /** Ends the JVM. */
    public static void main(String[] arguments) throws Exception {
        RequestTrace trace = RequestTrace.of(POPULAR, EXPONENT, BEFORE, SCANNED, AFTER, Long.parseLong(arguments[1]));
        Policy policy = Policy.valueOf(arguments[0]);
        OwnerThread owner = OwnerThread.onCpu(arguments[2]);
        List<Path> paths = OpenFiles.in(Path.of(arguments[3]));
        try (AioContext context = owner.openContext();
                Outlet outlet = Outlet.open(context);
                OpenFiles opened = OpenFiles.open(paths, true)) {
            TraceLoop loop = new TraceLoop(policy, trace, opened.files(), context, outlet);
            loop.warmUp();
            Host.makeCold();
            long pid = ProcessHandle.current().pid();
            try (MemoryLimit small = MemoryLimit.bytes(MEMORY, pid)) {
                long read = bytesRead();
                long waited = owner.waitedTicks();
                long cpu = owner.cpuNanos();
                loop.run();
                double micros = (owner.cpuNanos() - cpu) / 1e3;
                System.out.println(loop.rates + " " + (bytesRead() - read) / 1e6 + " "
                        + micros / ((double) trace.length() * SIZE / (1 << 20)) + " "
                        + (owner.waitedTicks() - waited));
            }
        }
        System.exit(0);
    }

    /** All ways are taken, so that no class is left to be read. */
    private void warmUp() throws IOException, InterruptedException {
        for (Rung rung : List.of(direct, fill, fill)) {
            for (AioFile file : files.subList(0, WARM_UP)) {
                pipe.send(List.of(new Range(file, 0, SIZE)), rung);
            }
        }
        new HitRates(trace, files.size()).add(0, true);
    }

    private void run() throws IOException, InterruptedException {
        for (int request = 0; request < trace.length(); request++) {
            int number = trace.file(request);
            Range whole = new Range(files.get(number), 0, SIZE);
            boolean hit = whole.isResident();
            rates.add(request, hit);
            boolean admitted = !hit && policy.admits(++misses[number]);
            if (admitted) {
                misses[number] = 0;
            }
            pipe.send(List.of(whole), admitted ? fill : direct);
        }
    }

    /** By this process from disks, so far. */
    private static long bytesRead() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/io"))) {
            if (line.startsWith("read_bytes:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("no read_bytes in /proc/self/io");
    }
}
