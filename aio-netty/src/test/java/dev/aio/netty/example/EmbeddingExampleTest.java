package dev.aio.netty.example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.AioTransport;
import dev.aio.netty.SteadyEpollIoHandler;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EmbeddingExampleTest {

    @Test
    void shouldServeAFileAndTheRoute(@TempDir Path site) throws Exception {
        Files.writeString(site.resolve("greeting.txt"), "hello");
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, SteadyEpollIoHandler.newFactory());
        AioTransport transport = AioTransport.of(group);
        try {
            Channel listener = EmbeddingExample.serve(group, transport, site, 0);
            int port = ((InetSocketAddress) listener.localAddress()).getPort();
            assertThat(get(port, "/greeting.txt").body()).isEqualTo("hello");
            assertThat(Instant.parse(get(port, "/now").body().strip())).isAfter(Instant.EPOCH);
        } finally {
            transport.close();
            transport.closeFuture().awaitUninterruptibly();
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    private static HttpResponse<String> get(int port, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(30))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    @Test
    void shouldStandInTheReadmeAsItIsCompiledAndBeShort() throws Exception {
        Path module = Path.of("").toAbsolutePath();
        String source = Files.readString(module.resolve("src/test/java/dev/aio/netty/example/EmbeddingExample.java"));
        String shown = source.substring(
                        source.indexOf("// README: begin") + "// README: begin".length(),
                        source.indexOf("// README: end"))
                .stripIndent()
                .strip();
        assertThat(Files.readString(module.resolveSibling("README.md"))).contains(shown);
        assertThat(shown.lines().filter(line -> !line.isBlank() && !line.startsWith("//")))
                .as("lines of code")
                .hasSizeLessThanOrEqualTo(20);
    }
}
