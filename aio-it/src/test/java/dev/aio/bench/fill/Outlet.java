package dev.aio.bench.fill;

import dev.aio.core.AioCompletion;
import dev.aio.core.AioContext;
import dev.aio.core.OperationOptions;
import dev.aio.core.PollEvents;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32C;

/** A connection over the loopback whose other end takes whatever comes, on a thread of its own. */
final class Outlet implements AutoCloseable, AioCompletion {

    private static final int EAGAIN = 11;

    private final AioContext context;
    private final Socket socket;
    private final CompletableFuture<Long> drained = new CompletableFuture<>();
    private boolean writable;

    private Outlet(AioContext context, Socket socket) {
        this.context = context;
        this.socket = socket;
    }

    static Outlet open(AioContext context) throws IOException {
        Epoll.ensureAvailability(); // loads what Socket is made of
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Outlet outlet = new Outlet(context, Socket.newSocketStream());
            boolean connected = outlet.socket.connect(server.getLocalAddress());
            SocketChannel end = server.accept();
            while (!connected) {
                connected = outlet.socket.finishConnect();
            }
            Thread thread = new Thread(() -> outlet.drain(end), "drain");
            thread.setDaemon(true);
            thread.start();
            return outlet;
        }
    }

    private void drain(SocketChannel end) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
        CRC32C checksum = new CRC32C();
        try (end) {
            while (end.read(buffer) >= 0) {
                checksum.update(buffer.flip());
                buffer.clear();
            }
            drained.complete(checksum.getValue());
        } catch (IOException e) {
            drained.completeExceptionally(e);
        }
    }

    /** Sends a window whole; while the socket takes nothing, completions of the context are seen to. */
    void send(Window window) throws IOException {
        int length = window.range().length();
        int sent = 0;
        while (sent < length) {
            long n = window.sendTo(socket.intValue(), sent);
            if (n > 0) {
                sent += (int) n;
            } else if (n == -EAGAIN) {
                awaitWritable();
            } else {
                throw new IOException("sending " + window.range() + " answered " + n + " at " + sent);
            }
        }
    }

    private void awaitWritable() {
        writable = false;
        context.poll(socket.intValue(), PollEvents.OUT, OperationOptions.NONE, this, 0);
        context.submit();
        while (!writable) {
            context.getEvents(1, DirectRung.BATCH, -1);
        }
    }

    @Override
    public void completed(long token, long result) {
        writable = true;
    }

    /** Ends the connection; CRC-32C of all that has gone over it. */
    long finish() throws IOException {
        close();
        return drained.join();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
