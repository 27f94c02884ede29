package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.Future;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads on the loop itself of what is in memory, into buffers of the caller's. */
class HotReadsTest extends TransportSuite {

    private static final int SIZE = 200_000;
    private static final int READS = 200;
    private static final int ROUNDS = 40;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private ResourceLeakDetector.Level level;

    /** A buffer that is watched has a record of each access. */
    @BeforeEach
    void watchNoBuffers() {
        level = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }

    @AfterEach
    void watchBuffers() {
        ResourceLeakDetector.setLevel(level);
    }

    /** After this it is known to be in memory, unless somebody has dropped the page cache meanwhile. */
    private static void learn(NettyAioFile file, TestFile source, ByteBuf target) throws Exception {
        for (int read = 0; read < 2; read++) { // the first one may have to prepare the file
            source.hot();
            assertThat(Await.result(file.read(target.clear(), 0))).isEqualTo(SIZE);
        }
    }

    @Test
    void shouldAllocateNothing() throws Exception {
        TestFile source = TestFile.create(directory, SIZE);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.path);
            ByteBuf target = Unpooled.directBuffer(SIZE, SIZE);
            long least = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS && least > 0; round++) {
                learn(file, source, target);
                least = Math.min(least, TestTransport.on(file.eventLoop(), () -> bytesPerRead(file, target)));
            }
            assertThat(least).as("bytes allocated for a read").isZero();
            source.assertContent(target, 0, SIZE);
            file.close();
        }
    }

    private long bytesPerRead(NettyAioFile file, ByteBuf target) {
        long self = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(self);
        for (int i = 0; i < READS; i++) {
            if (!file.read(target.clear(), 0).isDone()) {
                return Long
                        .MAX_VALUE; // dropped from the page cache; the next read, of the same bytes to the same place,
                // does no harm
            }
        }
        return (threads.getThreadAllocatedBytes(self) - before) / READS;
    }

    @Test
    void shouldGoOnWithWhatHasLeftMemory() throws Exception {
        TestFile source = TestFile.create(directory, SIZE);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.path);
            ByteBuf target = Unpooled.directBuffer(SIZE, SIZE);
            learn(file, source, target);
            source.cold(65_536, 65_536);
            target.clear().setZero(0, SIZE);
            Future<Long> read = TestTransport.on(file.eventLoop(), () -> file.read(target, 0));
            assertThat(Await.result(read)).isEqualTo(SIZE);
            source.assertContent(target, 0, SIZE);
            file.close();
        }
    }

    @Test
    void shouldEndAtTheEndOfAFileThatHasBecomeShorter() throws Exception {
        TestFile source = TestFile.create(directory, SIZE);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.path);
            ByteBuf target = Unpooled.directBuffer(SIZE, SIZE);
            learn(file, source, target);
            source.truncate(70_000);
            Future<Long> read = TestTransport.on(file.eventLoop(), () -> file.read(target.clear(), 0));
            assertThat(Await.result(read)).isEqualTo(70_000);
            source.assertContent(target, 0, 70_000);
            file.close();
        }
    }

    @Test
    void shouldRefuseWhatCannotBeReadInto() throws Exception {
        TestFile source = TestFile.create(directory, SIZE);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.path);
            ByteBuf target = Unpooled.directBuffer(SIZE, SIZE);
            learn(file, source, target);
            target.clear();
            assertThatThrownBy(() -> TestTransport.on(file.eventLoop(), () -> file.read(target.asReadOnly(), 0)))
                    .isInstanceOf(IllegalArgumentException.class);
            target.release();
            assertThatThrownBy(() -> TestTransport.on(file.eventLoop(), () -> file.read(target, 0)))
                    .isInstanceOf(IllegalReferenceCountException.class);
            file.close();
        }
    }

    @Test
    void shouldFailWhenTheFileIsClosed() throws Exception {
        TestFile source = TestFile.create(directory, SIZE);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.path);
            ByteBuf target = Unpooled.directBuffer(SIZE, SIZE);
            learn(file, source, target);
            file.close();
            Future<Long> read = TestTransport.on(file.eventLoop(), () -> file.read(target.clear(), 0));
            assertThat(Await.ended(read).cause()).isInstanceOf(IllegalStateException.class);
            assertThat(target.writerIndex()).isZero();
            target.release();
        }
    }
}
