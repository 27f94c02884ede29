package dev.aio.netty.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.AioDirectory;
import dev.aio.core.FileSystemType;
import dev.aio.netty.AlignedBufferPool;
import dev.aio.netty.Await;
import dev.aio.netty.Engine;
import dev.aio.netty.LoopKind;
import dev.aio.netty.OpenDescriptors;
import dev.aio.netty.OpenFile;
import dev.aio.netty.OpenFiles;
import dev.aio.netty.OpenResult;
import dev.aio.netty.Rung;
import dev.aio.netty.TargetDirectory;
import dev.aio.netty.TestFile;
import dev.aio.netty.TestTransport;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.local.LocalChannel;
import io.netty.util.concurrent.Promise;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("try") // a blocked lane is unblocked at the end of its block, and not used in it
@ParameterizedClass(name = "{0}")
@EnumSource(LoopKind.class)
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FileTransferTest {

    private static final int MIB = 1024 * 1024;
    private static final String HEAD = "HEAD of the response\r\n\r\n";
    private static final int SOCKET_BUFFER = 256 * 1024;

    @Parameter
    LoopKind loops;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private TestTransport t;
    private AioDirectory root;
    private OpenFiles files;
    private Channel listener;

    @BeforeEach
    void open() throws Exception {
        t = TestTransport.of(loops, Engine.AUTO, options -> options.poolBytes(16 * MIB));
        root = AioDirectory.open(directory);
        files = new OpenFiles(t.transport, root, 8, Duration.ofHours(1));
    }

    @AfterEach
    void everythingIsGivenBack() throws Exception {
        if (listener != null) {
            listener.close();
        }
        files.close();
        root.close();
        Await.until("buffers back", () -> t.transport.pool().inUse() == 0);
        Await.until("descriptors closed", () -> OpenDescriptors.under(directory).isEmpty());
        t.close();
    }

    /** One transfer, started when a connection is accepted; ends with the connection. */
    private final class Transfer extends ChannelInboundHandlerAdapter implements FileTransfer.Listener {
        private final OpenFile file;
        private final long position;
        private final long length;
        private final Promise<Void> end;
        private boolean mayBeResident = true;
        private boolean alignedHead = true;
        private volatile Channel channel;
        private volatile boolean started;
        private volatile int told;

        Transfer(TestFile source, long position, long length) throws Exception {
            this.position = position;
            this.length = length;
            file = Await.result(OpenResult.open(files, t.aioLoop(), source.name()));
            end = t.loop().newPromise();
        }

        Transfer(TestFile source) throws Exception {
            this(source, 0, source.size());
        }

        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            channel = ctx.channel();
            ByteBuf head = alignedHead ? t.transport.pool().tryAllocate(HEAD.length()) : Unpooled.buffer();
            head.writeCharSequence(HEAD, StandardCharsets.US_ASCII);
            FileTransfer.start(
                    ctx,
                    t.transport.loop(ctx.channel().eventLoop()),
                    file,
                    head,
                    position,
                    length,
                    mayBeResident,
                    true,
                    this);
        }

        @Override
        public void transferred() {
            told++;
            end.setSuccess(null);
            if (loops != LoopKind.LOCAL) { // whose close drops what the peer has not read
                channel.close();
            }
        }

        @Override
        public void transferFailed(Throwable cause, boolean wasStarted) {
            told++;
            started = wasStarted;
            end.setFailure(cause);
            channel.close();
        }

        void assertTransferred() {
            assertThat(Await.ended(end).cause()).as("failure of the transfer").isNull();
            assertThat(told).isEqualTo(1);
        }

        Throwable failure() {
            Throwable cause = Await.ended(end).cause();
            assertThat(cause).as("failure of the transfer").isNotNull();
            assertThat(told).isEqualTo(1);
            return cause;
        }
    }

    private void serve(ChannelHandler... handlers) throws Exception {
        listener = new ServerBootstrap()
                .group(t.group)
                .channel(loops.serverChannel())
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (loops != LoopKind.LOCAL) {
                            channel.config().setOption(ChannelOption.SO_SNDBUF, SOCKET_BUFFER);
                        }
                        channel.pipeline().addLast(handlers);
                    }
                })
                .bind(loops.anyAddress())
                .sync()
                .channel();
    }

    /** Connects, and returns everything that arrives until the other side closes. */
    private byte[] fetch(int expectedLength) throws Exception {
        if (loops == LoopKind.LOCAL) {
            return Await.result(new LocalClient(expectedLength).connect());
        }
        try (Socket socket = connect()) {
            return socket.getInputStream().readAllBytes();
        }
    }

    private void assumeSockets() {
        assumeTrue(loops != LoopKind.LOCAL, "needs a socket");
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(SOCKET_BUFFER);
        socket.setSoTimeout((int) Await.DEADLINE.toMillis());
        socket.connect((InetSocketAddress) listener.localAddress());
        return socket;
    }

    /** Collects what arrives until that is enough or the other side closes. */
    private final class LocalClient extends SimpleChannelInboundHandler<ByteBuf> {
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private final Promise<byte[]> all = t.loop().newPromise();
        private final int expectedLength;

        LocalClient(int expectedLength) {
            this.expectedLength = expectedLength;
        }

        Promise<byte[]> connect() {
            new Bootstrap()
                    .group(t.group)
                    .channel(LocalChannel.class)
                    .handler(this)
                    .connect(listener.localAddress())
                    .syncUninterruptibly();
            return all;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) throws IOException {
            message.readBytes(received, message.readableBytes());
            if (received.size() == expectedLength) {
                ctx.close();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            all.setSuccess(received.toByteArray());
        }
    }

    private static byte[] expected(TestFile source, long position, long length) {
        byte[] head = HEAD.getBytes(StandardCharsets.US_ASCII);
        byte[] all = new byte[head.length + (int) length];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(source.content, (int) position, all, head.length, (int) length);
        return all;
    }

    private void assertArrives(TestFile source, long position, long length, Consumer<Transfer> how) throws Exception {
        Transfer transfer = new Transfer(source, position, length);
        how.accept(transfer);
        serve(transfer);
        byte[] expected = expected(source, position, length);
        TestFile.assertSame(fetch(expected.length), expected, source.name());
        transfer.assertTransferred();
    }

    private void assertArrives(TestFile source) throws Exception {
        assertArrives(source, 0, source.size(), transfer -> {});
    }

    /** Whether cold bytes of the file come by AIO here, and not from the lane. */
    private void assumeColdReadsByAio() throws Exception {
        FileSystemType type = root.fileSystem();
        assumeTrue(
                t.transport.usesAio()
                        && (type == FileSystemType.EXT || type == FileSystemType.XFS || type == FileSystemType.BTRFS),
                () -> "no AIO on " + type);
    }

    @Test
    void hotBytesGoOutInPlaceWhereTheChannelTakesThem() throws Exception {
        assertHotBytesGoBy(loops.isEpoll() ? Rung.SENDFILE : Rung.NOWAIT_READ, transfer -> {});
    }

    /** Where TLS, for example, has to see the bytes; that is no reason to fetch them from the disk. */
    @Test
    void hotBytesComeFromThePageCacheWhereTheyCannotGoOutInPlace() throws Exception {
        assertHotBytesGoBy(Rung.NOWAIT_READ, transfer -> transfer.alignedHead = false);
    }

    /**
     * Fails unless all bytes take that rung at one of a few attempts: at the first some windows are
     * read before the file is prepared, and everybody on this host may drop the page cache.
     */
    private void assertHotBytesGoBy(Rung rung, Consumer<Transfer> how) throws Exception {
        TestFile source = TestFile.create(directory, 3 * MIB + 777);
        for (int attempt = 0; attempt < 5; attempt++) {
            long before = t.bytes(rung);
            assertArrives(source.hot(), 0, source.size(), how);
            listener.close().sync();
            if (t.bytes(rung) - before == source.size()) {
                return;
            }
        }
        throw new AssertionError(
                "never all by " + rung + ": " + t.transport.counters().snapshot());
    }

    @Test
    void coldBytesAreRead() throws Exception {
        TestFile source = TestFile.create(directory, 3 * MIB + 777).cold();
        assertArrives(source);
        assertThat(t.bytes(Rung.SENDFILE)).isZero();
        assumeColdReadsByAio();
        assertThat(t.bytes(Rung.AIO_READ) + t.bytes(Rung.AIO_HELPED)).isGreaterThanOrEqualTo(source.size());
    }

    /** Also where they cannot go out in place, and the page cache is asked for each window. */
    @Test
    void coldBytesThatAreAskedForAgainComeIntoThePageCache() throws Exception {
        TestFile source = TestFile.create(directory, MIB + 5).cold();
        assumeColdReadsByAio(); // the lane's reads bring it in as they are
        for (int i = 0; i < 6; i++) {
            assertArrives(source);
            listener.close().sync();
        }
        Await.until("filled", () -> t.bytes(Rung.FILL_LANE) > 0);
    }

    @Test
    void bytesThatWereJustFoundColdAreNotAskedForAgain() throws Exception {
        TestFile source = TestFile.create(directory, MIB).hot();
        assertArrives(source, 0, source.size(), transfer -> transfer.mayBeResident = false);
        assertThat(t.count(Rung.SENDFILE)).isZero();
        assertThat(t.count(Rung.SENDFILE_DECLINED)).isZero();
    }

    /** Sendfile would lend the socket pages that are written to. */
    @Test
    void aFileThatIsWrittenInPlaceGoesOutAsACopy() throws Exception {
        TestFile source = TestFile.create(directory, 2 * MIB);
        OpenFile before = Await.result(OpenResult.open(files, t.aioLoop(), source.name()));
        Files.setLastModifiedTime(source.path, FileTime.fromMillis(1_000_000_000_000L));
        files.doubt(before);
        before.release();
        assertArrives(source.hot());
        assertThat(t.count(Rung.SENDFILE)).isZero();
    }

    @Test
    void aFileWhoseBeginningIsHotChangesRungsOnTheWay() throws Exception {
        TestFile source = TestFile.create(directory, 4 * MIB + 99).hot();
        source.cold(2 * MIB, 0);
        assertArrives(source);
        assumeColdReadsByAio();
        assertThat(t.bytes(Rung.AIO_READ) + t.bytes(Rung.AIO_HELPED)).isPositive();
        if (loops.isEpoll()) {
            assertThat(t.bytes(Rung.SENDFILE)).isBetween((long) MIB, 2L * MIB);
        }
    }

    @Test
    void aFileWithHolesInThePageCacheArrivesWhole() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        TestFile source = TestFile.create(directory, 4 * MIB + 99).hot();
        for (int i = 0; i < 10; i++) {
            source.cold(4096L * random.nextInt(1024), 4096L * (1 + random.nextInt(64)));
        }
        try {
            assertArrives(source);
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hot", "cold"})
    void oddRangesArriveExactly(String state) throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        TestFile source = TestFile.create(directory, 2 * MIB + 4095);
        if (state.equals("hot")) {
            source.hot();
        } else {
            source.cold();
        }
        try {
            for (int i = 0; i < 8; i++) {
                int position = random.nextInt(source.size());
                assertArrives(source, position, 1 + random.nextInt(source.size() - position), transfer -> {});
                listener.close().sync();
            }
            assertArrives(source, source.size() - 1, 1, transfer -> {});
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    @Test
    void aHeadFromElsewhereIsSentAsWell() throws Exception {
        TestFile source = TestFile.create(directory, MIB).hot();
        assertArrives(source, 0, source.size(), transfer -> transfer.alignedHead = false);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 20, 40})
    void aFileArrivesWholeHoweverFewBuffersAreLeft(int left) throws Exception {
        TestFile source = TestFile.create(directory, MIB + 4095).cold();
        AlignedBufferPool pool = t.transport.pool();
        List<ByteBuf> held = new ArrayList<>();
        for (ByteBuf buffer = pool.tryAllocate(AlignedBufferPool.LARGEST);
                buffer != null;
                buffer = pool.tryAllocate(AlignedBufferPool.LARGEST)) {
            held.add(buffer);
        }
        held.subList(0, left).forEach(ByteBuf::release);
        held.subList(0, left).clear();
        try {
            assertArrives(source);
        } finally {
            held.forEach(ByteBuf::release);
        }
    }

    @Test
    void manyTransfersAtOnceArriveWhole() throws Exception {
        TestFile source = TestFile.create(directory, MIB + 1);
        int count = 16;
        List<Transfer> transfers = new ArrayList<>();
        List<Promise<byte[]>> results = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            transfers.add(new Transfer(source));
        }
        ArrayList<Transfer> waiting = new ArrayList<>(transfers);
        serve(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                synchronized (waiting) {
                    channel.pipeline().addLast(waiting.remove(0));
                }
            }
        });
        source.cold();
        byte[] expected = expected(source, 0, source.size());
        for (int i = 0; i < count; i++) {
            Promise<byte[]> result = t.loop().newPromise();
            results.add(result);
            new Thread(() -> {
                        try {
                            result.setSuccess(fetch(expected.length));
                        } catch (Throwable e) {
                            result.setFailure(e);
                        }
                    })
                    .start();
        }
        for (Promise<byte[]> result : results) {
            TestFile.assertSame(Await.result(result), expected, source.name());
        }
        transfers.forEach(Transfer::assertTransferred);
    }

    @Test
    void aSlowReaderGetsEverythingAndHoldsFewBuffers() throws Exception {
        assumeSockets();
        TestFile source = TestFile.create(directory, 2 * MIB).cold();
        Transfer transfer = new Transfer(source);
        serve(transfer);
        byte[] expected = expected(source, 0, source.size());
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        try (Socket socket = connect()) {
            InputStream in = socket.getInputStream();
            byte[] sip = new byte[3000];
            for (int n = in.read(sip); n >= 0; n = in.read(sip)) {
                received.write(sip, 0, n);
                assertThat(t.transport.pool().inUse()).isLessThanOrEqualTo(4);
            }
        }
        TestFile.assertSame(received.toByteArray(), expected, source.name());
        transfer.assertTransferred();
    }

    @Test
    void bytesEvictedWhileTheReaderDawdlesAreReadAgain() throws Exception {
        assumeSockets();
        TestFile source = TestFile.create(directory, 8 * MIB).hot();
        Transfer transfer = new Transfer(source);
        serve(transfer);
        byte[] expected = expected(source, 0, source.size());
        try (Socket socket = connect()) {
            InputStream in = socket.getInputStream();
            byte[] beginning = in.readNBytes(100_000);
            source.cold(); // what is on its way stays; the rest, far more than the sockets hold, goes
            byte[] rest = in.readAllBytes();
            byte[] all = new byte[beginning.length + rest.length];
            System.arraycopy(beginning, 0, all, 0, beginning.length);
            System.arraycopy(rest, 0, all, beginning.length, rest.length);
            TestFile.assertSame(all, expected, source.name());
        }
        transfer.assertTransferred();
        assumeColdReadsByAio();
        assertThat(t.bytes(Rung.AIO_READ) + t.bytes(Rung.AIO_HELPED)).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hot", "cold"})
    void aPeerThatGoesAwayEndsTheTransfer(String state) throws Exception {
        assumeSockets();
        TestFile source = TestFile.create(directory, 8 * MIB);
        if (state.equals("hot")) {
            source.hot();
        } else {
            source.cold();
        }
        Transfer transfer = new Transfer(source);
        serve(transfer);
        try (Socket socket = connect()) {
            socket.getInputStream().readNBytes(50_000);
            socket.setSoLinger(true, 0); // a reset
        }
        assertThat(transfer.failure()).isInstanceOf(IOException.class);
        assertThat(transfer.started).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hot", "cold"})
    void aFileTruncatedWhileItIsSentIsNotPadded(String state) throws Exception {
        assumeSockets();
        TestFile source = TestFile.create(directory, 8 * MIB);
        if (state.equals("hot")) {
            source.hot();
        } else {
            source.cold();
        }
        Transfer transfer = new Transfer(source);
        serve(transfer);
        byte[] expected = expected(source, 0, source.size());
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        try (Socket socket = connect()) {
            InputStream in = socket.getInputStream();
            received.write(in.readNBytes(50_000));
            source.truncate(5 * MIB + 123);
            received.write(in.readAllBytes());
        } catch (IOException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
        assertThat(transfer.failure()).isInstanceOf(IOException.class);
        assertThat(transfer.started).isTrue();
        byte[] actual = received.toByteArray();
        assertThat(actual.length).isLessThanOrEqualTo(HEAD.length() + 5 * MIB + 123);
        TestFile.assertSame(actual, Arrays.copyOf(expected, actual.length), "what arrived");
    }

    @Test
    void aFileTruncatedBeforeItIsSentFailsUnstarted() throws Exception {
        TestFile source = TestFile.create(directory, 2 * MIB);
        Transfer transfer = new Transfer(source);
        source.truncate(100);
        source.cold();
        serve(transfer);
        assertThat(fetch(-1)).isEmpty();
        assertThat(transfer.failure()).isInstanceOf(TruncatedFileException.class);
        assertThat(transfer.started).isFalse();
    }

    @Test
    void aTransferThatCannotBePreparedFailsUnstarted() throws Exception {
        TestFile source = TestFile.create(directory, 2 * MIB).cold();
        Transfer transfer = new Transfer(source);
        Await.until("lane empty", () -> t.transport.lane().queued() == 0);
        assumeTrue(transfer.file.file().needsPreparation(System.nanoTime()), "prepared already when it was opened");
        try (TestTransport.BlockedLane lane = t.blockLane()) {
            lane.fill();
            serve(transfer);
            assertThat(fetch(-1)).isEmpty();
            assertThat(transfer.failure()).hasMessageContaining("lane is full");
            assertThat(transfer.started).isFalse();
        }
    }

    @Test
    void closeOfTheTransportEndsTheTransfer() throws Exception {
        assumeSockets();
        TestFile source = TestFile.create(directory, 8 * MIB).cold();
        Transfer transfer = new Transfer(source);
        serve(transfer);
        try (Socket socket = connect()) {
            socket.getInputStream().readNBytes(10_000);
            t.closeTransport();
            socket.getInputStream().readAllBytes();
        } catch (IOException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
        assertThat(transfer.failure()).hasMessageContaining("closed");
        assertThat(transfer.started).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hot", "cold"})
    void endOfTheLoopsEndsTheTransfer(String state) throws Exception {
        assumeSockets();
        TestFile source = TestFile.create(directory, 8 * MIB);
        if (state.equals("hot")) {
            source.hot();
        } else {
            source.cold();
        }
        Transfer transfer = new Transfer(source);
        serve(transfer);
        try (Socket socket = connect()) {
            socket.getInputStream().readNBytes(10_000);
            t.shutDownGroup(20);
        }
        Await.until("told once", () -> transfer.told == 1);
    }

    @Test
    void endOfTheLoopsWhileTheLanePreparesEndsTheTransfer() throws Exception {
        assumeSockets();
        TestFile source = TestFile.create(directory, 2 * MIB).cold();
        Transfer transfer = new Transfer(source);
        try (TestTransport.BlockedLane lane = t.blockLane()) {
            serve(transfer);
            try (Socket socket = connect()) {
                Await.until("accepted", () -> transfer.channel != null);
                t.shutDownGroup(20);
            }
        }
        Await.until("told once", () -> transfer.told == 1);
    }

    @Test
    void oneWindowAtATimeIsHeldForAReaderThatReadsNothing() throws Exception {
        assumeSockets();
        TestFile source = TestFile.create(directory, 8 * MIB).cold();
        Transfer transfer = new Transfer(source);
        serve(transfer);
        try (Socket socket = connect()) {
            Await.until(
                    "one in the channel, one ahead", () -> t.transport.pool().inUse() >= 2);
            assertThat(t.transport.pool().inUse() * (long) AlignedBufferPool.LARGEST)
                    .as("bytes held, at most")
                    .isLessThanOrEqualTo(4L * AlignedBufferPool.LARGEST);
        }
        transfer.failure();
    }
}
