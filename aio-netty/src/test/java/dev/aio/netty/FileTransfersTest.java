package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aio.core.IoPriority;
import dev.aio.core.OperationOptions;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.concurrent.Future;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class FileTransfersTest extends FileSuite {

    private ByteBuf buffer(byte[] bytes) {
        switch (random.nextInt(4)) {
            case 0:
                return heap(bytes);
            case 1:
                return direct(bytes);
            case 2: // does not begin at 0
                return direct(new byte[3]).writeBytes(bytes).slice(3, bytes.length);
            default:
                return composite(bytes, 1 + random.nextInt(5), random.nextBoolean());
        }
    }

    private CompositeByteBuf composite(byte[] bytes, int components, boolean allDirect) {
        CompositeByteBuf composite = Unpooled.compositeBuffer(2 * components + 1);
        int from = 0;
        for (int i = 1; i <= components; i++) {
            int to = (int) ((long) bytes.length * i / components);
            byte[] part = Arrays.copyOfRange(bytes, from, to);
            composite.addComponent(true, allDirect || random.nextBoolean() ? direct(part) : heap(part));
            from = to;
        }
        return composite;
    }

    @Test
    void whatIsWrittenAtRandomIsReadBack() throws Exception {
        int size = 2 * MIB + 333;
        byte[] expected = new byte[size];
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(path("random"), NEW);
            Await.result(file.truncate(size));
            for (int round = 0; round < 12; round++) {
                List<Future<Long>> writes = new ArrayList<>();
                int[] lengths = new int[6];
                int stripe = size / lengths.length;
                for (int i = 0; i < lengths.length; i++) { // what overlaps may end up in any order
                    byte[] bytes = randomBytes(random.nextInt(random.nextBoolean() ? 3000 : stripe / 2));
                    int position = i * stripe + random.nextInt(stripe - bytes.length);
                    System.arraycopy(bytes, 0, expected, position, bytes.length);
                    lengths[i] = bytes.length;
                    writes.add(file.write(buffer(bytes), position));
                }
                Future<Void> sync = round % 2 == 0 ? file.sync() : file.dataSync();
                for (int i = 0; i < lengths.length; i++) {
                    assertThat(Await.result(writes.get(i))).as("seed %s", seed).isEqualTo(lengths[i]);
                }
                Await.result(sync);
            }
            TestFile.assertSame(Files.readAllBytes(path("random")), expected, "the file, seed " + seed);
            for (int i = 0; i < 20; i++) {
                int length = 1 + random.nextInt(i % 2 == 0 ? 5000 : size / 2);
                int position = random.nextInt(size - length + 1);
                ByteBuf target = buffer(new byte[length]).clear();
                assertThat(Await.result(file.read(target, position))).isEqualTo(length);
                byte[] read = ByteBufUtil.getBytes(target);
                target.release();
                TestFile.assertSame(
                        read, Arrays.copyOfRange(expected, position, position + length), "a read, seed " + seed);
            }
            close(file);
        }
    }

    @Test
    void coldBytesAreReadIntoBuffersOfTheCaller() throws Exception {
        TestFile source = TestFile.create(directory, 3 * MIB + 77);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.cold().path);
            for (int i = 0; i < 12; i++) {
                int length = i % 3 == 0 ? 64 * KIB : 1 + random.nextInt(MIB);
                int position = i % 3 == 0 ? random.nextInt(40) * PAGE : random.nextInt(source.size() - length);
                ByteBuf target = i % 3 == 0
                        ? t.transport.pool().tryAllocate(length)
                        : i % 3 == 1 ? ByteBufAllocator.DEFAULT.directBuffer(length, length) : Unpooled.buffer(length);
                int before = target.refCnt();
                long expected = Math.min(target.writableBytes(), source.size() - position);
                assertThat(Await.result(file.read(target, position))).isEqualTo(expected);
                assertThat(target.refCnt()).as("references").isEqualTo(before);
                source.assertContent(target, position, (int) expected);
            }
            close(file);
        }
    }

    @Test
    void aReadIsShortAtTheEndAndAddsToWhatIsThere() throws Exception {
        TestFile source = TestFile.create(directory, 10_000);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(source.cold().path);
            ByteBuf target = ByteBufAllocator.DEFAULT.directBuffer(9000).writeBytes(new byte[] {7, 8, 9});
            assertThat(Await.result(file.read(target, 9000))).isEqualTo(1000);
            assertThat(target.writerIndex()).isEqualTo(1003);
            assertThat(ByteBufUtil.getBytes(target, 0, 3)).containsExactly(7, 8, 9);
            assertThat(ByteBufUtil.getBytes(target, 3, 1000)).isEqualTo(source.range(9000, 1000));
            assertThat(Await.result(file.read(target, 10_000))).as("at the end").isZero();
            assertThat(Await.result(file.read(target, 1L << 40))).as("behind").isZero();
            target.release();
            close(file);
        }
    }

    @Test
    void severalBuffersAreFilledAndWrittenOneAfterAnother() throws Exception {
        byte[] bytes = randomBytes(300_000);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(path("vectors"), NEW);
            ByteBuf[] sources = {
                direct(Arrays.copyOfRange(bytes, 0, 10)),
                direct(new byte[0]),
                composite(Arrays.copyOfRange(bytes, 10, 250_000), 3, true),
                direct(Arrays.copyOfRange(bytes, 250_000, 300_000))
            };
            assertThat(Await.result(file.writev(sources, 5))).isEqualTo(300_000);
            ByteBuf[] targets = {
                ByteBufAllocator.DEFAULT.directBuffer(123, 123),
                Unpooled.buffer(200_000, 200_000),
                ByteBufAllocator.DEFAULT.directBuffer(150_000, 150_000)
            };
            assertThat(Await.result(file.readv(targets, 5))).isEqualTo(300_000);
            ByteBuf all = Unpooled.wrappedBuffer(targets);
            TestFile.assertSame(ByteBufUtil.getBytes(all), bytes, "what was read, seed " + seed);
            assertThat(targets[2].writableBytes()).isEqualTo(150_000 - (300_000 - 200_123));
            all.release();
            close(file);
        }
    }

    @Test
    void moreComponentsThanOneCallTakesAreWritten() throws Exception {
        byte[] bytes = randomBytes(5000);
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(path("many"), NEW);
            assertThat(Await.result(file.write(composite(bytes, 2500, true), 0)))
                    .isEqualTo(5000);
            assertThat(Files.readAllBytes(path("many"))).isEqualTo(bytes);
            close(file);
        }
    }

    @Test
    void emptyTransfersSucceed() throws Exception {
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(path("empty"), NEW);
            assertThat(Await.result(file.write(Unpooled.EMPTY_BUFFER, 0))).isZero();
            assertThat(Await.result(file.writev(List.of(), 0))).isZero();
            assertThat(Await.result(file.readv(List.of(), 0))).isZero();
            close(file);
        }
    }

    @Test
    void appendsGoOutInTheOrderOfTheCalls() throws Exception {
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(path("log"), NEW);
            NettyAioFile log = t.open(path("log"), StandardOpenOption.APPEND);
            ByteBuf expected = Unpooled.buffer();
            List<Future<Long>> appends = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                byte[] bytes = randomBytes(random.nextInt(i % 50 == 0 ? 300_000 : 100));
                expected.writeBytes(bytes);
                ByteBuf source = i % 2 == 0 ? direct(bytes) : heap(bytes);
                appends.add(i < 100 ? file.append(source) : i % 3 == 0 ? log.write(source, 0) : log.append(source));
                if (i == 99) {
                    Await.result(file.dataSync()); // the other one knows nothing of these
                }
            }
            Await.result(log.sync());
            for (Future<Long> append : appends) {
                assertThat(append.isSuccess()).as("ended before the sync").isTrue();
            }
            TestFile.assertSame(
                    Files.readAllBytes(path("log")), ByteBufUtil.getBytes(expected), "the log, seed " + seed);
            close(file);
            close(log);
        }
    }

    @Test
    void optionsArePassedOn() throws Exception {
        byte[] bytes = randomBytes(10_000);
        OperationOptions options =
                OperationOptions.NONE.dsync().priority(IoPriority.of(IoPriority.Class.BEST_EFFORT, 7));
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(path("options"), NEW);
            Await.result(file.write(direct(bytes), 0, options));
            Await.result(file.write(direct(bytes), 0, options.append()));
            assertThat(Await.result(file.size())).isEqualTo(20_000);
            ByteBuf target = ByteBufAllocator.DEFAULT.directBuffer(10_000, 10_000);
            OperationOptions idle = OperationOptions.NONE.priority(IoPriority.of(IoPriority.Class.IDLE, 0));
            assertThat(Await.result(file.read(target, 10_000, idle))).isEqualTo(10_000);
            assertThat(ByteBufUtil.getBytes(target)).isEqualTo(bytes);
            target.release();
            close(file);
        }
    }

    @Test
    void directFilesTakeWholeBlocksOfWhateverMemory() throws Exception {
        byte[] bytes = randomBytes(600 * KIB);
        Path path = path("direct");
        try (TestTransport t = transport()) {
            NettyAioFile file = openDirect(t, path);
            byte[] block = Arrays.copyOf(bytes, 64 * KIB);
            Await.result(file.write(aligned(t, block), 0));
            Await.result(file.write(heap(bytes), 64 * KIB));
            Await.result(file.write(direct(bytes), 664 * KIB));
            Await.result(file.write(composite(bytes, 7, false), 1264 * KIB));
            Await.result(file.append(heap(block)));
            for (int position : new int[] {64 * KIB, 664 * KIB, 1264 * KIB}) {
                for (ByteBuf target :
                        List.of(Unpooled.buffer(600 * KIB), direct(bytes).clear())) {
                    target.capacity(600 * KIB);
                    assertThat(Await.result(file.read(target, position))).isEqualTo(600 * KIB);
                    TestFile.assertSame(ByteBufUtil.getBytes(target), bytes, "at " + position + ", seed " + seed);
                    target.release();
                }
            }
            ByteBuf odd = direct(new byte[1001]).clear();
            odd.capacity(1001);
            assertThat(Await.result(file.read(odd, 64 * KIB + 13))).isEqualTo(1001);
            assertThat(ByteBufUtil.getBytes(odd)).isEqualTo(Arrays.copyOfRange(bytes, 13, 1014));
            odd.release();
            assertThat(Await.result(file.size())).isEqualTo(1928 * KIB);
            close(file);
        }
    }

    @Test
    void directFilesRefuseWhatIsNotAWholeBlockAndNameTheAlignment() throws Exception {
        Path path = path("direct");
        try (TestTransport t = transport()) {
            NettyAioFile file = openDirect(t, path);
            String expected = "multiples of " + file.file().directOffsetAlignment();
            List<Future<Long>> refused = List.of(
                    file.write(direct(new byte[100]), 0),
                    file.write(heap(new byte[700_001]), 0),
                    file.write(aligned(t, new byte[PAGE]), 7),
                    file.append(heap(new byte[PAGE + 1])),
                    file.writev(List.of(direct(new byte[PAGE]), heap(new byte[3])), 0));
            for (Future<Long> write : refused) {
                assertThat(failure(write)).hasMessageContaining(expected).hasMessageContaining("EINVAL");
            }
            assertThat(Await.result(file.size())).as("nothing was written").isZero();
            close(file);
        }
    }

    @Test
    void wrongModesAreRefused() throws Exception {
        TestFile source = TestFile.create(directory, 5000);
        try (TestTransport t = transport()) {
            NettyAioFile reader = t.open(source.path);
            NettyAioFile writer = t.open(source.path, StandardOpenOption.WRITE);
            List<Future<?>> refused = new ArrayList<>(List.of(
                    reader.write(direct(new byte[10]), 0),
                    reader.write(heap(new byte[10]), 0),
                    reader.append(direct(new byte[10])),
                    reader.truncate(1),
                    reader.preallocate(0, 1)));
            ByteBuf direct = direct(new byte[10]).clear();
            ByteBuf heap = Unpooled.buffer(10);
            refused.add(writer.read(direct, 0));
            refused.add(writer.read(heap, 0));
            for (Future<?> future : refused) {
                assertThat(failure(future).errnoName()).isEqualTo("EBADF");
            }
            assertThat(direct.refCnt()).isOne();
            assertThat(heap.refCnt()).isOne();
            direct.release();
            heap.release();
            assertThat(Files.readAllBytes(source.path)).isEqualTo(source.content);
            close(reader);
            close(writer);
        }
    }

    @Test
    void argumentsOutOfRangeAreRefusedAtOnce() throws Exception {
        try (TestTransport t = transport()) {
            NettyAioFile file = t.open(path("file"), NEW);
            ByteBuf buffer = direct(new byte[3]);
            assertThatIllegalArgumentException().isThrownBy(() -> file.read(buffer, -1));
            assertThatIllegalArgumentException().isThrownBy(() -> file.read(buffer.asReadOnly(), 0));
            assertThat(buffer.refCnt()).isOne();
            assertThatIllegalArgumentException().isThrownBy(() -> file.write(buffer, -1));
            assertThat(buffer.refCnt()).as("taken over all the same").isZero();
            ByteBuf other = direct(new byte[3]);
            assertThatThrownBy(() -> file.writev(List.of(other, buffer), 0))
                    .isInstanceOf(IllegalReferenceCountException.class);
            assertThat(other.refCnt()).as("taken over all the same").isZero();
            ByteBuf beside = direct(new byte[3]);
            assertThatThrownBy(() -> file.writev(Arrays.asList(beside, null), 0))
                    .isInstanceOf(NullPointerException.class);
            assertThat(beside.refCnt()).as("taken over all the same").isZero();
            assertThatIllegalArgumentException().isThrownBy(() -> file.truncate(-1));
            assertThatIllegalArgumentException().isThrownBy(() -> file.preallocate(0, -1));
            assertThatIllegalArgumentException().isThrownBy(() -> file.preallocate(Long.MAX_VALUE, 1));
            close(file);
        }
    }
}
