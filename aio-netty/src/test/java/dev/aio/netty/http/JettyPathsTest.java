package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What Jetty asserts of paths and dates: HttpURITest, DefaultServletTest (%2F), HttpDateTimeTest. Its parser knows more
 * forms of a request-target than RFC 9112 3.2 has, and levels of compliance; ours has one.
 */
class JettyPathsTest {

    private static final long NOW = 1_700_000_000_000L;

    @ParameterizedTest(name = "RFC 3986 5.2.4: Jetty, HttpURITest: {0} is {1}")
    @CsvSource({
        "http://host/path/info, path/info",
        "/path/info, path/info",
        "http://h%2est/path/info, path/info",
        "http://h..est/path/info, path/info",
        "http://host/path/../info, info",
        "http://host/path/./info, path/info",
        "/path/../info, info",
        "/path/./info, path/info",
        "/f%6f%6F/bar, foo/bar",
        "/context/dir%3B/, context/dir;",
        "/dir/swedish-%C3%A5.txt, dir/swedish-\u00e5.txt",
        // another name than the one above: nothing is composed, as the kernel composes nothing
        "/dir/swedish-a%CC%8A.txt, dir/swedish-a\u030a.txt",
        "/path/%2e/info, path/info",
        "/path/%2e%2e/info, info",
        "/foo//bar, foo/bar",
        // Jetty has /foo/bar and /foo//bar where empty segments count: here they are merged first
        "/foo//../bar, bar",
        "/foo///../../../bar, 400",
        "/foo//../baz/bar, baz/bar",
        "/foo/./../bar, bar",
        "/foo//./bar, foo/bar",
        "/path/%25/info, path/%/info",
        "/path/%2520/info, path/%20/info",
        "/path/%25../info, path/%../info",
        "/, .",
        "/path, path",
        "/path/, path",
        "//, .",
        "/foo//, foo",
        "//foo/bar, foo/bar",
        "/foo?bar, foo",
        "/foo/?bar, foo",
        "/foo//bar//, foo/bar",
        "//foo//bar//, foo/bar",
        // path parameters are dropped in Jetty: RFC 3986 3.3 makes them part of the segment, as names of files have it
        "/foo;bar, foo;bar",
        "/foo/;param, foo/;param",
        "/path/..;/info, path/..;/info",
        "/path/.;/info, path/.;/info",
        "/path/..;param/info, path/..;param/info",
        "/path/%2e%2e;/info, path/..;/info",
        "/path/%2e%2e;param;other/info;other, path/..;param;other/info;other",
        // taken as a host in Jetty, which no request-target of a server has it for (RFC 9112 3.2.1)
        "//host/path/info, host/path/info",
        "//host/path/../info, host/info",
    })
    void paths(String target, String expected) {
        RequestTarget parsed = RequestTarget.parse(target);

        assertThat(
                        parsed.rejection() == null
                                ? parsed.path()
                                : String.valueOf(parsed.rejection().code()))
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "RFC 9112 3.2: Jetty, HttpURITest: {0} is {1}")
    @CsvSource(
            delimiterString = " => ",
            quoteCharacter = '~',
            value = {
                "http://host/../path/info => 400",
                "//host/../../path/info => 400",
                "/../path/info => 400",
                "../path/info => 400",
                "/path/%XX/info => 400",
                "/path/%2/F/info => 400",
                "/path/%/info => 400",
                "/path/%u000X/info => 400",
                "/path/Fo%u0000/info => 400",
                "/path/Fo%00/info => 400",
                "/path/Foo/info%u0000 => 400",
                "/path/Foo/info%00 => 400",
                "/path/%U20AC => 400",
                "%2e%2e/info => 400",
                "%u002e%u002e/info => 400",
                "%2e%2e;/info => 400",
                "%2e. => 400",
                ".%2e => 400",
                "%2e%2e => 400",
                "..;/info => 400",
                "..;param/info => 400",
                // taken with a violation noted in Jetty; %u is of no RFC
                "/f%u006f%u006F/bar => 400",
                "/foo/%u20AC/bar => 400",
                "/path/%u0025/info => 400",
                // neither the origin-form nor the absolute-form of http
                "path/../info => 400",
                "path/./info => 400",
                "%2e/info => 400",
                "foo/bar => 400",
                "foo;/bar => 400",
                ";/bar => 400",
                ".;/info => 400",
                "?n=v => 400",
                "~~ => 400",
                "#n=v => 400",
                "/# => 400",
                "/foo#bar => 400",
                "/foo/#bar => 400",
                "http:/foo => 400",
                "ht..tp://host/path/info => 400",
                "ht1.2+..-3.4tp://127.0.0.1:8080/path/info => 400",
                "scheme://host/path/%2e/info => 400",
                "scheme:/path/%2e/info => 400",
                // as in testGetPercent2F
                "/path/%2f/info => 404",
                "/path/%2f../info => 404",
                "/path/%2f/..;/info => 404",
                "/path/%2f/%25/..;/%2e//info => 404",
                "/dirFoo%2Fother.txt => 404",
                // not UTF-8
                "/path/%C0%AF/info => 400",
                // illegal and suspicious characters
                "/a%5Cb => 400",
                "/a\\b => 400",
                "/a/..\\b => 400",
                "/foo/bar/zed/%5c => 400",
                "/foo/bar/..\\zed => 400",
                "/a\tb => 400",
                "/a b => 400",
            })
    void rejections(String target, int status) {
        assertThat(RequestTarget.parse(target == null ? "" : target).rejection().code())
                .isEqualTo(status);
    }

    /** Suspicious in Jetty; names of files may have them, and no answer of ours writes them as they are. */
    @ParameterizedTest(name = "RFC 3986 2.1: Jetty, HttpURITest: {0} is sent to {1}")
    @CsvSource({
        "/%09b, /%09b/",
        "/%0A, /%0A/",
        "/%0d, /%0D/",
        "/%0d%0a, /%0D%0A/",
        "/a|b, /a%7Cb/",
        "/a<b, /a%3Cb/",
        "/a>b, /a%3Eb/",
        "'/a\"b', /a%22b/",
    })
    void suspicious(String target, String location) {
        assertThat(RequestTarget.parse(target).directoryLocation()).isEqualTo(location);
    }

    @ParameterizedTest(name = "RFC 9110 5.6.7: Jetty, HttpDateTimeTest: {0} is {1}")
    @CsvSource(
            delimiterString = " => ",
            quoteCharacter = '~',
            value = {
                "Wed, 09 Jun 2021 10:18:14 GMT => 1623233894",
                "Sun, 06 Nov 1994 08:49:37 GMT => 784111777",
                "Tue, 16 Apr 2024 17:28:27 GMT => 1713288507",
                "Sunday, 06-Nov-94 08:49:37 GMT => 784111777",
                "Sun Nov  6 08:49:37 1994 => 784111777",
                "Thu, 01 Jan 1970 00:00:00 GMT => 0",
                "Fri, 13 Mar 1964 11:22:33 GMT => -183127047",
                // read in Jetty, which reads dates of cookies with the same code; none of the three forms is ignored
                "Thu,  2 Nov 2017 13:37:22 GMT => -",
                "Tue, 10-May-22 21:23:37 GMT => -",
                "Mon, 05-May-2014 13:13:45 GMT => -",
                "Tue Apr 16 09:59:47 00 => -",
                "Wed, 9 Jun 2021 10:18:14 GMT => -",
                "Sun, 3-May-20 18:54:31 GMT => -",
                "Wed,  22  Aug  1984  13:14:15  GMT => -",
                "Thu, -2 Nov 2017 13:37:22 GMT => -",
                "Sun, 06 Nov 1994 08:49:37 PST => -",
                "Wednesday, 09 Jun 2021 10:18:14 GMT => -",
                // refused in Jetty as well
                "Sun, 06 Nov 65535 08:49:37 GMT => -",
                "Wed, 09 Jun -123 10:18:14 GMT => -",
                "Wed, 09 Jun 10:18:14 GMT => -",
                "Tue, 00 Apr 2024 17:28:27 GMT => -",
                "Tue, 31 Feb 2020 17:28:27 GMT => -",
                "Wed, 22 August 1984 01:02:03 GMT => -",
                "Thu, Nov 2017 13:37:22 GMT => -",
                "Wed, 09 Jun 2021 2:18:14 GMT => -",
                "Thu, 01 Jan 1970 GMT => -",
                "Thu,  2 Nov 2017 -3:14:15 GMT => -",
                "Sun, 03-May-65535 18:54:31 GMT => -",
                "Tue, 16-Apr- 17:28:27 GMT => -",
                "Sunday, 00-Nov-94 08:49:37 GMT => -",
                "Wednesday, 22-August-84 01:02:03 GMT => -",
                "Sunday, 01-Nov-94 8:49:37 GMT => -",
                "Mon, 05-May-2014 GMT => -",
                "Thu, 02-May-2013 13:14 GMT => -",
                "Thu, 02-May-2013 13:14 PM GMT => -",
                "Sun Nov  6 08:49:37 65535 => -",
                "3%~ => -",
                "3%~ GMT => -",
            })
    void dates(String text, String expected) {
        OptionalLong seconds = HttpDates.parse(text, NOW);

        assertThat(seconds.isPresent() ? String.valueOf(seconds.getAsLong()) : "-")
                .isEqualTo(expected);
    }

    /** Read in Jetty down to 1601: RFC 9110 5.6.7 has four digits and no end to them. */
    @ParameterizedTest(name = "RFC 9110 5.6.7: {0} is a date")
    @CsvSource(
            delimiterString = " => ",
            value = {"Thu, 14 Oct 1535 01:02:00 GMT => -13702604280"})
    void old(String text, long expected) {
        assertThat(HttpDates.parse(text, NOW)).hasValue(expected);
    }
}
