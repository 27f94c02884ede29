package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AioFileOfDescriptorTest {

    private static final int PAGE = AlignedMemory.PAGE;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @AfterEach
    void shouldLeakNoDescriptor() throws IOException {
        assertThat(OpenDescriptors.under(directory)).isZero();
    }

    private static int open(Path path, int flags) {
        int fd = Native.openat(Linux.AT_FDCWD, Scratch.get().path(path.toString()), flags, 0);
        assumeTrue(fd >= 0, () -> "cannot open " + path + " with flags " + flags + ": " + fd);
        return fd;
    }

    /** Takes the descriptor over and closes the given one. */
    private static AioFile take(int fd) throws IOException {
        try {
            return AioFile.ofDescriptor(fd);
        } finally {
            Native.close(fd);
        }
    }

    @Test
    void shouldReadThroughItsDuplicate() throws IOException {
        TestFile source = TestFile.create(directory, PAGE);
        try (AioFile file = take(open(source.path, Linux.O_RDONLY))) {
            AlignedMemory memory = AlignedMemory.allocate(PAGE, PAGE);
            assertThat(file.read(0, memory, 0, PAGE)).isEqualTo(PAGE);
            source.assertContent(memory, 0, 0, PAGE);
            assertThat(file.size()).isEqualTo(PAGE);
            assertThat(file.path()).isEqualTo(source.path.toString());
        }
    }

    @Test
    void shouldKnowWhatTheDescriptorWasOpenedFor() throws IOException {
        TestFile source = TestFile.create(directory, PAGE);
        assertAccess(source.path, Linux.O_RDONLY, true, false, false);
        assertAccess(source.path, Linux.O_WRONLY, false, true, false);
        assertAccess(source.path, Linux.O_RDWR, true, true, false);
        assertAccess(source.path, Linux.O_RDWR | Linux.O_APPEND, true, true, true);
        assertAccess(source.path, Linux.O_RDWR | Linux.O_DIRECT, true, true, false);
    }

    private static void assertAccess(Path path, int flags, boolean readable, boolean writable, boolean appending)
            throws IOException {
        try (AioFile file = take(open(path, flags))) {
            assertThat(file.isReadable()).isEqualTo(readable);
            assertThat(file.isWritable()).isEqualTo(writable);
            assertThat(file.isAppending()).isEqualTo(appending);
            boolean direct = (flags & Linux.O_DIRECT) != 0;
            assertThat(file.isDirectOpen()).isEqualTo(direct);
            assertThat((Native.getfl(file.aioFd()) & Linux.O_DIRECT) != 0).isEqualTo(direct);
            assumeTrue(direct || writable || file.openDirect(), () -> "O_DIRECT is not supported on " + path);
            assertThat(file.openDirect()).isEqualTo(direct || !writable);
            assertThat(Native.getfl(file.aioFd()) & (Linux.O_ACCMODE | Linux.O_APPEND | Linux.O_DIRECT))
                    .isEqualTo(flags | (file.isDirectOpen() ? Linux.O_DIRECT : 0));
        }
    }

    @Test
    void shouldReadUnalignedBesideADirectDescriptor() throws IOException {
        TestFile source = TestFile.create(directory, PAGE);
        try (AioFile file = take(open(source.path, Linux.O_RDONLY | Linux.O_DIRECT))) {
            AlignedMemory memory = AlignedMemory.allocate(PAGE, PAGE);
            assertThat(file.read(7, memory, 3, 100)).isEqualTo(100);
            source.assertContent(memory, 3, 7, 100);
        }
    }

    @Test
    void shouldTakeAFileThatHasNoNameAnyMore() throws IOException {
        TestFile source = TestFile.create(directory, PAGE);
        int fd = open(source.path, Linux.O_RDONLY);
        Files.delete(source.path);
        try (AioFile file = take(fd)) {
            assumeTrue(file.openDirect(), () -> "O_DIRECT is not supported on " + directory);
            AlignedMemory memory = AlignedMemory.allocate(PAGE, PAGE);
            assertThat(file.readDirect(0, memory, 0, PAGE)).isEqualTo(PAGE);
            source.assertContent(memory, 0, 0, PAGE);
        }
    }

    @Test
    void shouldTakeABlockDevice() throws IOException {
        try (AioFile file = take(open(AioFileOpenTest.blockDevice(), Linux.O_RDONLY | Linux.O_DIRECT))) {
            AlignedMemory memory = AlignedMemory.allocate(PAGE, PAGE);
            assertThat(file.readDirect(0, memory, 0, PAGE)).isEqualTo((int) Math.min(PAGE, file.size()));
        }
    }

    @Test
    void shouldRefuseWhatHasNoPositions() throws Exception {
        Path fifo = directory.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString())
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
        assertErrno("ESPIPE", open(fifo, Linux.O_RDONLY | Linux.O_NONBLOCK));
        assertErrno("EISDIR", open(directory, Linux.O_RDONLY | Linux.O_DIRECTORY));
        assertErrno("EINVAL", open(Path.of("/dev/null"), Linux.O_RDWR));
        assertErrno("EINVAL", Native.eventfd());
    }

    @Test
    void shouldRefuseWhatIsNotOpen() throws IOException {
        TestFile source = TestFile.create(directory, PAGE);
        int fd = open(source.path, Linux.O_PATH);
        assertErrno("EBADF", fd);
        assertErrno("EBADF", -1);
        assertErrno("EBADF", Integer.MAX_VALUE);
    }

    /** Also closes the descriptor. */
    private static void assertErrno(String errno, int fd) {
        assertThatThrownBy(() -> take(fd).close())
                .isInstanceOfSatisfying(
                        AioException.class,
                        failure -> assertThat(failure.errnoName()).isEqualTo(errno))
                .hasMessageContaining("descriptor " + fd);
    }
}
