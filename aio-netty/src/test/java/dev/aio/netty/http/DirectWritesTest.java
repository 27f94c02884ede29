package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aio.netty.Await;
import dev.aio.netty.Rung;
import dev.aio.netty.TargetDirectory;
import dev.aio.netty.TestFile;
import dev.aio.netty.http1.StrictHttpRequestDecoder;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.handler.traffic.ChannelTrafficShapingHandler;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that pass by the pipeline: the same bytes in the same order, whatever the socket takes at once. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DirectWritesTest {

    private static final int[] SIZES = {1, 1_000, 15_000, 16_384, 70_000, 300_000, 524_288, 600_000};

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private TestSite site;
    private final AtomicInteger seen = new AtomicInteger();
    private final AtomicInteger reads = new AtomicInteger();

    @AfterEach
    void close() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    private void start(Consumer<StaticFileHandlerBuilder> options) throws Exception {
        site = new TestSite(directory, options, handler -> new ChannelHandler[] {
            new Watcher(), StrictHttpRequestDecoder.builder().build(), handler
        });
    }

    /** Counts what comes by, and has sockets that take little. */
    private final class Watcher extends ChannelDuplexHandler {

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            ctx.channel().config().setOption(ChannelOption.SO_SNDBUF, 16 * 1024);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.fireChannelReadComplete();
            reads.incrementAndGet();
        }

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            seen.incrementAndGet();
            ctx.write(message, promise);
        }
    }

    private List<TestFile> files() throws IOException {
        List<TestFile> files = new ArrayList<>();
        for (int size : SIZES) {
            files.add(TestFile.create(directory, "f" + size, size).hot());
        }
        return files;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aHandlerInFrontSeesThemUnlessToldOtherwise(boolean direct) throws Exception {
        TestSite.file(directory, "a", "text");
        start(options -> options.directWrites(direct));
        try (TestClient client = site.connect()) {
            assertThat(client.get("/a").body()).asString().isEqualTo("text");
            assertThat(client.get("/missing").code()).isEqualTo(404);
            assertThat(seen.get()).as("before the connection ends").isEqualTo(direct ? 0 : 2);
        }
    }

    /** As an SslHandler may: what is put in front of the files after them is there before the first answer. */
    @Test
    void aHandlerThatWantsTheBytesGetsThemThoughItCameLater() throws Exception {
        TestSite.file(directory, "a", "text");
        site = new TestSite(directory, options -> options.directWrites(true), handler -> new ChannelHandler[] {
            StrictHttpRequestDecoder.builder().build(),
            handler,
            new ChannelInboundHandlerAdapter() {
                @Override
                public void handlerAdded(ChannelHandlerContext ctx) {
                    ctx.pipeline().addFirst(new ChannelTrafficShapingHandler(0), new Watcher());
                }
            }
        });
        try (TestClient client = site.connect()) {
            assertThat(client.get("/a").body()).asString().isEqualTo("text");
            assertThat(seen.get()).isEqualTo(1);
        }
    }

    /** Requests in pieces, so that some are answered alone and others together; the socket is full most of the time. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aClientThatReadsLateGetsAllOfItInOrder(long seed) throws Exception {
        List<TestFile> files = files();
        start(options -> options.directWrites(true));
        Random random = new Random(seed);
        List<TestFile> asked = new ArrayList<>();
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(8 * 1024);
            socket.setTcpNoDelay(true);
            socket.connect(site.address());
            TestClient client = new TestClient(socket);
            for (int i = 0; i < 60; i++) {
                TestFile file = files.get(random.nextInt(files.size()));
                asked.add(file);
                client.send(TestClient.request("GET", "/" + file.name()));
                if (random.nextInt(3) == 0) {
                    answersAre(client, asked, random.nextInt(asked.size() + 1));
                }
            }
            answersAre(client, asked, asked.size());
        }
    }

    /** Each is answered alone, until one finds the socket too full for all of it. */
    @ParameterizedTest
    @ValueSource(ints = {3_000, 15_000, 70_000})
    void whatTheSocketDoesNotTakeFollows(int size) throws Exception {
        TestFile file = TestFile.create(directory, "f", size).hot();
        start(options -> options.directWrites(true));
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(8 * 1024);
            socket.connect(site.address());
            TestClient client = new TestClient(socket);
            for (int round = 0; round < 5; round++) {
                List<TestFile> asked = new ArrayList<>();
                int before = seen.get();
                while (seen.get() == before) {
                    int answered = reads.get();
                    client.send(TestClient.request("GET", "/f"));
                    asked.add(file);
                    Await.until("answered", () -> reads.get() > answered);
                }
                answersAre(client, asked, asked.size());
            }
        }
    }

    private static void answersAre(TestClient client, List<TestFile> asked, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            TestFile file = asked.remove(0);
            TestFile.assertSame(client.response().body(), file.content, file.name());
        }
    }

    @Test
    void whatIsColdComesFromTheDisk() throws Exception {
        start(options -> options.directWrites(true));
        for (int size : SIZES) {
            TestFile file = TestFile.create(directory, "cold" + size, size).cold();
            TestFile.assertSame(site.get("/" + file.name()).body(), file.content, file.name());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void severalRangesLeaveTogether(boolean cold) throws Exception {
        TestFile file = TestFile.create(directory, "ranges", 200_000);
        start(options -> options.directWrites(true));
        site.get("/ranges", "Range: bytes=0-0"); // it is open now
        if (cold) {
            file.cold();
        } else {
            file.hot();
        }
        String answer = new String(
                site.get("/ranges", "Range: bytes=5-104,150000-150099").body(), StandardCharsets.ISO_8859_1);
        assertThat(answer)
                .contains(new String(file.range(5, 100), StandardCharsets.ISO_8859_1))
                .contains(new String(file.range(150_000, 100), StandardCharsets.ISO_8859_1));
    }

    /** One that goes by sendfile is looked at before: it is not trusted to be what it was for as long as its name is. */
    @Test
    void aFileWrittenToInPlaceIsLookedAtAgain() throws Exception {
        TestFile file = TestFile.create(directory, "rewritten", 100_000).hot();
        start(options -> options.directWrites(true).trustFor(Duration.ofHours(1)));
        String before = site.get("/rewritten").field("etag");
        byte[] other = new byte[90_000];
        new Random(1).nextBytes(other);
        Files.write(file.path, other);
        Files.setLastModifiedTime(file.path, FileTime.from(TestSite.MODIFIED));

        TestClient.Response response = site.get("/rewritten");

        TestFile.assertSame(response.body(), other, "the new version");
        assertThat(response.field("etag")).isNotEqualTo(before);
    }

    @Test
    void aClientThatGoesLeavesNothingBehind() throws Exception {
        List<TestFile> files = files();
        start(options -> options.directWrites(true));
        for (int i = 0; i < 40; i++) {
            try (Socket socket = new Socket()) {
                socket.setSoLinger(true, 0); // a reset
                socket.connect(site.address());
                TestClient client = new TestClient(socket);
                for (TestFile file : files) {
                    client.send(TestClient.request("GET", "/" + file.name()));
                }
                if (i % 2 == 0) {
                    client.line();
                }
            }
        }
        TestFile file = files.get(4);
        TestFile.assertSame(site.get("/" + file.name()).body(), file.content, "for the next one");
    }

    @Test
    void largeOnesGoBySendfileAndSmallOnesByACopy() throws Exception {
        TestFile file = TestFile.create(directory, "f", 20_000).hot();
        start(options -> options.directWrites(true).copyLimit(10_000));
        site.get("/f");
        TestFile.assertSame(site.get("/f").body(), file.content, "in place");
        Await.until("counted", () -> site.t.transport.counters().bytes(Rung.SENDFILE) >= 20_000);
        assertThat(site.t.transport.counters().bytes(Rung.NOWAIT_READ)).isZero();
    }

    @Test
    void aLimitBeyondTheBufferIsRefused() {
        assertThatThrownBy(() -> start(options -> options.copyLimit(65_537)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("copyLimit: 65537 (expected: 0 to 65536 bytes)");
        assertThatThrownBy(() -> start(options -> options.copyLimit(-1))).hasMessageStartingWith("copyLimit: -1");
    }
}
