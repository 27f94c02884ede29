package dev.aio.netty.http;

import static dev.aio.netty.http.RangeAnswers.answer;
import static dev.aio.netty.http.RangeAnswers.answerTo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.TargetDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What Jetty asserts of files. Where it contradicts RFC 9110, or chooses otherwise, the line says what we do and why.
 *
 * <p>Here: ByteRangeTest, EtagUtilsTest, ResourceHandlerTest, ResourceHandlerByteRangesTest, MultiPartByteRangesTest,
 * DefaultServletTest, DefaultServletRangesTest, ResourceServletTest (as far as they say the same of files),
 * AllowSymLinkAliasCheckerTest, AllowedResourceAliasCheckerTest, RFC2616BaseTest 14.16 and 14.35. Paths are in {@link
 * JettyPathsTest}, requests as such in {@link JettyRequestsTest}.
 *
 * <p>Not offered, so not here: lists of directories, caches that one can size (testCaching*), several bases, welcome
 * servlets and redirects to welcome files, stylesheets, sessions and path parameters, GzipHandler (compression as it
 * goes), filters, includes, aliases by case or by short names of Windows.
 */
@Timeout(60)
class JettySuiteTest {

    @TempDir(factory = TargetDirectory.class)
    static Path directory;

    private static SuiteSite site;

    @BeforeAll
    static void serve() throws Exception {
        for (String name : new String[] {
            "simple.txt",
            "data0.txt",
            "data0.txt.gz",
            "data0.txt.br",
            "one/index.htm",
            "two/index.html",
            "three/index.htm",
            "three/index.html",
            "dir?/index.html",
            "dir;/index.html",
            "sub/foobar.txt",
            "file.txt",
            "big.txt"
        }) {
            TestSite.file(directory, name, "this is " + name);
        }
        Files.createDirectories(directory.resolve("directory"));
        Files.createSymbolicLink(directory.resolve("sub/link.txt"), Path.of("foobar.txt"));
        Files.createSymbolicLink(directory.resolve("sublink"), Path.of("sub"));
        Files.createSymbolicLink(directory.resolve("outlink.txt"), Path.of("/etc/hostname"));
        site = new SuiteSite(
                directory,
                builder ->
                        builder.index("index.html", "index.htm").precompressed(ContentCoding.BR, ContentCoding.GZIP));
    }

    @AfterAll
    static void close() {
        site.close();
    }

    @ParameterizedTest(name = "RFC 9110 14: Jetty, ByteRangeTest: {0} of {1} bytes is {2}")
    @CsvSource({
        "'5-20,35-65', 50, 206 5-20 35-49",
        // sorted in Jetty: 15.3.7.2 wants them in the order asked for, if nothing speaks against it
        "'5-20,35-65,-5', 50, 206 5-20 35-49",
        "'5-20,15-25', 200, 206 5-25",
        "'5-10,15-20', 200, 206 5-10 15-20",
        "'5-10,15-20,5-10,15-20,5-10,5-10', 200, 206 5-10 15-20",
        "'5-15,20-30,10-25', 200, 206 5-30",
        "'20-30,5-15,0-5,25-35', 200, 206 20-35 0-15",
        "'90-100, 10-20, 30-40, -161', 200, 206 30-199 10-20",
        "50-, 500, 206 50-499",
        "-5, 200, 206 195-199",
        "50-150, 120, 206 50-119",
        "' 1 - 50', 120, 206 1-50",
        "300-310, 200, 416",
        "'10-60,10-60,10-60,0-2', 80, 206 10-60 0-2",
        "'0-9,20-29,40-49,60-60,70-79', 80, 206 0-9 20-29 40-49 60-60 70-79",
        // 416 in Jetty: 14.2 lets a malformed field be ignored, as Apache does
        "a-b, 200, 200",
        "0F-FF, 500, 200",
        "1-50\t90-101\t200-250, 500, 200",
        "1-50;90-101;200-250, 500, 200",
        "50-1, 500, 200",
        "1--20, 500, 200",
        "1---, 500, 200",
        "050-001, 500, 200",
        "-, 36, 200",
        "0, 36, 200",
    })
    void ranges(String ranges, long size, String expected) {
        assertThat(answer(size, ranges)).isEqualTo(expected);
    }

    @ParameterizedTest(
            name = "RFC 9110 14: Jetty, RFC2616BaseTest 14.16, 14.35, MultiPartByteRangesTest: {0} of 27 is {1}")
    @CsvSource({
        "'5-8,50-60', 206 5-8",
        "'50-60,5-8', 206 5-8",
        "0-2, 206 0-2",
        "23-, 206 23-26",
        "23-42, 206 23-26",
        "-3, 206 24-26",
        "'23-23,-2', 206 23-23 25-26",
        // what is malformed is passed over in Jetty, the rest is answered: 14.2 speaks of the field as a whole
        "'a-b,5-8', 200",
        "'a-b,bytes=5-8', 200",
        // 416 in Jetty
        "a-b, 200",
        "-, 200",
        "-1-, 200",
    })
    void rfc2616(String ranges, String expected) {
        assertThat(answer(27, ranges)).isEqualTo(expected);
    }

    @Test
    void unitsThatNobodyKnowsAreIgnored_rfc9110_14_2() {
        // 416 in Jetty: RFC 9110 14.2 is a MUST
        assertThat(answerTo(10, "bad-unit=0-0")).isEqualTo("200");
        assertThat(answerTo(27, "doublehalfwords=1-2")).isEqualTo("200");
        assertThat(answerTo(200, "byte=10-3")).isEqualTo("200");
    }

    @ParameterizedTest(name = "RFC 9110 14: Jetty, ResourceHandlerByteRangesTest: {0} is {1}")
    @CsvSource(
            delimiterString = " => ",
            quoteCharacter = '~',
            value = {
                "/file.txt => 200|= this is file.txt|accept-ranges: bytes",
                "/file.txt|Range: bytes=2-3 => 206|content-range: bytes 2-3/16|content-length: 2|= is|content-type: text/plain; charset=utf-8",
                "/file.txt|Range: bytes=0-0,-1 => 206|content-type: ~multipart/byteranges; boundary=\\w+|-content-range",
                "/file.txt|Range: bytes=100-200 => 416|content-range: bytes */16|-accept-ranges",
                // one of two lines that is well formed is taken in Jetty: the field is one of a single value
                "/file.txt|Range: bytes=a-b|Range: bytes=5-8 => 200",
                // Request-Range, of old clients
                "/file.txt|Request-Range: bytes=5-8 => 200",
            })
    void parts(String asked, String expected) throws Exception {
        site.check(asked, expected);
    }

    @ParameterizedTest(name = "RFC 9110 13: Jetty, testIfETag, testIfModified*, testIfUnmodified*: {0} is {1}")
    @CsvSource(
            delimiterString = " => ",
            quoteCharacter = '~',
            value = {
                "/file.txt|If-None-Match: TAG => 304|-content-length|-content-type|etag: ~\".+\"",
                "/file.txt|If-None-Match: wibble,TAG,wobble => 304",
                "/file.txt|If-None-Match: wibble => 200",
                "/file.txt|If-None-Match: wibble, wobble => 200",
                "/file.txt|If-Match: TAG => 200",
                "/file.txt|If-Match: wibble,TAG,wobble => 200",
                "/file.txt|If-Match: wibble => 412",
                "/file.txt|If-Match: wibble, wobble => 412",
                // ResourceHandlerTest, etag of a file that has changed
                "/file.txt|If-None-Match: \"other\" => 200|= this is file.txt",
                "/file.txt|If-None-Match: W/\"wobble\" => 200",
                "/missing.txt => 404",
                "/file.txt|If-Modified-Since: SAME => 304|=",
                "/file.txt|If-Modified-Since: EARLIER => 200|last-modified: Sun, 06 Nov 1994 08:49:37 GMT",
                "/file.txt|If-Modified-Since: LATER => 304",
                "/file.txt|If-Modified-Since: Fri, 31 Dec 9999 23:59:59 GMT => 304",
                "/file.txt|If-Unmodified-Since: LATER => 200",
                "/file.txt|If-Unmodified-Since: SAME => 200|= this is file.txt",
                "/file.txt|If-Unmodified-Since: EARLIER => 412",
                // RFC 7234 of DefaultServletTest: ETag before date
                "/file.txt|If-None-Match: \"a\"|If-Modified-Since: LATER => 200",
            })
    void conditions(String asked, String expected) throws Exception {
        site.check(asked, expected);
    }

    @ParameterizedTest(
            name = "RFC 9110 15.4.2: Jetty, testWelcome*, testDirectoryRedirect, testResourceRedirect: {0} is {1}")
    @CsvSource(
            delimiterString = " => ",
            quoteCharacter = '~',
            value = {
                "/one/ => 200|= this is one/index.htm",
                "/two/ => 200|= this is two/index.html",
                "/three/ => 200|= this is three/index.html",
                // 404 in Jetty where lists are forbidden; 403 in others
                "/ => 403",
                "/directory/ => 403",
                // 302 in Jetty, with the host; what is there for good is 301
                "/directory => 301|location: /directory/",
                "/directory?name=value => 301|location: /directory/?name=value",
                // path parameters are kept there; RFC 3986 3.3 leaves them to the server, and files have none
                "/directory;JSESSIONID=12345678 => 404",
                "/directory;JSESSIONID=12345678?name=value => 404",
                "/dir? => 404",
                "/dir%3F => 301|location: /dir%3F/",
                "/dir%3F/ => 200|= this is dir?/index.html",
                "/dir%3B => 301|location: /dir;/",
                "/dir%3B/ => 200|= this is dir;/index.html",
                "/dir;/ => 200|= this is dir;/index.html",
                // sent to the file in Jetty: a file with a slash is another name
                "/simple.txt/ => 404|-location",
                "/two/index.html/ => 404|-location",
                "/simple.txt => 200|content-type: text/plain; charset=utf-8|last-modified: ~.+ GMT|content-length: 18",
                "HEAD /simple.txt => 200|content-length: 18",
                "HEAD /missing => 404",
                "POST /simple.txt => 405",
                "TRACE /simple.txt => 405",
                "OPTIONS / => 200|allow: GET, HEAD, OPTIONS",
            })
    void directories(String asked, String expected) throws Exception {
        site.check(asked, expected);
    }

    @ParameterizedTest(name = "RFC 9110 12.5.3: Jetty, testGzip, testBrotli, testPrecompressed*: {0} is {1}")
    @CsvSource(
            delimiterString = " => ",
            quoteCharacter = '~',
            value = {
                "/data0.txt => 200|-content-encoding|vary: Accept-Encoding|= this is data0.txt",
                "/data0.txt|Accept-Encoding: gzip => 200|content-encoding: gzip|vary: Accept-Encoding"
                        + "|content-type: text/plain; charset=utf-8|content-length: 20|= this is data0.txt.gz"
                        + "|etag: ~\".+-gzip\"",
                "/data0.txt.gz|Accept-Encoding: gzip => 200|-content-encoding|content-type: application/gzip"
                        + "|= this is data0.txt.gz",
                "/data0.txt.gz|Accept-Encoding: gzip|If-None-Match: W/\"wobble\" => 200|-content-encoding",
                "/data0.txt|Accept-Encoding: gzip|If-None-Match: TAG => 304|etag: ~\".+-gzip\"|vary: Accept-Encoding",
                "/data0.txt|Accept-Encoding: gzip|If-None-Match: W/\"foobar\",TAG => 304|etag: ~\".+-gzip\"",
                "/data0.txt|Accept-Encoding: gzip|If-None-Match: W/\"foobar\" => 200",
                "/data0.txt|Accept-Encoding: br => 200|content-encoding: br|= this is data0.txt.br|etag: ~\".+-br\"",
                "/data0.txt|Accept-Encoding: gzip, compress, br => 200|content-encoding: br",
                "/data0.txt|Accept-Encoding: gzip, compress, br;q=0.9 => 200|content-encoding: gzip",
                "/data0.txt|Accept-Encoding: zip;q=0.5,gzip;q=1.0 => 200|content-encoding: gzip",
                "/data0.txt|Accept-Encoding: br;q=1.0,gzip;q=0.5 => 200|content-encoding: br",
                "/data0.txt|Accept-Encoding: br;q=0.5,gzip;q=1.0 => 200|content-encoding: gzip",
                "/data0.txt|Accept-Encoding: compress => 200|-content-encoding|vary: Accept-Encoding",
                "/big.txt|Accept-Encoding: gzip => 200|-content-encoding",
            })
    void precompressed(String asked, String expected) throws Exception {
        site.check(asked, expected);
    }

    /** In Jetty the tag of one form makes the other 304: RFC 9110 8.8.3.3 has them differ, and a client shows what it has. */
    @Test
    void theTagOfOneFormIsNotThatOfAnother_rfc9110_8_8_3_3() throws Exception {
        String plain = site.ask("GET", "/data0.txt").field("etag");

        site.check("/data0.txt|Accept-Encoding: gzip|If-None-Match: " + plain, "200|content-encoding: gzip");
        site.check("/data0.txt|If-None-Match: " + plain.replace("\"", "") + "-gzip", "200|-content-encoding");
    }

    @ParameterizedTest(name = "RFC 9110 8.8.3.2: Jetty, EtagUtilsTest: {1} matches {0}: {2}")
    @CsvSource(
            delimiterString = " => ",
            quoteCharacter = '~',
            value = {
                "\"tag\" => \"tag\" => true",
                "\"1234567\" => W/\"1234567\" => true",
                "\"1234567\" => W/\"1234111\" => false",
                "\"xtag\" => \"tag\" => false",
                // forms of one file match in Jetty, and tags without quotes
                "\"tag\" => \"tag--gz\" => false",
                "\"1234567\" => W/\"1234567--br\" => false",
                "\"12345\" => 12345 => false",
            })
    void tags(String tag, String line, boolean match) {
        assertThat(EntityTag.isWeaklyIn(List.of(line), new EntityTag(tag, true)))
                .isEqualTo(match);
    }

    @ParameterizedTest(name = "Jetty, testSymLinks, alias checkers: {0} is {1}")
    @CsvSource({
        "/sub/foobar.txt, 200",
        "/sub/link.txt, 200",
        "/sublink/foobar.txt, 200",
        "/sublink/link.txt, 200",
        "/sublink, 301",
        "/outlink.txt, 403",
    })
    void links(String path, String status) throws Exception {
        site.check(path, status);
    }

    /** What climbs out is 404 in Jetty by way of another context; here 400, and never the file. */
    @ParameterizedTest(name = "RFC 3986 5.2.4: Jetty, testListingContextBreakout: {0} is {1}")
    @CsvSource({
        "/dir%3F/../../sekret/pass, 400",
        "/dir%3F/..;/..;/sekret/pass, 404",
        "/dir%3F/%2E%2E/%2E%2E/sekret/pass, 400",
        "/dir%3F/../two/index.html, 200",
        "/dir%3F/../../, 400",
        "/dir;/../../sekret/pass, 400",
        "/dir;/..;/..;/sekret/pass, 404",
        "/dir;/%2E%2E/%2E%2E/sekret/pass, 400",
        "/dir?/../../sekret/pass, 404",
        "/dir?/..;/..;/sekret/pass, 404",
    })
    void breakout(String path, String status) throws Exception {
        site.check(path, status);
    }
}
