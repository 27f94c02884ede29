package dev.aio.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The class path of this JVM as far as it is Netty and what runs in other JVMs, copied to where every user may read
 * it.
 */
final class ClassPath {

    private static final String OTHERS = "dev/aio/bench/peer";

    private final Path directory;

    private ClassPath(Path directory) {
        this.directory = directory;
    }

    static ClassPath copyTo(Path directory) throws IOException {
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            if (path.getFileName().toString().startsWith("netty-")) {
                Files.copy(path, directory.resolve(path.getFileName()));
            } else if (Files.isDirectory(path.resolve(OTHERS))) {
                copyClasses(path.resolve(OTHERS), Files.createDirectories(directory.resolve(OTHERS)));
            }
        }
        return new ClassPath(directory);
    }

    private static void copyClasses(Path from, Path to) throws IOException {
        try (Stream<Path> classes = Files.list(from)) {
            for (Path file : classes.collect(Collectors.toList())) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    /** As {@code -cp} takes it. */
    @Override
    public String toString() {
        return directory + File.pathSeparator + directory + "/*";
    }
}
