package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.it.SeccompProfile.Errno;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Containers whose seccomp profile denies something: what the engine's own leaves open, and what takes its place. */
@Tag("alone")
@Timeout(300) // the first makes the image
class SeccompTest {

    private static final String TABLE = "seccomp";
    /** Of the JDKs, and they fall back to stat on ENOSYS only, as glibc does. */
    private static final int FIRST_WITH_STATX = 22;

    private static final SeccompProfile NO_IO_SETUP = SeccompProfile.denying(Errno.EPERM, "io_setup");

    @TempDir(factory = WorkDirectory.class)
    static Path directory;

    private static ContainerSite site;

    @BeforeAll
    static void write() throws Exception {
        site = ContainerSite.in(Files.createDirectory(directory.resolve("served")));
    }

    @BeforeEach
    void needEngine() {
        DockerEngine.assume();
    }

    /** Cold, hot and out of bounds; ends the container and says by which rungs it served. */
    private static Map<String, Long> visit(ContainerOptions options) {
        try (ServerContainer server = options.start()) {
            site.assertServed(server);
            site.assertConfined(server);
            return server.finish();
        }
    }

    private static void note(SeccompProfile profile, Map<String, Long> rungs) {
        Object[] by = ContainerSite.cells(rungs);
        Results.record(TABLE, profile.toString(), "serves", by[0], by[1], by[2], "same", "refused");
    }

    @Test
    void theEnginesOwnLeavesAioOpen() {
        Host.assumeAsynchronousFileSystem(directory);
        SeccompProfile profile = SeccompProfile.OF_THE_ENGINE;
        try (ServerContainer server = ContainerOptions.serving(site.directory())
                .profile(profile)
                .with("--engine", "aio")
                .start()) {
            assertThat(server.status("Seccomp")).as("2 is a filter").isEqualTo("2");
            assertThat(server.logLines()).anyMatch(line -> line.contains("cold files by Linux AIO"));
            site.assertServed(server);
            site.assertConfined(server);
            Map<String, Long> rungs = server.finish();
            assertThat(rungs.keySet()).containsAnyOf("AIO_READ", "AIO_HELPED");
            note(profile, rungs);
        }
    }

    @Test
    void withoutIoSetupTheLaneServesAndOneWarningSaysSo() {
        try (ServerContainer server =
                ContainerOptions.serving(site.directory()).profile(NO_IO_SETUP).start()) {
            site.assertServed(server);
            site.assertConfined(server);
            Map<String, Long> rungs = server.finish();
            assertThat(rungs).containsKey("LANE_READ").doesNotContainKeys("AIO_READ", "AIO_HELPED");
            assertThat(server.logLines())
                    .filteredOn(line -> line.startsWith("WARNING:"))
                    .singleElement()
                    .asString()
                    .contains("io_setup answers EPERM: a seccomp profile forbids");
            note(NO_IO_SETUP, rungs);
        }
    }

    @Test
    void withoutIoSetupAioRefusesToStart() {
        ContainerOptions.Ended ended = ContainerOptions.serving(site.directory())
                .profile(NO_IO_SETUP)
                .with("--engine", "aio")
                .run();
        assertThat(ended.exitCode()).as(ended.output()).isEqualTo(1);
        assertThat(ended.output())
                .contains("--engine aio: ", "io_setup answers EPERM: a seccomp profile forbids")
                .doesNotContain("listening on");
        Results.record(TABLE, NO_IO_SETUP + ", `--engine aio`", "does not start, says why", "-", "-", "-", "-", "-");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            openat2   | openat2 +no: forbidden          | OPEN_LANE   | OPEN_CACHED
            preadv2   | NOWAIT buffered read +no        | AIO_READ    | SENDFILE
            cachestat | cachestat +no: denied           | OPEN_CACHED | LANE_READ
            statx     | O_DIRECT alignment .*\\(assumed | OPEN_CACHED | LANE_READ
            """)
    void otherRungsTakeOver(String call, String probed, String taken, String leftOut) {
        Host.assume(
                !call.equals("statx") || Runtime.version().feature() < FIRST_WITH_STATX,
                "JDK " + Runtime.version().feature() + " itself cannot open a file where statx is answered with EPERM");
        Host.assumeAsynchronousFileSystem(directory);
        SeccompProfile profile = SeccompProfile.denying(Errno.EPERM, call);
        ContainerOptions probe = ContainerOptions.running("probe", "/srv").bind(site.directory(), "/srv");
        assertThat(probe.profile(profile).asOwner().run().output()).containsPattern(probed);

        Map<String, Long> rungs = visit(ContainerOptions.serving(site.directory())
                .profile(profile)
                .asOwner()
                .with("--engine", "aio"));

        assertThat(rungs).containsKey(taken).doesNotContainKey(leftOut);
        note(profile, rungs);
    }

    @ParameterizedTest
    @CsvSource({"openat2", "preadv2", "cachestat", "statx"})
    @Tag("long")
    void alsoIfTheCallIsSaidToBeMissing(String call) {
        SeccompProfile profile = SeccompProfile.denying(Errno.ENOSYS, call);
        note(
                profile,
                visit(ContainerOptions.serving(site.directory())
                        .profile(profile)
                        .asOwner()
                        .with("--engine", "aio")));
    }
}
