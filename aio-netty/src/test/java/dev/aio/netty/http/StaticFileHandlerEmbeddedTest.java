package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.Await;
import dev.aio.netty.Engine;
import dev.aio.netty.LoopKind;
import dev.aio.netty.OpenDescriptors;
import dev.aio.netty.TargetDirectory;
import dev.aio.netty.TestFile;
import dev.aio.netty.TestTransport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The handler in the pipeline of an {@link EmbeddedChannel}, as users test their own. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StaticFileHandlerEmbeddedTest {

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private TestTransport t;
    private StaticFileHandler site;

    @BeforeEach
    void open() throws Exception {
        t = TestTransport.of(LoopKind.EPOLL, Engine.AUTO);
        site = StaticFileHandler.builder(t.transport, directory).build();
    }

    @AfterEach
    void everythingIsGivenBack() throws Exception {
        site.close();
        Await.until("descriptors closed", () -> OpenDescriptors.under(directory).isEmpty());
        t.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1000, 300_000})
    void aFileArrivesWhole(int size) throws Exception {
        TestFile source = TestFile.create(directory, size).cold();
        EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestDecoder(), site);
        channel.writeInbound(Unpooled.copiedBuffer(
                "GET /" + source.name() + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                StandardCharsets.US_ASCII));
        ByteArrayOutputStream arrived = new ByteArrayOutputStream();
        Await.until("connection closed", () -> {
            channel.runPendingTasks();
            ByteBuf part;
            while ((part = channel.readOutbound()) != null) {
                part.readBytes(arrived, part.readableBytes());
                part.release();
            }
            return !channel.isOpen();
        });
        String text = arrived.toString(StandardCharsets.ISO_8859_1);
        assertThat(text).startsWith("HTTP/1.1 200 OK\r\n").contains("Content-Length: " + size);
        int bodyAt = text.indexOf("\r\n\r\n") + 4;
        byte[] all = arrived.toByteArray();
        TestFile.assertSame(Arrays.copyOfRange(all, bodyAt, all.length), source.content, source.name());
        t.transport.close();
        Await.until("transport closed", () -> {
            channel.runPendingTasks();
            return t.transport.closeFuture().isDone();
        });
    }

    @Test
    void oneHandlerServesManyChannels() {
        EmbeddedChannel first = new EmbeddedChannel(new HttpRequestDecoder(), site);
        EmbeddedChannel second = new EmbeddedChannel(new HttpRequestDecoder(), site);
        assertThat(first.isOpen()).isTrue();
        assertThat(second.isOpen()).isTrue();
        t.transport.close();
        Await.until("transport closed", () -> {
            first.runPendingTasks();
            second.runPendingTasks();
            return t.transport.closeFuture().isDone();
        });
        first.finish();
        second.finish();
    }
}
