package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.internal.Linux;
import java.io.IOException;
import java.nio.ByteBuffer;
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

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AioFileTest {

    private static final int PAGE = AlignedMemory.PAGE;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void shouldKnowItsInode() throws IOException {
        TestFile source = TestFile.create(directory, 12_345);
        try (AioFile file = AioFile.open(source.path)) {
            FileStat stat = file.stat();
            assertThat(file.path()).isEqualTo(source.path.toString());
            assertThat(file.size()).isEqualTo(12_345);
            assertThat(stat.inode()).isEqualTo(Files.getAttribute(source.path, "unix:ino"));
            assertThat(stat.mode()).isEqualTo(Files.getAttribute(source.path, "unix:mode"));
            assertThat(stat.uid()).isEqualTo(Files.getAttribute(source.path, "unix:uid"));
            assertThat(stat.modifiedNanos() / 1_000_000)
                    .isEqualTo(Files.getLastModifiedTime(source.path).toMillis());
            assertThat(file.directOffsetAlignment()).isBetween(1, 65536);
            assertThat(file.directMemoryAlignment()).isBetween(1, 65536);
        }
    }

    @Test
    void shouldBeTheSameInodeWhateverTheNameMeansByNow() throws IOException {
        TestFile source = TestFile.create(directory, PAGE);
        Path name = directory.resolve("name");
        Files.move(source.path, name);
        try (AioFile file = AioFile.open(name);
                AioContext context = AioContext.builder().open()) {
            Files.delete(name);
            Files.write(name, new byte[PAGE]);
            assumeTrue(file.openDirect(), () -> "O_DIRECT is not supported on " + directory);
            AlignedMemory memory = AlignedMemory.allocate(PAGE, PAGE);
            Recorder recorder = new Recorder(1);
            context.read(file, 0, memory, 0, PAGE, OperationOptions.NONE, recorder, 0);
            ContextSuite.runAll(context);
            assertThat(recorder.result(0)).isEqualTo(PAGE);
            source.assertContent(memory, 0, 0, PAGE);
        }
    }

    @Test
    void shouldNotOpenAFifo() throws Exception {
        Path fifo = directory.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString())
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
        assertRefused(fifo, "EINVAL");
    }

    @Test
    void shouldNotOpenADeviceOrADirectory() {
        assertRefused(Path.of("/dev/zero"), "EINVAL");
        assertRefused(directory, "EISDIR");
    }

    private static void assertRefused(Path path, String errno) {
        assertThatThrownBy(() -> AioFile.open(path).close())
                .isInstanceOfSatisfying(
                        AioException.class,
                        failure -> assertThat(failure.errnoName()).isEqualTo(errno))
                .hasMessageContaining(path + " (not a regular file)");
    }

    @Test
    void shouldSayWhichFileIsMissing() {
        Path missing = directory.resolve("missing");
        assertThatThrownBy(() -> AioFile.open(missing).close())
                .isInstanceOf(AioException.class)
                .hasMessage("open " + missing + ": ENOENT (2)");
    }

    @Test
    void shouldLearnThatDirectReadsAreNotSupported() throws IOException {
        // procfs refuses O_DIRECT at open
        try (AioFile file = AioFile.open(Path.of("/proc/version"))) {
            assertThat(file.openDirect()).isFalse();
            assertThat(file.mayReadDirect()).isFalse();
            assertThat(file.isDirectOpen()).isFalse();
            assertThat(file.isLaneOnly()).as("procfs is not on the list").isTrue();
        }
    }

    @Test
    void shouldReadResidentDataWithoutWaiting() throws IOException {
        TestFile source = TestFile.create(directory, 10_000);
        try (AioFile file = AioFile.open(source.path)) {
            AlignedMemory memory = AlignedMemory.allocate(3 * PAGE, PAGE);
            assertThat(file.read(0, memory, 0, 3 * PAGE)).isEqualTo(10_000);
            int read = file.readResident(100, memory, 7, 5_000);
            assumeTrue(read != -Linux.EAGAIN, () -> "RWF_NOWAIT is not supported on " + directory);
            assertThat(read).isEqualTo(5_000);
            source.assertContent(memory, 7, 100, 5_000);
            assertThat(file.readResident(10_000, memory, 0, 1)).isZero();
        }
    }

    @Test
    void shouldCloseItsDescriptorsWithTheLastCountAndWhereItWasTold() throws IOException {
        List<Runnable> closes = new ArrayList<>();
        TestFile source = TestFile.create(directory, PAGE);
        AioFile file;
        try (AioDirectory root = AioDirectory.open(directory);
                AioPath located = root.resolve(source.path.getFileName().toString())) {
            file = AioFile.open(located, closes::add);
        }
        assumeTrue(file.openDirect(), () -> "O_DIRECT is not supported on " + directory);
        file.retain();
        file.close();
        file.close();
        assertThat(closes).as("a count is left").isEmpty();
        assertThat(file.tryRetain()).isTrue();
        file.release();
        file.release();
        assertThat(closes).hasSize(1);
        assertThat(OpenDescriptors.under(directory)).isEqualTo(2);
        closes.get(0).run();
        assertThat(OpenDescriptors.under(directory)).isZero();
    }

    @Test
    void shouldRefuseCountsOnceClosed() throws IOException {
        TestFile source = TestFile.create(directory, PAGE);
        AioFile file = AioFile.open(source.path);
        file.close();
        file.close();
        assertThat(file.tryRetain()).isFalse();
        assertThatThrownBy(file::retain)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(file::release)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("released");
        assertThatThrownBy(file::openDirect).isInstanceOf(IllegalStateException.class);
        assertThat(OpenDescriptors.under(directory)).isZero();
    }

    @Test
    void shouldNeedNoPreparationForAFileWhoseMapIsInItsInode() throws IOException {
        TestFile source = TestFile.create(directory, 100);
        try (AioFile file = AioFile.open(source.path)) {
            assumeTrue(
                    file.fileSystem().isLoopSafe(),
                    () -> directory + " is on " + file.fileSystem().label());
            assertThat(file.needsPreparation(System.nanoTime())).isFalse();
        }
    }

    @Test
    void shouldNeedPreparationAgainForAFragmentedFile() throws IOException {
        Path path = directory.resolve("fragmented");
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int i = 0; i < 20; i++) { // every other block is a hole: 20 extents
                channel.write(ByteBuffer.allocate(PAGE), 2L * i * PAGE);
            }
            channel.force(true);
        }
        try (AioFile file = AioFile.open(path)) {
            assumeTrue(file.fileSystem() == FileSystemType.EXT, () -> directory + " is not on ext4");
            assertThat(file.needsPreparation(System.nanoTime())).isTrue();
            file.prepare();
            long prepared = System.nanoTime();
            assertThat(file.needsPreparation(prepared)).isFalse();
            assertThat(file.needsPreparation(prepared + TimeUnit.SECONDS.toNanos(2)))
                    .isTrue();
        }
    }

    @Test
    void shouldTellVersionsOfAFileApart() throws IOException {
        TestFile source = TestFile.create(directory, PAGE);
        try (AioDirectory root = AioDirectory.open(directory);
                AioPath first = root.resolve(source.path.getFileName().toString());
                AioPath again = root.resolve(source.path.getFileName().toString())) {
            assertThat(first.stat().sameVersion(again.stat())).isTrue();
            Files.write(source.path, new byte[1], StandardOpenOption.APPEND);
            try (AioPath changed = root.resolve(source.path.getFileName().toString())) {
                assertThat(changed.stat().sameVersion(first.stat())).isFalse();
            }
        }
    }
}
