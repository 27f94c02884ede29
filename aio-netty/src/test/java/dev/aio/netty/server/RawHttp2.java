package dev.aio.netty.server;

import dev.aio.netty.Await;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/** A client of HTTP/2 that sends what it is told to, right or wrong. By prior knowledge. */
final class RawHttp2 implements Closeable {

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;

    static final int REFUSED_STREAM = 7;
    static final int CANCEL = 8;
    static final int ENHANCE_YOUR_CALM = 11;

    private static final int INITIAL_WINDOW_SIZE = 4;

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final ByteArrayOutputStream unsent = new ByteArrayOutputStream();

    record Frame(int type, int flags, int stream, byte[] payload) {

        /** Of a RST_STREAM, or a GOAWAY. */
        int error() {
            return ByteBuffer.wrap(payload).getInt(type == GOAWAY ? 4 : 0);
        }
    }

    /** Sends the preface and settings with a window for each stream. */
    RawHttp2(InetSocketAddress address, int initialWindow) throws IOException {
        this(address, initialWindow, 0);
    }

    /** @param receiveBuffer bytes that its socket takes; 0: as many as usual */
    RawHttp2(InetSocketAddress address, int initialWindow, int receiveBuffer) throws IOException {
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.setSoTimeout((int) Await.DEADLINE.toMillis());
        socket.setTcpNoDelay(true);
        socket.connect(address);
        in = new DataInputStream(socket.getInputStream());
        unsent.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        add(SETTINGS, 0, 0, setting(initialWindow));
        send();
    }

    private static byte[] setting(int initialWindow) {
        return ByteBuffer.allocate(6)
                .putShort((short) INITIAL_WINDOW_SIZE)
                .putInt(initialWindow)
                .array();
    }

    static byte[] number(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    }

    RawHttp2 add(int type, int flags, int stream, byte[] payload) {
        unsent.writeBytes(ByteBuffer.allocate(9)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .array());
        unsent.writeBytes(payload);
        return this;
    }

    RawHttp2 addRaw(byte... bytes) {
        unsent.writeBytes(bytes);
        return this;
    }

    /** A whole request. */
    RawHttp2 addRequest(int stream, String path) {
        return add(HEADERS, END_HEADERS | END_STREAM, stream, fields(0x82, path));
    }

    /** The head of one with a body. */
    RawHttp2 addPost(int stream, String path) {
        return add(HEADERS, END_HEADERS, stream, fields(0x83, path));
    }

    /** @param method as indexed in RFC 7541 appendix A, as all fields here are or their names */
    static byte[] fields(int method, String path) {
        byte[] value = path.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(7 + value.length)
                .put((byte) method)
                .put((byte) 0x86) // http
                .put((byte) 0x01) // authority, not to be remembered
                .put((byte) 1)
                .put((byte) 'a')
                .put((byte) 0x04) // path
                .put((byte) value.length)
                .put(value)
                .array();
    }

    void send() throws IOException {
        byte[] bytes = unsent.toByteArray();
        unsent.reset();
        socket.getOutputStream().write(bytes);
    }

    /** The next frame of the server. */
    Frame read() throws IOException {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        return new Frame(type, flags, stream, in.readNBytes(length));
    }

    /** The next frame that is wanted; fails at the end of the connection. */
    Frame read(Predicate<Frame> wanted) throws IOException {
        Frame frame = read();
        while (!wanted.test(frame)) {
            frame = read();
        }
        return frame;
    }

    Frame read(int type) throws IOException {
        return read(frame -> frame.type == type);
    }

    /** Reads until the server has ended the connection, by whatever means. */
    void readToEnd() {
        try {
            read(frame -> false);
        } catch (EOFException end) {
            return;
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the connection does not end", e);
        } catch (IOException reset) {
            return;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
