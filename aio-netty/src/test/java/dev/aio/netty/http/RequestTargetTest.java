package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetTest {

    @ParameterizedTest(name = "RFC 9112 3.2.1: {0} is {1}")
    @CsvSource({
        "/x, x",
        "/a/b.txt, a/b.txt",
        "/a/b.txt?q, a/b.txt",
        "/a?b/../../c, a",
        "/a?b?c, a",
        "/a;v=1, a;v=1",
        "/a:b@c, a:b@c",
        "/a+b, a+b",
        "/~u/x, ~u/x",
        "/a|b^c`d{e}, a|b^c`d{e}",
        "/.hidden, .hidden",
        "/.well-known/x, .well-known/x",
        "/a/.b/c, a/.b/c",
        "/..., ...",
        "/a../b, a../b",
        "/..a, ..a",
        "/*, *",
    })
    void originFormNamesAFile(String target, String path) {
        RequestTarget parsed = RequestTarget.parse(target);

        assertThat(parsed.rejection()).isNull();
        assertThat(parsed.path()).isEqualTo(path);
        assertThat(parsed.isDirectory()).isFalse();
    }

    @ParameterizedTest(name = "RFC 9112 3.2.1: {0} is the directory {1}")
    @CsvSource({
        "/, .",
        "/?, .",
        "/?q=/x, .",
        "/a/, a",
        "/a/?q, a",
        "/a/b/, a/b",
        "/%61/, a",
    })
    void aSlashAtTheEndAsksForADirectory(String target, String path) {
        assertDirectory(target, path);
    }

    @ParameterizedTest(name = "RFC 9112 3.2.2: {0} is {1}")
    @CsvSource({
        "http://h/x, x",
        "https://h/x, x",
        "HTTP://H:80/a/b, a/b",
        "http://[::1]:8080/x, x",
        "http://h//x, x",
        "http://h/a/../x?q, x",
        "http://h/http://other/y, http:/other/y",
    })
    void absoluteFormNamesAFile(String target, String path) {
        RequestTarget parsed = RequestTarget.parse(target);

        assertThat(parsed.rejection()).isNull();
        assertThat(parsed.path()).isEqualTo(path);
    }

    @ParameterizedTest(name = "RFC 9110 4.2.3: {0} is the root")
    @ValueSource(strings = {"http://h", "http://h/", "http://h?q", "https://h:443", "http://h/?q"})
    void absoluteFormWithoutPathIsTheRoot(String target) {
        assertDirectory(target, ".");
    }

    @ParameterizedTest(name = "RFC 9112 3.2: {0} is malformed")
    @ValueSource(
            strings = {
                "",
                "*",
                "x",
                "?",
                "h:80",
                "h/x",
                "../x",
                "%2fx",
                "http:",
                "http:/x",
                "http://",
                "http:///x",
                "http://?x",
                "http://:80/x",
                "http://u@h/x",
                "http://u:p@h/x",
                "http://h\\x/y",
                "ftp://h/x",
                "file:///etc/passwd",
                "javascript://h/x",
                "/a b",
                " /a",
                "/a\tb",
                "/a\r\nX:y",
                "/a\u0000",
                "/a\u0002",
                "/a\u007f",
                "/a?b c",
                "/a?b\u0000",
                "/a#f",
                "/a?q#f",
                "#f",
                "http://h#f",
                "/\u0100",
                "/\ufffd",
            })
    void whatIsNoRequestTargetIsRejected(String target) {
        assertRejected(target, HttpResponseStatus.BAD_REQUEST);
    }

    @ParameterizedTest(name = "RFC 3986 2.1: {0} is {1}")
    @CsvSource({
        "/%61, a",
        "/a%20b, a b",
        "/%C3%A4, ä",
        "/%c3%a4, ä",
        "/%e2%82%ac, €",
        "/%F0%9F%98%80, 😀",
        "/%25, %",
        "/100%25.txt, 100%.txt",
        "/%3f, ?",
        "/%23, #",
        "/a%3Fb?c, a?b",
        "/%2b+, ++",
    })
    void escapesAreDecoded(String target, String path) {
        assertThat(RequestTarget.parse(target).path()).isEqualTo(path);
    }

    @Test
    void controlsMayBeEscaped() {
        assertThat(RequestTarget.parse("/%01%0d%0a%7f").path()).isEqualTo("\u0001\r\n\u007f");
    }

    @ParameterizedTest(name = "RFC 3986 2.4: {0} is decoded once, to {1}")
    @CsvSource({"/%252e%252e/x, %2e%2e/x", "/%252f, %2f", "/%2500, %00", "/%255c, %5c"})
    void escapesAreDecodedOnce(String target, String path) {
        assertThat(RequestTarget.parse(target).path()).isEqualTo(path);
    }

    @ParameterizedTest(name = "RFC 3986 2.1: {0} is malformed")
    @ValueSource(
            strings = {
                "/%",
                "/%1",
                "/a%",
                "/a%2",
                "/%zz",
                "/%1g",
                "/%g1",
                "/%%61",
                "/%-1",
                "/% 1",
                "/%+1",
                "/%?61",
                "/%6?1",
                "/%0x",
                "/%u0041",
                "/%\u00b2\u00b2",
            })
    void brokenEscapesAreRejected(String target) {
        assertRejected(target, HttpResponseStatus.BAD_REQUEST);
    }

    @ParameterizedTest(name = "RFC 3986 7.3: {0} is refused")
    @ValueSource(strings = {"/%00", "/a%00.html", "/a/%00/b", "/a\\b", "/..\\x", "/%5c", "/a%5Cb", "/a\\"})
    void nulAndBackslashAreRefused(String target) {
        assertRejected(target, HttpResponseStatus.BAD_REQUEST);
    }

    @ParameterizedTest(name = "RFC 3629 3: {0} is not UTF-8")
    @ValueSource(
            strings = {
                "/%c0%af",
                "/%c0%ae%c0%ae/x",
                "/%e0%80%af",
                "/%f0%80%80%af",
                "/%ff",
                "/%80",
                "/%c3",
                "/%c3/x",
                "/%ed%a0%80",
                "/%f4%90%80%80",
                "/%f8%88%80%80%80",
                "/\u00c0\u00af",
                "/\u00e4",
            })
    void invalidUtf8IsRejected(String target) {
        assertRejected(target, HttpResponseStatus.BAD_REQUEST);
    }

    @Test
    void bytesOfUtf8NeedNoEscape() {
        String target = new String("/ä€".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);

        assertThat(RequestTarget.parse(target).path()).isEqualTo("ä€");
    }

    @ParameterizedTest(name = "RFC 3986 5.2.4: {0} is {1}")
    @CsvSource({
        "/a/./b, a/b",
        "/./a, a",
        "/a/../x, x",
        "/a/b/../../x, x",
        "/a/b/../c/./../x, a/x",
        "/a/%2e/b, a/b",
        "/a/%2e%2e/x, x",
        "/a/.%2E/x, x",
        "/a/%2e./x, x",
        "/a/..//x, x",
        "/a//../x, x",
    })
    void dotSegmentsAreRemoved(String target, String path) {
        RequestTarget parsed = RequestTarget.parse(target);

        assertThat(parsed.path()).isEqualTo(path);
        assertThat(parsed.isDirectory()).isFalse();
    }

    @ParameterizedTest(name = "RFC 3986 5.2.4: {0} is the directory {1}")
    @CsvSource({
        "/a/./b/, a/b",
        "/., .",
        "/./, .",
        "/a/., a",
        "/a/.?q, a",
        "/a/.., .",
        "/a/../, .",
        "/a/b/.., a",
        "/a/b/..?q, a",
        "/a/%2e, a",
        "/a/b/%2e%2e, a",
    })
    void aDotSegmentAtTheEndAsksForADirectory(String target, String path) {
        assertDirectory(target, path);
    }

    @ParameterizedTest(name = "RFC 3986 5.2.4: {0} climbs above the root")
    @ValueSource(
            strings = {
                "/..",
                "/../",
                "/../x",
                "/./../x",
                "//../x",
                "/%2e%2e/x",
                "/%2E%2e",
                "/.%2e/x",
                "/a/../../x",
                "/a/../..",
                "/a/b/../../../a/b",
                "/a/%2e%2e/%2e%2e/x",
                "http://h/../x",
            })
    void climbingAboveTheRootIsRejected(String target) {
        assertRejected(target, HttpResponseStatus.BAD_REQUEST);
    }

    @ParameterizedTest(name = "RFC 9110 4.2.3: {0} has its slashes merged to {1}")
    @CsvSource({"//x, x", "///x, x", "/a//b, a/b", "//a///b, a/b"})
    void slashesAreMerged(String target, String path) {
        assertThat(RequestTarget.parse(target).path()).isEqualTo(path);
    }

    @ParameterizedTest(name = "RFC 3986 2.2: {0} names no file")
    @ValueSource(strings = {"/%2f", "/a%2fb", "/a%2Fb", "/..%2fx", "/a/%2f/b", "/%2f%2e%2e%2fx"})
    void anEscapedSlashNamesNoFile(String target) {
        assertRejected(target, HttpResponseStatus.NOT_FOUND);
    }

    @Test
    void aNameOfUpTo255BytesIsTaken() {
        String name = "n".repeat(255);

        assertThat(RequestTarget.parse("/" + name).path()).isEqualTo(name);
        assertThat(RequestTarget.parse("/" + name + "/b").path()).isEqualTo(name + "/b");
        assertThat(RequestTarget.parse("/./" + name).path()).isEqualTo(name);
    }

    @ParameterizedTest(name = "RFC 9110 15.5.5: {0}n{1} names no file")
    @CsvSource({"/, ''", "/a/, /b", "/, /", "/./, ''", "/%61, ''"})
    void aLongerNameNamesNoFile(String before, String after) {
        assertRejected(before + "n".repeat(256) + after, HttpResponseStatus.NOT_FOUND);
    }

    @Test
    void theLimitOfANameCountsBytes() {
        assertRejected("/" + "%c3%a4".repeat(128), HttpResponseStatus.NOT_FOUND);
        assertThat(RequestTarget.parse("/" + "%c3%a4".repeat(127)).path()).hasSize(127);
    }

    @Test
    void aPathOfUpTo4095BytesIsTaken() {
        String path = "d/".repeat(2047) + "f";

        assertThat(path).hasSize(4095);
        assertThat(RequestTarget.parse("/" + path).path()).isEqualTo(path);
        assertThat(RequestTarget.parse("/./" + path).path()).isEqualTo(path);
        assertThat(RequestTarget.parse("/" + path + "?" + "q".repeat(5000)).path())
                .isEqualTo(path);
    }

    @Test
    void aLongerPathIsTooLong_rfc9110_15_5_15() {
        String path = "d/".repeat(2047) + "ff";

        assertRejected("/" + path, HttpResponseStatus.REQUEST_URI_TOO_LONG);
        assertRejected("/./" + path, HttpResponseStatus.REQUEST_URI_TOO_LONG);
        assertRejected("/" + "n".repeat(100_000), HttpResponseStatus.REQUEST_URI_TOO_LONG);
    }

    @Test
    void aFileIsResolvedInItsDirectory() {
        assertThat(RequestTarget.resolve(RequestTarget.parse("/").path(), "index.html"))
                .isEqualTo("index.html");
        assertThat(RequestTarget.resolve(RequestTarget.parse("/a/").path(), "index.html"))
                .isEqualTo("a/index.html");
    }

    @ParameterizedTest(name = "RFC 9110 10.2.2: {0} is sent to {1}")
    @CsvSource({
        "/a, /a/",
        "/a/b?q=1&r=%20, /a/b/?q=1&r=%20",
        "/a?, /a/?",
        "//a, /a/",
        "//evil.example, /evil.example/",
        "///evil.example//, /evil.example/",
        "/x/..//evil.example, /evil.example/",
        "/x/../%65vil.example, /evil.example/",
        "http://h//evil.example, /evil.example/",
        "/a%20b, /a%20b/",
        "/%c3%a4, /%C3%A4/",
        "/%0d%0aX-Forged:%20y, /%0D%0AX-Forged:%20y/",
        "/%3fq%23f%25, /%3Fq%23f%25/",
        "/%22%3c%3e, /%22%3C%3E/",
        "/a?x\"<>, /a/?x%22%3C%3E",
        "/a?//x@y, /a/?//x@y",
        "/, /",
    })
    void theLocationOfADirectoryStaysOnTheSite(String target, String location) {
        assertThat(RequestTarget.parse(target).directoryLocation()).isEqualTo(location);
    }

    @Test
    void bytesOfAQueryAreEscapedInALocation() {
        assertThat(RequestTarget.parse("/a?\u00e4\\").directoryLocation()).isEqualTo("/a/?%E4%5C");
    }

    @Test
    void aRejectedTargetHasNoPath() {
        RequestTarget rejected = RequestTarget.parse("/..");

        assertThatThrownBy(rejected::path)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("400");
        assertThatThrownBy(rejected::directoryLocation).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void noTargetLeavesTheRoot() {
        List<String> pieces = List.of(
                "/", "//", ".", "..", "%2e", "%2E%2e", "%2f", "%5c", "\\", "%00", "%", "a", "b%20", "%c0%af", "%c3%a4",
                "?", "#", " ", "http://", "h", "*", "\u00ff");
        Random random = new Random(9112);
        for (int round = 0; round < 50_000; round++) {
            StringBuilder target = new StringBuilder(random.nextInt(4) > 0 ? "/" : "");
            for (int n = random.nextInt(9); n > 0; n--) {
                target.append(pieces.get(random.nextInt(pieces.size())));
            }
            RequestTarget parsed = RequestTarget.parse(target.toString());
            if (parsed.rejection() == null && !parsed.path().equals(".")) {
                assertThat(Arrays.asList(parsed.path().split("/", -1)))
                        .as(target.toString())
                        .doesNotContain("", ".", "..");
                assertThat(parsed.path()).as(target.toString()).doesNotContain("\\", "\u0000");
                assertThat(parsed.directoryLocation()).as(target.toString()).matches("/[!-~&&[^/\\\\]][!-~&&[^\\\\]]*");
                RequestTarget again = RequestTarget.parse(parsed.directoryLocation());
                assertThat(again.path()).as(target.toString()).isEqualTo(parsed.path());
            }
        }
    }

    private static void assertDirectory(String target, String path) {
        RequestTarget parsed = RequestTarget.parse(target);

        assertThat(parsed.rejection()).isNull();
        assertThat(parsed.path()).isEqualTo(path);
        assertThat(parsed.isDirectory()).isTrue();
    }

    private static void assertRejected(String target, HttpResponseStatus status) {
        assertThat(RequestTarget.parse(target).rejection()).isEqualTo(status);
    }
}
