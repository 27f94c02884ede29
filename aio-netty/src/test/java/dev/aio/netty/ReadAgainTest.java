package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.AioOpenOption;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.concurrent.Future;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is read of a {@link NettyAioFile} again and again does not stay cold. */
@SuppressWarnings("try") // a blocked lane is unblocked at the end of its block, and not used in it
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReadAgainTest {

    private static final int SIZE = 200_000;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private TestTransport t;

    @BeforeEach
    void open() throws Exception {
        t = TestTransport.of(LoopKind.EPOLL, Engine.AUTO);
    }

    @AfterEach
    void close() throws Exception {
        Await.until("descriptors closed", () -> OpenDescriptors.under(directory).isEmpty());
        t.close();
    }

    /** The ways to read a range. */
    private enum Way {
        /** Into memory that the kernel can write to. */
        DIRECT {
            @Override
            void read(NettyAioFile file, TestFile source, int position, int length) throws Exception {
                ByteBuf target = Unpooled.directBuffer(length, length);
                assertThat(Await.result(file.read(target, position))).isEqualTo(length);
                source.assertContent(target, position, length);
            }
        },

        /** Into memory that it cannot. */
        HEAP {
            @Override
            void read(NettyAioFile file, TestFile source, int position, int length) throws Exception {
                ByteBuf target = UnpooledByteBufAllocator.DEFAULT.heapBuffer(length, length);
                assertThat(Await.result(file.read(target, position))).isEqualTo(length);
                source.assertContent(target, position, length);
            }
        },

        POOLED {
            @Override
            void read(NettyAioFile file, TestFile source, int position, int length) throws Exception {
                source.assertContent(Await.result(file.read(position, length)), position, length);
            }
        };

        abstract void read(NettyAioFile file, TestFile source, int position, int length) throws Exception;
    }

    private NettyAioFile open(TestFile source, OpenOption... options) throws Exception {
        NettyAioFile file = t.open(source.path, options);
        TestTransport.assumeAioReads(file);
        assumeTrue(file.file().canTellResidency(), "nobody could tell that it was filled");
        return file;
    }

    private long coldReads() {
        return t.count(Rung.AIO_READ) + t.count(Rung.AIO_HELPED) + t.count(Rung.LANE_READ);
    }

    @ParameterizedTest
    @EnumSource
    void shouldComeFromThePageCacheInTheEnd(Way way) throws Exception {
        TestFile source = TestFile.create(directory, SIZE);
        NettyAioFile file = open(source);
        source.cold();
        Await.until("filled", () -> {
            way.read(file, source, 0, SIZE);
            return t.bytes(Rung.FILL_LANE) > 0;
        });
        assertThat(coldReads()).isGreaterThanOrEqualTo(2); // the first one proves nothing
        assertAnsweredByThePageCache(way, file, source);
        file.close();
    }

    /** Somebody may have the page cache dropped meanwhile. */
    private void assertAnsweredByThePageCache(Way way, NettyAioFile file, TestFile source) {
        Await.until("a read that no disk is asked for", () -> {
            source.hot();
            long before = coldReads();
            way.read(file, source, 0, SIZE);
            return coldReads() == before;
        });
    }

    /** Of a database all is read sooner or later; that is no reason to read it twice. */
    @ParameterizedTest
    @EnumSource
    void shouldNotFillWhatIsReadOnce(Way way) throws Exception {
        TestFile source = TestFile.create(directory, 100 * 4096);
        NettyAioFile file = open(source);
        source.cold();
        for (int page = 0; page < 100; page++) {
            way.read(file, source, page * 4096, 4096);
        }
        assertNotFilled(file, 51);
    }

    @Test
    void shouldFillTheRangeThatIsReadAgain() throws Exception {
        TestFile source = TestFile.create(directory, SIZE);
        NettyAioFile file = open(source);
        source.cold();
        Await.until("filled", () -> {
            Way.DIRECT.read(file, source, 0, 102_400);
            return t.bytes(Rung.FILL_LANE) > 0;
        });
        assertThat(t.bytes(Rung.FILL_LANE)).isEqualTo(102_400);
        assertThat(file.file().isResident(102_400, SIZE - 102_400)).isFalse();
        file.close();
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotFillWhatWasOpenedDirect(Way way) throws Exception {
        assertNotFilled(way, StandardOpenOption.READ, AioOpenOption.DIRECT);
    }

    /** Each direct write would take out again what was filled. */
    @ParameterizedTest
    @EnumSource
    void shouldNotFillWhatIsWritten(Way way) throws Exception {
        assertNotFilled(way, StandardOpenOption.READ, StandardOpenOption.WRITE, AioOpenOption.DIRECT);
    }

    private void assertNotFilled(Way way, OpenOption... options) throws Exception {
        TestFile source = TestFile.create(directory, SIZE);
        NettyAioFile file = open(source, options);
        source.cold();
        for (int i = 0; i < 4; i++) {
            way.read(file, source, 0, 8192);
        }
        assertNotFilled(file, 4);
    }

    private void assertNotFilled(NettyAioFile file, long coldReadsAtLeast) throws Exception {
        file.closeAsync().sync();
        assertThat(coldReads()).isGreaterThanOrEqualTo(coldReadsAtLeast);
        assertThat(t.count(Rung.FILL_LANE)).isZero();
    }

    @Test
    void shouldFillNothingMoreOnceClosed() throws Exception {
        TestFile source = TestFile.create(directory, SIZE);
        NettyAioFile file = open(source);
        source.cold();
        Way.DIRECT.read(file, source, 0, SIZE); // which the lane has prepared the file for
        Future<Void> closed;
        try (TestTransport.BlockedLane lane = t.blockLane()) {
            Way.DIRECT.read(file, source, 0, SIZE);
            assertThat(t.transport.lane().queued()).isEqualTo(1); // the fill
            closed = file.closeAsync();
        }
        Await.result(closed);
        assertThat(t.count(Rung.FILL_LANE)).isZero();
    }
}
