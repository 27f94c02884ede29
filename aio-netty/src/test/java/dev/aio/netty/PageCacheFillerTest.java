package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.AioDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try") // a blocked lane is unblocked at the end of its block, and not used in it
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PageCacheFillerTest {

    private static final int MIB = 1024 * 1024;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private TestTransport t;
    private AioDirectory root;
    private OpenFiles files;

    @BeforeEach
    void open() throws Exception {
        t = TestTransport.of(LoopKind.EPOLL, Engine.AUTO);
        root = AioDirectory.open(directory);
        files = new OpenFiles(t.transport, root, 8, Duration.ofHours(1));
    }

    @AfterEach
    void everythingIsGivenBack() throws Exception {
        files.close();
        root.close();
        Await.until("descriptors closed", () -> OpenDescriptors.under(directory).isEmpty());
        t.close();
    }

    private OpenFile get(TestFile source) throws Exception {
        OpenFile file = Await.result(OpenResult.open(files, t.aioLoop(), source.name()));
        assumeTrue(file.file().canTellResidency(), "nobody could tell that it was filled");
        return file;
    }

    private void miss(OpenFile file) {
        t.transport.missed(file.misses(), 0, file.file().size());
    }

    @Test
    void whatIsMissedTwiceComesIntoThePageCache() throws Exception {
        TestFile source = TestFile.create(directory, 2 * MIB + 1).cold();
        OpenFile file = get(source);
        miss(file);
        miss(file);
        Await.until("filled", () -> t.bytes(Rung.FILL_LANE) == source.size());
        assertThat(file.file().isResident(0, source.size())).isTrue();
        file.release();
    }

    /** A scan over many files must not evict what is popular. */
    @Test
    void whatIsMissedOnceStaysWhereItIs() throws Exception {
        TestFile once = TestFile.create(directory, "once", MIB).cold();
        TestFile twice = TestFile.create(directory, "twice", MIB).cold();
        OpenFile onceFile = get(once);
        OpenFile twiceFile = get(twice);
        miss(onceFile);
        miss(twiceFile);
        miss(twiceFile);
        Await.until("filled", () -> t.bytes(Rung.FILL_LANE) == MIB);
        assertThat(onceFile.file().isResident(0, MIB)).isFalse();
        onceFile.release();
        twiceFile.release();
    }

    @Test
    void oneFillIsUnderWayAtATime() throws Exception {
        TestFile source = TestFile.create(directory, MIB).cold();
        OpenFile file = get(source);
        try (TestTransport.BlockedLane lane = t.blockLane()) {
            for (int i = 0; i < 10; i++) {
                miss(file);
            }
            assertThat(t.transport.lane().queued()).isEqualTo(1);
        }
        file.release();
        files.close();
        Await.until("given back", () -> OpenDescriptors.under(directory).isEmpty());
        assertThat(t.bytes(Rung.FILL_LANE)).isEqualTo(MIB);
    }

    @Test
    void onlyTheRangeThatWasMissedIsFilled() throws Exception {
        TestFile source = TestFile.create(directory, 4 * MIB).cold();
        OpenFile file = get(source);
        t.transport.missed(file.misses(), MIB, 2L * MIB);
        t.transport.missed(file.misses(), MIB, 2L * MIB);
        Await.until("filled", () -> t.bytes(Rung.FILL_LANE) == MIB);
        assertThat(file.file().isResident(MIB, MIB)).isTrue();
        assertThat(file.file().isResident(3L * MIB, MIB)).isFalse();
        file.release();
    }

    @Test
    void aHugeRangeIsLeftAlone() throws Exception {
        TestFile source = TestFile.create(directory, MIB).cold();
        OpenFile file = get(source);
        t.transport.missed(file.misses(), 0, 1L << 30);
        t.transport.missed(file.misses(), 0, 1L << 30);
        file.release();
        files.close();
        Await.until("given back", () -> OpenDescriptors.under(directory).isEmpty());
        assertThat(t.count(Rung.FILL_LANE)).isZero();
    }

    @Test
    void aFileThatHasBecomeShorterIsFilledToItsEnd() throws Exception {
        TestFile source = TestFile.create(directory, MIB);
        OpenFile file = get(source);
        source.truncate(100_000);
        source.cold();
        miss(file);
        miss(file);
        file.release();
        files.close();
        Await.until("given back", () -> OpenDescriptors.under(directory).isEmpty());
        assertThat(t.bytes(Rung.FILL_LANE)).isEqualTo(100_000);
    }

    @Test
    void aFullLaneIsNotWaitedFor() throws Exception {
        TestFile source = TestFile.create(directory, MIB).cold();
        OpenFile file = get(source);
        try (TestTransport.BlockedLane lane = t.blockLane()) {
            lane.fill();
            miss(file);
            miss(file); // given up at once, and forgotten
        }
        Await.until("lane empty", () -> t.transport.lane().queued() == 0);
        assertThat(t.count(Rung.FILL_LANE)).isZero();
        miss(file);
        miss(file);
        Await.until("filled", () -> t.bytes(Rung.FILL_LANE) == MIB);
        file.release();
    }

    @Test
    void closeGivesFilesBackThatWaitToBeFilled() throws Exception {
        OpenFile first = get(TestFile.create(directory, "first", 8 * MIB).cold());
        OpenFile second = get(TestFile.create(directory, "second", 8 * MIB).cold());
        for (OpenFile file : new OpenFile[] {first, second}) {
            miss(file);
            miss(file);
            file.release();
        }
        t.closeTransport();
        files.close();
        Await.until("given back", () -> OpenDescriptors.under(directory).isEmpty());
    }

    /** Clients come first: an eighth more is what they may be made to wait for. */
    @Test
    void aBusyDiskFillsOneFileAtATimeAndOnlyWhatHasBeenEarned() throws Exception {
        PageCacheFiller filler = new PageCacheFiller(t.transport);
        OpenFile first = get(TestFile.create(directory, "first", MIB).cold());
        OpenFile second = get(TestFile.create(directory, "second", MIB).cold());
        try (TestTransport.BlockedLane lane = t.blockLane()) {
            filler.missed(first.misses(), 0, MIB, true);
            filler.missed(first.misses(), 0, MIB, true);
            filler.missed(second.misses(), 0, MIB, true);
            for (int i = 0; i < 100; i++) {
                filler.missed(second.misses(), 0, MIB, true); // earned by now, but another is being filled
            }
            assertThat(t.transport.lane().queued()).isEqualTo(1);
        }
        Await.until("filled", () -> t.bytes(Rung.FILL_LANE) == MIB);
        assertThat(second.file().isResident(0, MIB)).isFalse();
        Await.until("the fill's end", () -> {
            filler.missed(second.misses(), 0, MIB, true);
            return t.bytes(Rung.FILL_LANE) == 2 * MIB;
        });
        first.release();
        second.release();
    }

    @Test
    void aFileThatABusyDiskHadNoTimeForIsFilledAtItsNextMiss() throws Exception {
        PageCacheFiller filler = new PageCacheFiller(t.transport);
        OpenFile file = get(TestFile.create(directory, 2 * MIB).cold());
        filler.missed(file.misses(), 0, 1, true);
        filler.missed(file.misses(), 0, 1, true); // an eighth of a byte is nothing
        assertThat(t.count(Rung.FILL_LANE)).isZero();
        filler.missed(file.misses(), 0, 2 * MIB, false);
        Await.until("filled", () -> t.bytes(Rung.FILL_LANE) == 2 * MIB);
        file.release();
    }
}
