package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.Await;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** An HTTP/1.1 client that does as it is told. */
final class TestClient implements AutoCloseable {

    private final Socket socket;
    private final InputStream in;

    TestClient(InetSocketAddress address) throws IOException {
        this(new Socket(address.getAddress(), address.getPort()));
    }

    TestClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout((int) Await.DEADLINE.toMillis());
        in = new BufferedInputStream(socket.getInputStream());
    }

    TestClient send(String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    Response get(String path, String... fields) throws IOException {
        send(request("GET", path, fields));
        return response();
    }

    Response response() throws IOException {
        return response(true);
    }

    Response response(boolean withBody) throws IOException {
        String status = line();
        Map<String, String> fields = new LinkedHashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            fields.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        int length = Integer.parseInt(fields.getOrDefault("content-length", "0"));
        byte[] body = in.readNBytes(withBody ? length : 0);
        return new Response(status, fields, body, withBody && body.length < length);
    }

    String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("connection closed after " + line);
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    void assertClosed() throws IOException {
        assertThat(in.read()).as("byte behind the last response").isEqualTo(-1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    Socket socket() {
        return socket;
    }

    InputStream in() {
        return in;
    }

    static String request(String method, String path, String... fields) {
        StringBuilder request = new StringBuilder(method + ' ' + path + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String field : fields) {
            request.append(field).append("\r\n");
        }
        return request.append("\r\n").toString();
    }

    record Response(String status, Map<String, String> fields, byte[] body, boolean cutShort) {
        int code() {
            return Integer.parseInt(status.substring("HTTP/1.1 ".length(), "HTTP/1.1 ".length() + 3));
        }

        String field(String name) {
            return fields.get(name);
        }
    }
}
