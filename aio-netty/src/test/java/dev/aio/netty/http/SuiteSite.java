package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.http.TestClient.Response;
import dev.aio.netty.http1.StrictHttpRequestDecoder;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A site that the tables of other servers' suites are asked of, over a real socket.
 *
 * <p>Asked is a target, perhaps behind a method, and field lines, parted by {@code |}. In them SAME stands for
 * the date of {@link TestSite#MODIFIED}, EARLIER and LATER for the seconds around it, TAG for the opaque tag that the
 * target has when it is asked without conditions. Expected is a status and then, parted alike, {@code name: value},
 * {@code name: ~pattern}, {@code -name} for a field that must not be there, {@code = text} for the body.
 */
final class SuiteSite implements AutoCloseable {

    private static final String SAME = "Sun, 06 Nov 1994 08:49:37 GMT";
    private static final String EARLIER = "Sun, 06 Nov 1994 08:49:36 GMT";
    private static final String LATER = "Sun, 06 Nov 1994 08:49:38 GMT";

    private final TestSite site;

    SuiteSite(Path directory, Consumer<StaticFileHandlerBuilder> options) throws Exception {
        site = new TestSite(
                directory, options, () -> StrictHttpRequestDecoder.builder().build());
    }

    @Override
    public void close() {
        try {
            site.close();
        } catch (Exception e) {
            throw new AssertionError("closing the site", e);
        }
    }

    void check(String asked, String expected) throws IOException {
        String[] words = words(asked);
        int blank = words[0].indexOf(' ');
        String method = blank < 0 ? "GET" : words[0].substring(0, blank);
        String target = words[0].substring(blank + 1);
        String[] fields = fields(target, words);
        Response response = ask(method, target, fields);
        assertHolds(response, words(expected), asked);
        if (method.equals("GET") && !asked.contains("|Range:")) {
            assertSameHead(response, ask("HEAD", target, fields), asked);
        }
    }

    private static String[] words(String row) {
        String[] words = row.split("\\|");
        for (int i = 0; i < words.length; i++) {
            words[i] = words[i].strip();
        }
        return words;
    }

    private String[] fields(String target, String[] words) throws IOException {
        String[] fields = new String[words.length - 1];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = words[i + 1]
                    .replace("SAME", SAME)
                    .replace("EARLIER", EARLIER)
                    .replace("LATER", LATER);
        }
        for (int i = 0; i < fields.length; i++) {
            if (fields[i].contains("TAG")) {
                fields[i] = fields[i].replace("TAG", tag(target, fields));
            }
        }
        return fields;
    }

    private String tag(String target, String[] fields) throws IOException {
        List<String> unconditional = new ArrayList<>();
        for (String field : fields) {
            if (field.startsWith("Accept-Encoding:")) {
                unconditional.add(field);
            }
        }
        String tag = ask("GET", target, unconditional.toArray(new String[0])).field("etag");
        return tag.startsWith("W/") ? tag.substring(2) : tag;
    }

    Response ask(String method, String target, String... fields) throws IOException {
        try (TestClient client = site.connect()) {
            client.send(TestClient.request(method, target, fields));
            return client.response(!method.equals("HEAD"));
        }
    }

    private static void assertHolds(Response response, String[] expected, String asked) {
        assertThat(response.code()).as(asked).isEqualTo(Integer.parseInt(expected[0]));
        for (int i = 1; i < expected.length; i++) {
            String what = expected[i];
            int colon = what.indexOf(": ");
            if (what.startsWith("= ") || what.equals("=")) {
                assertThat(new String(response.body(), StandardCharsets.UTF_8))
                        .as(asked)
                        .isEqualTo(what.substring(1).stripLeading());
            } else if (what.startsWith("-")) {
                assertThat(response.field(what.substring(1)))
                        .as("%s of %s", what, asked)
                        .isNull();
            } else if (what.startsWith(": ~", colon)) {
                assertThat(response.field(what.substring(0, colon)))
                        .as("%s of %s", what, asked)
                        .isNotNull()
                        .matches(what.substring(colon + 3));
            } else {
                assertThat(response.field(what.substring(0, colon)))
                        .as("%s of %s", what, asked)
                        .isEqualTo(what.substring(colon + 2));
            }
        }
    }

    /** RFC 9110 9.3.2; only the boundary of parts and the time may differ. */
    private static void assertSameHead(Response get, Response head, String asked) {
        assertThat(head.status()).as("HEAD instead of %s", asked).isEqualTo(get.status());
        assertThat(timeless(head.fields())).as("HEAD instead of %s", asked).isEqualTo(timeless(get.fields()));
    }

    private static Map<String, String> timeless(Map<String, String> fields) {
        Map<String, String> copy = new LinkedHashMap<>(fields);
        copy.remove("date");
        return copy;
    }

    /**
     * What becomes of some bytes if nothing follows them.
     *
     * @return the statuses of all answers, parted by blanks; the last one has ended the connection
     */
    String statuses(String bytes) throws IOException {
        StringBuilder statuses = new StringBuilder();
        try (TestClient client = site.connect()) {
            client.send(bytes);
            client.socket().shutdownOutput();
            while (true) {
                Response response = client.response(!bytes.startsWith("HEAD "));
                statuses.append(statuses.length() == 0 ? "" : " ").append(response.code());
            }
        } catch (EOFException end) {
            assertThat(end).hasMessage("connection closed after "); // between two answers
        }
        return statuses.toString();
    }
}
