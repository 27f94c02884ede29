package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.AioFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a transport maps of the files that are asked about often. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MappedFilesTest {

    private static final int SIZE = 256 * 1024;

    /** More often than it takes. */
    private static final int OFTEN = 20;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private NettyAioFile openInMemory(TestTransport t) throws Exception {
        Path path = Files.write(directory.resolve("file"), new byte[SIZE]);
        try (var channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        NettyAioFile file = t.open(path, StandardOpenOption.READ);
        assumeTrue(file.file().isResident(0, SIZE), () -> "residency cannot be told on " + directory);
        return file;
    }

    private static void askOften(AioFile file) {
        for (int i = 0; i < OFTEN; i++) {
            assertThat(file.isResident(0, SIZE)).isTrue();
        }
    }

    private boolean isMapped() throws IOException {
        return Files.readString(Path.of("/proc/self/maps")).contains(directory.toString());
    }

    @Test
    void mapsOnTheLaneWhatIsAskedAboutOften() throws Exception {
        try (TestTransport t = TestTransport.of(LoopKind.EPOLL, Engine.AUTO)) {
            NettyAioFile file = openInMemory(t);
            assertThat(t.transport.snapshot().mapped()).isEqualTo(new TransportSnapshot.Mapped(4L << 30, 0));
            askOften(file.file());
            Await.until("mapped", () -> t.transport.snapshot().mapped().bytes() == SIZE);
            assertThat(isMapped()).isTrue();
            assertThat(t.transport.snapshot().toString()).contains("mapped: 256 of 4194304 KiB");
            file.close();
            Await.result(file.closeFuture());
            assertThat(t.transport.snapshot().mapped().bytes()).isZero();
            assertThat(isMapped()).isFalse();
        }
    }

    @Test
    void mapsNothingWhereNothingMayBeMapped() throws Exception {
        try (TestTransport t = TestTransport.of(LoopKind.EPOLL, Engine.AUTO, options -> options.mapLimit(0))) {
            NettyAioFile file = openInMemory(t);
            askOften(file.file());
            AtomicInteger steps = new AtomicInteger();
            t.transport.lane().closer().execute(steps::incrementAndGet); // what would be mapped is before it, or there
            Await.until("the lane", () -> steps.get() == 1);
            assertThat(isMapped()).isFalse();
            assertThat(t.transport.snapshot().mapped()).isEqualTo(new TransportSnapshot.Mapped(0, 0));
            assertThatThrownBy(() -> AioTransport.builder(t.group).mapLimit(-1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("mapLimit: -1 (expected: >= 0 bytes)");
        }
    }
}
