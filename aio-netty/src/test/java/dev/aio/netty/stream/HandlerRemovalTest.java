package dev.aio.netty.stream;

import dev.aio.netty.Await;
import dev.aio.netty.NettyAioFile;
import dev.aio.netty.OpenDescriptors;
import dev.aio.netty.TestFile;
import dev.aio.netty.http.StaticFileHandler;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.stream.ChunkedWriteHandler;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handlers that are taken out of their pipeline while a file is on its way through them. */
class HandlerRemovalTest extends ServingSuite {

    private TestFile source(String state) throws Exception {
        TestFile source = TestFile.create(directory, "file", 8 * MIB);
        return state.equals("hot") ? source.hot() : source.cold();
    }

    /** Netty's handler forgets its promises then; what it was given ends with the channel. */
    @ParameterizedTest
    @ValueSource(strings = {"hot", "cold"})
    void withoutItsChunkedWriteHandlerAFileIsGivenBackWithItsChannel(String state) throws Exception {
        assumeSockets();
        TestFile source = source(state);
        serve(channel -> channel.pipeline().addLast(new ChunkedWriteHandler()));
        try (Client client = connect()) {
            Channel channel = accept();
            NettyAioFile file = open(channel, source);
            channel.writeAndFlush(new AioChunkedFile(channel, file));
            file.close();
            client.read(20_000);
            channel.pipeline().remove(ChunkedWriteHandler.class);
            channel.close().sync();
            Await.until("file closed", () -> OpenDescriptors.under(directory).isEmpty());
        }
    }

    /** What has begun goes to its end or is cut off; nothing else is answered, and nothing hangs. */
    @ParameterizedTest
    @ValueSource(strings = {"hot", "cold"})
    void withoutItsStaticFileHandlerTheResponseEnds(String state) throws Exception {
        assumeSockets();
        TestFile source = source(state);
        try (StaticFileHandler site =
                StaticFileHandler.builder(t.transport, directory).build()) {
            serve(channel -> channel.pipeline().addLast(new HttpRequestDecoder(), site));
            try (Socket client = new Socket()) {
                client.setReceiveBufferSize(64 * 1024);
                client.setSoTimeout((int) Await.DEADLINE.toMillis());
                client.connect(listener.localAddress());
                Channel channel = accept();
                client.getOutputStream()
                        .write("GET /file HTTP/1.1\r\nHost: test\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                InputStream in = client.getInputStream();
                in.readNBytes(20_000);
                channel.pipeline().remove(answering(channel));
                client.shutdownOutput();
                in.readAllBytes();
                Await.ended(channel.close());
            }
        }
    }

    /** What the static file handler has put in its place. */
    private static ChannelHandler answering(Channel channel) {
        return channel.pipeline().toMap().values().stream()
                .filter(handler -> handler.getClass().getSimpleName().equals("HttpConnection"))
                .findFirst()
                .orElseThrow();
    }
}
