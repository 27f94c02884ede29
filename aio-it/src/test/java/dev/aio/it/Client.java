package dev.aio.it;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** An HTTP client over a bare socket, which sends what it is told to, right or wrong. */
final class Client implements Closeable {

    private static final int READ_TIMEOUT_MILLIS = 60_000;

    private final Socket socket;
    private final InputStream in;

    private Client(InetSocketAddress address, int receiveBuffer) {
        socket = new Socket();
        try {
            if (receiveBuffer > 0) {
                socket.setReceiveBufferSize(receiveBuffer); // before connect: it bounds the window
            }
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(READ_TIMEOUT_MILLIS);
            socket.connect(address, READ_TIMEOUT_MILLIS);
            in = new BufferedInputStream(socket.getInputStream(), receiveBuffer > 0 ? 1024 : 64 * 1024);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Client connect(ServerProcess server) {
        return new Client(server.address(), 0);
    }

    static Client connect(InetSocketAddress address) {
        return new Client(address, 0);
    }

    /** One whose socket takes little: the server has to wait for it. */
    static Client slow(ServerProcess server) {
        return new Client(server.address(), 32 * 1024);
    }

    static Client slow(InetSocketAddress address) {
        return new Client(address, 32 * 1024);
    }

    Response get(String path, String... headerLines) {
        return request("GET", path, headerLines);
    }

    Response head(String path, String... headerLines) {
        return request("HEAD", path, headerLines);
    }

    Response request(String method, String path, String... headerLines) {
        send(message(method, path, headerLines));
        return read(method);
    }

    static String message(String method, String path, String... headerLines) {
        StringBuilder message = new StringBuilder();
        message.append(method).append(' ').append(path).append(" HTTP/1.1\r\nHost: test\r\n");
        for (String line : headerLines) {
            message.append(line).append("\r\n");
        }
        return message.append("\r\n").toString();
    }

    /** Sends characters up to 0xff as bytes. */
    Client send(String raw) {
        try {
            socket.getOutputStream().write(raw.getBytes(StandardCharsets.ISO_8859_1));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The answer to a GET. */
    Response read() {
        return read("GET");
    }

    Response read(String method) {
        Response head = readHead();
        boolean bodiless = method.equals("HEAD") || head.status() == 304;
        if (bodiless) {
            return head;
        }
        byte[] body = readBytes(Math.toIntExact(head.contentLength()));
        return new Response(head.version(), head.status(), head.headers(), body);
    }

    /** Status line and header; the body is left to {@link #readBytes} or {@link #body}. */
    Response readHead() {
        String[] status = readLine().split(" ", 3);
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = readLine(); !line.isEmpty(); line = readLine()) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
        }
        return new Response(status[0], Integer.parseInt(status[1]), headers, new byte[0]);
    }

    private String readLine() {
        StringBuilder line = new StringBuilder();
        try {
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b < 0) {
                    throw new EOFException("connection ended after '" + line + "' (expected: a line of a response)");
                }
                line.append((char) b);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return line.toString().strip();
    }

    byte[] readBytes(int length) {
        try {
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new EOFException("connection ended after " + bytes.length + " bytes (expected: " + length + ')');
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    InputStream body() {
        return in;
    }

    /** What comes before the connection ends, by end of stream or by reset. */
    byte[] readToEnd() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] chunk = new byte[64 * 1024];
        try {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                bytes.write(chunk, 0, n);
            }
        } catch (SocketException reset) {
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a timeout: it hangs
        }
        return bytes.toByteArray();
    }

    /** Sends no more, but reads on. */
    void halfClose() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends by RST. */
    void reset() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
