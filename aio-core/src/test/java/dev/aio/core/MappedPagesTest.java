package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is asked about again and again is mapped, and is then asked for in the page table. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MappedPagesTest {

    private static final int POSIX_FADV_DONTNEED = 4;
    private static final int MADV_PAGEOUT = 21;
    private static final int PAGE = AlignedMemory.PAGE;
    private static final int SIZE = 600 * 1024 + 100; // two units and a part of a third
    private static final int UNITS = 3;

    /** More often than it takes. */
    private static final int OFTEN = 40;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private TestFile source;
    private AioFile file;

    @BeforeEach
    void open() throws IOException {
        source = TestFile.create(directory, SIZE);
        file = AioFile.open(source.path);
        assertThat(Native.fadvise(file.bufferedFd(), 0, SIZE, POSIX_FADV_DONTNEED))
                .isZero();
        read();
        assumeTrue(file.isResident(0, SIZE), () -> "residency cannot be told on " + directory);
        assumeTrue(MappedPages.isSupported(), "no /proc/self/pagemap, or pages that are not of 4 KiB");
        assumeTrue(mayPopulate(), "Linux before 5.14 cannot map what is in memory without touching it");
        file.mapHotRanges(tasks::add);
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        if (file == null) {
            return; // nothing was begun
        }
        file.close();
        runTasks();
        assertThat(MappedPages.mappedBytes()).isZero();
        assertThat(mappings()).isZero();
    }

    private boolean mayPopulate() {
        long address = Native.mmap(file.bufferedFd(), SIZE);
        try {
            return Native.madvise(address, SIZE, Linux.MADV_POPULATE_READ) == 0;
        } finally {
            Native.munmap(address, SIZE);
        }
    }

    /** Page by page, so that no larger folio is made: those are taken out as a whole or not at all. */
    private void read() {
        AlignedMemory memory = AlignedMemory.allocate(PAGE, PAGE);
        for (long position = 0; position < SIZE; position += PAGE) {
            assertThat(file.read(position, memory, 0, PAGE)).isPositive();
        }
    }

    private void askOften() {
        for (int i = 0; i < OFTEN; i++) {
            assertThat(file.isResident(0, SIZE)).isTrue();
        }
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private long mappings() throws IOException {
        try (var maps = Files.lines(Path.of("/proc/self/maps"))) {
            return maps.filter(line -> line.contains(source.path.toString())).count();
        }
    }

    /** As reclaim does: out of the page table, then out of the page cache. */
    private void pageOut(long position, long length) throws IOException {
        try (var maps = Files.lines(Path.of("/proc/self/maps"))) {
            long address = maps.filter(line -> line.contains(source.path.toString()))
                    .mapToLong(line -> Long.parseUnsignedLong(line.substring(0, line.indexOf('-')), 16))
                    .findFirst()
                    .orElseThrow();
            assertThat(Native.madvise(address + position, length, MADV_PAGEOUT)).isZero();
        }
    }

    @Test
    void shouldMapWhatIsAskedAboutOften() throws IOException {
        askOften();
        assertThat(tasks).as("one at a time").hasSize(1);
        assertThat(mappings()).as("not by who asks").isZero();
        runTasks();
        assertThat(mappings()).isEqualTo(1);
        assertThat(MappedPages.mappedBytes()).isEqualTo(UNITS * MappedPages.UNIT);
        askOften();
        assertThat(tasks).as("it is mapped").isEmpty();
    }

    @Test
    void shouldMapNothingThatIsAskedAboutOnce() {
        for (long position = 0; position < SIZE; position += PAGE) {
            assertThat(file.isResident(position, PAGE)).isTrue();
        }
        assertThat(tasks).isEmpty();
    }

    @Test
    void shouldMapNothingUnlessToldTo() throws IOException {
        try (AioFile other = AioFile.open(source.path)) {
            for (int i = 0; i < OFTEN; i++) {
                assertThat(other.isResident(0, SIZE)).isTrue();
            }
        }
        assertThat(mappings()).isZero();
    }

    @Test
    void shouldAnswerForTheFileAndNothingBehindIt() {
        askOften();
        runTasks();
        assertThat(file.isResident(0, 10L * SIZE)).isTrue();
        assertThat(file.isResident(SIZE - 1, 1)).isTrue();
        assertThat(file.isResident(SIZE, 1)).isTrue();
        assertThat(file.isResident(300_000, PAGE)).isTrue();
    }

    @Test
    void shouldMissWhatIsCutOff() throws IOException {
        askOften();
        runTasks();
        try (FileChannel channel = FileChannel.open(source.path, StandardOpenOption.WRITE)) {
            channel.truncate(300_000);
        }
        assertThat(file.isResident(0, SIZE)).isFalse();
        assertThat(file.isResident(0, 200_000)).isTrue();
    }

    @Test
    void shouldMissEachPageThatIsTakenOut() throws IOException {
        for (int page = 0; page < SIZE / PAGE; page += 7) {
            read();
            askOften();
            askOften(); // it may be there as a whole, and mapped in part
            runTasks();
            pageOut((long) page * PAGE, PAGE);
            assumeTrue(isMissing(page), page + ": this kernel does not page out what is asked to be");
            assertThat(file.isResident(0, SIZE)).as("without page %d", page).isFalse();
        }
    }

    /** A read that may not wait would have it read in, which some disks do at once. */
    private boolean isMissing(int page) {
        Scratch scratch = Scratch.get();
        int result = Native.cachestat(file.bufferedFd(), (long) page * PAGE, PAGE, scratch.out());
        return result == 0 && scratch.outLong(0) == 0;
    }

    @Test
    void shouldMapAgainWhatWasTakenOut() throws IOException {
        askOften();
        runTasks();
        pageOut(0, SIZE);
        assumeTrue(!file.isResident(0, SIZE), "this kernel does not page out what is asked to be");
        assertThat(MappedPages.mappedBytes()).isLessThan(UNITS * MappedPages.UNIT);
        read();
        askOften();
        askOften();
        assertThat(tasks).hasSize(1);
        runTasks();
        assertThat(MappedPages.mappedBytes()).isEqualTo(UNITS * MappedPages.UNIT);
    }

    @Test
    void shouldAnswerWhereNothingMayBeMappedLater() {
        file.mapHotRanges(task -> {
            throw new RejectedExecutionException("shut down");
        });
        askOften();
        assertThat(file.isResident(0, SIZE)).isTrue();
    }

    @Test
    void shouldMapNothingOfAClosedFile() {
        askOften();
        file.close(); // the task holds a count
        assertThat(tasks).hasSize(1);
        runTasks();
    }
}
