package dev.aio.netty.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.AioTransport;
import dev.aio.netty.Await;
import dev.aio.netty.SteadyEpollIoHandler;
import dev.aio.netty.TargetDirectory;
import dev.aio.netty.TestFile;
import dev.aio.netty.http.StaticFileHandler;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ThreadPerTaskExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A timer that outlives its connection keeps all of it: with 10,000 connections a second that is the memory. */
@SuppressWarnings("try") // a client's side is open until the end of its block
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ForgottenConnectionsTest {

    private static final String GET = "GET /file HTTP/1.1\r\nHost: x\r\n";

    /** What a client does, and then closes. */
    private enum Visit {
        KEPT_ALIVE(GET + "\r\n", "HTTP/1.1 200 OK"),
        LAST_REQUEST(GET + "Connection: close\r\n\r\n", "HTTP/1.1 200 OK"),
        BREAKS_ITS_WORD(GET + "Connection: close\r\n\r\n" + GET + "\r\n", "HTTP/1.1 200 OK"),
        OLD_CLIENT("GET /file HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK"),
        HALF_A_BODY(GET + "Content-Length: 5\r\n\r\nab", ""),
        REFUSED("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request"),
        SILENT("", ""),
        HALF_A_HEAD("GET /fi", ""),
        HALF_A_PREFACE("PRI * HT", ""),
        HTTP2("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", "\0\0");

        private final String request;
        private final String answer;

        Visit(String request, String answer) {
            this.request = request;
            this.answer = answer;
        }
    }

    /** Of one loop, whose timers can be seen. */
    private static final class Loops extends MultiThreadIoEventLoopGroup {

        Loops() {
            super(
                    1,
                    new ThreadPerTaskExecutor(new DefaultThreadFactory("test-loop", true)),
                    SteadyEpollIoHandler.newFactory());
        }

        @Override
        protected IoEventLoop newChild(Executor executor, IoHandlerFactory factory, Object... arguments) {
            return new Loop(this, executor, factory);
        }
    }

    private static final class Loop extends SingleThreadIoEventLoop {

        Loop(IoEventLoopGroup parent, Executor executor, IoHandlerFactory factory) {
            super(parent, executor, factory);
        }

        boolean hasTimers() {
            return nextScheduledTaskNano() != -1;
        }
    }

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
    private final BlockingQueue<Object> halves = new LinkedBlockingQueue<>();
    private Loops group;
    private Loop loop;
    private AioTransport transport;
    private StaticFileHandler files;
    private Channel listener;

    @BeforeEach
    void start() throws Exception {
        TestFile.create(directory, "file", 1000);
        group = new Loops();
        loop = (Loop) group.next();
        transport = AioTransport.of(group);
        files = StaticFileHandler.builder(transport, directory).build();
        FileServerBuilder options = FileServer.builder(directory).connections(2, 0);
        ServerPipeline pipeline = new ServerPipeline(files, options, new Cuts());
        listener = new ServerBootstrap()
                .group(group)
                .channel(EpollServerSocketChannel.class)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Halves(), pipeline);
                        accepted.add(channel);
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel();
    }

    private final class Halves extends ChannelInboundHandlerAdapter {
        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelOutputShutdownEvent) {
                halves.add(event);
            }
            ctx.fireUserEventTriggered(event);
        }
    }

    @AfterEach
    void stop() throws Exception {
        listener.close().sync();
        files.close();
        transport.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    private Socket connect() throws Exception {
        InetSocketAddress address = (InetSocketAddress) listener.localAddress();
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static void send(Socket client, Visit visit) throws Exception {
        client.getOutputStream().write(visit.request.getBytes(StandardCharsets.ISO_8859_1));
        byte[] begin = client.getInputStream().readNBytes(visit.answer.length());
        assertThat(new String(begin, StandardCharsets.ISO_8859_1)).isEqualTo(visit.answer);
    }

    /** Of what the server sends; the client's side stays open. */
    private Socket visitToTheEnd(Visit visit) throws Exception {
        Socket client = connect();
        send(client, visit);
        client.getInputStream().readAllBytes();
        return client;
    }

    private void assertNoTimersAfter(Channel channel) throws Exception {
        // Told after the handlers that the channel is inactive, some turns of the loop after it was closed.
        Await.until("the channel's end", () -> !channel.isRegistered());
        assertThat(loop.submit(loop::hasTimers).get())
                .as("timers of a closed connection")
                .isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aClosedConnectionLeavesNoTimer(Visit visit) throws Exception {
        try (Socket client = connect()) {
            send(client, visit);
        }
        assertNoTimersAfter(accepted.take());
    }

    @Test
    void oneTooManyLeavesNoTimer() throws Exception {
        try (Socket first = connect();
                Socket second = connect()) {
            send(first, Visit.KEPT_ALIVE);
            send(second, Visit.KEPT_ALIVE);
            try (Socket third = connect()) {
                byte[] answer = third.getInputStream().readAllBytes();
                assertThat(new String(answer, StandardCharsets.ISO_8859_1)).startsWith("HTTP/1.1 503 ");
            }
        }
        Channel first = accepted.take();
        Channel second = accepted.take();
        Channel third = accepted.take();
        Await.ended(first.closeFuture());
        Await.ended(second.closeFuture());
        assertNoTimersAfter(third);
    }

    /** Else its end would be waited for, with two system calls more. */
    @ParameterizedTest
    @EnumSource(names = {"LAST_REQUEST", "OLD_CLIENT"})
    void aClientThatWillSendNoMoreIsNotWaitedFor(Visit visit) throws Exception {
        try (Socket client = visitToTheEnd(visit)) {
            Await.ended(accepted.take().closeFuture());
        }
        assertThat(halves).as("closes of the output alone").isEmpty();
    }

    /** What it still sends would be answered by a reset, which destroys what it has not read yet. */
    @ParameterizedTest
    @EnumSource(names = {"REFUSED", "BREAKS_ITS_WORD"})
    void aClientThatMaySendMoreIsWaitedFor(Visit visit) throws Exception {
        try (Socket client = visitToTheEnd(visit)) {
            assertThat(halves.poll(30, TimeUnit.SECONDS))
                    .as("the close of the output alone")
                    .isNotNull();
        }
        Await.ended(accepted.take().closeFuture());
    }
}
