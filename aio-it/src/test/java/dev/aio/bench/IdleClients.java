package dev.aio.bench;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Thousands of connections that ask for little, all in one thread. */
final class IdleClients implements Closeable {

    private static final int TAKEN = 4096;

    private final List<SocketChannel> channels = new ArrayList<>();
    private final List<ByteBuffer> requests;
    private final ByteBuffer sink = ByteBuffer.allocateDirect(64 << 10);

    private IdleClients(List<ByteBuffer> requests) {
        this.requests = requests;
    }

    static IdleClients connect(InetSocketAddress server, int count, String name) throws IOException {
        return connect(server, count, List.of(name));
    }

    /**
     * @param names files to ask for, by one connection after the other
     */
    static IdleClients connect(InetSocketAddress server, int count, List<String> names) throws IOException {
        IdleClients clients = new IdleClients(
                names.stream().map(name -> FileClient.request("/" + name)).toList());
        try {
            for (int i = 0; i < count; i++) {
                SocketChannel channel = SocketChannel.open();
                clients.channels.add(channel);
                channel.setOption(StandardSocketOptions.SO_RCVBUF, TAKEN); // so that the server has to wait
                channel.connect(server);
            }
            return clients;
        } catch (IOException e) {
            clients.close();
            throw e;
        }
    }

    void ask() throws IOException {
        for (int i = 0; i < channels.size(); i++) {
            ByteBuffer request = requests.get(i % requests.size()).duplicate();
            while (request.hasRemaining()) {
                channels.get(i).write(request);
            }
        }
    }

    /** Asks, and waits for the beginning of each answer, which is all of it if it is small. */
    void askOnce() throws IOException {
        ask();
        for (SocketChannel channel : channels) {
            sink.clear();
            if (channel.read(sink) < 0) {
                throw new EOFException("connection ended before an answer");
            }
        }
    }

    /** Takes 4 KiB of each answer, if there are as many. */
    void takeSome() throws IOException {
        for (SocketChannel channel : channels) {
            channel.configureBlocking(false);
            sink.clear().limit(TAKEN);
            if (channel.read(sink) < 0) {
                throw new EOFException("connection ended within an answer");
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }
}
