package dev.aio.netty.http;

import static dev.aio.netty.http.RangeAnswers.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.TargetDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What Go's net/http asserts of files, in fs_test.go; the names are its own. Where it contradicts RFC 9110, or chooses
 * otherwise, the line says what we do and why. Requests as such are in {@link GoRequestsTest}.
 *
 * <p>Not offered, so not here: lists of directories (TestFileServerEscapesNames, SortsNames), file systems of one's own
 * (FS, DirJoin, EmptyDirOpenCWD, ServerFileStatError), headers set by a handler before (ServeFileContentType,
 * ServeFileWithContentEncoding, ServeFileZippingResponseWriter, FileServerErrorMessages with headers kept), prefixes
 * that are stripped, names of devices on Windows. TestLinuxSendfile is a counter's affair here, see
 * StaticFileHandlerTest.
 */
@Timeout(60)
class GoSuiteTest {

    @TempDir(factory = TargetDirectory.class)
    static Path directory;

    private static SuiteSite site;

    @BeforeAll
    static void serve() throws Exception {
        TestSite.file(directory, "file", "0123456789\n");
        TestSite.file(directory, "file.txt", "0123456789\n");
        TestSite.file(directory, "testdata/index.html", "index.html says hello");
        TestSite.file(directory, "testdata/file", "x");
        TestSite.file(directory, "style.css", "body {}\n");
        TestSite.file(directory, "nanos.css", "body {}\n", TestSite.MODIFIED.plusNanos(123));
        TestSite.file(directory, "epoch.html", "<html>foo", Instant.EPOCH);
        TestSite.file(directory, "empty", "");
        TestSite.file(directory, "a/b", "b");
        TestSite.file(directory, "a../b", "a..");
        TestSite.file(directory, "foo:bar/x", "x");
        Files.createDirectories(directory.resolve("\"'<>&"));
        Files.createDirectories(directory.resolve("?foo=bar#baz"));
        site = new SuiteSite(directory, builder -> {});
    }

    @AfterAll
    static void close() {
        site.close();
    }

    @ParameterizedTest(name = "RFC 9110 14: Go, TestServeFile, ...RejectsInvalidSuffixLengths: {0} of 11 bytes is {1}")
    @CsvSource({
        "0-4, 206 0-4",
        "2-, 206 2-10",
        "-5, 206 6-10",
        "3-7, 206 3-7",
        "'0-0,-2', 206 0-0 9-10",
        "'0-1,5-8', 206 0-1 5-8",
        "'0-1,5-', 206 0-1 5-10",
        "5-1000, 206 5-10",
        "'0-,1-,2-,3-,4-', 200",
        "0-9, 206 0-9",
        "0-10, 206 0-10",
        "0-11, 206 0-10",
        "10-11, 206 10-10",
        "10-, 206 10-10",
        "11-, 416",
        "11-12, 416",
        "12-12, 416",
        "11-100, 416",
        "12-100, 416",
        "100-, 416",
        "100-1000, 416",
        "'', 200",
        "-6, 206 5-10",
        "6-, 206 6-10",
        // 416 in Go: RFC 9110 14.2 lets a malformed field be ignored, as Apache does
        "--6, 200",
        "--0, 200",
        "---0, 200",
        "-6-, 200",
        // 206 with nothing in it in Go: RFC 9110 14.1.2 says that it cannot be satisfied
        "-0, 416",
    })
    void ranges(String ranges, String expected) {
        assertThat(answer(11, ranges)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "RFC 9110 14: Go, TestServeFile: {0} is {1}")
    @CsvSource(
            delimiterString = " => ",
            quoteCharacter = '~',
            value = {
                "/file|Range: bytes=0-4 => 206|content-range: bytes 0-4/11|content-length: 5|= 01234",
                "/file|Range: bytes=-5 => 206|content-range: bytes 6-10/11|content-length: 5",
                "/file.txt|Range: bytes=0-0,-2 => 206|content-type: ~multipart/byteranges; boundary=.+|-content-range",
                "/file|Range: bytes=11- => 416|content-range: bytes */11|content-type: text/plain; charset=utf-8",
                // TestServeContentWithEmptyContentIgnoreRanges
                "/empty|Range: bytes=0-128 => 200|content-length: 0|=",
                "/empty|Range: bytes=1- => 200|content-length: 0|=",
            })
    void parts(String asked, String expected) throws Exception {
        site.check(asked, expected);
    }

    /** All in Go, whose FileServer leaves it to others: RFC 9110 9.3.3 to 9.3.8 have no such meaning. */
    @ParameterizedTest(name = "RFC 9110 9: Go, TestFileServerMethods: {0} is {1}")
    @CsvSource({
        "GET, 200",
        "HEAD, 200",
        "POST, 405",
        "PUT, 405",
        "PATCH, 405",
        "DELETE, 405",
        "TRACE, 405",
        "OPTIONS, 200"
    })
    void methods(String method, int status) throws Exception {
        TestClient.Response response = site.ask(method, "/file");

        assertThat(response.code()).isEqualTo(status);
        if (method.equals("GET") || method.equals("HEAD")) {
            assertThat(response.field("content-length")).isEqualTo("11");
        }
    }

    @ParameterizedTest(name = "RFC 9110 4.2.3: Go, {0} is {1}")
    @CsvSource(
            delimiterString = " => ",
            quoteCharacter = '~',
            value = {
                // TestServeFile_DotDot
                "/testdata/file => 200",
                "/../file => 400",
                "/.. => 400",
                "/../ => 400",
                "/../foo => 400",
                "/..\\foo => 400",
                "/a/b => 200|= b",
                "/a../b => 200|= a..",
                // 400 in Go, for a single file: RFC 3986 5.2.4 makes it the directory /
                "/file/a/.. => 404",
                "/file/a\\.. => 400",
                // TestFileServerCleans; there /../foo.txt is /foo.txt: who climbs above the root is up to something
                "/file.txt => 200",
                "//file.txt => 200",
                "/../file.txt => 400",
                // TestFileServerNullByte has 404
                "/file%00 => 400",
                "/%00 => 400",
                "/file/qwe/%00 => 400",
                // TestFileServerNamesEscape
                "/../testdata/file => 400",
                "/NUL => 404",
                // TestServeIndexHtml
                "/testdata/ => 200|= index.html says hello|content-type: text/html; charset=utf-8",
                // TestFSRedirect sends /index.html to / and a file with a slash to the file: names are as they are
                "/testdata/index.html => 200|= index.html says hello",
                "/testdata => 301|location: /testdata/",
                "/testdata/file/ => 404|-location",
                // TestServeDirWithoutTrailingSlash, TestFileServerCleanPath
                "/a => 301|location: /a/|content-type: text/plain; charset=utf-8",
                "/ => 403",
                // TestFileServerNotDirError
                "/testdata/index.html/not-a-file => 404",
                "/testdata/index.html/not-a-dir/not-a-file => 404",
                // the names of TestFileServerEscapesNames, where we write them
                "/%22'%3C%3E& => 301|location: /%22'%3C%3E&/",
                "/%3Ffoo=bar%23baz => 301|location: /%3Ffoo=bar%23baz/",
                "/foo:bar => 301|location: /foo:bar/",
                // TestServeFileMimeType, TestServeFileContentType: found by looking in Go, never here
                "/style.css => 200|content-type: text/css; charset=utf-8",
                "/file => 200|content-type: application/octet-stream",
                "/file.txt => 200|content-type: text/plain; charset=utf-8",
                // TestFileServerErrorMessages
                "/404 => 404|-etag|-cache-control|-last-modified",
            })
    void targets(String asked, String expected) throws Exception {
        site.check(asked, expected);
    }

    @ParameterizedTest(name = "RFC 9110 13: Go, TestServeContent, {0} is {1}")
    @CsvSource(
            delimiterString = " => ",
            quoteCharacter = '~',
            value = {
                "/testdata/index.html => 200|last-modified: Sun, 06 Nov 1994 08:49:37 GMT"
                        + "|content-type: text/html; charset=utf-8",
                "/style.css|If-Modified-Since: SAME => 304|-last-modified|-content-type|etag: ~\".+\"",
                "/style.css|If-None-Match: TAG => 304|-content-type|-content-encoding|-content-length",
                "/style.css|If-None-Match: \"baz\", W/TAG => 304",
                "/style.css|If-None-Match: \"Foo\" => 200|content-type: text/css; charset=utf-8",
                "/style.css|If-None-Match: , => 200|content-type: text/css; charset=utf-8",
                "/style.css|Range: bytes=0-4 => 206|content-type: text/css; charset=utf-8|content-range: bytes 0-4/8",
                "/style.css|Range: bytes=0-4|If-Range: TAG => 206|content-range: bytes 0-4/8",
                "/style.css|Range: bytes=0-4|If-Range: W/TAG => 200|-content-range",
                "/style.css|Range: bytes=10-20 => 416|content-type: text/plain; charset=utf-8|content-range: bytes */8",
                "/style.css|Range: bytes=0-4|If-Range: \"B\" => 200|-content-range",
                "/style.css|Range: bytes=0-4|If-Range: SAME => 206|last-modified: Sun, 06 Nov 1994 08:49:37 GMT",
                "/style.css|Range: bytes=0-4|If-Range: LATER => 200|last-modified: Sun, 06 Nov 1994 08:49:37 GMT",
                "/nanos.css|Range: bytes=0-4|If-Range: SAME => 206|content-range: bytes 0-4/8",
                "/nanos.css|If-Modified-Since: SAME => 304",
                // no date in Go, which takes it for none; it is one
                "/epoch.html => 200|last-modified: Thu, 01 Jan 1970 00:00:00 GMT",
                "/epoch.html|If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT => 304",
                "/style.css|If-Match: \"Z\", TAG => 200",
                "/style.css|If-Match: * => 200",
                "/style.css|If-Match: \"B\" => 412|-content-range",
                "/style.css|If-Match: W/TAG => 412",
                "/style.css|If-Unmodified-Since: SAME => 200|last-modified: Sun, 06 Nov 1994 08:49:37 GMT",
                // with Last-Modified in Go: 15.5.13 does not ask for it
                "/style.css|If-Unmodified-Since: EARLIER => 412|-last-modified",
            })
    void conditions(String asked, String expected) throws Exception {
        site.check(asked, expected);
    }

    /** What is no tag to Go's scanETag matches nothing here either. */
    @ParameterizedTest(name = "RFC 9110 8.8.3: Go, TestScanETag: If-None-Match: {0} for the tag {1} is {2}")
    @CsvSource(
            delimiterString = " => ",
            quoteCharacter = '~',
            value = {
                "W/\"etag-1\" => etag-1 => true",
                "\"etag-2\" => etag-2 => true",
                "\"etag-1\", \"etag-2\" => etag-2 => true",
                "~~ => etag-1 => false",
                "W/ => etag-1 => false",
                "W/\"truc => truc => false",
                "w/\"case-sensitive\" => case-sensitive => false",
                "\"spaced etag\" => etag => false",
                "\"spaced etag\" => spaced => false",
            })
    void tags(String line, String opaque, boolean match) {
        EntityTag tag = new EntityTag('"' + opaque + '"', false);

        assertThat(EntityTag.isWeaklyIn(List.of(line), tag)).isEqualTo(match);
    }

    @Test
    void theDateOfTheIndexCountsAndNotThatOfItsDirectory_TestDirectoryIfNotModified(
            @TempDir(factory = TargetDirectory.class) Path other) throws Exception {
        TestSite.file(other, "index.html", "I am an index");
        try (SuiteSite changing = new SuiteSite(other, builder -> builder.trustFor(Duration.ZERO))) {
            changing.check("/", "200|last-modified: Sun, 06 Nov 1994 08:49:37 GMT|= I am an index");
            changing.check("/|If-Modified-Since: SAME", "304");
            TestSite.file(other, "index.html", "I am another", TestSite.MODIFIED.plusSeconds(3600));
            changing.check("/|If-Modified-Since: SAME", "200|= I am another");
        }
    }
}
