package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Buffers whose user releases them once too often while they are in use: that is the user's loss and nobody else's. */
@SuppressWarnings("try") // a blocked lane is unblocked at the end of its block, and not used in it
class ReleasedTwiceTest extends FileSuite {

    private void assertOthersGoOn(NettyAioFile file) throws Exception {
        byte[] bytes = randomBytes(10 * KIB);
        assertThat(write(file, bytes, 0)).isEqualTo(bytes.length);
        ByteBuf read = Await.result(file.read(0, bytes.length));
        assertThat(read).isEqualTo(heap(bytes));
        read.release();
        Await.result(file.sync());
        Await.until("nothing accepted is left", () -> file.loop().accepted() == 0);
        close(file);
    }

    @Test
    void theSourceOfAWrite() throws Exception {
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(path("written"), NEW);
            ByteBuf source = Unpooled.buffer(MIB).writeZero(MIB);
            Future<Long> write;
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                write = file.write(source, 0);
                source.release();
            }
            Await.ended(write);
            assertThat(source.refCnt()).isZero();
            assertOthersGoOn(file);
        }
    }

    @Test
    void theTargetOfARead() throws Exception {
        TestFile source = TestFile.create(directory, MIB).cold();
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.path);
            ByteBuf target = Unpooled.buffer(MIB);
            Future<Long> read;
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                read = file.read(target, 0);
                target.release();
                target.release();
            }
            Await.ended(read);
            assertThat(target.refCnt()).isZero();
            close(file);
            assertOthersGoOn(t.open(path("written"), NEW));
        }
    }

    @Test
    void theResultOfARead() throws Exception {
        TestFile source = TestFile.create(directory, 100 * KIB).cold();
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.path);
            ByteBuf first = Await.result(file.read(0, 50 * KIB));
            first.release();
            ByteBuf second = Await.result(file.read(0, 50 * KIB));
            try {
                first.release();
            } catch (IllegalReferenceCountException refused) {
                assertThat(second.refCnt()).isEqualTo(1);
            }
            source.assertContent(second, 0, 50 * KIB);
            close(file);
            assertOthersGoOn(t.open(path("written"), NEW));
        }
    }
}
