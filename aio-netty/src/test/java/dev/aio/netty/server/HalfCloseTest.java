package dev.aio.netty.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.Await;
import dev.aio.netty.TargetDirectory;
import dev.aio.netty.TestFile;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HalfCloseTest {

    private static final int REQUESTS = 4;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    /** As {@code nc} does: asks, ends its half, then reads. */
    @RepeatedTest(20)
    void aClientThatHasSaidAllStillGetsItsAnswers() throws Exception {
        TestFile source = TestFile.create(directory, "a", 3_000_000);
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (FileServer server = FileServer.builder(directory).loops(1).start(anyPort);
                Socket socket = new Socket()) {
            socket.setSoTimeout((int) Await.DEADLINE.toMillis());
            socket.connect(server.address());
            byte[] request = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < REQUESTS; i++) {
                socket.getOutputStream().write(request);
            }
            socket.shutdownOutput();
            for (int i = 0; i < REQUESTS; i++) {
                skipHead(socket.getInputStream());
                byte[] body = socket.getInputStream().readNBytes(source.size());
                TestFile.assertSame(body, source.content, "response " + i);
            }
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    /** More requests than are taken at once, so that the end is known before the last of them. */
    @Test
    void requestsThatWaitAreAnsweredBehindTheEndOfInput() throws Exception {
        TestFile source = TestFile.create(directory, "a", 300_000);
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (FileServer server = FileServer.builder(directory).loops(1).start(anyPort);
                Socket socket = new Socket()) {
            socket.setSoTimeout((int) Await.DEADLINE.toMillis());
            socket.connect(server.address());
            String requests = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n".repeat(200);
            socket.getOutputStream().write(requests.getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            for (int i = 0; i < 200; i++) {
                skipHead(socket.getInputStream());
                byte[] body = socket.getInputStream().readNBytes(source.size());
                TestFile.assertSame(body, source.content, "response " + i);
            }
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    private static void skipHead(InputStream in) throws Exception {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            int b = in.read();
            assertThat(b).as("byte behind %s", head).isNotNegative();
            head.write(b);
        }
    }
}
