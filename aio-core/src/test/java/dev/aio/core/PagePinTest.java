package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.internal.Native;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PagePinTest {

    private static final int POSIX_FADV_DONTNEED = 4;
    private static final int PAGE = AlignedMemory.PAGE;
    private static final int SIZE = 300 * 1024 + 100;
    private static final int PAGES = (SIZE + PAGE - 1) / PAGE * PAGE;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private Path path;
    private AioFile file;

    @BeforeEach
    void open() throws IOException {
        assumeTrue(mayLock(), "ulimit -l is too low");
        path = TestFile.create(directory, SIZE).path;
        file = AioFile.open(path);
        read();
        assumeTrue(file.isResident(0, SIZE), () -> "residency cannot be told on " + directory);
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        if (file == null) {
            return; // nothing was begun
        }
        file.close();
        assertThat(lockedKib()).isZero();
        assertThat(Files.readString(Path.of("/proc/self/maps"))).doesNotContain(path.toString());
    }

    private static boolean mayLock() throws IOException {
        String soft = Files.readAllLines(Path.of("/proc/self/limits")).stream()
                .filter(line -> line.startsWith("Max locked memory"))
                .map(line -> line.split(" {2,}")[1])
                .findFirst()
                .orElseThrow();
        boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        return root || soft.equals("unlimited") || Long.parseLong(soft) >= 4 * PAGES;
    }

    private void read() {
        AlignedMemory memory = AlignedMemory.allocate(SIZE, 1);
        file.read(0, memory, 0, SIZE);
    }

    /** As anybody who may read the file can. */
    private void evict() {
        assertThat(Native.fadvise(file.bufferedFd(), 0, SIZE, POSIX_FADV_DONTNEED))
                .isZero();
    }

    private static long lockedKib() throws IOException {
        String line = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(l -> l.startsWith("VmLck:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.replaceAll("\\D+", ""));
    }

    @Test
    void shouldKeepInMemoryWhatIsPinned() throws IOException {
        try (PagePin pin = PagePin.of(file)) {
            assertThat(pin.bytes()).isEqualTo(PAGES);
            assertThat(lockedKib()).isEqualTo(PAGES / 1024);
            evict();
            assertThat(pageByPage()).as("of another one who asks").isTrue();
            assertThat(file.isResident(0, SIZE)).isTrue();
        }
        evict();
        assertThat(file.isResident(0, SIZE)).as("no longer pinned").isFalse();
    }

    /** What the kernel says, whatever is known of the pin. */
    private boolean pageByPage() {
        ResidencyMap stranger = new ResidencyMap(file.bufferedFd(), file.traits(), SIZE);
        stranger.cachestatDenied = true;
        return stranger.isResident(0, SIZE);
    }

    @Test
    void shouldPinWhatIsNotInMemoryYet() throws IOException {
        evict();
        try (PagePin pin = PagePin.of(file)) {
            assertThat(pin.bytes()).isEqualTo(PAGES);
            assertThat(pageByPage()).isTrue();
        }
    }

    @Test
    void shouldLockAnewWhatWasTakenOut() throws IOException {
        try (AioFile writer = DirectFile.open(path, StandardOpenOption.WRITE);
                PagePin pin = PagePin.of(file)) {
            writeDirectly(writer);
            assumeTrue(!pageByPage(), "direct writes leave pages in memory here");
            pin.renew();
            evict();
            assertThat(pageByPage()).as("brought back, and locked").isTrue();
        }
    }

    @Test
    void shouldAskForItselfUnlessLockedAMomentAgo() throws IOException {
        try (AioFile writer = DirectFile.open(path, StandardOpenOption.WRITE);
                PagePin pin = PagePin.of(file)) {
            writeDirectly(writer);
            assumeTrue(!pageByPage(), "direct writes leave pages in memory here");
            Awaitility.await().until(() -> {
                evict(); // what has been asked about is read in
                return !file.isResident(0, SIZE);
            });
            assertThat(pin.bytes()).isEqualTo(PAGES);
        }
    }

    private static void writeDirectly(AioFile writer) {
        AlignedMemory zeros = AlignedMemory.allocate(PAGE, PAGE);
        for (long position = 0; position + PAGE <= SIZE; position += PAGE) {
            assertThat(Native.pwrite(writer.directFd(), zeros.address(0, PAGE), PAGE, position))
                    .isEqualTo(PAGE);
        }
    }

    @Test
    void shouldBelieveTheLastOfSeveral() throws IOException {
        PagePin first = PagePin.of(file);
        PagePin second = PagePin.of(file);
        first.close();
        evict();
        assertThat(pageByPage()).as("held by the second").isTrue();
        assertThat(file.residency().isPinned(0, SIZE)).isTrue();
        second.close();
        assertThat(file.residency().isPinned(0, SIZE)).isFalse();
        assertThatThrownBy(first::renew)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the pin is closed: " + path);
    }

    @Test
    void shouldNotAnswerForWhatWasAdded() throws IOException {
        try (PagePin pin = PagePin.of(file)) {
            Files.write(path, new byte[PAGE], StandardOpenOption.APPEND);
            assertThat(file.isResident(0, SIZE + PAGE)).isFalse();
            assertThat(file.isResident(0, SIZE)).isTrue();
            assertThat(pin.bytes()).as("of what there was").isEqualTo(PAGES);
        }
    }

    @Test
    void shouldRefuseAFileThatHasBecomeShorter() throws IOException {
        try (RandomAccessFile other = new RandomAccessFile(path.toFile(), "rw")) {
            other.setLength(PAGE);
        }
        assertThatThrownBy(() -> PagePin.of(file))
                .isInstanceOf(AioException.class)
                .hasMessage("mlock of " + SIZE + " bytes of " + path
                        + ": ENOMEM (12): more than RLIMIT_MEMLOCK lets this process lock (ulimit -l), or more than the"
                        + " file still holds");
        assertThat(file.residency().isPinned(0, PAGE)).isFalse();
    }

    /** Nothing is read through the mapping: there is no SIGBUS. */
    @Test
    void shouldSurviveAFileThatBecomesShorter() throws IOException {
        try (PagePin pin = PagePin.of(file);
                RandomAccessFile other = new RandomAccessFile(path.toFile(), "rw")) {
            other.setLength(0);
            assertThat(file.readResident(0, AlignedMemory.allocate(PAGE, PAGE), 0, PAGE))
                    .isZero();
            assertThat(pin.bytes()).isEqualTo(PAGES);
        }
    }

    @Test
    void shouldRefuseWhatIsEmptyOrClosed() throws IOException {
        try (AioFile empty = AioFile.open(Files.createFile(directory.resolve("empty")))) {
            assertThatThrownBy(() -> PagePin.of(empty))
                    .hasMessageContaining("mmap")
                    .hasMessageContaining("EINVAL");
        }
        file.close();
        assertThatThrownBy(() -> PagePin.of(file)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldOutliveTheFileAndEndOnce() throws IOException {
        PagePin pin = PagePin.of(file);
        file.close();
        assertThat(lockedKib()).isEqualTo(PAGES / 1024);
        pin.close();
        assertThat(lockedKib()).isZero();
        pin.close();
    }
}
