package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where containers have their files: volumes of the host's file systems, and layers of the image. */
@Timeout(120)
class ContainerFileSystemsTest {

    @TempDir(factory = WorkDirectory.class)
    Path directory;

    @BeforeEach
    void needEngine() {
        DockerEngine.assume();
    }

    private static Map<String, Long> visit(ContainerOptions options, ContainerSite site, String where) {
        try (ServerContainer server = options.with("--engine", "aio").start()) {
            site.assertServed(server);
            site.assertConfined(server);
            Map<String, Long> rungs = server.finish();
            Results.record("container-files", where, "same", "404", ContainerSite.names(rungs));
            return rungs;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs"})
    void aVolumeOnADisk(String type) throws Exception {
        try (LoopMount mount = LoopMount.of(type, directory)) {
            ContainerSite site = ContainerSite.in(mount.directory());
            assertThat(visit(ContainerOptions.serving(site.directory()), site, type + ", bind mount")
                            .keySet())
                    .containsAnyOf("AIO_READ", "AIO_HELPED");
        }
    }

    @Test
    void aVolumeInMemory() throws Exception {
        try (LoopMount mount = LoopMount.of("tmpfs", directory)) {
            ContainerSite site = ContainerSite.in(mount.directory());
            visit(ContainerOptions.serving(site.directory()), site, "tmpfs, bind mount");
        }
    }

    @Test
    void aLayerOfTheImage() throws Exception {
        ContainerSite site = ContainerSite.in(Files.createDirectory(directory.resolve("layer")));
        assertThat(visit(ContainerOptions.servingCopyOf(site.directory()), site, "overlayfs, layer"))
                .isNotEmpty();
    }
}
