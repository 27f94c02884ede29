package dev.aio.netty.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Requests that were damaged at random. What is decoded is what the reference grammar finds, in whatever
 * parts the bytes come; encoded again it is decoded to the same.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DecoderFuzzTest {

    private static final int MAX_LENGTH = 2_000;

    private static final List<String> CORPUS = corpus();

    /** What changes the meaning of a request if it stands in another place. */
    private static final String[] PIECES = {
        "\r\n",
        "\r",
        "\n",
        "\r\n\r\n",
        " ",
        "\t",
        "\0",
        ":",
        ";",
        ",",
        "=",
        "\"",
        "\\",
        "%",
        "#",
        "/",
        "*",
        "[",
        "]",
        "@",
        "\u000b",
        "\u007f",
        "\u0080",
        "\u0085",
        "\u00a0",
        "\u00ff",
        "0",
        "1",
        "5",
        "00",
        "+",
        "-",
        "_",
        "0x",
        "F",
        ".",
        "Host: b\r\n",
        "Host:\r\n",
        "Content-Length: 5\r\n",
        "Content-Length: 0\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Connection: close\r\n",
        "Connection: host\r\n",
        "HTTP/1.1",
        "HTTP/1.0",
        "HTTP/1.2",
        "HTTP/2.0",
        "GET",
        "HEAD",
        "CONNECT",
        "OPTIONS",
        "http://b/",
        "https://[::1]:80",
        "chunked",
        "Chunked",
        "gzip",
        "identity",
        "0\r\n\r\n",
        "5\r\nhello\r\n",
        "1;a=\"b\"\r\nx\r\n",
        "A: b\r\n",
        "A : b\r\n",
        " A: b\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    };

    private static List<String> corpus() {
        List<String> corpus = Stream.of(
                        HeadGrammarTest.requestLines(),
                        HeadGrammarTest.versions(),
                        HeadGrammarTest.targets(),
                        HeadGrammarTest.fieldLines(),
                        FramingGrammarTest.hosts(),
                        FramingGrammarTest.lengths(),
                        FramingGrammarTest.codings(),
                        FramingGrammarTest.chunks(),
                        SmugglingCorpus.forms(),
                        SmugglingCorpus.oddButRight())
                .flatMap(rules -> rules)
                .map(Rule::bytes)
                .collect(Collectors.toCollection(ArrayList::new));
        corpus.add(
                "GET /index.html HTTP/1.1\r\nHost: www.example.com:8080\r\nUser-Agent: some/1.0 (a; b)\r\nAccept: */*\r\n"
                        + "Accept-Encoding: gzip, br;q=0.5\r\nConnection: keep-alive\r\n\r\n");
        return corpus;
    }

    @Test
    void fiftyThousandRequests() {
        run(50_000);
    }

    @Test
    @Tag("long")
    void aMillionRequests() {
        run(1_000_000);
    }

    private static void run(int requests) {
        long seed = Long.getLong("aio.fuzz.seed", System.nanoTime());
        System.out.println("fuzz of the decoder: -Daio.fuzz.seed=" + seed);
        Random random = new Random(seed);
        int accepted = 0;
        for (int i = 0; i < requests; i++) {
            String stream = damaged(random);
            try {
                accepted += check(stream, random);
            } catch (RuntimeException | Error e) {
                fail("-Daio.fuzz.seed=" + seed + ", request " + i + ": " + escaped(stream), e);
            }
        }
        assertThat(accepted)
                .as("accepted, so that there is something to compare")
                .isGreaterThan(requests / 20);
    }

    private static int check(String stream, Random random) {
        Decoding decoding = Decoding.of(stream);
        assertThat(decoding.requests().toString())
                .isEqualTo(ReferenceGrammar.requests(stream).toString());
        String inParts = Decoding.of(StrictHttpRequestDecoder.builder(), parts(stream, random))
                .toString();
        assertThat(inParts).isEqualTo(decoding.toString());
        if (!decoding.requests().isEmpty()) {
            String encoded =
                    decoding.requests().stream().map(Decoding.Request::encoded).collect(Collectors.joining());
            Decoding again = Decoding.of(encoded);
            assertThat(again.refusal()).isNull();
            assertThat(again.requests().toString())
                    .isEqualTo(decoding.requests().toString());
        }
        return decoding.requests().size();
    }

    private static String damaged(Random random) {
        StringBuilder stream = new StringBuilder(pick(random));
        if (random.nextInt(4) == 0) {
            stream.insert(0, pick(random));
        }
        for (int left = random.nextInt(4); left > 0; left--) {
            damage(stream, random);
        }
        if (random.nextInt(4) == 0) {
            stream.append(pick(random));
        }
        stream.setLength(Math.min(stream.length(), MAX_LENGTH));
        return stream.toString();
    }

    private static String pick(Random random) {
        return CORPUS.get(random.nextInt(CORPUS.size()));
    }

    private static void damage(StringBuilder stream, Random random) {
        if (stream.length() == 0) {
            return;
        }
        int at = random.nextInt(stream.length());
        int end = Math.min(stream.length(), at + 1 + random.nextInt(8));
        String piece = PIECES[random.nextInt(PIECES.length)];
        switch (random.nextInt(7)) {
            case 0:
                stream.setCharAt(at, (char) random.nextInt(256));
                break;
            case 1:
                stream.insert(at, piece);
                break;
            case 2:
                stream.replace(at, end, piece);
                break;
            case 3:
                stream.delete(at, end);
                break;
            case 4:
                stream.insert(at, stream.substring(at, end));
                break;
            case 5:
                stream.setCharAt(at, (char) (stream.charAt(at) ^ 1 << random.nextInt(8)));
                break;
            default:
                int line = stream.indexOf("\r\n", at);
                stream.insert(line < 0 ? at : line + 2, piece);
                break;
        }
    }

    private static String[] parts(String stream, Random random) {
        List<String> parts = new ArrayList<>();
        int most = 1 + random.nextInt(60);
        for (int at = 0; at < stream.length(); ) {
            int end = Math.min(stream.length(), at + 1 + random.nextInt(most));
            parts.add(stream.substring(at, end));
            at = end;
        }
        return parts.toArray(new String[0]);
    }

    private static String escaped(String stream) {
        StringBuilder out = new StringBuilder();
        for (char c : stream.toCharArray()) {
            out.append(c >= ' ' && c < 0x7f && c != '\\' ? String.valueOf(c) : String.format("\\x%02x", (int) c));
        }
        return out.toString();
    }
}
