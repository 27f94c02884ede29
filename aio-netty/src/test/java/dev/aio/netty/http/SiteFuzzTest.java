package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.TargetDirectory;
import dev.aio.netty.http.Answers.Answer;
import dev.aio.netty.http1.StrictHttpRequestDecoder;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests at random, many on a connection and some of them damaged, through decoder and handler to a directory that
 * has secrets beside it, hidden files in it and links that lead out. Whatever is asked: each connection ends, every
 * answer parses, nobody sees a secret, nothing throws.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SiteFuzzTest {

    /** Who says that he sends no more, and does after a while, may lose answers to a reset: it comes with what follows. */
    private static final Pattern LAST_REQUEST = Pattern.compile("(?i)HTTP/1\\.0|connection: *close");

    private static final int REQUESTS = "long".equals(System.getProperty("aio.tier")) ? 1_000_000 : 20_000;

    /** What no answer may have in it. */
    private static final String MARK = "for nobody's eyes";

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final Map<String, String> contents = new HashMap<>(); // by tag
    private TestSite site;

    @BeforeEach
    void serve() throws Exception {
        Path root = Files.createDirectories(directory.resolve("root"));
        for (String name : new String[] {
            "a/b.txt", "b.txt", "b.txt.gz", "index.html", "sub/index.html", "sub/a/b.txt", "\u00e5", "secret"
        }) {
            String text = "this is " + name;
            contents.put(tagOf(TestSite.file(root, name, text)), text);
        }
        for (String name : new String[] {
            "secret",
            "outside/secret",
            "outside/index.html",
            "etc/passwd",
            "root/.secret",
            "root/.git/config",
            "root/sub/.secret",
            "root/locked"
        }) {
            TestSite.file(directory, name, MARK);
        }
        Files.setPosixFilePermissions(root.resolve("locked"), Set.of());
        boolean readable = Files.isReadable(root.resolve("locked"));
        if (readable) {
            Files.delete(root.resolve("locked")); // of no use where permissions do not count
        }
        Files.createSymbolicLink(root.resolve("out"), directory.resolve("outside"));
        Files.createSymbolicLink(root.resolve("outfile"), Path.of("../secret"));
        Files.createSymbolicLink(root.resolve("secret.gz"), Path.of("../outside/secret"));
        Files.createSymbolicLink(root.resolve("up"), Path.of(".."));
        Files.createSymbolicLink(root.resolve("sub/up"), Path.of("../.."));
        Files.createSymbolicLink(root.resolve("sub/out"), Path.of("up/outside"));
        Files.createSymbolicLink(root.resolve("etc"), Path.of("/etc"));
        Process made = new ProcessBuilder("mkfifo", root.resolve("fifo").toString()).start();
        assertThat(made.waitFor()).as("mkfifo").isZero();
        site = new TestSite(
                root,
                builder -> builder.precompressed(ContentCoding.values()),
                () -> StrictHttpRequestDecoder.builder().build());
    }

    private static String tagOf(Path file) throws IOException {
        long modified = Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS);
        long inode = (long) Files.getAttribute(file, "unix:ino");
        return EntityTag.opaqueOf(new FileFacts(Files.size(file), modified, inode));
    }

    @AfterEach
    void close() throws Exception {
        site.close();
    }

    @Test
    void nobodySeesWhatIsNotServed() {
        long seed = Long.getLong("aio.seed", new Random().nextLong());
        Random random = new Random(seed);
        FileHead file = FileHead.of(Representation.of(new FileFacts(10, 1, 1), "text/plain"), 1);
        RandomStream streams = new RandomStream(random, new RandomRequest(random, file));
        Map<Integer, Integer> statuses = new TreeMap<>();
        int answered = 0;
        int connection = 0;
        for (; answered < REQUESTS; connection++) {
            String stream = streams.next();
            try {
                List<Answer> answers = check(stream, random);
                answers.forEach(answer -> statuses.merge(answer.status(), 1, Integer::sum));
                answered += answers.size();
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError("-Daio.seed=" + seed + ", connection " + connection + ": " + shown(stream), e);
            }
        }
        System.out.printf(
                "fuzz of a site: -Daio.seed=%d, %d answers on %d connections: %s%n",
                seed, answered, connection, statuses);
        assertThat(statuses)
                .as("a fuzz that meets every answer, -Daio.seed=%s", seed)
                .containsOnlyKeys(200, 206, 301, 304, 400, 403, 404, 405, 412, 416, 501, 505);
    }

    private List<Answer> check(String stream, Random random) throws IOException {
        List<HttpMethod> methods = RandomStream.methods(stream);
        String received = send(stream, random);
        assertThat(received).doesNotContain(MARK).doesNotContain("root:");
        assertThat(site.uncaught).isEmpty();
        List<Answer> answers = Answers.parse(received, methods);
        boolean ended = !answers.isEmpty() && answers.get(answers.size() - 1).isLast();
        assertThat(ended || answers.size() == methods.size())
                .as("%s answers to %s requests", answers.size(), methods.size())
                .isTrue();
        for (int i = 0; i < answers.size(); i++) {
            Answer answer = answers.get(i);
            assertThat(answer.isLast() && i < answers.size() - 1)
                    .as("answer behind the last one")
                    .isFalse();
            checkAnswer(answer, methods.get(i));
        }
        return answers;
    }

    private String send(String stream, Random random) throws IOException {
        try (TestClient client = site.connect()) {
            Matcher last = LAST_REQUEST.matcher(stream);
            int together = last.find() ? last.end() : stream.length();
            int cut = random.nextBoolean() ? 0 : random.nextInt(together);
            client.send(stream.substring(0, cut));
            client.send(stream.substring(cut));
            client.socket().shutdownOutput();
            return new String(client.in().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private void checkAnswer(Answer answer, HttpMethod method) {
        String tag = answer.fields().get("etag");
        if (tag != null) {
            checkContent(answer, method, contents.get(tag.replaceAll("\"|-gzip\"", "")));
        }
        boolean ofFile = answer.status() < 300 && !method.equals(HttpMethod.OPTIONS) || answer.status() == 304;
        assertThat(tag != null).as("tag of %s", answer).isEqualTo(ofFile);
        String location = answer.fields().get("location");
        assertThat(location != null).isEqualTo(answer.status() == 301);
        if (location != null) {
            assertThat(location).matches("/[!-~&&[^/\\\\]][!-~&&[^\\\\]]*");
        }
        assertThat(answer.fields().containsKey("allow"))
                .as("Allow of %s", answer)
                .isEqualTo(answer.status() == 405 || method.equals(HttpMethod.OPTIONS) && answer.status() == 200);
    }

    private static void checkContent(Answer answer, HttpMethod method, String text) {
        assertThat(text).as("file that is served as %s", answer).isNotNull();
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        String range = answer.fields().get("content-range");
        if (range != null) {
            String[] numbers = range.split("\\D+"); // behind the unit
            int first = Integer.parseInt(numbers[1]);
            content = Arrays.copyOfRange(content, first, Integer.parseInt(numbers[2]) + 1);
        }
        boolean parts = answer.status() == 206 && range == null;
        if (answer.status() < 300 && !parts) {
            assertThat(answer.fields()).containsEntry("content-length", String.valueOf(content.length));
            assertThat(answer.body().getBytes(StandardCharsets.ISO_8859_1))
                    .isEqualTo(method.equals(HttpMethod.HEAD) ? new byte[0] : content);
        }
    }

    private static String shown(String stream) {
        StringBuilder out = new StringBuilder();
        for (char c : stream.toCharArray()) {
            out.append(c >= ' ' && c < 0x7f && c != '\\' ? String.valueOf(c) : String.format("\\x%02x", (int) c));
        }
        return out.toString();
    }
}
