package dev.aio.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * Where tests put files: on a real file system (/tmp is often a tmpfs, which has no cold files), in a
 * place that other users may enter, since the server runs as one in some tests.
 */
public final class WorkDirectory implements TempDirFactory {

    private static final Path BASE = base();

    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws IOException {
        return create(context.getTestClass().map(Class::getSimpleName).orElse("test"));
    }

    /** A directory that nobody removes. */
    public static Path create(String prefix) throws IOException {
        Path directory = Files.createTempDirectory(BASE, prefix + '-');
        return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** A file that lives as long as this JVM. */
    public static Path lasting(String name) {
        try {
            Path directory = create("shared");
            Path file = directory.resolve(name);
            directory.toFile().deleteOnExit();
            file.toFile().deleteOnExit(); // in reverse order: before its directory
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether every user may reach what lies in this directory. */
    static boolean isOpenToAll(Path directory) {
        try {
            for (Path at = directory.toRealPath(); at != null; at = at.getParent()) {
                if (!Files.getPosixFilePermissions(at).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static Path base() {
        Path target = Path.of("target").toAbsolutePath();
        try {
            return isOpenToAll(target)
                    ? Files.createDirectories(target.resolve("it"))
                    : Files.createDirectories(Path.of("/var/tmp"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
