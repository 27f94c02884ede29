package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aio.core.AioException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // a blocked lane is unblocked at the end of its block, and not used in it
class FileChangesTest extends FileSuite {

    @Test
    void sizeFollowsTruncateAndPreallocate() throws Exception {
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(path("sizes"), NEW);
            assertThat(Await.result(file.size())).isZero();
            write(file, randomBytes(10_000), 0);
            assertThat(Await.result(file.size())).isEqualTo(10_000);
            Await.result(file.truncate(4000));
            assertThat(Await.result(file.size())).isEqualTo(4000);
            Await.result(file.truncate(50_000));
            Await.result(file.preallocate(40_000, 60_000));
            assertThat(Await.result(file.size())).isEqualTo(100_000);
            assertThat(Files.size(path("sizes"))).isEqualTo(100_000);
            close(file);
        }
    }

    /** One ends within the other's end: as many as were accepted may do so. */
    @Test
    void aHundredThousandQueuedAppendsEndOneAfterAnother() throws Exception {
        int many = 100_000;
        try (TestTransport t =
                transport(options -> options.pendingLimit(many + 1).laneLimit(many + 1))) {
            NettyAioFile file = t.open(path("log"), NEW);
            List<Future<Long>> appends = new ArrayList<>(many);
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                TestTransport.run(file.eventLoop(), () -> {
                    appends.add(file.append(direct(new byte[10])));
                    for (int i = 1; i < many; i++) {
                        appends.add(file.append(Unpooled.EMPTY_BUFFER));
                    }
                });
                appends.get(many / 2).cancel(false);
            }
            for (int i = 0; i < many; i++) {
                if (i != many / 2) {
                    assertThat(Await.result(appends.get(i))).isEqualTo(i == 0 ? 10 : 0);
                }
            }
            Await.until("nothing accepted is left", () -> file.loop().accepted() == 0);
            close(file);
        }
    }

    @Test
    void openOptionsMeanWhatTheyDoElsewhere() throws Exception {
        TestFile source = TestFile.create(directory, 3000);
        try (TestTransport t = transport()) {
            close(t.open(source.path, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING));
            assertThat(Files.size(source.path)).isZero();
            assertThatThrownBy(() -> t.open(source.path, NEW))
                    .isInstanceOfSatisfying(
                            AioException.class, e -> assertThat(e.errnoName()).isEqualTo("EEXIST"));
            assertThatThrownBy(() -> t.open(source.path, StandardOpenOption.APPEND, StandardOpenOption.READ))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> t.open(source.path, StandardOpenOption.DELETE_ON_CLOSE))
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThat(OpenDescriptors.under(directory)).isEmpty();
        }
    }

    /** The lane carries writes out here: it is blocked, so none can have ended before. */
    @Test
    void aSyncWaitsForTheChangesBeforeIt() throws Exception {
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(path("synced"), NEW);
            List<String> ended = new ArrayList<>(); // on the loop
            List<Future<?>> all = new ArrayList<>();
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                for (int round = 0; round < 3; round++) {
                    for (int i = 0; i < 5; i++) {
                        all.add(file.write(i % 2 == 0 ? direct(new byte[5000]) : heap(new byte[5000]), i * 5000L));
                    }
                    all.add(file.truncate(100_000));
                    all.add(round % 2 == 0 ? file.sync() : file.dataSync());
                }
                for (int i = 0; i < all.size(); i++) {
                    String name = (i % 7 == 6 ? "sync " : "change ") + i / 7;
                    all.get(i).addListener(future -> ended.add(name));
                }
                TestTransport.run(file.eventLoop(), () -> assertThat(ended).isEmpty());
            }
            for (Future<?> future : all) {
                Await.result(future);
            }
            TestTransport.run(file.eventLoop(), () -> {
                for (int round = 0; round < 3; round++) {
                    assertThat(ended.lastIndexOf("change " + round)).isLessThan(ended.indexOf("sync " + round));
                }
            });
            close(file);
        }
    }

    /** Calls from other threads are accepted in their order, also in the eyes of a call on the loop. */
    @Test
    void aSyncOnTheLoopWaitsForAWriteThatAnotherThreadHasAskedForBefore() throws Exception {
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(path("synced"), NEW);
            for (int i = 0; i < 50; i++) {
                int position = i * 1000;
                Promise<Future<Void>> sync = file.eventLoop().newPromise();
                Future<Long>[] write = newArray();
                Thread[] other = new Thread[1];
                TestTransport.run(file.eventLoop(), () -> {
                    other[0] = new Thread(() -> write[0] = file.write(direct(new byte[1000]), position));
                    other[0].start();
                    BlockingGate.OnPurpose.run(() -> join(other[0]));
                    sync.setSuccess(file.dataSync());
                });
                Await.result(Await.result(sync));
                assertThat(write[0].isSuccess()).isTrue();
            }
            close(file);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Future<Long>[] newArray() {
        return new Future[1];
    }

    @Test
    void aCancelledWriteIsStillWaitedFor() throws Exception {
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(path("synced"), NEW);
            Future<Long> write;
            Future<Void> sync;
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                write = file.write(direct(new byte[5000]), 0);
                TestTransport.run(file.eventLoop(), () -> {}); // accepted
                sync = file.sync();
                assertThat(write.cancel(false)).isTrue();
            }
            Await.result(sync);
            assertThat(write.isCancelled()).isTrue();
            close(file);
        }
    }

    @Test
    void resultsAreDeliveredOnTheLoopOfTheFile() throws Exception {
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(path("file"), NEW);
            List<Future<?>> all = List.of(
                    file.write(direct(new byte[10]), 0),
                    file.append(heap(new byte[10])),
                    file.sync(),
                    file.truncate(5),
                    file.preallocate(0, 10),
                    file.size(),
                    file.closeAsync());
            Promise<Void> right = file.eventLoop().newPromise();
            for (Future<?> future : all) {
                future.addListener(ended -> {
                    if (!file.eventLoop().inEventLoop() || !ended.isSuccess()) {
                        right.tryFailure(new AssertionError("elsewhere, or failed", ended.cause()));
                    }
                });
            }
            for (Future<?> future : all) {
                Await.result(future);
            }
            TestTransport.run(file.eventLoop(), () -> right.trySuccess(null));
            Await.result(right);
        }
    }

    @Test
    void theCloseFutureCompletesWhenTheDescriptorsAreClosed() throws Exception {
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(path("file"), NEW);
            Future<Long> write;
            try (TestTransport.BlockedLane lane = t.blockLane()) {
                write = file.write(heap(randomBytes(700_000)), 0);
                assertThat(file.closeAsync().isDone()).isFalse();
                assertThat(OpenDescriptors.under(directory)).isNotEmpty();
            }
            assertThat(Await.result(write)).isEqualTo(700_000);
            Await.result(file.closeFuture());
            assertThat(OpenDescriptors.under(directory)).isEmpty();
            assertThat(Files.size(path("file"))).isEqualTo(700_000);
        }
    }

    @Test
    void operationsAfterCloseFail() throws Exception {
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(path("file"), NEW);
            close(file);
            ByteBuf target = direct(new byte[10]).clear();
            ByteBuf source = direct(new byte[10]);
            for (Future<?> future :
                    List.of(file.read(target, 0), file.write(source, 0), file.sync(), file.truncate(0), file.size())) {
                assertThat(Await.ended(future).cause())
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("closed");
            }
            assertThat(source.refCnt()).isZero();
            assertThat(target.release()).isTrue();
        }
    }

    @Test
    void completionStagesEndAsTheirFuturesDo() throws Exception {
        TestFile source = TestFile.create(directory, 3000);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.path);
            assertThat(AioFutures.toCompletionStage(file.size())
                            .toCompletableFuture()
                            .get(20, TimeUnit.SECONDS))
                    .isEqualTo(3000);
            assertThatThrownBy(() -> AioFutures.toCompletionStage(file.truncate(1))
                            .thenApply(x -> x)
                            .toCompletableFuture()
                            .join())
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(AioException.class);
            for (int i = 0; i < 50; i++) { // too early, too late, or in between: no buffer is lost
                Future<ByteBuf> read = file.read(0, 100);
                CompletionStage<ByteBuf> stage = AioFutures.toCompletionStage(read);
                if (stage.toCompletableFuture().cancel(false)) {
                    assertThatThrownBy(() -> stage.toCompletableFuture().join())
                            .isInstanceOf(CancellationException.class);
                    assertThat(Await.ended(read).isDone()).isTrue();
                } else {
                    source.assertContent(stage.toCompletableFuture().join(), 0, 100);
                }
            }
            Await.until("buffers back", () -> t.transport.pool().inUse() == 0);
            Future<ByteBuf> read = file.read(0, 100);
            CompletionStage<ByteBuf> stage = AioFutures.toCompletionStage(read);
            if (read.cancel(false)) {
                assertThatThrownBy(() -> stage.toCompletableFuture().join()).isInstanceOf(CancellationException.class);
            } else {
                stage.toCompletableFuture().join().release();
            }
            close(file);
        }
    }
}
