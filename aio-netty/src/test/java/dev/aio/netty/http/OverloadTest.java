package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.Await;
import dev.aio.netty.Engine;
import dev.aio.netty.LoopKind;
import dev.aio.netty.TargetDirectory;
import dev.aio.netty.TestFile;
import dev.aio.netty.TestTransport;
import dev.aio.netty.http1.StrictHttpRequestDecoder;
import io.netty.channel.ChannelHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The disk's queue does not grow with the number of clients. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OverloadTest {

    private static final int DEPTH = 2;
    private static final int PENDING = 3;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void coldFilesAreRefusedBeyondTheQueueAndHotOnesAreNot_rfc9110_15_6_4() throws Exception {
        TestTransport t = TestTransport.of(
                LoopKind.EPOLL.newGroup(1),
                Engine.AIO,
                options -> options.depth(DEPTH).pendingLimit(PENDING));
        TestFile hot = TestFile.create(directory, "hot", 1_000);
        List<TestFile> cold = new ArrayList<>();
        for (int i = 0; i <= DEPTH + PENDING; i++) {
            cold.add(TestFile.create(directory, "cold-" + i, 1_000).cold());
        }
        TestSite site = new TestSite(t, directory, options -> {}, files ->
                new ChannelHandler[] {StrictHttpRequestDecoder.builder().build(), files});
        List<TestClient> clients = new ArrayList<>();
        try {
            assertThat(site.get("/hot").body()).isEqualTo(hot.content);
            TestTransport.BlockedLane lane = t.blockLane();
            try {
                for (int i = 0; i < DEPTH + PENDING; i++) {
                    TestClient client = site.connect();
                    clients.add(client.send(TestClient.request("GET", "/cold-" + i)));
                }
                Await.until("queue full", () -> t.aioLoop().accepted() >= DEPTH + PENDING);
                TestClient.Response refused = site.get("/cold-" + (DEPTH + PENDING));
                assertThat(refused.code()).isEqualTo(503);
                assertThat(refused.field("retry-after")).isEqualTo("1");
                assertThat(refused.field("connection")).isNull();
                assertThat(site.get("/hot").body()).isEqualTo(hot.content);
            } finally {
                lane.close();
            }
            for (int i = 0; i < clients.size(); i++) {
                TestFile.assertSame(clients.get(i).response().body(), cold.get(i).content, "cold-" + i);
            }
            assertThat(site.get("/cold-" + (DEPTH + PENDING)).body()).isEqualTo(cold.get(DEPTH + PENDING).content);
        } finally {
            for (TestClient client : clients) {
                client.close();
            }
            site.close();
        }
    }

    /** The first part has left: the others are awaited, whatever else is asked of the disk. */
    @Test
    void anAnswerOfSeveralPartsThatHasBegunGoesOn() throws Exception {
        TestTransport t = TestTransport.of(
                LoopKind.EPOLL.newGroup(1),
                Engine.AIO,
                options -> options.depth(DEPTH).pendingLimit(PENDING));
        TestFile.create(directory, "large", 24_000_000).cold();
        for (int i = 0; i < DEPTH + PENDING; i++) {
            TestFile.create(directory, "cold-" + i, 1_000).cold();
        }
        TestSite site = new TestSite(t, directory, options -> {}, files ->
                new ChannelHandler[] {StrictHttpRequestDecoder.builder().build(), files});
        List<TestClient> clients = new ArrayList<>();
        try (TestClient client = site.connect()) {
            client.send(TestClient.request(
                    "GET", "/large", "Connection: close", "Range: bytes=0-15999999,16000001-23999999"));
            assertThat(client.line()).isEqualTo("HTTP/1.1 206 Partial Content");
            TestTransport.BlockedLane lane = t.blockLane();
            CompletableFuture<byte[]> rest;
            try {
                for (int i = 0; i < DEPTH + PENDING; i++) {
                    clients.add(site.connect().send(TestClient.request("GET", "/cold-" + i)));
                }
                Await.until("queue full", () -> t.aioLoop().accepted() >= DEPTH + PENDING);
                rest = CompletableFuture.supplyAsync(() -> {
                    try {
                        return client.in().readAllBytes();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
                Await.until("first part read", () -> t.aioLoop().accepted() > DEPTH + PENDING || rest.isDone());
            } finally {
                lane.close();
            }
            assertThat(rest.get(50, TimeUnit.SECONDS).length).isGreaterThan(15_999_999 + 7_999_999);
            for (TestClient each : clients) {
                assertThat(each.response().code()).isIn(200, 503);
            }
        } finally {
            for (TestClient each : clients) {
                each.close();
            }
            site.close();
        }
    }
}
