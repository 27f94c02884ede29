package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is known of an inode where a sandbox has no statx is the same but for the alignment. */
class FileStatTest {

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private boolean before;

    @BeforeEach
    void keep() {
        before = FileStat.statx;
    }

    @AfterEach
    void restore() {
        FileStat.statx = before;
    }

    private static FileStat stat(String path, boolean statx) throws AioException {
        FileStat.statx = statx;
        int fd = Native.openat(Linux.AT_FDCWD, Scratch.get().path(path), Linux.O_PATH | Linux.O_NOFOLLOW, 0);
        assertThat(fd).as(path).isNotNegative();
        try {
            return FileStat.query(fd, path, 0);
        } finally {
            Native.close(fd);
        }
    }

    private static void assertSameBothWays(String path) throws AioException {
        FileStat full = stat(path, true);
        assertThat(stat(path, false))
                .isEqualTo(new FileStat(
                        full.device(),
                        full.inode(),
                        full.mode(),
                        full.links(),
                        full.uid(),
                        full.size(),
                        full.blockSize(),
                        full.accessedNanos(),
                        full.modifiedNanos(),
                        full.changedNanos(),
                        0,
                        0));
    }

    @Test
    void fstatTellsTheSame() throws Exception {
        Path file = Files.write(directory.resolve("f"), new byte[12_345]);
        Files.createLink(directory.resolve("second"), file);
        Files.createSymbolicLink(directory.resolve("link"), file);
        assertSameBothWays(file.toString());
        assertSameBothWays(directory.resolve("link").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/proc", "/dev/null", "/dev/pts", "/sys"})
    void alsoOfOtherDevices(String path) throws Exception {
        assertSameBothWays(path);
    }

    @Test
    void itsFailuresAreNamed() {
        FileStat.statx = false;
        assertThatThrownBy(() -> FileStat.query(-1, "gone", 0))
                .isInstanceOf(AioException.class)
                .hasMessageContaining("fstat gone: EBADF");
    }
}
