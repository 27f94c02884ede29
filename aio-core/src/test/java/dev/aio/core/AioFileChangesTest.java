package dev.aio.core;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AioFileChangesTest {

    private static final int PAGE = AlignedMemory.PAGE;
    private static final int MIB = 1 << 20;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private AioFile openNew(boolean direct) throws IOException {
        Path path = directory.resolve("file");
        return direct ? DirectFile.open(path, READ, WRITE, CREATE_NEW) : AioFile.open(path, READ, WRITE, CREATE_NEW);
    }

    @Test
    void shouldCutOffAndGrow() throws IOException {
        TestFile source = TestFile.create(directory, 10_000);
        try (AioFile file = AioFile.open(source.path, WRITE)) {
            file.truncate(100);
            assertThat(file.currentSize()).isEqualTo(100);
            file.truncate(20_000);
            assertThat(file.currentSize()).isEqualTo(20_000);
            assertThat(file.size()).as("when it was opened").isEqualTo(10_000);
        }
        byte[] content = Files.readAllBytes(source.path);
        assertThat(content).hasSize(20_000);
        assertThat(content[100]).isZero();
    }

    @Test
    void shouldReserveSpace() throws IOException {
        try (AioFile file = openNew(false)) {
            file.preallocate(MIB, MIB);
            assertThat(file.currentSize()).isEqualTo(2 * MIB);
            file.preallocate(0, 0);
            assertThat(file.currentSize()).isEqualTo(2 * MIB);
        }
    }

    @Test
    void shouldPointToZeroFillWhereNothingCanBeReserved() throws IOException {
        try (AioFile file = AioFile.open(Path.of("/proc/self/comm"), WRITE)) {
            assertErrno("EOPNOTSUPP", () -> file.preallocate(0, 1)).hasMessageContaining("use zeroFill");
        }
    }

    @Test
    void shouldSayThatTheDiskIsFull() throws IOException {
        Path memory = Path.of("/dev/shm");
        assumeTrue(
                Files.isWritable(memory) && Files.getFileStore(memory).type().equals("tmpfs"),
                () -> "no tmpfs at " + memory);
        long tooMuch = Files.getFileStore(memory).getTotalSpace() + MIB;
        Path path = Files.createTempFile(memory, "aio", ".tmp");
        try (AioFile file = AioFile.open(path, WRITE)) {
            assertErrno("ENOSPC", () -> file.preallocate(0, tooMuch))
                    .hasMessageContaining("preallocate of " + tooMuch + " bytes at position 0 of " + path);
            assertThat(file.currentSize()).isZero();
        } finally {
            Files.delete(path);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "true, 0, 0", // position, length
        "true, 0, 4096",
        "true, 4096, 3145728",
        "true, 0, 1048577",
        "true, 8192, 100",
        "true, 100, 5000",
        "false, 100, 1048577",
        "false, 0, 2097152",
    })
    void shouldFillWithZerosAndTouchNothingElse(boolean direct, long position, int length) throws IOException {
        int size = 20_000;
        TestFile source = TestFile.create(directory, size);
        byte[] before = Files.readAllBytes(source.path);
        try (AioFile file = direct ? DirectFile.open(source.path, WRITE) : AioFile.open(source.path, WRITE)) {
            file.zeroFill(position, length);
        }
        long end = Math.max(size, position + length);
        byte[] after = Files.readAllBytes(source.path);
        assertThat(after).hasSize((int) end);
        for (int i = 0; i < end; i++) {
            boolean filled = i >= position && i < position + length;
            if (after[i] != (filled || i >= size ? 0 : before[i])) {
                assertThat(after[i]).as("byte %s", i).isEqualTo(filled ? 0 : before[i]);
            }
        }
    }

    @Test
    void shouldFillPastTheEndOfAFile() throws IOException {
        try (AioFile file = openNew(true)) {
            file.zeroFill(3 * MIB, 2 * MIB + PAGE);
            assertThat(file.currentSize()).isEqualTo(5 * MIB + PAGE);
        }
        try (FileChannel channel = FileChannel.open(directory.resolve("file"))) {
            ByteBuffer read = ByteBuffer.allocate(10);
            assertThat(channel.read(read, 5 * MIB)).isEqualTo(10);
            assertThat(read.array()).containsOnly(0);
        }
    }

    @Test
    void shouldNotFillWhatIsOpenForAppending() throws IOException {
        TestFile source = TestFile.create(directory, 100);
        try (AioFile file = AioFile.open(source.path, APPEND)) {
            assertErrno("EINVAL", () -> file.zeroFill(0, 10)).hasMessageContaining("APPEND");
            assertThat(file.currentSize()).isEqualTo(100);
        }
    }

    @Test
    void shouldChangeNothingThatIsOpenForReading() throws IOException {
        TestFile source = TestFile.create(directory, 100);
        try (AioFile file = AioFile.open(source.path)) {
            assertErrno("EBADF", () -> file.truncate(0)).hasMessageContaining("open for reading");
            assertErrno("EBADF", () -> file.preallocate(0, 200));
            assertErrno("EBADF", () -> file.zeroFill(0, 1));
            assertThat(file.currentSize()).isEqualTo(100);
        }
    }

    @Test
    void shouldSyncWhateverItIsOpenFor() throws IOException {
        TestFile source = TestFile.create(directory, 100);
        for (OpenOption option : new OpenOption[] {READ, WRITE, APPEND}) {
            try (AioFile file = AioFile.open(source.path, option)) {
                file.sync();
                file.dataSync();
            }
        }
    }

    @Test
    void shouldPassOnThatAFileCannotBeSynced() throws IOException {
        try (AioFile file = AioFile.open(Path.of("/proc/version"))) {
            assertErrno("EINVAL", file::sync).hasMessageStartingWith("sync /proc/version: ");
            assertErrno("EINVAL", file::dataSync).hasMessageStartingWith("dataSync /proc/version: ");
        }
    }

    private static AbstractThrowableAssert<?, ?> assertErrno(String errno, ThrowingCallable failing) {
        return assertThatThrownBy(failing)
                .isInstanceOfSatisfying(
                        AioException.class,
                        failure -> assertThat(failure.errnoName()).isEqualTo(errno));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE})
    void shouldRefuseNegativeArguments(long negative) throws IOException {
        try (AioFile file = openNew(false)) {
            assertRefused(() -> file.truncate(negative), "size: " + negative);
            assertRefused(() -> file.preallocate(negative, 1), "position: " + negative);
            assertRefused(() -> file.preallocate(0, negative), "length: " + negative);
            assertRefused(() -> file.zeroFill(negative, 1), "position: " + negative);
            assertRefused(() -> file.zeroFill(0, negative), "length: " + negative);
        }
    }

    @Test
    void shouldRefuseRangesThatNoFileCanHave() throws IOException {
        try (AioFile file = openNew(false)) {
            assertRefused(() -> file.zeroFill(Long.MAX_VALUE, 1), "length: 1 (expected: 0..0 at position");
            assertRefused(() -> file.preallocate(1, Long.MAX_VALUE), "length: " + Long.MAX_VALUE);
        }
    }

    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }

    @Test
    void shouldRefuseUseAfterClose() throws IOException {
        AioFile file = openNew(false);
        file.close();
        assertClosed(() -> file.truncate(0));
        assertClosed(() -> file.preallocate(0, 1));
        assertClosed(() -> file.zeroFill(0, 1));
        assertClosed(file::sync);
        assertClosed(file::dataSync);
        assertClosed(file::currentSize);
        assertThat(OpenDescriptors.under(directory)).isZero();
    }

    private static void assertClosed(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalStateException.class).hasMessageStartingWith("file is closed");
    }
}
