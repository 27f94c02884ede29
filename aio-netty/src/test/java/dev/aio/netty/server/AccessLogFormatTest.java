package dev.aio.netty.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.http.AccessEntry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AccessLogFormatTest {

    private static final long RECEIVED = 1_700_000_000_123L; // 2023-11-14T22:13:20.123Z

    static AccessEntry entry(String target, String referer, String userAgent) throws UnknownHostException {
        SocketAddress client = new InetSocketAddress(InetAddress.getByAddress("host", new byte[] {10, 0, 0, 7}), 12345);
        return new AccessEntry(
                client, RECEIVED, 1_234_567, "GET", target, "HTTP/1.1", 200, 1024, true, "a.b", referer, userAgent);
    }

    private static String line(AccessLogFormat format, AccessEntry entry) {
        StringBuilder line = new StringBuilder();
        format.append(line, entry);
        return line.toString();
    }

    @Test
    void commonIsThatOfNcsa() throws Exception {
        assertThat(line(AccessLogFormat.COMMON, entry("/a?b", null, null)))
                .matches(
                        "10\\.0\\.0\\.7 - - \\[1[45]/Nov/2023:\\d\\d:\\d3:20 [+-]\\d{4}] \"GET /a\\?b HTTP/1\\.1\" 200 1024");
    }

    @Test
    void combinedAddsTwoHeaders() throws Exception {
        assertThat(line(AccessLogFormat.COMBINED, entry("/", "http://r/", "curl/8")))
                .endsWith("\"GET / HTTP/1.1\" 200 1024 \"http://r/\" \"curl/8\"");
        assertThat(line(AccessLogFormat.COMBINED, entry("/", null, null))).endsWith(" \"-\" \"-\"");
    }

    @Test
    void jsonIsOneObject() throws Exception {
        assertThat(line(AccessLogFormat.JSON, entry("/a", null, "x")))
                .isEqualTo(
                        "{\"time\":\"2023-11-14T22:13:20.123Z\",\"client\":\"10.0.0.7\",\"method\":\"GET\",\"target\":\"/a\","
                                + "\"protocol\":\"HTTP/1.1\",\"status\":200,\"bytes\":1024,\"complete\":true,\"ms\":1.234,"
                                + "\"host\":\"a.b\",\"user_agent\":\"x\"}");
    }

    @ParameterizedTest
    @EnumSource(AccessLogFormat.class)
    void nobodyForgesALine(AccessLogFormat format) throws Exception {
        String line = line(format, entry("/\r\nforged", "a\nb", "\u0000\u001b[31m\" 200 \"\\"));
        assertThat(line).doesNotContain("\n", "\r", "\u001b", "\u0000").doesNotContain("m\" 200 \"");
    }

    @ParameterizedTest
    @CsvSource({"a\"b, a\\x22b", "a\\b, a\\x5Cb", "\u00e9, \\xE9", "\u20ac, \\x20\\xAC", "a b, a b"})
    void whatIsNotPlainIsEscaped(String agent, String escaped) throws Exception {
        assertThat(line(AccessLogFormat.COMBINED, entry("/", null, agent))).endsWith('"' + escaped + '"');
    }

    @Test
    void aRequestThatWasNotUnderstoodHasALineToo() {
        AccessEntry entry = new AccessEntry(
                new SocketAddress() {
                    private static final long serialVersionUID = 1;
                },
                RECEIVED,
                0,
                "",
                "",
                "",
                400,
                0,
                true,
                null,
                null,
                null);
        assertThat(line(AccessLogFormat.COMMON, entry)).startsWith("- - - [").endsWith("] \"\" 400 0");
    }
}
