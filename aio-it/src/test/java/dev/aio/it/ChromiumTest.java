package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** A browser: a page with its parts over HTTP/2, and a film that is sought through. */
@Timeout(120)
class ChromiumTest {

    private static final int BYTES_PER_SECOND = 44_100 * 4;
    private static final int HEAD = 44;
    private static final int SECONDS = 360;
    private static final long LENGTH = HEAD + (long) SECONDS * BYTES_PER_SECOND;

    private static final Pattern BYTES = Pattern.compile("\"status\":206,\"bytes\":(\\d+)");

    /** Waits for all parts, seeks to five seconds before the end, then tells the access log in words what came and how. */
    private static final String SCRIPT = """
            const film = document.getElementById('film');
            const told = name => new Promise((done, failed) => {
                film.addEventListener(name, done, {once: true});
                film.addEventListener('error', () => failed(film.error.message), {once: true});
            });
            const loaded = new Promise(done => addEventListener('load', done));
            (async () => {
                if (film.readyState < 1) {
                    await told('loadedmetadata');
                }
                film.currentTime = film.duration - 5;
                await told('seeked');
                await loaded;
                await document.fonts.load('16px own').catch(broken => {}); // it is no font: the type is what counts
                const picture = document.getElementById('picture').naturalWidth;
                const style = getComputedStyle(document.body).marginLeft;
                const module = (await import('./module.mjs')).answer;
                const entries = performance.getEntries().filter(e => e.nextHopProtocol !== undefined);
                const fetched = await Promise.all([{}, {Range: 'bytes=1000-1999999'}].map(async headers => {
                    const bytes = await (await fetch('data.bin', {headers, cache: 'no-store'})).arrayBuffer();
                    return [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))]
                        .map(byte => byte.toString(16).padStart(2, '0')).join('');
                }));
                return [film.duration, film.currentTime, picture, style, module,
                    [...new Set(entries.map(e => e.nextHopProtocol))], entries.length > 6, ...fetched].join(' ');
            })().catch(failure => 'failed: ' + failure).then(words => {
                fetch('told.txt?' + encodeURIComponent(words));
            });
            """;

    private static final String PAGE = """
            <!doctype html>
            <html><head><title>page</title><link rel="icon" href="picture.svg"><link rel="stylesheet" href="style.css">
            </head><body><img id="picture" src="picture.svg"><video id="film" src="film.wav" preload="metadata"></video>
            <script src="script.js"></script></body></html>
            """;

    @TempDir(factory = WorkDirectory.class)
    Path site;

    @TempDir(factory = WorkDirectory.class)
    Path own;

    private byte[] data;

    @BeforeEach
    void publish() throws IOException {
        WebClient.CHROMIUM.assumeThere("chromium");
        write("index.html", PAGE);
        write("script.js", SCRIPT);
        write("module.mjs", "export const answer = 42;");
        write("style.css", "@font-face { font-family: own; src: url(font.woff2) } body { margin-left: 7px }");
        write("font.woff2", "no font");
        write("told.txt", "thank you");
        write("picture.svg", "<svg xmlns='http://www.w3.org/2000/svg' width='33' height='33'/>");
        data = Content.write(site.resolve("data.bin"), 1, 3_000_000);
        writeFilm();
    }

    private void write(String name, String text) {
        Content.write(site.resolve(name), text.getBytes(StandardCharsets.UTF_8));
    }

    /** Six minutes of silence in stereo as a WAV file of 60 MiB; a video element plays sound alone, too. */
    private void writeFilm() throws IOException {
        int samples = SECONDS * BYTES_PER_SECOND;
        ByteBuffer head = ByteBuffer.allocate(HEAD).order(ByteOrder.LITTLE_ENDIAN);
        head.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(HEAD - 8 + samples);
        head.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
        head.putShort((short) 1).putShort((short) 2); // PCM, channels
        head.putInt(44_100).putInt(BYTES_PER_SECOND).putShort((short) 4).putShort((short) 16);
        head.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(samples);
        try (RandomAccessFile film =
                new RandomAccessFile(site.resolve("film.wav").toFile(), "rw")) {
            film.write(head.array());
            film.setLength(LENGTH);
        }
    }

    /** Shows a page until it is closed. */
    private Program browse(String url) {
        List<String> command = new ArrayList<>(List.of("chromium", "--headless=new", "--no-sandbox", "--disable-gpu"));
        command.addAll(List.of("--disable-quic", "--no-first-run", "--disable-background-networking"));
        command.addAll(List.of("--disable-component-update", "--disable-sync", "--ignore-certificate-errors"));
        command.addAll(List.of("--user-data-dir=" + own.resolve("profile"), "--enable-logging=stderr", url));
        return Program.start(command);
    }

    private static void close(Program chromium) {
        chromium.terminate();
        chromium.awaitExit(Duration.ofSeconds(30));
    }

    @ParameterizedTest
    @EnumSource(value = Security.class, mode = Mode.EXCLUDE, names = "NONE")
    void shouldSeekAndShowPageOverHttp2(Security security) {
        try (ServerProcess server = ServerProcess.serving(site)
                .with(security, Certificate.create(own))
                .with("--access-log", "-", "--access-log-format", "json")
                .start()) {
            Program chromium = browse(server.url("/"));
            try {
                await("what the page tells, or an end of the browser")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> !chromium.isAlive()
                                || !answers(server, "told.txt").isEmpty());
            } finally {
                close(chromium);
            }

            assertThat(answers(server, "told.txt"))
                    .as(chromium.stderr())
                    .singleElement()
                    .satisfies(line -> assertThat(URLDecoder.decode(line, StandardCharsets.UTF_8))
                            .contains("told.txt?" + SECONDS + ' ' + (SECONDS - 5) + " 33 7px 42 h2 true")
                            .contains(Content.sha256(data)
                                    + ' '
                                    + Content.sha256(Arrays.copyOfRange(data, 1_000, 2_000_000))));
            assertThat(chromium.stderr())
                    .as("its console, and that it took the font for one")
                    .contains("OTS parsing error");
            assertThat(complaints(chromium)).isEmpty();
            // what is played is asked for as a range of its own: of the rest, no more than the browser reads ahead
            assertThat(ranges(server))
                    .contains(LENGTH)
                    .anyMatch(bytes -> bytes >= 5L * BYTES_PER_SECOND && bytes < LENGTH / 10);
            assertThat(answers(server, ""))
                    .allMatch(line -> line.contains("\"protocol\":\"HTTP/2.0\""))
                    .allMatch(line -> line.contains("\"status\":200,") || line.contains("\"status\":206,"));
            WebClient.CHROMIUM.gotIdentical("h2", "whole file and one range by `fetch`");
            WebClient.CHROMIUM.wasRight("h2", "types of style, script, module, picture and font believed");
            WebClient.CHROMIUM.wasRight("h2", "a film of 60 MiB, sought by ranges, plays on");
        }
    }

    /** Types that the browser did not believe, and what else it says of the page. */
    private static List<String> complaints(Program chromium) {
        return chromium.stderrLines().stream()
                .filter(line -> line.contains("CONSOLE") || line.contains("MIME") || line.contains("nosniff"))
                .filter(line -> !line.contains("OTS parsing error") && !line.contains("decode downloaded font"))
                .toList();
    }

    private static List<String> answers(ServerProcess server, String target) {
        return server.stdoutLines().stream()
                .filter(line -> line.contains("\"target\":\"/" + target))
                .toList();
    }

    /** Lengths of the parts of the film that were asked for. */
    private static List<Long> ranges(ServerProcess server) {
        return answers(server, "film.wav").stream()
                .map(BYTES::matcher)
                .filter(Matcher::find)
                .map(found -> Long.parseLong(found.group(1)))
                .toList();
    }
}
