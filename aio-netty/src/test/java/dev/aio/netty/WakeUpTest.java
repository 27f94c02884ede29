package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.AioFile;
import dev.aio.core.FileSystemType;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** News of a free buffer, of a place in the disk's queue and of a prepared file reach somebody who can use them. */
@SuppressWarnings("try") // a blocked lane is unblocked at the end of its block, and not used in it
class WakeUpTest extends FileSuite {

    @Test
    void aWriteThatIsNoLongerWantedLeavesItsBufferToTheNext() throws Exception {
        try (TestTransport t = transport(options -> options.poolBytes(MIB))) {
            NettyAioFile file = t.open(path("file"), NEW);
            List<ByteBuf> all = StallTest.takeAll(t.transport.pool());
            Future<Long> next = TestTransport.on(file.eventLoop(), () -> {
                Future<Long> given = file.write(heap(new byte[200 * KIB]), 0);
                Future<Long> other = file.write(heap(new byte[200 * KIB]), 0);
                all.remove(0).release(); // of the largest: the first is woken
                assertThat(given.cancel(false)).isTrue(); // but does not know yet
                return other;
            });
            assertThat(Await.result(next)).isEqualTo(200 * KIB);
            all.forEach(ByteBuf::release);
            close(file);
        }
    }

    @Test
    void aReadThatMustBePreparedFirstLeavesItsPlaceInTheDisksQueueToTheNext() throws Exception {
        assumeTrue(engine == Engine.AIO, "only AIO reads wait for the disk's queue");
        TestFile source = TestFile.create(directory, MIB);
        try (TestTransport t = transport()) {
            NettyAioFile next = t.open(source.cold().path);
            TestTransport.assumeAioReads(next);
            assumeTrue(next.file().fileSystem() == FileSystemType.EXT, "its mapping stays in the inode");
            NettyAioFile first = openDirect(t, path("first")); // whose preparation lasts for a second
            Await.result(first.write(aligned(t, new byte[64 * KIB]), 0));
            AioFile queued = first.file();
            TestTransport.on(
                    next.eventLoop(),
                    () -> BlockingGate.OnPurpose.call(() -> {
                        queued.prepare();
                        next.file().prepare();
                        return next.file().openDirect();
                    }));
            int places = 0;
            while (queued.diskQueue().tryBegin(1)) {
                places++;
            }
            Promise<ByteBuf> blocked = first.eventLoop().newPromise();
            TestTransport.run(first.eventLoop(), () -> first.loop().read(queued, 0, PAGE, AioLoopTest.into(blocked)));
            Promise<ByteBuf> waiting = next.eventLoop().newPromise();
            TestTransport.run(
                    next.eventLoop(), () -> next.loop().read(next.file(), 0, PAGE, AioLoopTest.into(waiting)));
            assumeTrue(!queued.needsPreparation(System.nanoTime()), "it took too long");
            Await.result(first.eventLoop().schedule(() -> {}, 1200, TimeUnit.MILLISECONDS));
            assertThat(queued.needsPreparation(System.nanoTime())).isTrue();
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                queued.diskQueue().end(1);
                source.assertContent(Await.result(waiting), 0, PAGE);
            }
            for (int i = 1; i < places; i++) {
                queued.diskQueue().end(1);
            }
            Await.result(blocked).release();
            close(first);
            close(next);
        }
    }

    @Test
    void aCrowdIsToldOfItsPreparedFileWhateverOneOfItThrows() throws Exception {
        TestFile source = TestFile.create(directory, MIB);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.cold().path);
            List<Throwable> told = new ArrayList<>();
            Promise<Void> last = file.eventLoop().newPromise();
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                t.transport.preparations().prepare(file.file(), false, failure -> {
                    throw new IllegalStateException("thrown on purpose by one who waits");
                });
                t.transport.preparations().prepare(file.file(), true, failure -> {
                    told.add(failure);
                    last.setSuccess(null);
                });
                assertThat(t.transport.lane().queued())
                        .as("tasks of the lane, for one file")
                        .isEqualTo(1);
            }
            Await.result(last);
            assertThat(told).containsExactly((Throwable) null);
            assertThat(file.file().isDirectOpen()).isEqualTo(file.file().mayReadDirect());
            close(file);
        }
    }

    @Test
    void aWindowThatNoBufferIsLargeEnoughForFailsAndLeavesNothing() throws Exception {
        TestFile source = TestFile.create(directory, MIB);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.cold().path);
            Promise<ByteBuf> tooLong = file.eventLoop().newPromise();
            TestTransport.run(
                    file.eventLoop(),
                    () -> file.loop().read(file.file(), 0, AlignedBufferPool.LARGEST + 1, AioLoopTest.into(tooLong)));
            assertThatThrownBy(() -> Await.result(tooLong)).isInstanceOf(IllegalArgumentException.class);
            assertThat(file.loop().accepted()).isZero();
            close(file);
        }
    }
}
