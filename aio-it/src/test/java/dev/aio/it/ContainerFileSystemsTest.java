package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where containers have their files: volumes of the host's file systems, and layers of the image. */
@Tag("alone")
@Timeout(300) // the first makes the image
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
            Object[] by = ContainerSite.cells(rungs);
            Results.record("container-files", where, by[1], by[2], "same", "refused");
            return rungs;
        }
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs"})
    void aVolumeOnADisk(String type) throws Exception {
        try (DiskVolume volume = DiskVolume.of(type, directory)) {
            ContainerSite site = volume.fill(directory.resolve("filled"), ContainerSite::in);
            assertThat(visit(ContainerOptions.servingVolume(volume.name()), site, type + ", volume")
                            .keySet())
                    .containsAnyOf("AIO_READ", "AIO_HELPED");
        }
    }

    @Tag("long")
    @Test
    void aDirectoryInMemory() throws Exception {
        Path memory = Path.of("/dev/shm");
        Host.assume(
                Files.isWritable(memory) && Files.getFileStore(memory).type().equals("tmpfs"), memory + " is no tmpfs");
        Path shared = Files.createTempDirectory(memory, "aio-it-");
        try {
            Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxr-xr-x"));
            visit(ContainerOptions.serving(shared), ContainerSite.in(shared), "tmpfs, bind mount");
        } finally {
            Program.succeed("rm", "-r", shared.toString());
        }
    }

    @Test
    void aLayerOfTheImage() throws Exception {
        ContainerSite site = ContainerSite.in(Files.createDirectory(directory.resolve("site")));
        String image = ContainerImage.name() + "-site";
        Path dockerfile = directory.resolve("Dockerfile");
        Files.writeString(dockerfile, "FROM " + ContainerImage.name() + "\nCOPY site /srv/\n");
        Program.succeed("docker", "build", "--tag", image, directory.toString());
        try {
            visit(ContainerOptions.servingPartOf(image, "/srv"), site, "overlayfs, layer of the image");
        } finally {
            Program.succeed("docker", "image", "rm", "--force", image);
        }
    }
}
