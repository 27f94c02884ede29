package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
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
    private static final int OFTEN = 20;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final MappingBudget budget = new MappingBudget(1 << 30);
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
        file.mapHotRanges(budget, tasks::add);
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        if (file == null) {
            return; // nothing was begun
        }
        file.close();
        runTasks();
        assertThat(file.tryRetain()).as("closed").isFalse();
        assertThat(budget.mapped()).isZero();
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
        assertThat(budget.mapped()).isEqualTo(UNITS * MappedPages.UNIT);
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
            assertThat(mappings()).isZero();
        }
    }

    @Test
    void shouldMapWhatIsAskedAboutInPieces() throws IOException {
        for (int i = 0; i < OFTEN; i++) {
            for (long position = 1; position < SIZE; position += 5 * PAGE) {
                assertThat(file.isResident(position, 5 * PAGE)).isTrue();
            }
        }
        runTasks();
        askOften();
        runTasks();
        assertThat(budget.mapped()).isEqualTo(UNITS * MappedPages.UNIT);
    }

    @Test
    void shouldMapNoMoreThanTheBudgetAllows() throws IOException {
        MappingBudget small = new MappingBudget(2 * MappedPages.UNIT);
        file.mapHotRanges(small, tasks::add);
        askOften();
        runTasks();
        assertThat(small.mapped()).isEqualTo(2 * MappedPages.UNIT);
        assertThat(file.isResident(0, SIZE)).isTrue();
        askOften();
        assertThat(tasks).as("not for the next minute").isEmpty();
        file.close();
        assertThat(small.mapped()).isZero();
    }

    @Test
    void shouldMapNothingWithoutBudget() throws IOException {
        try (AioFile other = AioFile.open(source.path)) {
            other.mapHotRanges(new MappingBudget(0), tasks::add);
            for (int i = 0; i < OFTEN; i++) {
                assertThat(other.isResident(0, SIZE)).isTrue();
            }
            assertThat(tasks).isEmpty();
        }
        assertThatThrownBy(() -> new MappingBudget(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("limit: -1 (expected: >= 0 bytes)");
    }

    /** Who reads in any case, and asks only whether that is worth a try. */
    @Test
    void shouldRememberWhatWasResident() {
        AlignedMemory memory = AlignedMemory.allocate(SIZE, 1);
        askOften();
        runTasks();
        file.residency().refute();
        assertThat(file.readIfKnownResident(0, memory, 0, SIZE)).isZero();
        assertThat(file.isResident(0, SIZE)).isTrue();
        assertThat(file.readIfKnownResident(0, memory, 0, SIZE)).isEqualTo(SIZE);
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
        assumeTrue(isMissing(0) && isMissing(SIZE / PAGE - 1), "this kernel does not page out what is asked to be");
        assertThat(file.isResident(0, SIZE)).isFalse();
        read();
        askOften();
        assertThat(tasks).as("of what is not mapped").hasSize(1);
        runTasks();
        askOften();
        assertThat(tasks).as("it is mapped").isEmpty();
        assertThat(budget.mapped()).as("counted once").isEqualTo(UNITS * MappedPages.UNIT);
    }

    @Test
    void shouldAnswerWhereNothingMayBeMappedNow() {
        AtomicInteger refusals = new AtomicInteger();
        file.mapHotRanges(budget, task -> {
            refusals.incrementAndGet();
            throw new RejectedExecutionException("no place");
        });
        askOften();
        askOften();
        assertThat(refusals).as("once a minute").hasValue(1);
    }

    @Test
    void shouldStayOpenUntilItIsMapped() {
        askOften();
        file.close();
        assertThat(file.tryRetain()).as("the task holds a count").isTrue();
        file.release();
        runTasks();
        assertThat(file.tryRetain()).isFalse();
    }

    /** Several ask, and find what is there to be there, while it is mapped, taken out and mapped again. */
    @Test
    void shouldAnswerWhileItIsMapped() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        AtomicBoolean done = new AtomicBoolean();
        try {
            file.mapHotRanges(budget, threads);
            List<Future<Long>> asking = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                asking.add(threads.submit(() -> {
                    long present = 0;
                    while (!done.get()) {
                        present += file.isResident(0, SIZE) ? 1 : 0;
                    }
                    return present;
                }));
            }
            Awaitility.await().until(() -> budget.mapped() == UNITS * MappedPages.UNIT);
            for (int round = 0; round < 20; round++) {
                pageOut(0, SIZE);
                read();
            }
            done.set(true);
            for (Future<Long> present : asking) {
                assertThat(present.get()).isPositive();
            }
        } finally {
            done.set(true);
            threads.shutdown();
            assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(file.isResident(0, SIZE)).isTrue();
    }
}
