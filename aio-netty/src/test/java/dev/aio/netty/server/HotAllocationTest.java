package dev.aio.netty.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.aio.netty.TargetDirectory;
import dev.aio.netty.TestFile;
import dev.aio.netty.http1.StrictHttpRequestDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.ResourceLeakDetector;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A file that is in memory is answered without an allocation on the loop, but for what the decoder makes of the request:
 * what that is, is measured beside it, with the same request.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HotAllocationTest {

    private static final int REQUESTS = 500;
    private static final int ROUNDS = 40;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private ResourceLeakDetector.Level level;

    /** Each buffer that is watched has a record of its own. */
    @BeforeEach
    void watchNoBuffers() {
        level = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }

    @AfterEach
    void watchBuffers() {
        ResourceLeakDetector.setLevel(level);
    }

    /** Read into one buffer with the head, and sent by sendfile. */
    @ParameterizedTest
    @CsvSource({"1024", "16384", "102400", "400000"})
    void shouldAllocateNothingBeyondTheDecoder(int size) throws IOException {
        TestFile file = TestFile.create(directory, "hot.bin", size).hot();
        // settled: a young file's tag is a weak one, and all answers are to be of one length
        Files.setLastModifiedTime(file.path, FileTime.fromMillis(784_111_777_000L));
        byte[] request = ("GET /" + file.name()
                        + " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: test\r\nAccept: */*\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        long decoder = leastOfDecoder(request);

        // one entry for ever: looking a name up again is no part of answering
        try (FileServer server = FileServer.builder(directory)
                        .loops(1)
                        .files(files -> files.trustFor(Duration.ofDays(1)))
                        .start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                Socket client = new Socket(
                        server.address().getAddress(), server.address().getPort())) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            int length = lengthOfAnswer(client.getOutputStream(), in, request, size);
            byte[] answer = new byte[length];
            ask(client.getOutputStream(), in, request, answer); // makes it read only what is there
            long loop = loop();

            long least = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS && least > decoder; round++) {
                long before = threads.getThreadAllocatedBytes(loop);
                for (int i = 0; i < REQUESTS; i++) {
                    ask(client.getOutputStream(), in, request, answer);
                }
                least = Math.min(least, (threads.getThreadAllocatedBytes(loop) - before) / REQUESTS);
            }

            assertThat(least)
                    .as("bytes for a request, the decoder's %s included", decoder)
                    .isLessThanOrEqualTo(decoder);
            assertThat(Arrays.copyOfRange(answer, length - size, length)).isEqualTo(file.content);
        }
    }

    private long loop() {
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(thread -> thread != null && thread.getThreadName().startsWith("aio-loop"))
                .mapToLong(ThreadInfo::getThreadId)
                .findFirst()
                .orElseThrow();
    }

    private static void ask(OutputStream out, DataInputStream in, byte[] request, byte[] answer) throws IOException {
        out.write(request);
        in.readFully(answer);
    }

    /** Of head and body. */
    private static int lengthOfAnswer(OutputStream out, DataInputStream in, byte[] request, int size)
            throws IOException {
        out.write(request);
        int head = 0;
        for (int end = 0; end < 4; head++) {
            int next = in.read();
            end = next == (end % 2 == 0 ? '\r' : '\n') ? end + 1 : 0;
        }
        in.readFully(new byte[size]);
        return head + size;
    }

    /** What the decoder allocates for a request, in bytes, with the pipeline's nothing around it. */
    private long leastOfDecoder(byte[] request) {
        ChannelInboundHandlerAdapter sink = new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                ReferenceCountUtil.release(message);
            }
        };
        StrictHttpRequestDecoder decoder = StrictHttpRequestDecoder.builder().build();
        EmbeddedChannel channel = new EmbeddedChannel(decoder, sink);
        ByteBuf buffer = Unpooled.directBuffer(request.length).writeBytes(request);
        long self = Thread.currentThread().getId();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = threads.getThreadAllocatedBytes(self);
            for (int i = 0; i < REQUESTS; i++) {
                channel.pipeline()
                        .fireChannelRead(buffer.setIndex(0, request.length).retain());
            }
            least = Math.min(least, (threads.getThreadAllocatedBytes(self) - before) / REQUESTS);
        }
        buffer.release();
        channel.finishAndReleaseAll();
        return least;
    }
}
