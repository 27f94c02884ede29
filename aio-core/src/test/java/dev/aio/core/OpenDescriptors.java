package dev.aio.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Counts what this process has open and mapped, of the kinds that tests can leak. */
final class OpenDescriptors {

    private OpenDescriptors() {}

    /** Descriptors of files in a directory, also of such as were deleted. */
    static long under(Path directory) throws IOException {
        return count(target -> target.startsWith(directory.toString()));
    }

    static long eventFds() throws IOException {
        return count(target -> target.contains("[eventfd"));
    }

    /** Completion rings: the kernel shows each as a mapping of its own. */
    static long aioContexts() throws IOException {
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            return maps.filter(line -> line.contains("/[aio]")).count();
        }
    }

    private static long count(Predicate<String> target) throws IOException {
        try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
            return fds.filter(fd -> target.test(targetOf(fd))).count();
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
