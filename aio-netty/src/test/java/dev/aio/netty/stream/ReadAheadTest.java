package dev.aio.netty.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.core.AioFile;
import dev.aio.netty.AioLoop;
import dev.aio.netty.Await;
import dev.aio.netty.DiskAppetiteTest;
import dev.aio.netty.Engine;
import dev.aio.netty.LoopKind;
import dev.aio.netty.TargetDirectory;
import dev.aio.netty.TestFile;
import dev.aio.netty.TestTransport;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How many windows of one file are on their way at once. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("try") // what is only there to be closed
class ReadAheadTest {

    private static final int MIB = 1024 * 1024;
    private static final int READERS = 40;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    /** Nothing is read as long as the lane is blocked, so that all reads are counted that were begun. */
    @Test
    void asManyWindowsAreReadAheadAsADiskWantsThatHasEnoughToDo() throws Exception {
        TestFile source = TestFile.create(directory, MIB);
        try (TestTransport t = TestTransport.of(
                        LoopKind.EPOLL,
                        Engine.BLOCKING,
                        options -> options.laneLimit(1_000).poolBytes(1024L * MIB));
                AioFile file = AioFile.open(source.cold().path, StandardOpenOption.READ)) {
            AioLoop loop = t.aioLoop();
            List<Integer> begun = new ArrayList<>();
            List<WindowReader> readers = new ArrayList<>();
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                TestTransport.run(loop.eventLoop(), () -> {
                    DiskAppetiteTest.teach(t.transport.appetite(file), 3);
                    for (int i = 0; i < READERS; i++) {
                        int before = loop.accepted();
                        readers.add(begin(loop, file));
                        begun.add(loop.accepted() - before);
                    }
                    readers.forEach(WindowReader::close);
                });
            }
            assertThat(begun.subList(0, 11)).containsOnly(2);
            assertThat(begun.subList(11, READERS)).containsOnly(3);
            Await.until("buffers back", () -> t.transport.pool().inUse() == 0);
        }
    }

    private static WindowReader begin(AioLoop loop, AioFile file) {
        WindowReader reader =
                new WindowReader(loop, file, 0, MIB, false, false, new WindowPolicy(), () -> {}, position -> {});
        try {
            assertThat(reader.poll()).isNull();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return reader;
    }
}
