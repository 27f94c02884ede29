package dev.aio.bench.fill;

import dev.aio.core.AioContext;
import dev.aio.it.DiskThrottle;
import dev.aio.it.Host;
import dev.aio.it.ReadAhead;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code FillLoop WAY WINDOW READ_AHEAD READS_PER_SECOND CPU DIRECTORY}: sends all files of a directory once, cold, by one
 * thread on one CPU, as {@code WAY} says in windows of so many KiB; then the first of them from a disk that is limited.
 * {@code READ_AHEAD} is the disk's in KiB, 0 for as it is; no limit means no second pass. Prints the figures of a {@link
 * Pass} for each, after two passes that are not measured, and a checksum of all that was sent.
 */
@SuppressWarnings("try") // what is only there to be closed
public final class FillLoop {

    /** What is sent from the limited disk, in bytes. */
    private static final long LIMITED = 128L << 20;

    private static final int IN_FLIGHT = 4;
    private static final int WARM_UP = 2;

    private final String way;
    private final int window;
    private final int readAhead;
    private final List<Path> files;
    private final OwnerThread owner;
    private final Pipe pipe;
    private final Rung rung;
    private final FillRung fill;

    private FillLoop(
            String[] arguments, int window, OwnerThread owner, AioContext context, Outlet outlet, Filler filler)
            throws IOException {
        way = arguments[0];
        this.window = window;
        readAhead = Integer.parseInt(arguments[2]);
        files = OpenFiles.in(Path.of(arguments[5]));
        this.owner = owner;
        pipe = new Pipe(outlet, IN_FLIGHT, window);
        DirectRung direct = new DirectRung(context, pipe.windows());
        fill = new FillRung(direct, pipe.windows());
        rung = switch (way) {
            case "direct" -> direct;
            case "fill", "fill-random" -> fill;
            case "thread" -> new ThreadRung(filler);
            case "both" -> new BothRung(direct, filler);
            default ->
                throw new IllegalArgumentException(way + " (expected: direct, fill, fill-random, thread or both)");
        };
    }

    /** Ends the JVM. */
    public static void main(String[] arguments) throws Exception {
        OwnerThread owner = OwnerThread.onCpu(arguments[4]);
        int window = Integer.parseInt(arguments[1]) << 10;
        int readsPerSecond = Integer.parseInt(arguments[3]);
        try (AioContext context = owner.openContext();
                Outlet outlet = Outlet.open(context);
                Filler filler = new Filler(window)) {
            FillLoop loop = new FillLoop(arguments, window, owner, context, outlet, filler);
            for (int i = 0; i < WARM_UP; i++) {
                loop.send(loop.files, 0);
            }
            StringBuilder figures = new StringBuilder(loop.send(loop.files, 0).toString());
            if (readsPerSecond > 0) {
                figures.append(' ').append(loop.send(loop.limited(), readsPerSecond));
            }
            System.out.println(figures + " " + outlet.finish());
        }
        System.exit(0);
    }

    private List<Path> limited() throws IOException {
        long size = files.get(0).toFile().length();
        return files.subList(0, (int) Math.min(files.size(), Math.max(1, LIMITED / size)));
    }

    private Pass send(List<Path> paths, int readsPerSecond) throws IOException, InterruptedException {
        Host.makeCold();
        try (OpenFiles opened = open(paths)) {
            if (readsPerSecond == 0) {
                return measure(opened);
            }
            long pid = ProcessHandle.current().pid();
            try (DiskThrottle disk = DiskThrottle.readsPerSecond(readsPerSecond, pid, paths.get(0))) {
                return measure(opened).withReads(disk.reads());
            }
        }
    }

    private OpenFiles open(List<Path> paths) throws IOException {
        if (readAhead == 0) {
            return OpenFiles.open(paths, way.equals("fill"));
        }
        try (Host.Restored disk = ReadAhead.set(paths.get(0), readAhead)) {
            return OpenFiles.open(paths, way.equals("fill"));
        }
    }

    private Pass measure(OpenFiles opened) throws IOException, InterruptedException {
        List<Range> ranges = opened.ranges(window);
        long notices = fill.notices();
        long resident = fill.resident();
        long helper = rung.helperCpuNanos();
        long waited = owner.waitedTicks();
        long helperWaited = owner.waitedTicks(Filler.NAME);
        long cpu = owner.cpuNanos();
        long begin = System.nanoTime();
        pipe.send(ranges, rung);
        long elapsed = System.nanoTime() - begin;
        return new Pass(
                ranges.stream().mapToLong(Range::length).sum(),
                elapsed,
                owner.cpuNanos() - cpu,
                rung.helperCpuNanos() - helper,
                owner.waitedTicks() - waited,
                owner.waitedTicks(Filler.NAME) - helperWaited,
                fill.notices() - notices,
                fill.resident() - resident,
                0);
    }
}
