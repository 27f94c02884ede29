package dev.aio.bench;

import dev.aio.it.Content;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** The files that servers are asked for while they are in memory: one of each size. */
final class HotFiles {

    private HotFiles() {}

    static Path create(Session session, String directory, List<Integer> sizes) throws IOException {
        Path files = session.newDirectory(directory);
        for (int size : sizes) {
            Content.write(files.resolve(name(size)), size, size);
        }
        return files;
    }

    static String name(int size) {
        return "hot-" + size + ".txt";
    }

    /** Lets every user write here. */
    static Path open(Path directory) throws IOException {
        return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    }
}
