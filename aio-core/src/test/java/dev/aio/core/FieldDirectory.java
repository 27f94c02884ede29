package dev.aio.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/** Temporary directories on the file system under test: {@code -Daio.fieldSuite.dir}, else under target/. */
final class FieldDirectory implements TempDirFactory {

    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws IOException {
        String given = System.getProperty("aio.fieldSuite.dir");
        return given == null || given.isEmpty()
                ? new TargetDirectory().createTempDirectory(element, context)
                : Files.createTempDirectory(Path.of(given), "aio");
    }
}
