package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.internal.Linux;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WrittenPrefixTest {

    private static final int PAGE = AlignedMemory.PAGE;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private static ByteBuffer map(long... logicalLengthFlags) {
        int extents = logicalLengthFlags.length / 3;
        ByteBuffer map = ByteBuffer.allocate(32 + 56 * extents).order(ByteOrder.nativeOrder());
        map.putInt(20, extents);
        for (int i = 0; i < extents; i++) {
            map.putLong(32 + 56 * i, logicalLengthFlags[3 * i]);
            map.putLong(32 + 56 * i + 16, logicalLengthFlags[3 * i + 1]);
            map.putInt(32 + 56 * i + 40, (int) logicalLengthFlags[3 * i + 2]);
        }
        return map;
    }

    @Test
    void shouldGoOnOverExtentsThatFollowOneAnother() {
        ByteBuffer map = map(0, 100, 0, 100, 50, 0, 150, 1, Linux.FIEMAP_EXTENT_LAST);
        assertThat(WrittenPrefix.contiguous(map, 0)).isEqualTo(151);
    }

    @Test
    void shouldEndAtAHole() {
        assertThat(WrittenPrefix.contiguous(map(0, 100, 0, 101, 50, 0), 0)).isEqualTo(100);
        assertThat(WrittenPrefix.contiguous(map(1, 100, 0), 0)).isZero();
        assertThat(WrittenPrefix.contiguous(map(), 0)).isZero();
    }

    @Test
    void shouldGoOnFromTheMiddleOfAnExtent() {
        assertThat(WrittenPrefix.contiguous(map(0, 100, 0, 100, 50, 0), 70)).isEqualTo(150);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                Linux.FIEMAP_EXTENT_UNKNOWN,
                Linux.FIEMAP_EXTENT_DELALLOC,
                Linux.FIEMAP_EXTENT_ENCODED,
                Linux.FIEMAP_EXTENT_NOT_ALIGNED,
                Linux.FIEMAP_EXTENT_UNWRITTEN,
                Linux.FIEMAP_EXTENT_SHARED
            })
    void shouldEndAtAnExtentThatIsNotWrittenInPlace(int flag) {
        assertThat(WrittenPrefix.contiguous(map(0, 100, 0, 100, 50, flag | Linux.FIEMAP_EXTENT_LAST), 0))
                .isEqualTo(100);
    }

    @Test
    void shouldKnowNothingBeforeItHasLooked() {
        WrittenPrefix prefix = new WrittenPrefix(FileSystemType.EXT);
        prefix.written(0, 100);
        assertThat(prefix.covers(0, 1)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = FileSystemType.class,
            mode = Mode.EXCLUDE,
            names = {"EXT", "XFS"})
    void shouldKnowNothingWhereWritesAreNotInPlace(FileSystemType type) throws IOException {
        WrittenPrefix prefix = new WrittenPrefix(type);
        TestFile source = TestFile.create(directory, PAGE);
        try (AioFile file = AioFile.open(source.path)) {
            prefix.learn(file.aioFd(), PAGE);
        }
        prefix.written(0, PAGE);
        assertThat(prefix.end()).isZero();
    }

    @Test
    void shouldGrowByWritesThatTouchIt() {
        WrittenPrefix prefix = tracked();
        prefix.written(0, 100);
        prefix.written(50, 100);
        assertThat(prefix.end()).isEqualTo(150);
        prefix.written(10, 10);
        assertThat(prefix.end()).as("inside").isEqualTo(150);
        prefix.written(151, 100);
        assertThat(prefix.end()).as("behind a gap").isEqualTo(150);
        prefix.written(150, -5);
        assertThat(prefix.end()).as("failed").isEqualTo(150);
    }

    @Test
    void shouldShrinkWithTheFileAndNotGrowWithIt() {
        WrittenPrefix prefix = tracked();
        prefix.written(0, 100);
        prefix.truncated(200);
        assertThat(prefix.end()).isEqualTo(100);
        prefix.truncated(60);
        assertThat(prefix.end()).isEqualTo(60);
    }

    @Test
    void shouldCoverRangesWithinAndNoOthers() {
        WrittenPrefix prefix = tracked();
        prefix.written(0, 100);
        assertThat(prefix.covers(0, 100)).isTrue();
        assertThat(prefix.covers(99, 1)).isTrue();
        assertThat(prefix.covers(99, 2)).isFalse();
        assertThat(prefix.covers(101, 0)).isFalse();
        assertThat(prefix.covers(-1, 1)).isFalse();
        assertThat(prefix.covers(1, Long.MAX_VALUE)).isFalse();
        assertThat(prefix.covers(Long.MAX_VALUE, Long.MAX_VALUE)).isFalse();
    }

    @Test
    void shouldLoseNoWriteOfTwoThreads() throws InterruptedException {
        WrittenPrefix prefix = tracked();
        prefix.written(0, 1);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 2; t++) {
            int step = t + 1;
            threads.add(new Thread(() -> {
                for (int i = step; i <= 100_000; i += step) {
                    prefix.written(0, i);
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(prefix.end()).isEqualTo(100_000);
    }

    private static WrittenPrefix tracked() {
        WrittenPrefix prefix = new WrittenPrefix(FileSystemType.EXT);
        prefix.learn(-1, 0);
        return prefix;
    }

    private AioFile openForWriting(Path path) throws IOException {
        AioFile file = AioFile.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        if (file.fileSystem() != FileSystemType.EXT && file.fileSystem() != FileSystemType.XFS) {
            String where = directory + " is on " + file.fileSystem().label();
            file.close();
            assumeTrue(false, where);
        }
        return file;
    }

    private AioFile openDirect(Path path) throws IOException {
        openForWriting(path).close();
        return AioFile.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, AioOpenOption.DIRECT);
    }

    @Test
    void shouldFindAFileThatWasWrittenWhole() throws IOException {
        TestFile source = TestFile.create(directory, 10 * PAGE + 100);
        try (AioFile file = openDirect(source.path)) {
            assertThat(file.isOverwrite(0, 10 * PAGE + 100)).isTrue();
            assertThat(file.isOverwrite(0, 11 * PAGE))
                    .as("extends the file within its last block")
                    .isFalse();
        }
    }

    @Test
    void shouldFindMoreExtentsThanOneCallTells() throws IOException {
        Path path = directory.resolve("pieces");
        int pieces = 400;
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int parity = 0; parity < 2; parity++) { // the second half is allocated elsewhere
                for (int i = parity; i < pieces; i += 2) {
                    channel.write(ByteBuffer.allocate(PAGE), (long) i * PAGE);
                }
                channel.force(true);
            }
        }
        try (AioFile file = openDirect(path)) {
            assertThat(file.isOverwrite(0, (long) pieces * PAGE)).isTrue();
        }
    }

    @Test
    void shouldNotTakeReservedBlocksForWrittenOnes() throws IOException {
        Path path = directory.resolve("reserved");
        try (AioFile file = openDirect(path)) {
            file.preallocate(0, 16 * PAGE);
        }
        try (AioFile file = openDirect(path)) {
            assertThat(file.currentSize()).isEqualTo(16 * PAGE);
            assertThat(file.isOverwrite(0, PAGE)).isFalse();
        }
    }

    @Test
    void shouldEndAtAHoleOfTheFile() throws IOException {
        Path path = directory.resolve("hole");
        Files.write(path, new byte[2 * PAGE]);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(PAGE), 10 * PAGE);
            channel.force(true);
        }
        try (AioFile file = openDirect(path)) {
            assertThat(file.isOverwrite(0, 2 * PAGE)).isTrue();
            assertThat(file.isOverwrite(PAGE, 2 * PAGE)).isFalse();
            assertThat(file.isOverwrite(10 * PAGE, PAGE)).as("behind the hole").isFalse();
        }
    }

    @Test
    void shouldBeWhatZeroFillHasFilled() throws IOException {
        try (AioFile file = openDirect(directory.resolve("zeros"))) {
            file.zeroFill(0, 4 * PAGE);
            assertThat(file.isOverwrite(0, 4 * PAGE)).isTrue();
            file.zeroFill(4 * PAGE, 100);
            assertThat(file.isOverwrite(0, 4 * PAGE + 100)).isTrue();
            file.zeroFill(8 * PAGE, PAGE);
            assertThat(file.isOverwrite(8 * PAGE, PAGE)).isFalse();
        }
        try (AioFile again = openDirect(directory.resolve("zeros"))) {
            assertThat(again.isOverwrite(0, 4 * PAGE + 100))
                    .as("as the file system has it")
                    .isTrue();
        }
    }

    @Test
    void shouldPromiseNothingForAppending() throws IOException {
        TestFile source = TestFile.create(directory, PAGE);
        openForWriting(source.path).close();
        try (AioFile file = AioFile.open(source.path, StandardOpenOption.APPEND, AioOpenOption.DIRECT)) {
            assertThat(file.isOverwrite(0, PAGE)).isFalse();
        }
    }

    @Test
    void shouldForgetWhatTruncateCutsOff() throws IOException {
        try (AioFile file = openDirect(directory.resolve("cut"))) {
            file.zeroFill(0, 4 * PAGE);
            file.truncate(PAGE);
            file.truncate(4 * PAGE);
            assertThat(file.isOverwrite(0, PAGE)).isTrue();
            assertThat(file.isOverwrite(0, PAGE + 1)).isFalse();
        }
    }

    @Test
    void shouldKnowNothingOfAFileThatIsNotOpenForDirectWrites() throws IOException {
        TestFile source = TestFile.create(directory, PAGE);
        try (AioFile file = openForWriting(source.path)) {
            file.noteWritten(0, PAGE);
            assertThat(file.isOverwrite(0, PAGE)).as("buffered").isFalse();
            assertThat(file.openDirect()).isFalse();
        }
        try (AioFile file = source.openDirect()) {
            assertThat(file.isOverwrite(0, PAGE)).as("for reading").isFalse();
        }
    }
}
