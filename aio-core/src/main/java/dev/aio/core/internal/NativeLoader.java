package dev.aio.core.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

/**
 * Finds and loads the native library: first {@code java.library.path}, then a copy unpacked from
 * the class path into a temporary directory. A directory mounted {@code noexec} cannot hold that
 * copy; {@value #WORKDIR_PROPERTY} names another.
 */
final class NativeLoader {

    static final String WORKDIR_PROPERTY = "dev.aio.native.workdir";

    private NativeLoader() {}

    static void load() {
        String os = System.getProperty("os.name", "unknown");
        String arch = normalizedArch(System.getProperty("os.arch", "unknown"));
        if (!os.toLowerCase(Locale.ROOT).startsWith("linux")) {
            throw new UnsatisfiedLinkError("Linux AIO needs Linux: this platform is " + os + " (" + arch + ")");
        }
        String name = "devaio_" + arch;
        UnsatisfiedLinkError onPath;
        try {
            System.loadLibrary(name);
            return;
        } catch (UnsatisfiedLinkError e) {
            onPath = e;
        }
        try {
            loadFromClassPath(name);
        } catch (IOException | UnsatisfiedLinkError e) {
            UnsatisfiedLinkError failure = new UnsatisfiedLinkError(String.format(
                    "no usable native library for %s/%s: tried lib%s.so on"
                            + " java.library.path (%s), then META-INF/native/lib%s.so on"
                            + " the class path (%s); put the aio-core jar for this"
                            + " platform on the class path, or set -D%s to a directory"
                            + " that is writable and not mounted noexec",
                    os, arch, name, onPath.getMessage(), name, e.getMessage(), WORKDIR_PROPERTY));
            failure.initCause(e);
            throw failure;
        }
    }

    private static void loadFromClassPath(String name) throws IOException {
        String resource = "/META-INF/native/lib" + name + ".so";
        try (InputStream in = NativeLoader.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("not found");
            }
            Path copy = createTempFile(name);
            try {
                Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
                System.load(copy.toAbsolutePath().toString());
            } finally {
                // Linux keeps the mapping of a deleted file, so nothing is left behind.
                Files.deleteIfExists(copy);
            }
        }
    }

    private static Path createTempFile(String name) throws IOException {
        String workdir = System.getProperty(WORKDIR_PROPERTY);
        return workdir == null
                ? Files.createTempFile(name, ".so")
                : Files.createTempFile(Path.of(workdir), name, ".so");
    }

    /** Netty's names for architectures, so that classifiers and file names match its natives. */
    static String normalizedArch(String arch) {
        switch (arch.toLowerCase(Locale.ROOT)) {
            case "amd64":
            case "x86_64":
                return "x86_64";
            case "aarch64":
            case "arm64":
                return "aarch_64";
            default:
                return arch;
        }
    }
}
