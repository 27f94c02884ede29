package dev.aio.core;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.SYNC;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The two descriptions of a file, one through the page cache and one that is {@code O_DIRECT}: what each is opened with. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AioFileDescriptionsTest {

    private static final int PAGE = AlignedMemory.PAGE;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @AfterEach
    void shouldLeakNoDescriptor() throws IOException {
        assertThat(OpenDescriptors.under(directory)).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = StandardOpenOption.class,
            names = {"SYNC", "DSYNC"})
    void shouldPassSynchronyToBothDescriptions(OpenOption option) throws IOException {
        TestFile source = TestFile.create(directory, PAGE);
        int expected = option == SYNC ? Linux.O_SYNC : Linux.O_DSYNC;
        try (AioFile file = DirectFile.open(source.path, WRITE, option)) {
            assertThat(Native.getfl(file.bufferedFd()) & Linux.O_SYNC).isEqualTo(expected);
            assertThat(Native.getfl(file.aioFd()) & Linux.O_SYNC).isEqualTo(expected);
            assertThat(Native.getfl(file.aioFd()) & Linux.O_ACCMODE).isEqualTo(Linux.O_WRONLY);
        }
    }

    @Test
    void shouldAppendThroughBothDescriptions() throws IOException {
        TestFile source = TestFile.create(directory, PAGE);
        try (AioFile file = DirectFile.open(source.path, APPEND)) {
            assertThat(Native.getfl(file.bufferedFd()) & Linux.O_APPEND).isNotZero();
            assertThat(Native.getfl(file.aioFd()) & Linux.O_APPEND).isNotZero();
        }
    }

    /** Writes go through the direct description once there is one, and then have to be aligned. */
    @Test
    void shouldNotBecomeDirectLaterIfItIsWritten() throws IOException {
        TestFile source = TestFile.create(directory, PAGE);
        source.openDirect().close();
        try (AioFile file = AioFile.open(source.path, READ, WRITE)) {
            assertThat(file.mayReadDirect()).isFalse();
            assertThat(file.openDirect()).isFalse();
            assertThat(file.isDirectOpen()).isFalse();
            ByteBuffer some =
                    ByteBuffer.allocateDirect(3).put(new byte[] {1, 2, 3}).flip();
            assertThat(BlockingTransfer.write(file, 7, some, OperationOptions.NONE))
                    .isEqualTo(3);
            ByteBuffer read = ByteBuffer.allocateDirect(3);
            assertThat(BlockingTransfer.read(file, 7, read, OperationOptions.NONE))
                    .isEqualTo(3);
            assertThat(read).isEqualTo(some);
        }
        try (AioFile other = AioFile.open(source.path)) { // the file system was not blamed for it
            assertThat(other.mayReadDirect()).isTrue();
            assertThat(other.openDirect()).isTrue();
        }
    }

    @Test
    void shouldOpenBothDescriptionsIfAskedToBeDirect() throws IOException {
        TestFile source = TestFile.create(directory, PAGE);
        source.openDirect().close();
        try (AioFile file = AioFile.open(source.path, READ, WRITE, AioOpenOption.DIRECT)) {
            assertThat(file.isDirectOpen()).isTrue();
            assertThat(Native.getfl(file.aioFd()) & Linux.O_DIRECT).isNotZero();
            assertThat(file.read(1, AlignedMemory.allocate(PAGE, PAGE), 0, 10))
                    .as("buffered: no alignment")
                    .isEqualTo(10);
        }
    }

    @Test
    void shouldSayWhichFileSystemIsNotDirect() throws IOException {
        assertThatThrownBy(() -> AioFile.open(Path.of("/proc/version"), AioOpenOption.DIRECT)
                        .close())
                .isInstanceOfSatisfying(
                        AioException.class,
                        failure -> assertThat(failure.errnoName()).isEqualTo("EINVAL"))
                .hasMessageContaining("file system other does not support O_DIRECT");
    }
}
