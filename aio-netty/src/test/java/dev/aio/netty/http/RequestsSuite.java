package dev.aio.netty.http;

import dev.aio.netty.TargetDirectory;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Requests whose form is asked about, not the file: there is one, and it is the index. */
abstract class RequestsSuite {

    @TempDir(factory = TargetDirectory.class)
    static Path directory;

    static SuiteSite site;

    @BeforeAll
    static void serve() throws Exception {
        TestSite.file(directory, "index.html", "x");
        site = new SuiteSite(directory, builder -> {});
    }

    @AfterAll
    static void close() {
        site.close();
    }
}
