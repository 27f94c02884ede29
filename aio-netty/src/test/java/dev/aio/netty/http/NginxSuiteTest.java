package dev.aio.netty.http;

import static dev.aio.netty.http.RangeAnswers.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.core.LinkPolicy;
import dev.aio.netty.TargetDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What nginx-tests asserts of files. Where it contradicts RFC 9110, or chooses otherwise, the line says what we do and
 * why.
 *
 * <p>Here: range.t, range_if_range.t, range_clearing.t, range_charset.t, not_modified.t, index.t, http_uri.t,
 * merge_slashes.t, http_absolute_redirect.t, http_disable_symlinks.t, http_try_files.t (slashes), gzip.t,
 * gunzip_static.t, charset.t and charset_gzip_static.t (declared charset), headers.t. Requests as such are in {@link
 * NginxRequestsTest}.
 *
 * <p>Not offered, so not here: autoindex*.t, random_index.t, addition*.t, ssi*.t, sub_filter*.t, dav*.t, mp4.t,
 * range_mp4.t, range_flv.t, image_filter*.t, gunzip*.t beyond the fields, msie_refresh.t, recoding of charsets,
 * locations, rewrite*.t, map*.t, proxying and caching of any kind, limit_*.t, mail and streams.
 */
@Timeout(60)
class NginxSuiteTest {

    @TempDir(factory = TargetDirectory.class)
    static Path directory;

    private static SuiteSite site;

    @BeforeAll
    static void serve() throws Exception {
        for (String name : new String[] {
            "t",
            "t1.html",
            "t1.html.gz",
            "t3.png",
            "index.html",
            "foo/index.html",
            "foo/bar/index.html",
            "dir sp/x",
            "auto \"#%<>?^`{|}/x",
            "many/many.html"
        }) {
            TestSite.file(directory, name, "this is " + name);
        }
        Files.createDirectories(directory.resolve("no_index"));
        site = new SuiteSite(
                directory, builder -> builder.index("index.html", "many.html").precompressed(ContentCoding.GZIP));
    }

    @AfterAll
    static void close() {
        site.close();
    }

    @ParameterizedTest(name = "RFC 9110 14: nginx-tests, range.t: {0} of 1,000 bytes is {1}")
    @CsvSource({
        "0-8, 206 0-8",
        "-10, 206 990-999",
        "990-, 206 990-999",
        "990-1990, 206 990-999",
        // three parts in nginx: 15.3.7.2 advises to send what adjoins as one
        "'0-9, -10, 10-19', 206 0-19 990-999",
        "'0-9, -10, 100000-, 10-19', 206 0-19 990-999",
        "100000-, 416",
        "0-10001, 206 0-999",
        "'0-10001, 0-0', 200",
        // 416 in nginx: 14.2 lets a malformed field be ignored, as Apache does
        "alpha, 200",
        "10-alpha, 200",
        "10, 200",
        "10-11 12-, 200",
    })
    void ranges(String ranges, String expected) {
        assertThat(answer(1_000, ranges)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "RFC 9110 17.15: nginx-tests, range.t: {1} of at most {0} ranges is {2}")
    @CsvSource({
        "2, '0-9, -10', 206 0-9 990-999",
        "2, '0-9, -10, 10000-', 206 0-9 990-999",
        "2, '0-9, -10, 10-19', 200",
        "0, 0-9, 200",
    })
    void numberOfRanges(int most, String ranges, String expected) {
        assertThat(RangeAnswers.answerTo(1_000, "bytes=" + ranges, most)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "RFC 9110 14: nginx-tests, range*.t: {0} is {1}")
    @CsvSource(
            delimiterString = " => ",
            quoteCharacter = '~',
            value = {
                "/t|Range: bytes=0-3 => 206|content-length: 4|content-range: bytes 0-3/9|= this",
                "/t|Range: bytes=-1 => 206|content-length: 1|content-range: bytes 8-8/9|= t",
                "/t|Range: bytes=8- => 206|content-length: 1|content-range: bytes 8-8/9|= t",
                "/t|Range: bytes=5-1990 => 206|content-length: 4|content-range: bytes 5-8/9|= is t",
                "/t1.html|Range: bytes=0-1,4-5 => 206|content-type: ~multipart/byteranges; boundary=\\w+|-content-range",
                "/t|Range: bytes=1000- => 416|content-range: bytes */9|-etag|-last-modified",
                // range_if_range.t
                "/t|Range: bytes=0-3|If-Range: wrong => 200|last-modified: Sun, 06 Nov 1994 08:49:37 GMT|-content-range",
                "/t|Range: bytes=0-3|If-Range: SAME => 206|content-range: bytes 0-3/9",
                "/t|Range: bytes=0-3|If-Range: Mon, 28 Sep 1970 06:00:00 GMT => 200",
                "/t|Range: bytes=0-3|If-Range: TAG => 206|etag: ~\".+\"",
            })
    void parts(String asked, String expected) throws Exception {
        site.check(asked, expected);
    }

    @ParameterizedTest(name = "RFC 9110 13.1: nginx-tests, not_modified.t: {0} is {1}")
    @CsvSource(
            delimiterString = " => ",
            quoteCharacter = '~',
            value = {
                "/t|If-Modified-Since: Wed, 08 Jul 2037 22:53:52 GMT => 304|etag: ~\".+\"|-content-length|-content-type",
                "/t|If-Modified-Since: Tue, 19 Jan 2038 03:14:07 GMT => 304",
                // 200 in nginx where time_t has 32 bits
                "/t|If-Modified-Since: Tue, 19 Jan 2038 03:14:08 GMT => 304",
                "/t|If-Modified-Since: Fri, 25 Feb 2174 09:42:23 GMT => 304",
                "/t|If-None-Match: TAG => 304|=",
                "/t|If-None-Match: \"foo\" => 200",
                "/t|If-None-Match: \"foo\", \"bar\", TAG , \"baz\" => 304",
                "/t|If-None-Match: * => 304",
                "/t|If-None-Match: W/TAG => 304",
                "/t|If-Match: TAG => 200",
                "/t|If-Match: \"foo\" => 412|-etag",
                "/t|If-Match: \"foo\", \"bar\", \tTAG , \"baz\" => 200",
                "/t|If-Match: * => 200",
                "/t|If-Match: W/TAG => 412",
                "/nx|If-Match: \"foo\" => 404",
                // http_headers_multi.t: 400 in nginx for any of them twice; 5.3 lets lists come in lines, and dates
                // that
                // are none are to be ignored
                "/t|If-None-Match: \"foo\"|If-None-Match: TAG => 304",
                "/t|If-Match: \"foo\"|If-Match: TAG => 200",
                "/t|If-Modified-Since: SAME|If-Modified-Since: SAME => 200",
                "/t|If-Unmodified-Since: EARLIER|If-Unmodified-Since: EARLIER => 200",
                "/t|Range: bytes=0-3|If-Range: TAG|If-Range: TAG => 200",
            })
    void conditions(String asked, String expected) throws Exception {
        site.check(asked, expected);
    }

    @ParameterizedTest(name = "RFC 9110 4.2.3: nginx-tests, {0} is {1}")
    @CsvSource(
            delimiterString = " => ",
            quoteCharacter = '~',
            value = {
                // index.t
                "/ => 200|= this is index.html|content-type: text/html; charset=utf-8",
                "/no_index/ => 403",
                "/many/ => 200|= this is many/many.html",
                "/not_found/ => 404",
                "/index.html/ => 404",
                // http_uri.t
                "/foo/bar% => 400",
                "/foo/bar%1 => 400",
                "/foo/bar/.?args => 200|= this is foo/bar/index.html",
                "/foo/bar/..?args => 200|= this is foo/index.html",
                "/foo/bar/. => 200|= this is foo/bar/index.html",
                "/foo/bar/.. => 200|= this is foo/index.html",
                // taken for a fragment and dropped in nginx: RFC 9112 3.2 has none in a request-target
                "/foo/bar/.#frag => 400",
                "/foo/bar/..#frag => 400",
                "http://localhost => 200|= this is index.html",
                "http://localhost/ => 200|= this is index.html",
                "http://localhost?args => 200|= this is index.html",
                "http://localhost:8080 => 200|= this is index.html",
                "http://localhost:8080/ => 200|= this is index.html",
                "http://localhost:8080?args => 200|= this is index.html",
                "http://localhost?args#frag => 400",
                "http://localhost:8080?args#frag => 400",
                // merge_slashes.t, where they are not merged; we always do, or a file would have many names
                "/foo//../t => 200|= this is t",
                "/foo///../t => 200|= this is t",
                // http_try_files.t
                "/t/ => 404",
                "/dir%20sp/x/ => 404",
            })
    void targets(String asked, String expected) throws Exception {
        site.check(asked, expected);
    }

    @ParameterizedTest(name = "RFC 9110 10.2.2: nginx-tests, http_absolute_redirect.t (off): {0} is {1}")
    @CsvSource(
            delimiterString = " => ",
            quoteCharacter = '~',
            value = {
                "/foo => 301|location: /foo/|-etag|content-length: 22",
                "/dir%20sp => 301|location: /dir%20sp/",
                "/dir%20sp?a=b => 301|location: /dir%20sp/?a=b",
                // in nginx %60, %7B, %7C and %7D as well as %5E: RFC 3986 2.1 has them all encoded
                "/auto%20%22%23%25%3C%3E%3F%5E%60%7B%7C%7D => 301|location: /auto%20%22%23%25%3C%3E%3F%5E%60%7B%7C%7D/",
                // a backslash is no name here: browsers take it for a slash
                "/auto%5C => 400",
            })
    void redirects(String asked, String expected) throws Exception {
        site.check(asked, expected);
    }

    @ParameterizedTest(name = "RFC 9110 12.5.3: nginx-tests, gzip.t, gunzip_static.t, charset*.t: {0} is {1}")
    @CsvSource(
            delimiterString = " => ",
            quoteCharacter = '~',
            value = {
                "/t1.html => 200|-content-encoding|vary: Accept-Encoding|content-type: text/html; charset=utf-8",
                "/t1.html|Accept-Encoding: gzip => 200|content-encoding: gzip|= this is t1.html.gz"
                        + "|content-type: text/html; charset=utf-8|vary: Accept-Encoding",
                // cleared in nginx where it compresses as it goes; a file has ranges
                "/t1.html|Accept-Encoding: gzip => 200|accept-ranges: bytes",
                "/t3.png => 200|-vary|-content-encoding|content-type: image/png",
                "/t1.html|Accept-Encoding: gzip|If-None-Match: TAG => 304|vary: Accept-Encoding|-content-encoding",
            })
    void codings(String asked, String expected) throws Exception {
        site.check(asked, expected);
    }

    @ParameterizedTest(name = "http_disable_symlinks.t: {0} with links {1} is {2}")
    @CsvSource({
        "/link, RELATIVE, 200",
        "/link2, RELATIVE, 403",
        "/link, NONE, 403",
        "/link2, NONE, 403",
        "/dirlink/empty.html, RELATIVE, 200",
        "/dirlink/empty.html, NONE, 403",
        "/real/empty.html, NONE, 200",
        "/link/tail, RELATIVE, 404",
        "/dirlink, RELATIVE, 301",
        "/dirlink, NONE, 403",
    })
    void links(String path, LinkPolicy policy, int status, @TempDir(factory = TargetDirectory.class) Path linked)
            throws Exception {
        TestSite.file(linked, "t", "x");
        TestSite.file(linked, "real/empty.html", "x");
        Files.createSymbolicLink(linked.resolve("link"), Path.of("t"));
        Files.createSymbolicLink(linked.resolve("dirlink"), Path.of("real"));
        Files.createSymbolicLink(linked.resolve("link2"), Path.of("/etc/hostname"));
        try (SuiteSite other = new SuiteSite(linked, builder -> builder.links(policy))) {
            assertThat(other.ask("GET", path).code()).isEqualTo(status);
        }
    }

    /** headers.t: what is added stands on answers with the file and on 304, not on errors. */
    @Test
    void whatIsSaidOfCachingStandsOnTheFilesAnswersAlone_rfc9111_5_2(
            @TempDir(factory = TargetDirectory.class) Path cached) throws Exception {
        TestSite.file(cached, "t", "x");
        try (SuiteSite other = new SuiteSite(cached, builder -> builder.cacheControl("**", "max-age=60"))) {
            other.check("/t", "200|cache-control: max-age=60");
            other.check("/t|If-None-Match: *", "304|cache-control: max-age=60");
            other.check("/t|Range: bytes=0-0", "206|cache-control: max-age=60");
            other.check("/nx", "404|-cache-control");
            other.check("/t|If-Match: \"foo\"", "412|-cache-control");
            other.check("/t|Range: bytes=99-", "416|-cache-control");
        }
    }
}
