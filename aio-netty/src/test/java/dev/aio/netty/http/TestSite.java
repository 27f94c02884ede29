package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.Await;
import dev.aio.netty.Engine;
import dev.aio.netty.LoopKind;
import dev.aio.netty.OpenDescriptors;
import dev.aio.netty.TestTransport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** A directory served by one handler with the options under test. */
final class TestSite {

    /** Long settled: tags are strong. */
    static final Instant MODIFIED = Instant.parse("1994-11-06T08:49:37Z");

    final TestTransport t;
    final BlockingQueue<Throwable> uncaught = new LinkedBlockingQueue<>();
    private final Path directory;
    private final StaticFileHandler site;
    private final Channel listener;
    private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();

    TestSite(Path directory, Consumer<StaticFileHandlerBuilder> options) throws Exception {
        this(directory, options, site -> new ChannelHandler[] {new HttpRequestDecoder(), site});
    }

    /**
     * @param decoder what each connection's bytes are read by
     */
    TestSite(Path directory, Consumer<StaticFileHandlerBuilder> options, Supplier<ChannelHandler> decoder)
            throws Exception {
        this(directory, options, site -> new ChannelHandler[] {decoder.get(), site});
    }

    /**
     * @param pipeline the handlers of a channel
     */
    TestSite(
            Path directory,
            Consumer<StaticFileHandlerBuilder> options,
            Function<StaticFileHandler, ChannelHandler[]> pipeline)
            throws Exception {
        this(TestTransport.of(LoopKind.EPOLL, Engine.AUTO), directory, options, pipeline);
    }

    /**
     * @param transport closed with the site
     */
    TestSite(
            TestTransport transport,
            Path directory,
            Consumer<StaticFileHandlerBuilder> options,
            Function<StaticFileHandler, ChannelHandler[]> pipeline)
            throws Exception {
        this.directory = directory;
        t = transport;
        try {
            StaticFileHandlerBuilder builder = StaticFileHandler.builder(t.transport, directory);
            options.accept(builder);
            site = builder.build();
        } catch (IOException | RuntimeException e) {
            t.close();
            throw e;
        }
        listener = new ServerBootstrap()
                .group(t.group)
                .channel(LoopKind.EPOLL.serverChannel())
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(pipeline.apply(site)).addLast(new Uncaught());
                        accepted.add(channel);
                    }
                })
                .bind(LoopKind.EPOLL.anyAddress())
                .sync()
                .channel();
    }

    private final class Uncaught extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            uncaught.add(cause);
        }
    }

    /** A settled file with that text. */
    static Path file(Path directory, String name, String text) throws IOException {
        return file(directory, name, text, MODIFIED);
    }

    static Path file(Path directory, String name, String text, Instant modified) throws IOException {
        Path path = directory.resolve(name);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text, StandardCharsets.UTF_8);
        return Files.setLastModifiedTime(path, FileTime.from(modified));
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    TestClient connect() throws IOException {
        return new TestClient(address());
    }

    /** One request on a connection of its own. */
    TestClient.Response get(String path, String... fields) throws IOException {
        try (TestClient client = connect()) {
            return client.get(path, fields);
        }
    }

    /** Fails unless everything was given back. */
    void close() throws Exception {
        listener.close().sync();
        for (Channel channel : accepted) {
            channel.close().sync();
        }
        site.close();
        Await.until("buffers back", () -> t.transport.pool().inUse() == 0);
        Await.until("descriptors closed", () -> OpenDescriptors.under(directory).isEmpty());
        t.close();
        assertThat(uncaught).isEmpty();
    }
}
