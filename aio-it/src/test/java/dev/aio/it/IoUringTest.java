package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.it.SeccompProfile.Errno;
import io.netty.channel.uring.IoUring;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Side by side in one container: AIO and Netty's io_uring transport, under a profile that denies io_uring as the engines'
 * own do since 25 (moby#46762).
 */
@Tag("alone")
@Timeout(300) // the first makes the image
class IoUringTest {

    private static final SeccompProfile NO_IO_URING =
            SeccompProfile.denying(Errno.EPERM, "io_uring_setup", "io_uring_enter", "io_uring_register");

    @TempDir(factory = WorkDirectory.class)
    static Path directory;

    @BeforeEach
    void needEngine() {
        DockerEngine.assume();
    }

    private static String transports(SeccompProfile profile) throws Exception {
        Path classes = Files.createDirectories(directory.resolve("classes"));
        copy(
                Path.of(TransportsProbe.class
                        .getResource("TransportsProbe.class")
                        .toURI()),
                classes.resolve("dev/aio/it"));
        List<Path> jars = Stream.of(System.getProperty("java.class.path").split(":"))
                .map(Path::of)
                .filter(jar -> jar.getFileName().toString().contains("io_uring"))
                .toList();
        assertThat(jars).as("Netty's classes and natives").hasSize(2);
        for (Path jar : jars) {
            copy(jar, classes);
        }
        ContainerOptions.Ended ended = ContainerOptions.running()
                .bind(classes, "/classes")
                .profile(profile)
                .temporary("/unpacked")
                .entryPoint(
                        ContainerImage.HOME + "/jre/bin/java",
                        "-Dio.netty.native.workdir=/unpacked",
                        "-cp",
                        "/classes:/classes/*:" + ContainerImage.HOME + "/aio.jar",
                        "dev.aio.it.TransportsProbe")
                .run();
        assertThat(ended.exitCode()).as(ended.output()).isZero();
        return ended.output();
    }

    private static void copy(Path file, Path to) throws Exception {
        Path copy = Files.createDirectories(to).resolve(file.getFileName().toString());
        if (!Files.exists(copy)) {
            Files.copy(file, copy);
        }
    }

    @Test
    void aioWorksWhereIoUringIsDenied() throws Exception {
        String denied = transports(NO_IO_URING);
        assertThat(denied).contains("Linux AIO: available\n");
        assertThat(denied).containsPattern("Netty's io_uring: unavailable: .*Operation not permitted");
        Results.record(
                "seccomp",
                NO_IO_URING.toString(),
                "AIO available, Netty's io_uring unavailable",
                "-",
                "-",
                "-",
                "-",
                "-");
    }

    /** Else the other test would show nothing. */
    @Test
    void ioUringWorksWhereItIsAllowed() throws Exception {
        Host.assume(IoUring.isAvailable(), "no io_uring on this machine at all");
        String allowed = transports(SeccompProfile.denying(Errno.EPERM, "reboot"));
        assertThat(allowed).contains("Linux AIO: available\n", "Netty's io_uring: available\n");
    }
}
