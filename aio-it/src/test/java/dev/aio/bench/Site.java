package dev.aio.bench;

import dev.aio.it.Certificate;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What peers serve.
 *
 * @param own where servers may write; every user can
 * @param certificate to serve over TLS 1.3, or null
 */
record Site(Path files, Path own, Cpus cpus, @Nullable Certificate certificate) {

    String scheme() {
        return certificate == null ? "http" : "https";
    }
}
