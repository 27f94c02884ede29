package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpMethod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads all that a connection has answered, and takes nothing that RFC 9112 does not let a server send. */
final class Answers {

    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.1 [1-5][0-9]{2} [ -~]*");
    private static final Pattern FIELD_LINE = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+: [!-~]([ -~]*[!-~])?");

    /**
     * @param fields by their names in lower case
     */
    record Answer(int status, Map<String, String> fields, String body) {
        boolean isLast() {
            return "close".equals(fields.get("connection"));
        }
    }

    private final String bytes;
    private int position;

    private Answers(String bytes) {
        this.bytes = bytes;
    }

    /**
     * @param methods of the requests that were sent, of which the last may remain unanswered
     */
    static List<Answer> parse(String bytes, List<HttpMethod> methods) {
        Answers answers = new Answers(bytes);
        List<Answer> all = new ArrayList<>();
        while (answers.position < bytes.length()) {
            assertThat(all).as("answers to %s requests", methods.size()).hasSizeLessThan(methods.size());
            all.add(answers.next(methods.get(all.size())));
        }
        return all;
    }

    private Answer next(HttpMethod method) {
        String status = line();
        assertThat(status).matches(STATUS_LINE);
        int code = Integer.parseInt(status.substring(9, 12));
        Map<String, String> fields = new LinkedHashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            assertThat(line).matches(FIELD_LINE);
            int colon = line.indexOf(':');
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            assertThat(fields.put(name, line.substring(colon + 2)))
                    .as("another %s", name)
                    .isNull();
        }
        assertThat(fields).containsKey("date").doesNotContainKey("transfer-encoding");
        String length = fields.get("content-length");
        assertThat(length != null).as("content-length of %s", status).isEqualTo(code != 304);
        int size = length == null || method.equals(HttpMethod.HEAD) ? 0 : Integer.parseInt(length);
        assertThat(bytes.length() - position).as("body of %s", status).isGreaterThanOrEqualTo(size);
        String body = bytes.substring(position, position + size);
        position += size;
        return new Answer(code, fields, body);
    }

    private String line() {
        int end = bytes.indexOf("\r\n", position);
        assertThat(end).as("end of the line at %s", position).isNotNegative();
        String line = bytes.substring(position, end);
        position = end + 2;
        return line;
    }
}
