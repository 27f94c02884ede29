package dev.aio.it;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The threads and descriptors of a process as {@code /proc} shows them. */
public final class ProcTasks {

    /** proc(5), field 42 of stat, counted from the state (3) that follows the name. */
    private static final int BLKIO_TICKS = 42 - 3;

    private static final int USER_TICKS = 14 - 3;
    private static final int SYSTEM_TICKS = 15 - 3;

    private final Path proc;

    private ProcTasks(Path proc) {
        this.proc = proc;
    }

    public static ProcTasks of(long pid) {
        return new ProcTasks(Path.of("/proc", Long.toString(pid)));
    }

    /** Thread ids with the names that {@code top -H} shows. */
    public Map<Integer, String> names() {
        Map<Integer, String> names = new TreeMap<>();
        for (Path task : list("task")) {
            String name = read(task.resolve("comm"));
            if (name != null) {
                names.put(Integer.parseInt(task.getFileName().toString()), name.strip());
            }
        }
        return names;
    }

    /** Ids of the threads whose name begins like this. */
    public List<Integer> named(String prefix) {
        return names().entrySet().stream()
                .filter(e -> e.getValue().startsWith(prefix))
                .map(Map.Entry::getKey)
                .collect(Collectors.toList());
    }

    public int count() {
        return list("task").size();
    }

    /** How long a thread has waited for block devices, in ticks of 10 ms; kept if task_delayacct is on. */
    public long blockIoTicks(int thread) {
        return blockIoTicks(proc.resolve("task/" + thread + "/stat"));
    }

    static long blockIoTicksOfThisThread() {
        return blockIoTicks(Path.of("/proc/thread-self/stat"));
    }

    private static long blockIoTicks(Path file) {
        return Long.parseLong(statFields(read(file))[BLKIO_TICKS].strip());
    }

    /** CPU time of all threads that there are and were, in seconds, to 10 ms; 0 if the process has ended. */
    public double cpuSeconds() {
        String stat = read(proc.resolve("stat"));
        if (stat == null) {
            return 0;
        }
        String[] fields = statFields(stat);
        return (Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS])) / 100.0;
    }

    private static String[] statFields(String stat) {
        // the name stands in parentheses and may hold anything
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    }

    /** Brings the program's own code back into the page cache: libraries, class archives, the jar. */
    public void readMappedFiles() throws IOException {
        Set<Path> seen = new HashSet<>();
        for (Path mapped : list("map_files")) {
            // through the link: some are deleted and have no other name
            if (seen.add(Path.of(target(mapped))) && Files.isRegularFile(mapped)) {
                Files.copy(mapped, OutputStream.nullOutputStream());
            }
        }
        Files.copy(Program.jar(), OutputStream.nullOutputStream());
    }

    /** Files on disk that the process writes to as memory: who does may wait for the disk. */
    List<String> sharedWritableFiles() {
        return read(proc.resolve("maps"))
                .lines()
                .map(line -> line.split(" +", 6))
                .filter(mapping -> mapping.length == 6 && mapping[1].startsWith("rw") && mapping[1].endsWith("s"))
                .map(mapping -> mapping[5])
                .filter(name ->
                        !name.startsWith("/[aio]") && !name.startsWith("/dev/") && !name.startsWith("anon_inode:"))
                .collect(Collectors.toList());
    }

    /** Open descriptors whose target begins like this, such as {@code socket:}. */
    long descriptors(String prefix) {
        return list("fd").stream()
                .map(ProcTasks::target)
                .filter(target -> target.startsWith(prefix))
                .count();
    }

    /** What a descriptor is open on; empty if it is not open. */
    String descriptor(int number) {
        return target(proc.resolve("fd/" + number));
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    private List<Path> list(String name) {
        try (Stream<Path> entries = Files.list(proc.resolve(name))) {
            return entries.collect(Collectors.toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException ended) {
            return null;
        } catch (IOException e) {
            if (e.getMessage() != null && e.getMessage().contains("No such process")) {
                return null;
            }
            throw new UncheckedIOException(e);
        }
    }
}
