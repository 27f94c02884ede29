package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpDatesTest {

    private static final long NOW = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();

    @ParameterizedTest(name = "RFC 9110 5.6.7: {0} is written as {1}")
    @CsvSource({
        "1994-11-06T08:49:37Z, 'Sun, 06 Nov 1994 08:49:37 GMT'",
        "1970-01-01T00:00:00Z, 'Thu, 01 Jan 1970 00:00:00 GMT'",
        "1969-12-31T23:59:59Z, 'Wed, 31 Dec 1969 23:59:59 GMT'",
        "2000-02-29T12:00:00Z, 'Tue, 29 Feb 2000 12:00:00 GMT'",
        "2026-05-04T03:02:01Z, 'Mon, 04 May 2026 03:02:01 GMT'",
        "2262-04-11T23:47:16Z, 'Fri, 11 Apr 2262 23:47:16 GMT'",
        "1677-09-21T00:12:44Z, 'Tue, 21 Sep 1677 00:12:44 GMT'",
    })
    void datesAreWrittenAsImfFixdate(Instant time, String text) {
        assertThat(format(time.getEpochSecond())).isEqualTo(text);
    }

    @ParameterizedTest(name = "RFC 9110 5.6.7: {0}")
    @ValueSource(
            strings = {
                "Sun, 06 Nov 1994 08:49:37 GMT",
                "Sunday, 06-Nov-94 08:49:37 GMT",
                "Sun Nov  6 08:49:37 1994",
            })
    void allThreeFormsAreRead(String text) {
        assertThat(HttpDates.parse(text, NOW)).hasValue(784_111_777);
    }

    @ParameterizedTest(name = "RFC 9110 5.6.7: {0} is {1}")
    @CsvSource({
        "'Thu, 01 Jan 1970 00:00:00 GMT', 1970-01-01T00:00:00Z",
        "'Wed, 31 Dec 1969 23:59:59 GMT', 1969-12-31T23:59:59Z",
        "'Tue, 29 Feb 2000 00:00:00 GMT', 2000-02-29T00:00:00Z",
        "'Tue, 19 Jan 2038 03:14:08 GMT', 2038-01-19T03:14:08Z",
        "'Fri, 31 Dec 9999 23:59:59 GMT', 9999-12-31T23:59:59Z",
        "'Thu Nov 16 08:49:37 1995', 1995-11-16T08:49:37Z",
        "'Wednesday, 01-Dec-99 00:00:00 GMT', 1999-12-01T00:00:00Z",
    })
    void datesAreRead(String text, Instant time) {
        assertThat(HttpDates.parse(text, NOW)).hasValue(time.getEpochSecond());
    }

    @ParameterizedTest(name = "RFC 9110 5.6.7: {0} is read, the name of the day adds nothing")
    @ValueSource(strings = {"Mon, 06 Nov 1994 08:49:37 GMT", "Friday, 06-Nov-94 08:49:37 GMT"})
    void aWrongDayOfTheWeekIsOverlooked(String text) {
        assertThat(HttpDates.parse(text, NOW)).hasValue(784_111_777);
    }

    @ParameterizedTest(name = "RFC 9110 5.6.7: a leap second, {0}")
    @ValueSource(
            strings = {
                "Sat, 31 Dec 2016 23:59:60 GMT",
                "Saturday, 31-Dec-16 23:59:60 GMT",
                "Sat Dec 31 23:59:60 2016",
            })
    void aLeapSecondIsTheSecondAfter(String text) {
        assertThat(HttpDates.parse(text, NOW))
                .hasValue(Instant.parse("2017-01-01T00:00:00Z").getEpochSecond());
    }

    @ParameterizedTest(name = "RFC 9110 5.6.7: year {0} in {1} is {2}")
    @CsvSource({
        "94, 2026-03-01T12:00:00Z, 1994",
        "25, 2026-03-01T12:00:00Z, 2025",
        "26, 2026-03-01T12:00:00Z, 2026",
        "75, 2026-03-01T12:00:00Z, 2075",
        "77, 2026-03-01T12:00:00Z, 1977",
        "00, 2026-03-01T12:00:00Z, 2000",
        "99, 2026-03-01T12:00:00Z, 1999",
        "10, 2085-01-01T00:00:00Z, 2110",
        "80, 2085-01-01T00:00:00Z, 2080",
        "70, 1999-12-31T00:00:00Z, 1970",
        "02, 1999-12-31T00:00:00Z, 2002",
        // 06 Nov 2076 is more than 50 years after the first and not after the second
        "76, 2026-11-06T08:49:36Z, 1976",
        "76, 2026-11-06T08:49:37Z, 2076",
    })
    void aTwoDigitYearIsAtMost50YearsAhead(String year, Instant now, int expected) {
        String text = "Sunday, 06-Nov-" + year + " 08:49:37 GMT";

        assertThat(HttpDates.parse(text, now.toEpochMilli()))
                .hasValue(Instant.parse(expected + "-11-06T08:49:37Z").getEpochSecond());
    }

    @Test
    void aTwoDigitYearFallsOnOneThatHasTheDay_rfc9110_5_6_7() {
        long now = Instant.parse("2085-01-01T00:00:00Z").toEpochMilli();

        // 2100 is no leap year
        assertThat(HttpDates.parse("Monday, 29-Feb-00 00:00:00 GMT", now))
                .hasValue(Instant.parse("2000-02-29T00:00:00Z").getEpochSecond());
        assertThat(HttpDates.parse("Monday, 29-Feb-01 00:00:00 GMT", now)).isEmpty();
    }

    @ParameterizedTest(name = "RFC 9110 5.6.7: {0} is no date")
    @ValueSource(
            strings = {
                "",
                "0",
                "784111777",
                "yesterday",
                "Sun, 06 Nov 1994 08:49:37",
                "Sun, 06 Nov 1994 08:49:37 UTC",
                "Sun, 06 Nov 1994 08:49:37 +0000",
                "Sun, 06 Nov 1994 08:49:37 gmt",
                "sun, 06 nov 1994 08:49:37 GMT",
                "Son, 06 Nov 1994 08:49:37 GMT",
                "Sun, 06 Foo 1994 08:49:37 GMT",
                "Sun, 6 Nov 1994 08:49:37 GMT",
                "Sun,06 Nov 1994 08:49:37 GMT",
                "Sun, 06  Nov 1994 08:49:37 GMT",
                "Sun, 06 Nov 94 08:49:37 GMT",
                "Sun, 06 Nov 1994 8:49:37 GMT",
                "Sun, 06 Nov 1994 24:00:00 GMT",
                "Sun, 06 Nov 1994 08:60:37 GMT",
                "Sun, 06 Nov 1994 08:49:60 GMT",
                "Sun, 06 Nov 1994 23:59:61 GMT",
                "Sun, 06 Nov 1994 08:59:60 GMT",
                "Sun, 00 Nov 1994 08:49:37 GMT",
                "Thu, 31 Nov 1994 08:49:37 GMT",
                "Wed, 29 Feb 2023 08:49:37 GMT",
                "Sun, 06 Nov 1994 08:49:37 GMT ",
                "Sun, 06 Nov 1994 08:49:37 GMT; length=3",
                "Sunday, 06-Nov-1994 08:49:37 GMT",
                "Sun, 06-Nov-94 08:49:37 GMT",
                "Sunday, 31-Feb-94 08:49:37 GMT",
                "Sun Nov 6 08:49:37 1994",
                "Sun Nov 06 08:49:37 94",
                "Sun Nov  0 08:49:37 1994",
                "1994-11-06T08:49:37Z",
                "Sun, \u0660\u0666 Nov 1994 08:49:37 GMT",
            })
    void whatIsNoDateIsAbsent(String text) {
        assertThat(HttpDates.parse(text, NOW)).isEmpty();
    }

    @Test
    void whatIsWrittenCanBeRead() {
        Random random = new Random(567);
        for (int i = 0; i < 10_000; i++) {
            long second = random.nextLong(-9_000_000_000L, 9_000_000_000L);

            assertThat(HttpDates.parse(format(second), NOW)).hasValue(second);
        }
    }

    private static String format(long epochSecond) {
        return new String(HttpDates.format(epochSecond), StandardCharsets.US_ASCII);
    }
}
