package dev.aio.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An image with nothing in it but the program: a linked Java runtime, the C library it needs and the
 * jar. Made of what this machine has, for nothing can be pulled.
 */
final class ContainerImage {

    static final String NAME = "aio-it:local";

    private static final String MODULES = "java.base,java.logging,java.management,java.naming,jdk.unsupported";
    private static final Pattern LIBRARY = Pattern.compile("(?:=> )?(/\\S+) \\(0x");

    /** Parts of the C library that Netty's natives name on their own where it is old. */
    private static final List<String> SIBLINGS_OF_LIBC =
            List.of("libdl.so.2", "libm.so.6", "libpthread.so.0", "librt.so.1");

    private final Path root;

    private ContainerImage(Path root) {
        this.root = root;
    }

    /**
     * Begins an image.
     *
     * @param root an empty directory
     */
    static ContainerImage in(Path root) throws IOException {
        ContainerImage image = new ContainerImage(root);
        image.linkRuntime();
        image.copyLibraries();
        Files.copy(Program.jar(), root.resolve("aio.jar"));
        Files.createDirectories(root.resolve("tmp"));
        return image;
    }

    private void linkRuntime() {
        Program.succeed(
                Program.javaHome().resolve("bin/jlink").toString(),
                "--add-modules",
                MODULES,
                "--no-header-files",
                "--no-man-pages",
                "--output",
                root.resolve("jre").toString());
    }

    private void copyLibraries() throws IOException {
        Set<Path> libraries = new TreeSet<>();
        try (Stream<Path> files = Files.walk(root.resolve("jre"))) {
            for (Path file : (Iterable<Path>) files.filter(ContainerImage::isNative)::iterator) {
                Matcher library =
                        LIBRARY.matcher(Program.run("ldd", file.toString()).stdout());
                while (library.find()) {
                    libraries.add(Path.of(library.group(1)));
                }
            }
        }
        for (Path library : List.copyOf(libraries)) {
            if (library.endsWith("libc.so.6")) {
                SIBLINGS_OF_LIBC.stream()
                        .map(library::resolveSibling)
                        .filter(Files::exists)
                        .forEach(libraries::add);
            }
        }
        for (Path library : libraries) {
            if (!library.startsWith(root)) {
                copy(library, library.toString());
            }
        }
    }

    private static boolean isNative(Path file) {
        return file.endsWith("bin/java") || file.getFileName().toString().endsWith(".so");
    }

    /** Puts a file, wherever a link to it leads, where it shall be in the image. */
    ContainerImage copy(Path from, String to) throws IOException {
        Path target = root.resolve(to.substring(1));
        Files.createDirectories(target.getParent());
        Files.copy(from.toRealPath(), target, StandardCopyOption.COPY_ATTRIBUTES);
        return this;
    }

    /** Gives the image to the engine; by its client, since Testcontainers' own cannot send a tar of this size. */
    void importIntoDocker() throws IOException {
        Path tar = root.resolveSibling("image.tar");
        Program.succeed("tar", "--create", "--file=" + tar, "--owner=0", "--group=0", "--directory=" + root, ".");
        Program.succeed("docker", "import", tar.toString(), NAME);
        Files.delete(tar);
    }
}
