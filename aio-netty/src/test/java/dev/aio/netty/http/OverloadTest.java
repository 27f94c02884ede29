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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The disk's queue does not grow with the number of clients. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OverloadTest {

    private static final int DEPTH = 2;
    private static final int PENDING = 3;
    private static final int FILES = 20;
    private static final int MANY = 1_000; // requests, before a burst of quick answers is not believed any more

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final List<TestFile> cold = new ArrayList<>();
    private final List<TestClient> clients = new ArrayList<>(); // the one at i has asked for the file at i % FILES

    private void createFiles() throws IOException {
        for (int i = 0; i < FILES; i++) {
            cold.add(TestFile.create(directory, "cold-" + i, 1_000));
        }
    }

    private TestFile askedBy(int client) {
        return cold.get(client % FILES);
    }

    private TestClient askForTheNext(TestSite site) throws IOException {
        TestFile file = askedBy(clients.size()).cold();
        TestClient client = site.connect().send(TestClient.request("GET", '/' + file.name()));
        clients.add(client);
        return client;
    }

    /**
     * Asks for cold files until no more are taken, one after the other: for the next when the last was taken or answered.
     * The lane is blocked, so none that was taken ends. How many it takes cannot be told before: asking whether a page is
     * there has it read, and at times the disk has answered before the kernel says no; in a virtual machine whose host
     * completes requests on the CPU that has made them, dozens of times on end.
     */
    private void fillQueue(TestTransport t, TestSite site) {
        AtomicInteger taken = new AtomicInteger(t.aioLoop().accepted());
        Await.until("queue full", () -> {
            int now = t.aioLoop().accepted();
            TestClient last = clients.isEmpty() ? null : clients.get(clients.size() - 1);
            boolean known = last == null || now > taken.get() || last.in().available() > 0;
            boolean full = now >= DEPTH + PENDING;
            if (known && !full && clients.size() < MANY) {
                taken.set(now);
                askForTheNext(site);
            }
            return full;
        });
    }

    /** The first answer that does not come from memory, see {@link #fillQueue}. */
    private TestClient.Response refusal(TestSite site) throws IOException {
        for (int i = 0; i < MANY; i++) {
            TestClient.Response response;
            try (TestClient client = askForTheNext(site)) {
                clients.remove(client);
                response = client.response();
            }
            if (response.code() != 200) {
                return response;
            }
        }
        throw new AssertionError("no answer but 200 after " + MANY + " requests for cold files");
    }

    private static void assertAnswered(TestClient client, TestFile file) throws IOException {
        TestFile.assertSame(client.response().body(), file.content, file.name());
    }

    @Test
    void coldFilesAreRefusedBeyondTheQueueAndHotOnesAreNot_rfc9110_15_6_4() throws Exception {
        TestTransport t = TestTransport.of(
                LoopKind.EPOLL.newGroup(1),
                Engine.AIO,
                options -> options.depth(DEPTH).pendingLimit(PENDING));
        TestFile hot = TestFile.create(directory, "hot", 1_000);
        createFiles();
        TestSite site = new TestSite(t, directory, options -> {}, files ->
                new ChannelHandler[] {StrictHttpRequestDecoder.builder().build(), files});
        try {
            assertThat(site.get("/hot").body()).isEqualTo(hot.content);
            TestTransport.BlockedLane lane = t.blockLane();
            try {
                fillQueue(t, site);
                TestClient.Response refused = refusal(site);
                assertThat(refused.code()).isEqualTo(503);
                assertThat(refused.field("retry-after")).isEqualTo("1");
                assertThat(refused.field("connection")).isNull();
                assertThat(site.get("/hot").body()).isEqualTo(hot.content);
            } finally {
                lane.close();
            }
            assertThat(clients).hasSizeGreaterThanOrEqualTo(DEPTH + PENDING);
            for (int i = 0; i < clients.size(); i++) {
                assertAnswered(clients.get(i), askedBy(i));
            }
            assertAnswered(askForTheNext(site), askedBy(clients.size() - 1));
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
        TestFile large = TestFile.create(directory, "large", 24_000_000).cold();
        TestFile.create(directory, "other", 1_000_000).cold();
        TestSite site = new TestSite(t, directory, options -> {}, files ->
                new ChannelHandler[] {StrictHttpRequestDecoder.builder().build(), files});
        try (TestClient client = site.connect()) {
            client.send(TestClient.request(
                    "GET", "/large", "Connection: close", "Range: bytes=0-15999999,16000001-23999999"));
            assertThat(client.line()).isEqualTo("HTTP/1.1 206 Partial Content");
            TestTransport.FullQueue full = t.fillQueue(DEPTH + PENDING);
            try {
                assertThat(site.get("/other").code()).isEqualTo(503);
                String rest = text(client.in().readAllBytes());
                assertThat(rest.contains(text(large.range(0, 16_000_000)))).isTrue();
                assertThat(rest.contains(text(large.range(16_000_001, 7_999_999))))
                        .isTrue();
            } finally {
                full.close();
            }
        } finally {
            site.close();
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
