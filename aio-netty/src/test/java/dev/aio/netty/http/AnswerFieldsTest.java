package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.TargetDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which fields stand on which answer: what RFC 9110 says must, and nothing that must not. Of a file that has all there is
 * to be said: a tag, a date, a coded form and a rule for caches.
 */
@Timeout(60)
class AnswerFieldsTest {

    private static final String FILE = "date content-length x-content-type-options content-type last-modified etag "
            + "accept-ranges vary cache-control";

    @TempDir(factory = TargetDirectory.class)
    static Path directory;

    private static SuiteSite site;

    @BeforeAll
    static void serve() throws Exception {
        TestSite.file(directory, "a.css", "this is a.css");
        TestSite.file(directory, "a.css.gz", "this is a.css.gz");
        TestSite.file(directory, "sub/index.html", "x");
        Files.createDirectories(directory.resolve("empty"));
        site = new SuiteSite(
                directory, builder -> builder.precompressed(ContentCoding.GZIP).cacheControl("**", "max-age=60"));
    }

    @AfterAll
    static void close() {
        site.close();
    }

    @ParameterizedTest(name = "RFC 9110 {0}: {1} has {2} and {3}")
    @CsvSource(
            delimiterString = " => ",
            quoteCharacter = '~',
            value = {
                "8 => /a.css => 200 => FILE",
                "8.4 => /a.css|Accept-Encoding: gzip => 200 => FILE content-encoding",
                // all that a 200 would have, and the range; 15.3.7.1
                "15.3.7 => /a.css|Range: bytes=0-1 => 206 => FILE content-range",
                "15.3.7 => /a.css|Range: bytes=0-1|Accept-Encoding: gzip => 206 => FILE content-range content-encoding",
                // the parts have the range, and it must not stand here; 15.3.7.2
                "15.3.7 => /a.css|Range: bytes=0-1,5-6 => 206 => FILE",
                // Date, ETag, Vary and Cache-Control; neither Content-Location nor Expires stand on a 200 either
                "15.4.5 => /a.css|If-None-Match: * => 304 => date etag vary cache-control",
                "15.4.5 => /a.css|If-Modified-Since: SAME => 304 => date etag vary cache-control",
                "15.4.5 => /a.css|If-None-Match: *|Accept-Encoding: gzip => 304 => date etag vary cache-control",
                "15.4.5 => /a.css|If-None-Match: *|Range: bytes=0-1 => 304 => date etag vary cache-control",
                "15.5.13 => /a.css|If-Match: \"a\" => 412 => TEXT",
                "15.5.13 => /a.css|If-Unmodified-Since: EARLIER => 412 => TEXT",
                "15.5.17 => /a.css|Range: bytes=99- => 416 => TEXT content-range",
                "15.4.2 => /sub => 301 => TEXT location",
                "15.5.4 => /empty/ => 403 => TEXT",
                "15.5.5 => /missing => 404 => TEXT",
                "15.5.6 => POST /a.css => 405 => TEXT allow",
                "15.6.2 => BREW /a.css => 501 => TEXT",
                "9.3.7 => OPTIONS /a.css => 200 => date content-length allow",
                "15.5.1 => /% => 400 => TEXT connection",
                "9.6 => /a.css|Connection: close => 200 => FILE connection",
            })
    void fields(String section, String asked, int status, String names) throws Exception {
        String[] words = asked.split("\\|");
        int blank = words[0].indexOf(' ');
        String method = blank < 0 ? "GET" : words[0].substring(0, blank);
        site.check(asked, String.valueOf(status));
        String[] fields = new String[words.length - 1];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = words[i + 1]
                    .replace("SAME", "Sun, 06 Nov 1994 08:49:37 GMT")
                    .replace("EARLIER", "Sun, 06 Nov 1994 08:49:36 GMT");
        }

        TestClient.Response response = site.ask(method, words[0].substring(blank + 1), fields);

        String expected =
                names.replace("FILE", FILE).replace("TEXT", "date content-length content-type x-content-type-options");
        assertThat(new TreeSet<>(response.fields().keySet())).isEqualTo(new TreeSet<>(Set.of(expected.split(" "))));
    }

    /** RFC 9110 13.2.1: what would not be 2xx is answered as if there were no conditions. */
    @ParameterizedTest(name = "RFC 9110 13.2.1: {0} is {1} whatever it is conditional on")
    @CsvSource({"/missing, 404", "/sub, 301", "/empty/, 403", "/%, 400", "POST /a.css, 405", "OPTIONS /a.css, 200"})
    void conditionsAreOfWhatWouldSucceed(String asked, String status) throws Exception {
        for (String condition : new String[] {
            "If-Match: \"a\"",
            "If-None-Match: *",
            "If-Modified-Since: LATER",
            "If-Unmodified-Since: EARLIER",
            "Range: bytes=0-0",
            "Range: bytes=99-|If-Range: \"a\""
        }) {
            site.check(asked + '|' + condition, status);
        }
    }

    @ParameterizedTest(name = "RFC 9110 {0}: {1} is {2}")
    @CsvSource(
            delimiterString = " => ",
            quoteCharacter = '~',
            value = {
                // names of units have no case
                "14.1 => /a.css|Range: BYTES=0-1 => 206|content-range: bytes 0-1/13",
                // empty elements of a list are passed over
                "5.6.1.2 => /a.css|Range: bytes=,0-1,, => 206|content-range: bytes 0-1/13",
                "14.1.2 => /a.css|Range: bytes=0-99999999999999999999999 => 206|content-range: bytes 0-12/13",
                "14.1.2 => /a.css|Range: bytes=99999999999999999999999- => 416|content-range: bytes */13",
                "14.1.2 => /a.css|Range: bytes=-99999999999999999999999 => 206|content-range: bytes 0-12/13",
                // a line each is a list as well, but not of what is no list
                "5.3 => /a.css|If-None-Match: \"a\"|If-None-Match: TAG => 304",
                "5.3 => /a.css|Range: bytes=0-0|Range: bytes=1-1 => 200",
                // 13.2.2: tags before dates, and both before ranges
                "13.2.2 => /a.css|If-Match: TAG|If-Unmodified-Since: EARLIER => 200",
                "13.2.2 => /a.css|If-None-Match: \"a\"|If-Modified-Since: LATER => 200",
                "13.2.2 => /a.css|If-Match: \"a\"|If-None-Match: TAG => 412",
                "13.2.2 => /a.css|If-Match: TAG|If-Range: \"a\"|Range: bytes=0-1 => 200",
                // HEAD has no range, and so no If-Range
                "14.2 => HEAD /a.css|Range: bytes=99- => 200|content-length: 13|-content-range",
                "12.5.3 => /a.css|Accept-Encoding: => 200|-content-encoding",
                "12.5.3 => /a.css|Accept-Encoding: br|Accept-Encoding: gzip => 200|content-encoding: gzip",
            })
    void details(String section, String asked, String expected) throws Exception {
        site.check(asked, expected);
    }
}
