package dev.aio.it;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What a running HAProxy has counted, by a socket that it was told to answer on. */
final class HaproxyStatistics {

    private final Path socket;

    private HaproxyStatistics(Path socket) {
        this.socket = socket;
    }

    /** Not in {@code own}: the path of such a socket may have 107 bytes. */
    static HaproxyStatistics of(Path own) {
        return new HaproxyStatistics(
                Path.of(System.getProperty("java.io.tmpdir"), own.getParent().getFileName() + "-" + own.getFileName()));
    }

    /** Has it answer. */
    String configuration() {
        return "global\n    stats socket " + socket + " mode 600\n";
    }

    /** Of each server of a backend: values by name, see HAProxy's management.txt, 9.1. */
    List<Map<String, String>> ofServers(String backend) throws IOException {
        List<List<String>> rows = ask("show stat")
                .lines()
                .map(line -> List.of(line.split(",", -1)))
                .toList();
        List<String> names = rows.get(0);
        return rows.stream()
                .filter(row -> row.get(0).equals(backend) && !row.get(1).equals("BACKEND"))
                .map(row -> IntStream.range(1, row.size() - 1).boxed().collect(Collectors.toMap(names::get, row::get)))
                .toList();
    }

    private String ask(String command) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.write(ByteBuffer.wrap((command + '\n').getBytes(StandardCharsets.US_ASCII)));
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    /** Which HAProxy does not do. */
    void removeSocket() throws IOException {
        Files.deleteIfExists(socket);
    }
}
