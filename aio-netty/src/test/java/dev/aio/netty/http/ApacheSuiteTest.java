package dev.aio.netty.http;

import static dev.aio.netty.http.RangeAnswers.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.TargetDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What Apache httpd's test framework and its own pytest suite assert of files. Where they contradict RFC 9110, or choose
 * otherwise, the line says what we do and why.
 *
 * <p>Here: t/apache/byterange, byterange3 to byterange7, maxranges, etags, options, 404, getfile, mergeslashes,
 * acceptpathinfo (off), t/modules/dir, brotli, deflate and negotiation (codings), expires and headers (what is set),
 * allowmethods, test/modules/core/test_001_encoding.py, http2/test_008_ranges.py, t/security/CVE-2011-3368 and
 * CVE-2020-1927. Requests as such are in {@link ApacheRequestsTest}.
 *
 * <p>Not offered, so not here: CGI, SSI and filters (byterange2, pr*.t, CVEs of modules), negotiation of languages, types
 * and charsets, autoindex, speling, aliases, authentication and access, rewriting, error documents, configuration in
 * .htaccess and by section (if_sections, cfg_getline), server names (server_name_port), DAV, proxying.
 */
@Timeout(60)
class ApacheSuiteTest {

    @TempDir(factory = TargetDirectory.class)
    static Path directory;

    private static SuiteSite site;

    @BeforeAll
    static void serve() throws Exception {
        for (String name : new String[] {
            "006/006.css",
            "x%2f.test",
            "10%abnormal.txt",
            "page.html",
            "page.html.br",
            "zero.txt.br",
            "htaccess/1.html",
            "htaccess/2.html",
            "htaccess/index.html",
            "plain.txt"
        }) {
            TestSite.file(directory, name, "this is " + name);
        }
        TestSite.file(directory, "zero.txt", "");
        Files.createDirectories(directory.resolve("nothing"));
        site = new SuiteSite(directory, builder -> builder.precompressed(ContentCoding.BR));
    }

    @AfterAll
    static void close() {
        site.close();
    }

    @ParameterizedTest(name = "RFC 9110 15.3.7.2: Apache, byterange6.t: {0} of 8,000 bytes is {1}")
    @CsvSource({
        "'0-100,70-100,1000-1001', 0-100 1000-1001",
        "'0-90,70-100,1000-1001', 0-100 1000-1001",
        "'0-70,70-100,1000-1001', 0-100 1000-1001",
        "'1-100,70-100,1000-1001', 1-100 1000-1001",
        "'1-90,70-100,1000-1001', 1-100 1000-1001",
        // 5-6 once more in Apache: it is in the first part
        "'0-100,70-100,1000-1001,5-6', 0-100 1000-1001",
        "'1-90,70-100,1000-1001,5-6', 1-100 1000-1001",
        "'1-70,71-100,1000-1001', 1-100 1000-1001",
        "'1-70,69-100,1000-1001', 1-100 1000-1001",
        "'1-70,0-100,1000-1001', 0-100 1000-1001",
        "'0-70,72-100,1000-1001', 0-70 72-100 1000-1001",
        "'1-70,2-100,1000-1001', 1-100 1000-1001",
        "'0-100,0-99,1000-1001', 0-100 1000-1001",
        "'0-100,0-101,1000-1001', 0-101 1000-1001",
        "'0-100,50-99,1000-1001', 0-100 1000-1001",
        "'0-100,50-101,1000-1001', 0-101 1000-1001",
        "'1-10,0-9,99-99', 0-10 99-99",
        "'1-10,0-12,99-99', 0-12 99-99",
        "'1-10,2-12,99-99', 1-12 99-99",
        "'1-9,1-10,99-99', 1-10 99-99",
        "'10-20,1-9,99-99', 1-20 99-99",
        "'10-20,1-11,99-99', 1-20 99-99",
        "'10-20,1-21,99-99', 1-21 99-99",
        "'5-10,11-12,99-99', 5-12 99-99",
        "'5-10,1-4,99-99', 1-10 99-99",
        "'5-10,1-3,99-99', 5-10 1-3 99-99",
        "'0-1,-1', 0-1 7999-7999",
        // byterange5.t
        "'0-1,1000-1001', 0-1 1000-1001",
        "'1000-1100,100-200,2000-2200', 1000-1100 100-200 2000-2200",
        "'3000-,100-200,2000-2200', 3000-7999 100-200 2000-2200",
        // byterange3.t
        "'5-8192,0-8191,5-8182,0-8191', ",
        "'13-5000,8-4999,13-4990,8-4999', 8-5000",
    })
    void coalesced(String ranges, String expected) {
        assertThat(answer(8_000, ranges)).isEqualTo(expected == null ? "200" : "206 " + expected);
    }

    @ParameterizedTest(name = "RFC 9110 14.2: Apache, byterange7.t: {0} of 40,000 bytes is {1}")
    @CsvSource({
        "',', 200",
        "7-1, 200",
        "foo, 200",
        "'1-4,x', 200",
        "'1-4,5-2', 200",
        "'100000-110000,5-2', 200",
        "100000-110000, 416",
        "'100000-110000,200000-', 416",
        "1000-200000, 206 1000-39999",
        "'100000-110000,1000-2000', 206 1000-2000",
        "'100000-110000,2000-1000', 200",
    })
    void invalid(String ranges, String expected) {
        assertThat(answer(40_000, ranges)).isEqualTo(expected);
    }

    /** Two hundred are Apache's default; Jetty takes any number, which is a way to keep a server busy. */
    @ParameterizedTest(name = "RFC 9110 17.15: Apache, maxranges.t: {0} times two ranges are {1}")
    @CsvSource({"50, 206 0-1 3-4", "100, 206 0-1 3-4", "102, 200"})
    void number(int times, String expected) {
        String ranges = IntStream.range(0, times).mapToObj(i -> "0-1,3-4,").collect(Collectors.joining());

        assertThat(answer(8_000, ranges)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "RFC 9110 17.15: Apache, maxranges.t: {1} of at most {0} ranges is {2}")
    @CsvSource({
        "0, 0-100, 200",
        "1, 0-100, 206 0-100",
        "1, '0-100,200-300', 200",
        "2, '0-100,200-300', 206 0-100 200-300",
        "2, '0-100,200-300,400-500', 200",
        "2147483647, '0-1,3-4,0-1,3-4', 206 0-1 3-4",
    })
    void most(int most, String ranges, String expected) {
        assertThat(RangeAnswers.answerTo(8_000, "bytes=" + ranges, most)).isEqualTo(expected);
    }

    /** byterange4.t: what lies on and beside the borders of what is sent at once. */
    @Test
    void rangesAroundEveryBorder_rfc9110_14_1_2() {
        int[] borders = {0, 1, 2, 198, 199, 200, 201, 598, 599, 600, 601, 7798, 7799, 7800, 7801, 7998, 7999};
        for (int start : borders) {
            for (int end : borders) {
                String expected = end < start ? "200" : "206 " + start + '-' + end;
                assertThat(answer(8_000, start + "-" + end)).isEqualTo(expected);
            }
        }
    }

    /** A file fetched in pieces that overlap by a byte. */
    @ParameterizedTest(name = "RFC 9110 14.1.2: Apache, byterange.t: {0} bytes in pieces of 8,192")
    @CsvSource({"1", "8191", "8192", "8193", "100000"})
    void pieces(int size) {
        int total = 0;
        while (total < size) {
            String answer = answer(size, total + "-" + (total + 8_192));
            int end = Math.min(total + 8_192, size - 1);
            assertThat(answer).isEqualTo("206 " + total + '-' + end);
            total = end + 1;
        }
        assertThat(total).isEqualTo(size);
    }

    @ParameterizedTest(name = "RFC 9110 8.8.3: Apache, etags.t: {0} has a tag like {1}")
    @CsvSource({"FROM_STAT, '\"[0-9a-f]+-[0-9a-f]+-[0-9a-f]+\"'", "WITHOUT_INODE, '\"[0-9a-f]+-[0-9a-f]+\"'", "NONE, "})
    void tags(String which, String pattern, @TempDir(factory = TargetDirectory.class) Path tagged) throws Exception {
        TestSite.file(tagged, "test.txt", "x");
        EntityTags tags = switch (which) {
            case "NONE" -> EntityTags.NONE;
            case "WITHOUT_INODE" -> EntityTags.WITHOUT_INODE;
            default -> EntityTags.FROM_STAT;
        };
        try (SuiteSite other = new SuiteSite(tagged, builder -> builder.entityTags(tags))) {
            other.check("/test.txt", pattern == null ? "200|-etag" : "200|etag: ~" + pattern);
        }
    }

    @ParameterizedTest(name = "RFC 9110 9: Apache, {0} is {1}")
    @CsvSource(
            delimiterString = " => ",
            quoteCharacter = '~',
            value = {
                // options.t, allowmethods.t
                "OPTIONS / => 200|allow: GET, HEAD, OPTIONS|content-length: 0",
                "POST /plain.txt => 405|allow: GET, HEAD, OPTIONS",
                "HEAD /plain.txt => 200|content-length: 17",
                // 404.t; text/html in Apache
                "/404/not/found/test => 404|content-type: text/plain; charset=utf-8|content-length: 14",
                // getfile.t
                "/plain.txt => 200|= this is plain.txt|content-length: 17",
                // acceptpathinfo.t, off: what stands behind a file's name is no part of the file
                "/plain.txt/foo/bar => 404",
                // dir.t
                "/htaccess/ => 200|= this is htaccess/index.html",
                "/htaccess => 301|location: /htaccess/",
                "/nothing/ => 403",
                // http2/test_008_ranges.py
                "/plain.txt|Range: bytes=0-9 => 206|content-length: 10|accept-ranges: bytes|= this is pl",
            })
    void files(String asked, String expected) throws Exception {
        site.check(asked, expected);
    }

    @ParameterizedTest(name = "Apache, dir.t: DirectoryIndex {0} is {1}")
    @CsvSource({
        "foo, 403",
        "1.html, 200|= 1.html",
        "foo 1.html, 200|= 1.html",
        "1.html foo, 200|= 1.html",
        "foo goo moo bleh, 403",
        "2.html 1.html, 200|= 2.html",
        "foo goo moo bleh 1.html 2.html, 200|= 1.html",
        "index.html, 200|= index.html",
    })
    void index(String names, String expected, @TempDir(factory = TargetDirectory.class) Path indexed) throws Exception {
        for (String name : new String[] {"1.html", "2.html", "index.html"}) {
            TestSite.file(indexed, name, name);
        }
        try (SuiteSite other = new SuiteSite(indexed, builder -> builder.index(names.split(" ")))) {
            other.check("/", expected);
        }
    }

    @ParameterizedTest(name = "RFC 3986 6.2.2: Apache, test_001_encoding.py and others: {0} is {1}")
    @CsvSource({
        "/006/006.css, 200",
        "/%30%30%36/%30%30%36.css, 200",
        "/nothing/../006/006.css, 200",
        "/nothing/./../006/006.css, 200",
        "/nothing/%2e%2e/006/006.css, 200",
        "/nothing/%2e/%2e%2e/006/006.css, 200",
        "/nothing/%2e/%2e%2e/006/006%2ecss, 200",
        "/006//006.css, 200",
        "/006//////////006.css, 200",
        "/006////.//////006.css, 200",
        "/006////%2e//////006.css, 200",
        "/006////%2e//////006%2ecss, 200",
        "/006/../006/006.css, 200",
        "/006/%2e%2e/006/006.css, 200",
        "/../echo.py, 400",
        "/nothing/../../echo.py, 400",
        "/nothing/%2e%2e/%2e%2e/echo.py, 400",
        "/nothing/%%32%65%%32%65/echo.py, 400",
        "/nothing/%%32%65%%32%65/%%32%65%%32%65/h2_env.py, 400",
        "/nothing/%25%32%65%25%32%65/echo.py, 404",
        "/nothing/%25%32%65%25%32%65/%25%32%65%25%32%65/h2_env.py, 404",
        "/006%2f006.css, 404",
        "/x%252f.test, 200",
        "/10%25abnormal.txt, 200",
        // mergeslashes.t
        "//006/006.css, 200",
        "///006/006.css, 200",
        "/006///006.css, 200",
        // CVE-2011-3368, CVE-2020-1927
        "@localhost/foobar.html, 400",
        "/CVE-2020-1927/%0D%0Ahttp://127.0.0.1/, 404",
    })
    void paths(String path, String status) throws Exception {
        site.check(path, status);
    }

    @ParameterizedTest(name = "RFC 9110 12.4.2: Apache, brotli.t, deflate.t: br{0} has Content-Encoding {1}")
    @CsvSource({
        "'', br",
        "' ', br",
        "';', br",
        "';q=0', ",
        "';q=0.', ",
        "';q=0.0', ",
        "';q=0.00', ",
        "';q=0.000', ",
        "';q=1', br",
        "';q=1.000', br",
        // taken for 1 in Apache: who sends what is none may not take it
        "';q=', ",
        "';q=0.0000', ",
    })
    void qualities(String quality, String coding) throws Exception {
        for (String path : new String[] {"/page.html", "/zero.txt"}) {
            String of = coding == null ? "|-content-encoding" : "|content-encoding: " + coding;
            site.check(
                    path + "|Accept-Encoding: br" + quality,
                    "200|content-length: ~[0-9]+|etag: ~.+|vary: Accept-Encoding" + of);
        }
    }

    /** headers.t, expires.t */
    @Test
    void whatIsSetByPatternIsSaid_rfc9111_5_2(@TempDir(factory = TargetDirectory.class) Path cached) throws Exception {
        TestSite.file(cached, "a.html", "x");
        TestSite.file(cached, "a.gif", "x");
        try (SuiteSite other = new SuiteSite(cached, builder -> builder.cacheControl("*.gif", "max-age=2592000"))) {
            other.check("/a.gif", "200|cache-control: max-age=2592000");
            other.check("/a.html", "200|-cache-control|-expires");
        }
    }
}
