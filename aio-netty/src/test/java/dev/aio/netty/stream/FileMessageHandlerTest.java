package dev.aio.netty.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.netty.Await;
import dev.aio.netty.Engine;
import dev.aio.netty.NettyAioFile;
import dev.aio.netty.Rung;
import dev.aio.netty.TestFile;
import dev.aio.netty.TestTransport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("try") // clients that read nothing are closed at the end of their block, and not used in it
class FileMessageHandlerTest extends ServingSuite {

    /** How the bytes leave, where the channel allows both. */
    enum Mode {
        ANY,
        BUFFERS
    }

    private void serve() throws Exception {
        serve(channel -> channel.pipeline().addLast(new FileMessageHandler()));
    }

    private static FileMessage.Builder message(NettyAioFile file, Mode mode) {
        FileMessage.Builder builder = FileMessage.builder(file);
        return mode == Mode.BUFFERS ? builder.buffersOnly() : builder;
    }

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    private static void append(ByteArrayOutputStream to, byte[] bytes) {
        to.write(bytes, 0, bytes.length);
    }

    private static void append(ByteArrayOutputStream to, String text) {
        append(to, text.getBytes(StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void headAndBodyArriveExactlyAtUnalignedRanges(Mode mode) throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        TestFile source = TestFile.create(directory, MIB + 4095).cold();
        serve();
        try (Client client = connect()) {
            Channel channel = accept();
            NettyAioFile file = open(channel, source);
            for (int i = 0; i < 12; i++) {
                int position = random.nextInt(source.size());
                int length = 1 + random.nextInt(source.size() - position);
                String head = "head of " + i + "\r\n";
                ChannelFuture written = channel.writeAndFlush(message(file, mode)
                        .range(position, length)
                        .head(text(head))
                        .build());
                ByteArrayOutputStream expected = new ByteArrayOutputStream();
                append(expected, head);
                append(expected, source.range(position, length));
                TestFile.assertSame(client.read(expected.size()), expected.toByteArray(), "range, seed " + seed);
                assertThat(Await.ended(written).cause()).isNull();
                if (i == 5) {
                    source.hot();
                }
            }
            file.close();
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void whatIsSentAgainComesIntoThePageCache(Mode mode) throws Exception {
        assumeTrue(engine == Engine.AIO, "the lane's reads bring it in as they are");
        TestFile source = TestFile.create(directory, 300_000);
        serve();
        try (Client client = connect()) {
            Channel channel = accept();
            NettyAioFile file = open(channel, source);
            TestTransport.assumeAioReads(file);
            source.cold();
            Await.until("filled", () -> {
                channel.writeAndFlush(message(file, mode).range(100, 200_000).build());
                TestFile.assertSame(client.read(200_000), source.range(100, 200_000), "range");
                return t.bytes(Rung.FILL_LANE) > 0;
            });
            file.close();
        }
    }

    @Test
    void everythingArrivesInTheOrderOfItsWriting() throws Exception {
        TestFile source = TestFile.create(directory, MIB + 7).cold();
        serve();
        try (Client client = connect()) {
            Channel channel = accept();
            NettyAioFile file = open(channel, source);
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            List<Integer> done = new ArrayList<>();
            ChannelFuture last = null;
            for (int i = 0; i < 8; i++) {
                int number = i;
                channel.write(text("before " + i));
                channel.write(FileMessage.builder(file)
                                .range(i * 1001L, i % 4 == 3 ? 0 : 100_000)
                                .head(text("head " + i))
                                .build())
                        .addListener(written -> done.add(number));
                last = channel.writeAndFlush(text("behind " + i));
                append(expected, "before " + i);
                append(expected, "head " + i);
                append(expected, source.range(i * 1001L, i % 4 == 3 ? 0 : 100_000));
                append(expected, "behind " + i);
            }
            file.close();
            TestFile.assertSame(client.read(expected.size()), expected.toByteArray(), "messages");
            assertThat(Await.ended(last).isSuccess()).isTrue();
            TestTransport.run(channel.eventLoop(), () -> assertThat(done).containsExactly(0, 1, 2, 3, 4, 5, 6, 7));
        }
    }

    @Test
    void nothingIsSentBeforeAFlush() throws Exception {
        TestFile source = TestFile.create(directory, 100_000).cold();
        serve();
        try (Client client = connect()) {
            Channel channel = accept();
            NettyAioFile file = open(channel, source);
            ChannelFuture first = channel.write(FileMessage.of(file));
            channel.flush();
            ChannelFuture second = channel.write(FileMessage.of(file));
            file.close();
            assertThat(Await.ended(first).isSuccess()).isTrue();
            TestTransport.run(channel.eventLoop(), () -> {});
            assertThat(second.isDone()).isFalse();
            channel.flush();
            assertThat(Await.ended(second).isSuccess()).isTrue();
            client.read(200_000);
        }
    }

    @Test
    void aHotFileLeavesInPlaceWhereTheChannelTakesIt() throws Exception {
        TestFile source = TestFile.create(directory, 2 * MIB + 5);
        Rung rung = loops.isEpoll() ? Rung.SENDFILE : Rung.NOWAIT_READ;
        assertTakes(rung, source, Mode.ANY);
    }

    @Test
    void aHotFileIsCopiedWhereThatWasAskedFor() throws Exception {
        TestFile source = TestFile.create(directory, 2 * MIB + 5);
        assertTakes(Rung.NOWAIT_READ, source, Mode.BUFFERS);
        assertThat(t.count(Rung.SENDFILE)).isZero();
    }

    private void assertTakes(Rung rung, TestFile source, Mode mode) throws Exception {
        serve();
        try (Client client = connect()) {
            Channel channel = accept();
            NettyAioFile file = open(channel, source.hot());
            // More than once, because everybody on this host may drop the page cache meanwhile.
            for (int attempt = 0; attempt < 5; attempt++) {
                long before = t.bytes(rung);
                source.hot();
                channel.writeAndFlush(message(file, mode).head(text("head")).build());
                assertThat(client.read(4)).asString(StandardCharsets.US_ASCII).isEqualTo("head");
                TestFile.assertSame(client.read(source.size()), source.content, source.name());
                if (t.bytes(rung) - before == source.size()) {
                    file.close();
                    return;
                }
            }
        }
        throw new AssertionError(
                "never all by " + rung + ": " + t.transport.counters().snapshot());
    }

    /** A transfer that cannot end, since the client does not read: what then happens to it is the test's. */
    private final class Stuck implements AutoCloseable {
        private final TestFile source;
        private final Client client;
        private final Channel channel;
        private final ChannelFuture written;
        private final ChannelFuture behind;
        private final FileMessage message;
        private final byte[] beginning;

        Stuck(String state, Mode mode) throws Exception {
            assumeSockets();
            source = TestFile.create(directory, 8 * MIB);
            if (state.equals("hot")) {
                source.hot();
            } else {
                source.cold();
            }
            serve();
            client = connect();
            channel = accept();
            NettyAioFile file = open(channel, source);
            message = message(file, mode).head(text("head")).build();
            written = channel.write(message);
            behind = channel.writeAndFlush(text("behind"));
            file.close();
            beginning = client.read(20_000);
        }

        /** Fails unless what arrives is the beginning of the message and no more. */
        void assertCutShort() throws Exception {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            append(all, beginning);
            append(all, client.read(16 * MIB));
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            append(expected, "head");
            append(expected, source.content);
            assertThat(all.size()).isLessThan(expected.size());
            TestFile.assertSame(all.toByteArray(), Arrays.copyOf(expected.toByteArray(), all.size()), "what arrived");
        }

        void assertWhole() throws Exception {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            append(all, beginning);
            append(all, client.read(4 + source.size() - beginning.length));
            append(all, client.read(6));
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            append(expected, "head");
            append(expected, source.content);
            append(expected, "behind");
            TestFile.assertSame(all.toByteArray(), expected.toByteArray(), "what arrived");
            assertThat(Await.ended(written).cause()).isNull();
        }

        void assertReleased() {
            assertThat(Await.ended(written).isSuccess()).isFalse();
            assertThat(Await.ended(behind).isSuccess()).isFalse();
            Await.until("message released", () -> message.refCnt() == 0);
        }

        @Override
        public void close() throws Exception {
            client.close();
            channel.close().sync();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hot", "cold"})
    void closeOfTheChannelFailsWhatIsOnItsWay(String state) throws Exception {
        try (Stuck stuck = new Stuck(state, Mode.ANY)) {
            stuck.channel.close();
            assertThat(failure(stuck.written)).isInstanceOf(IOException.class);
            stuck.assertReleased();
            stuck.assertCutShort();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hot", "cold"})
    void removalOfTheHandlerFailsWhatIsOnItsWay(String state) throws Exception {
        try (Stuck stuck = new Stuck(state, Mode.ANY)) {
            stuck.channel.pipeline().remove(FileMessageHandler.class);
            assertThat(failure(stuck.behind)).hasMessageContaining("removed");
            stuck.assertReleased();
            stuck.assertCutShort();
            Await.until("closed", () -> !stuck.channel.isOpen());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hot", "cold"})
    void aCancelledPromiseEndsWhatIsOnItsWay(String state) throws Exception {
        try (Stuck stuck = new Stuck(state, Mode.ANY)) {
            assertThat(stuck.written.cancel(false)).isTrue();
            stuck.assertReleased();
            stuck.assertCutShort();
            Await.until("closed", () -> !stuck.channel.isOpen());
        }
    }

    @Test
    void aMessageCancelledInLineIsLeftOut() throws Exception {
        TestFile source = TestFile.create(directory, 300_000).cold();
        serve();
        try (Client client = connect()) {
            Channel channel = accept();
            NettyAioFile file = open(channel, source);
            channel.write(FileMessage.of(file));
            FileMessage unwanted =
                    FileMessage.builder(file).head(text("unwanted")).build();
            ChannelPromise promise = channel.newPromise();
            channel.write(unwanted, promise);
            assertThat(promise.cancel(false)).isTrue();
            channel.writeAndFlush(text("behind"));
            file.close();
            TestFile.assertSame(client.read(source.size()), source.content, source.name());
            assertThat(client.read(6)).asString(StandardCharsets.US_ASCII).isEqualTo("behind");
            Await.until("message released", () -> unwanted.refCnt() == 0);
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aFileTruncatedOnTheWayEndsTheConnection(Mode mode) throws Exception {
        try (Stuck stuck = new Stuck("hot", mode)) {
            stuck.source.truncate(6 * MIB + 1);
            stuck.assertCutShort();
            assertThat(failure(stuck.written)).isInstanceOf(TruncatedFileException.class);
            stuck.assertReleased();
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aFileGrownOnTheWayEndsTheConnection(Mode mode) throws Exception {
        try (Stuck stuck = new Stuck("hot", mode)) {
            Files.write(stuck.source.path, new byte[] {1}, StandardOpenOption.APPEND);
            stuck.assertCutShort();
            assertThat(failure(stuck.written)).isInstanceOf(ChangedFileException.class);
            stuck.assertReleased();
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aFileRewrittenOnTheWayEndsTheConnection(Mode mode) throws Exception {
        try (Stuck stuck = new Stuck("hot", mode)) {
            try (FileChannel channel = FileChannel.open(stuck.source.path, StandardOpenOption.WRITE)) {
                channel.write(java.nio.ByteBuffer.wrap(new byte[] {42}), 8 * MIB - 1);
            }
            stuck.assertCutShort();
            assertThat(failure(stuck.written)).isInstanceOf(ChangedFileException.class);
            stuck.assertReleased();
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aFileReplacedOnTheWayArrivesAsItWas(Mode mode) throws Exception {
        try (Stuck stuck = new Stuck("hot", mode)) {
            Path other = Files.write(directory.resolve("other"), new byte[8 * MIB]);
            Files.move(other, stuck.source.path, StandardCopyOption.ATOMIC_MOVE);
            stuck.assertWhole();
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aFileDeletedOnTheWayArrivesAsItWas(Mode mode) throws Exception {
        try (Stuck stuck = new Stuck("cold", mode)) {
            Files.delete(stuck.source.path);
            stuck.assertWhole();
        }
    }

    /** Before anything has left, the connection is of use for other messages. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    void aFileChangedBeforeItsTurnFailsItsMessageOnly(Mode mode) throws Exception {
        TestFile source = TestFile.create(directory, 300_000);
        serve();
        try (Client client = connect()) {
            Channel channel = accept();
            NettyAioFile file = open(channel, source);
            Files.write(source.path, new byte[300_000]);
            ChannelFuture written =
                    channel.write(message(file, mode).head(text("head")).build());
            channel.writeAndFlush(text("behind"));
            file.close();
            assertThat(failure(written)).isInstanceOf(ChangedFileException.class);
            assertThat(client.read(6)).asString(StandardCharsets.US_ASCII).isEqualTo("behind");
        }
    }

    @Test
    void slowReadersLeaveEnoughOfThePoolForAFastOne() throws Exception {
        assumeSockets();
        TestFile source = TestFile.create(directory, 8 * MIB).cold();
        serve();
        List<Client> slow = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            slow.add(connect());
            Channel channel = accept();
            NettyAioFile file = open(channel, source);
            channel.writeAndFlush(message(file, Mode.BUFFERS).build());
            file.close();
        }
        try (Client fast = connect()) {
            Channel channel = accept();
            NettyAioFile file = open(channel, source);
            ChannelFuture written =
                    channel.writeAndFlush(message(file, Mode.BUFFERS).build());
            file.close();
            TestFile.assertSame(fast.read(source.size()), source.content, source.name());
            assertThat(Await.ended(written).isSuccess()).isTrue();
        }
        assertThat(t.transport.pool().inUse()).as("buffers of the slow").isPositive();
        for (Client client : slow) {
            client.close();
        }
    }

    @Test
    void aMessageThatIsNeverWrittenGivesItsFileBack() throws Exception {
        TestFile source = TestFile.create(directory, 100);
        NettyAioFile file = t.open(source.path);
        ByteBuf head = text("head");
        FileMessage message = FileMessage.builder(file).head(head).build();
        file.close();
        assertThat(message.release()).isTrue();
        assertThat(head.refCnt()).isZero();
    }
}
