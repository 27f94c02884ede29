package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Both as the owner of the file, whom cachestat answers, and as a stranger, whom it does not. */
@ParameterizedClass(name = "cachestat denied: {0}")
@ValueSource(booleans = {false, true})
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ResidencyMapTest {

    private static final int POSIX_FADV_DONTNEED = 4;
    private static final int PAGE = AlignedMemory.PAGE;
    private static final int SIZE = 600 * 1024 + 100; // two units of proof and a part of a third

    /** A read that may not wait has what is missing read in, and some disks are done before the kernel looks. */
    private static final int ATTEMPTS = 1_000;

    @Parameter
    boolean cachestatDenied;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void shouldBeResidentAfterReadingAndNotAfterEviction() throws IOException {
        try (AioFile file = AioFile.open(TestFile.create(directory, SIZE).path)) {
            ResidencyMap residency = mapOf(file);
            for (int round = 0; round < 3; round++) {
                assertMissedOnceEvicted(residency, file, 0, SIZE);
                readAll(file);
                assertThat(residency.isResident(0, SIZE)).as("read").isTrue();
                assertThat(residency.isResident(0, SIZE)).as("asked again").isTrue();
                assertThat(residency.isResident(300_000, 1)).isTrue();
            }
        }
    }

    @Test
    void shouldMissASinglePage() throws IOException {
        try (AioFile file = AioFile.open(TestFile.create(directory, SIZE).path)) {
            long missing = 70L * PAGE;
            evict(file, 0, SIZE);
            AlignedMemory memory = AlignedMemory.allocate(PAGE, PAGE);
            for (long position = 0; position < SIZE; position += PAGE) {
                if (position != missing) { // page by page, so that no larger folio spans the hole
                    file.read(position, memory, 0, PAGE);
                }
            }
            assertThat(mapOf(file).isResident(0, missing)).isTrue();
            assertThat(mapOf(file).isResident(missing + PAGE, SIZE)).isTrue();
            ResidencyMap residency = mapOf(file);
            boolean resident = true;
            for (int i = 0; i < ATTEMPTS && resident; i++) {
                evict(file, missing, PAGE);
                resident = residency.isResident(0, SIZE);
            }
            assertThat(resident).isFalse();
        }
    }

    private static void assertMissedOnceEvicted(ResidencyMap residency, AioFile file, long position, long length) {
        boolean resident = true;
        for (int i = 0; i < ATTEMPTS && resident; i++) {
            evict(file, 0, SIZE);
            resident = residency.isResident(position, length);
        }
        assertThat(resident).as("evicted").isFalse();
    }

    /** It may be read in while it is asked about; what is said to be there is there. */
    @Test
    void shouldMissEachPageOfWhatWasResident() throws IOException {
        try (AioFile file = AioFile.open(TestFile.create(directory, SIZE).path)) {
            ResidencyMap residency = mapOf(file);
            AlignedMemory memory = AlignedMemory.allocate(PAGE, PAGE);
            evict(file, 0, SIZE);
            for (int page = 0; page < SIZE / PAGE; page++) {
                for (long position = 0; position < SIZE; position += PAGE) {
                    file.read(position, memory, 0, PAGE);
                }
                assertThat(residency.isResident(0, SIZE)).isTrue();
                evict(file, (long) page * PAGE, PAGE);
                if (residency.isResident(0, SIZE)) {
                    assertThat(isCached(file, page)).as("page %d", page).isTrue();
                }
            }
        }
    }

    private static boolean isCached(AioFile file, int page) {
        Scratch scratch = Scratch.get();
        int result = Native.cachestat(file.aioFd(), (long) page * PAGE, PAGE, scratch.out());
        assumeTrue(result == 0, "Linux before 6.5 does not say what is in the page cache");
        return scratch.outLong(0) == 1;
    }

    @Test
    void shouldAnswerForTheFileAndNothingBehindIt() throws IOException {
        try (AioFile file = AioFile.open(TestFile.create(directory, SIZE).path)) {
            ResidencyMap residency = mapOf(file);
            readAll(file);
            assertThat(residency.isResident(0, 10L * SIZE)).isTrue();
            assertThat(residency.isResident(SIZE - 1, 1)).isTrue();
            assertThat(residency.isResident(SIZE, 1)).isTrue();
            assertThat(residency.isResident(0, 0)).isTrue();
        }
    }

    @Test
    void shouldKnowNothingOfWhatWasAddedSinceTheFileWasOpened() throws IOException {
        TestFile source = TestFile.create(directory, SIZE);
        try (AioFile file = AioFile.open(source.path)) {
            ResidencyMap residency = mapOf(file);
            readAll(file);
            assertThat(residency.isResident(0, Long.MAX_VALUE)).as("to the end").isTrue();
            Files.write(source.path, new byte[PAGE], StandardOpenOption.APPEND);
            assertThat(residency.isResident(0, SIZE)).isTrue();
            assertThat(residency.isResident(0, SIZE + PAGE)).isFalse();
            assertThat(residency.isResident(SIZE, PAGE)).isFalse();
        }
    }

    @Test
    void shouldNotTakeAHugeLengthForNothing() throws IOException {
        try (AioFile file = AioFile.open(TestFile.create(directory, SIZE).path)) {
            ResidencyMap residency = mapOf(file);
            assertMissedOnceEvicted(residency, file, 1, Long.MAX_VALUE);
        }
    }

    @Test
    void shouldRememberWhatWasResidentUntilItIsRefuted() throws IOException {
        try (AioFile file = AioFile.open(TestFile.create(directory, SIZE).path)) {
            ResidencyMap residency = mapOf(file);
            readAll(file);
            assertThat(residency.wasResident(0, SIZE)).as("before it was asked").isFalse();
            assertThat(residency.isResident(0, SIZE)).isTrue();
            evict(file, 0, SIZE);
            assertThat(residency.wasResident(0, SIZE)).as("nobody has asked").isTrue();
            assertThat(residency.wasResident(1, SIZE)).as("beyond the end").isFalse();
            residency.refute();
            assertThat(residency.wasResident(300_000, 1)).isFalse();
            assertThat(residency.wasResident(0, SIZE)).isFalse();
            assertThat(residency.wasResident(0, 200_000))
                    .as("all of it, see below")
                    .isFalse();
        }
    }

    /** What is missing will be read in again, and is then there in parts: nothing of before proves anything. */
    @Test
    void shouldForgetAllOnceAPageIsMissing() throws IOException {
        try (AioFile file = AioFile.open(TestFile.create(directory, SIZE).path)) {
            ResidencyMap residency = mapOf(file);
            readAll(file);
            assertThat(residency.isResident(0, SIZE)).isTrue();
            assertMissedOnceEvicted(residency, file, SIZE - 1, 1);
            assertThat(residency.wasResident(0, 200_000)).as("another unit").isFalse();
            readAll(file);
            assertThat(residency.isResident(0, SIZE)).isTrue();
            assertThat(residency.wasResident(0, SIZE)).isTrue();
        }
    }

    @Test
    void shouldReadUnaskedOnlyWhatWasResidentBefore() throws IOException {
        try (AioFile file = AioFile.open(TestFile.create(directory, SIZE).path)) {
            AlignedMemory memory = AlignedMemory.allocate(SIZE, 1);
            mapOf(file);
            readAll(file);
            assertThat(file.readIfKnownResident(0, memory, 0, SIZE)).isZero();
            int read = SIZE;
            for (int i = 0; i < ATTEMPTS && read == SIZE; i++) {
                assertThat(file.isResident(0, SIZE)).isTrue();
                assertThat(file.readIfKnownResident(0, memory, 0, SIZE)).isEqualTo(SIZE);
                evict(file, 0, SIZE);
                read = file.readIfKnownResident(0, memory, 0, SIZE);
            }
            assertThat(read).as("of what is not there").isLessThan(SIZE);
            readAll(file);
            assertThat(file.readIfKnownResident(0, memory, 0, SIZE))
                    .as("not asked since it was missing")
                    .isZero();
        }
    }

    private ResidencyMap mapOf(AioFile file) {
        DeviceTraits traits = file.traits();
        ResidencyMap residency = new ResidencyMap(file.aioFd(), traits, file.size());
        residency.cachestatDenied = cachestatDenied;
        readAll(file, 1);
        boolean supported = file.readResident(0, AlignedMemory.allocate(PAGE, PAGE), 0, 1) == 1;
        assumeTrue(supported, () -> "RWF_NOWAIT is not supported on " + directory);
        return residency;
    }

    private static void readAll(AioFile file) {
        readAll(file, SIZE);
    }

    private static void readAll(AioFile file, int length) {
        AlignedMemory memory = AlignedMemory.allocate(SIZE, 1);
        assertThat(file.read(0, memory, 0, length)).isEqualTo(length);
    }

    /** What is not dirty and not mapped leaves the page cache at once. */
    private static void evict(AioFile file, long position, long length) {
        assertThat(Native.fadvise(file.aioFd(), position, length, POSIX_FADV_DONTNEED))
                .isZero();
    }
}
