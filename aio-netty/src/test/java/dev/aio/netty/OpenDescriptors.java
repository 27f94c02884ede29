package dev.aio.netty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What this process has open and mapped, of the kinds that tests can leak. */
public final class OpenDescriptors {

    private OpenDescriptors() {}

    /** Targets of the descriptors of files in a directory, also of such as were deleted. */
    public static Set<String> under(Path directory) throws IOException {
        return descriptors(target -> target.startsWith(directory + "/")).stream()
                .map(fd -> fd + " -> " + targetOf(Path.of("/proc/self/fd/" + fd)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    static Set<Integer> eventFds() throws IOException {
        return descriptors(target -> target.contains("[eventfd"));
    }

    /** How often an eventfd was signalled that is never read (proc_pid_fdinfo(5)). */
    static long signals(int eventFd) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/fdinfo/" + eventFd))) {
            return lines.filter(line -> line.startsWith("eventfd-count:"))
                    .map(line -> line.substring("eventfd-count:".length()).trim())
                    .mapToLong(hex -> Long.parseLong(hex, 16))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All but those of archives, which classes are loaded from. */
    static long count() throws IOException {
        return descriptors(target -> !target.isEmpty() && !target.endsWith(".jar"))
                .size();
    }

    static int highest() throws IOException {
        return descriptors(target -> true).stream()
                .mapToInt(Integer::intValue)
                .max()
                .orElse(0);
    }

    /**
     * Completion rings: the kernel shows each as a mapping of its own. Unlike {@code fs.aio-nr} this
     * counts this process only.
     */
    public static long aioContexts() throws IOException {
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            return maps.filter(line -> line.contains("/[aio]")).count();
        }
    }

    private static Set<Integer> descriptors(Predicate<String> target) throws IOException {
        try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
            return fds.filter(fd -> target.test(targetOf(fd)))
                    .map(fd -> Integer.valueOf(fd.getFileName().toString()))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static String targetOf(Path fd) {
        try {
            return Files.readSymbolicLink(fd).toString();
        } catch (IOException e) {
            return ""; // closed meanwhile, such as the descriptor that lists the directory
        }
    }
}
