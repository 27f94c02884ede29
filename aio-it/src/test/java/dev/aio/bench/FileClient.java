package dev.aio.bench;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An HTTP client that costs its CPU as little as it can: whole bodies, looked at by nobody. */
final class FileClient implements Closeable {

    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)\r\n");
    private static final String END = "\r\n\r\n";

    private final SocketChannel channel;
    private final ByteBuffer buffer;

    private FileClient(SocketChannel channel, int bufferSize) {
        this.channel = channel;
        buffer = ByteBuffer.allocateDirect(bufferSize);
    }

    static FileClient connect(InetSocketAddress server) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.connect(server);
        return new FileClient(channel, 256 << 10);
    }

    static ByteBuffer request(String path) {
        String text = "GET " + path + " HTTP/1.1\r\nHost: bench\r\n\r\n";
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    /**
     * Asks and reads the whole answer.
     *
     * @param received counts bytes of the body as they come
     * @return the length of the body
     */
    long get(ByteBuffer request, AtomicLong received) throws IOException {
        ByteBuffer asked = request.duplicate();
        while (asked.hasRemaining()) {
            channel.write(asked);
        }
        buffer.clear();
        String head = readHead();
        int headLength = head.indexOf(END) + END.length();
        Matcher length = LENGTH.matcher(head);
        if (!head.startsWith("HTTP/1.1 200 ") || !length.find()) {
            throw new IOException("answer: " + head.lines().findFirst().orElse("") + " (expected: 200 with a length)");
        }
        long total = Long.parseLong(length.group(1));
        long come = buffer.position() - headLength;
        received.addAndGet(come);
        while (come < total) {
            buffer.clear();
            int n = read();
            come += n;
            received.addAndGet(n);
        }
        return total;
    }

    private String readHead() throws IOException {
        String head = "";
        while (!head.contains(END)) {
            read();
            byte[] bytes = new byte[Math.min(buffer.position(), 1024)];
            buffer.get(0, bytes);
            head = new String(bytes, StandardCharsets.ISO_8859_1);
        }
        return head;
    }

    private int read() throws IOException {
        int n = channel.read(buffer);
        if (n < 0) {
            throw new EOFException("connection ended within an answer");
        }
        return n;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
