package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** The files of a {@link MixedRunTest}, and what may be done to them at the same time. Any thread. */
final class MixedFiles {

    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;

    /** Of the file that is replaced: all its bytes are the version, and it is so much longer. */
    private static final int SMALLEST = 50 * KIB;

    private final Path directory;
    private final List<TestFile> stable;

    private MixedFiles(Path directory, List<TestFile> stable) {
        this.directory = directory;
        this.stable = stable;
    }

    static MixedFiles create(Path directory) throws IOException {
        MixedFiles files = new MixedFiles(
                directory,
                List.of(
                        TestFile.create(directory, 700),
                        TestFile.create(directory, 60 * KIB),
                        TestFile.create(directory, MIB + 77),
                        TestFile.create(directory, 6 * MIB + 5)));
        files.replace(0);
        files.rewrite(2 * MIB);
        return files;
    }

    /** A response of a file that does not change must be right, of one that is replaced be one version. */
    void readWhole(InetSocketAddress server, Random random) throws IOException {
        try (Socket socket = connect(server)) {
            for (int i = 0; i < 5; i++) {
                switch (random.nextInt(4)) {
                    case 0 -> {
                        byte[] body = get(socket, "replaced");
                        assertThat(body).as("the replaced file").isNotNull();
                        byte[] expected = new byte[body.length];
                        Arrays.fill(expected, (byte) (body.length - SMALLEST));
                        TestFile.assertSame(body, expected, "the replaced file");
                    }
                    case 1 -> {
                        if (get(socket, random.nextBoolean() ? "changing" : "coming-and-going") == null) {
                            return; // the connection was closed for it
                        }
                    }
                    default -> {
                        TestFile file = stable.get(random.nextInt(stable.size()));
                        if (random.nextInt(3) == 0) {
                            file.cold();
                        }
                        TestFile.assertSame(get(socket, file.name()), file.content, file.name());
                    }
                }
            }
        }
    }

    /** Goes away in the middle of a response, or of several. */
    void abort(InetSocketAddress server, Random random) throws IOException {
        try (Socket socket = connect(server)) {
            int asked = 0;
            for (int i = random.nextInt(3); i >= 0; i--) {
                TestFile file = stable.get(random.nextInt(stable.size()));
                if (random.nextInt(3) == 0) {
                    file.cold();
                }
                send(socket, file.name());
                asked += file.size();
            }
            socket.getInputStream().readNBytes(random.nextInt(Math.min(asked, MIB)));
            if (random.nextBoolean()) {
                socket.setSoLinger(true, 0); // ends by RST
            }
        }
    }

    /** Operations of all kinds, some of them cancelled, on a file that is deleted in the end. */
    void write(TestTransport t, Path path, Random random, long seed) throws Exception {
        NettyAioFile file =
                t.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileWork work = new FileWork(random, seed);
        work.start(file, 30);
        for (int i = random.nextInt(5); i > 0; i--) {
            work.futures().get(random.nextInt(30)).cancel(false);
        }
        if (random.nextBoolean()) {
            file.close();
        }
        work.assertEnded();
        Files.delete(path);
        Await.result(file.closeAsync());
    }

    /** Replaces by rename, rewrites, truncates, deletes. */
    void change(Random random) throws IOException {
        switch (random.nextInt(4)) {
            case 0 -> replace(random.nextInt(100 * KIB));
            case 1 -> rewrite(1 + random.nextInt(4 * MIB));
            case 2 -> {
                try (FileChannel channel = FileChannel.open(directory.resolve("changing"), StandardOpenOption.WRITE)) {
                    channel.truncate(random.nextInt(MIB));
                }
            }
            default -> {
                Path file = directory.resolve("coming-and-going");
                if (!Files.deleteIfExists(file)) {
                    Files.write(file, new byte[random.nextInt(MIB)]);
                }
            }
        }
    }

    private void replace(int version) throws IOException {
        byte[] content = new byte[SMALLEST + version];
        Arrays.fill(content, (byte) version);
        Path next = Files.write(directory.resolve("next"), content);
        Files.move(next, directory.resolve("replaced"), StandardCopyOption.ATOMIC_MOVE);
    }

    private void rewrite(int length) throws IOException {
        try (FileChannel channel =
                FileChannel.open(directory.resolve("changing"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocateDirect(length), 0);
        }
    }

    private static Socket connect(InetSocketAddress server) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(128 * KIB);
        socket.setSoTimeout((int) Await.DEADLINE.toMillis());
        socket.connect(server);
        return socket;
    }

    private static void send(Socket socket, String name) throws IOException {
        socket.getOutputStream()
                .write(("GET /" + name + " HTTP/1.1\r\nHost: test\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** The body of the answer, whatever its status; {@code null} if the connection ends before. */
    private static byte[] get(Socket socket, String name) throws IOException {
        send(socket, name);
        InputStream in = socket.getInputStream();
        try {
            int length = 0;
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                    length = Integer.parseInt(
                            line.substring(line.indexOf(':') + 1).strip());
                }
            }
            byte[] body = in.readNBytes(length);
            return body.length < length ? null : body;
        } catch (SocketException reset) {
            return null;
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new SocketException("closed after '" + line + '\'');
            }
            line.append((char) b);
        }
        return line.toString().stripTrailing();
    }
}
