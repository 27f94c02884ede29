package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.AioDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try") // a blocked lane is unblocked at the end of its block, and not used in it
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PinnedFilesTest {

    private static final int SIZE = 100 * 1024;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final Map<String, TestFile> created = new HashMap<>();
    private final List<OpenFile> held = new ArrayList<>();
    private TestTransport t;
    private AioDirectory root;
    private OpenFiles files;
    private final Map<OpenFile, Long> clocks = new HashMap<>(); // ahead of time, so that seconds need not pass

    @BeforeEach
    void open() throws Exception {
        root = AioDirectory.open(directory);
        start(2 * SIZE);
    }

    private void start(long limit) throws Exception {
        if (t != null) {
            close();
        }
        t = TestTransport.of(LoopKind.EPOLL, Engine.AUTO, options -> options.pinLimit(limit));
        files = new OpenFiles(t.transport, root, 100, Duration.ofHours(1));
    }

    private void close() throws Exception {
        held.forEach(OpenFile::release);
        held.clear();
        files.close();
        Await.until("descriptors closed", () -> OpenDescriptors.under(directory).isEmpty());
        t.close();
        assertThat(Files.readString(Path.of("/proc/self/maps"))).doesNotContain(directory.toString());
    }

    @AfterEach
    void everythingIsGivenBack() throws Exception {
        close();
        root.close();
    }

    /** In memory, and open. */
    private OpenFile file(String name, int size) throws Exception {
        if (!Files.exists(directory.resolve(name))) {
            created.put(name, TestFile.create(directory, name, size));
        }
        Files.readAllBytes(directory.resolve(name));
        OpenFile file = Await.result(OpenResult.open(files, t.aioLoop(), name));
        held.add(file);
        assumeTrue(file.file().isResident(0, size), () -> "residency cannot be told on " + directory);
        return file;
    }

    /** It is sent so often in a second, after which its name is looked up again. */
    private void send(OpenFile file, int times) {
        if (!clocks.containsKey(file)) { // the first second begins when the file was opened, about now
            clocks.put(file, System.nanoTime() + SECOND);
            t.transport.pinnedFiles().consider(file, clocks.get(file));
        }
        for (int i = 0; i < times; i++) {
            file.countSend();
        }
        long later = clocks.get(file) + SECOND;
        clocks.put(file, later);
        t.transport.pinnedFiles().consider(file, later);
    }

    private TransportSnapshot.Pinned pinned() {
        return t.transport.snapshot().pinned();
    }

    private void settle() {
        Await.until("pins made", () -> t.transport.pinnedFiles().isIdle());
    }

    private boolean isPinned(OpenFile file) {
        settle();
        return file.pin() != null;
    }

    private OpenFile pinnedFile(String name, int times) throws Exception {
        OpenFile file = file(name, SIZE);
        send(file, times);
        assertThat(isPinned(file)).as(name).isTrue();
        return file;
    }

    private void evict(OpenFile file) {
        created.get(file.name()).cold();
    }

    @Test
    void whatIsSentOftenStaysInMemory() throws Exception {
        OpenFile file = pinnedFile("a", 100);
        evict(file);
        assertThat(file.file().isResident(0, SIZE)).isTrue();
        assertThat(pinned()).isEqualTo(new TransportSnapshot.Pinned(2 * SIZE, SIZE, 1));
        assertThat(t.transport.snapshot().toString()).contains("pinned: 100 of 200 KiB, 1 files");
    }

    @Test
    void whatIsSentSeldomDoesNot() throws Exception {
        OpenFile file = file("a", SIZE);
        send(file, PinnedFiles.HOT - 1);
        assertThat(isPinned(file)).isFalse();
        send(file, PinnedFiles.HOT - 1);
        assertThat(isPinned(file)).as("each second counts for itself").isFalse();
        evict(file);
        assertThat(file.file().isResident(0, SIZE)).isFalse();
    }

    @Test
    void nothingIsPinnedUnlessAskedFor() throws Exception {
        start(0);
        OpenFile file = file("a", SIZE);
        send(file, 1_000);
        assertThat(isPinned(file)).isFalse();
        assertThatThrownBy(() -> AioTransport.builder(t.group).pinLimit(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("pinLimit: -1 (expected: >= 0 bytes)");
    }

    @Test
    void largeAndEmptyFilesAreNotPinned() throws Exception {
        start(10 * PinnedFiles.LARGEST);
        OpenFile large = file("large", PinnedFiles.LARGEST + 1);
        OpenFile empty = file("empty", 0);
        OpenFile largest = file("largest", PinnedFiles.LARGEST);
        send(large, 1_000);
        send(empty, 1_000);
        send(largest, 1_000);
        assertThat(isPinned(large)).isFalse();
        assertThat(isPinned(empty)).isFalse();
        assertThat(isPinned(largest)).isTrue();
    }

    @Test
    void whatIsNotInMemoryIsNotReadForIt() throws Exception {
        OpenFile file = file("a", SIZE);
        evict(file);
        send(file, 1_000);
        assertThat(isPinned(file)).isFalse();
    }

    @Test
    void whatIsSentLeastGivesWay() throws Exception {
        OpenFile cool = pinnedFile("cool", 100);
        OpenFile warm = pinnedFile("warm", 150);
        OpenFile third = file("third", SIZE);
        send(third, 190);
        assertThat(isPinned(third)).as("not twice as hot").isFalse();
        send(third, 300);
        assertThat(isPinned(third)).isTrue();
        assertThat(cool.pin()).isNull();
        assertThat(warm.pin()).isNotNull();
        assertThat(pinned()).isEqualTo(new TransportSnapshot.Pinned(2 * SIZE, 2 * SIZE, 2));
    }

    @Test
    void nobodyGivesWayInVain() throws Exception {
        pinnedFile("cool", 60);
        pinnedFile("hot", 1_000);
        OpenFile twice = file("twice", 2 * SIZE);
        send(twice, 500);
        assertThat(isPinned(twice)).as("the hot one is in its way").isFalse();
        assertThat(pinned().files()).isEqualTo(2);
        OpenFile tooLarge = file("too large", 3 * SIZE);
        send(tooLarge, 100_000);
        assertThat(isPinned(tooLarge)).isFalse();
        assertThat(pinned().files()).isEqualTo(2);
    }

    @Test
    void heatCoolsDown() throws Exception {
        OpenFile file = file("a", SIZE);
        send(file, 1_000);
        long now = clocks.get(file);
        file.used(now);
        assertThat(file.heat(now)).isEqualTo(1_000);
        assertThat(file.heat(now + 4 * SECOND)).isEqualTo(500);
        assertThat(file.heat(now + 3_600 * SECOND)).isZero();
        assertThat(file.heat(now - 3_600 * SECOND)).as("of a clock behind").isEqualTo(1_000);
        file.used(now + 3_600 * SECOND);
        assertThat(file.heat(now + 3_600 * SECOND))
                .as("asked for, and not looked at")
                .isEqualTo(1_000);
        send(file, 0);
        assertThat(file.heat(clocks.get(file))).isZero();
    }

    @Test
    void whatIsReplacedIsLetGo() throws Exception {
        start(2 * SIZE);
        files.close();
        files = new OpenFiles(t.transport, root, 100, Duration.ZERO);
        OpenFile file = pinnedFile("a", 100);
        TestFile next = TestFile.create(directory, "next", SIZE);
        Files.move(next.path, directory.resolve("a"), StandardCopyOption.ATOMIC_MOVE);
        OpenFile now = file("a", SIZE);
        assertThat(now).isNotSameAs(file);
        assertThat(isPinned(file)).isFalse();
        send(file, 1_000);
        assertThat(isPinned(file)).as("nobody asks for it any more").isFalse();
        assertThat(pinned().bytes()).isZero();
    }

    @Test
    void retiredWhileItsPinWaitsForTheLane() throws Exception {
        OpenFile file = file("a", SIZE);
        try (TestTransport.BlockedLane lane = t.blockLane()) {
            send(file, 1_000);
            files.close();
        }
        assertThat(isPinned(file)).isFalse();
    }

    @Test
    void aFullLaneIsNoHarm() throws Exception {
        OpenFile file = file("a", SIZE);
        try (TestTransport.BlockedLane lane = t.blockLane()) {
            lane.fill();
            send(file, 1_000);
            assertThat(file.pin()).isNull();
        }
        assertThat(isPinned(file)).as("when there is a thread for it").isTrue();
    }

    @Test
    void whatIsCutOffLowersNoLimit() throws Exception {
        OpenFile file = file("a", SIZE);
        try (TestTransport.BlockedLane lane = t.blockLane()) {
            send(file, 1_000);
            created.get("a").truncate(4_096);
        }
        assertThat(isPinned(file)).isFalse();
        assertThat(pinned().limitBytes()).isEqualTo(2 * SIZE);
    }

    @Test
    void whatIsCutOffLaterIsLetGo() throws Exception {
        OpenFile file = pinnedFile("a", 100);
        OpenFile other = pinnedFile("b", 100);
        created.get("a").truncate(4_096);
        send(other, 0); // looks after all of them
        assertThat(isPinned(file)).isFalse();
        assertThat(isPinned(other)).isTrue();
        assertThat(pinned()).isEqualTo(new TransportSnapshot.Pinned(2 * SIZE, SIZE, 1));
    }
}
