package dev.aio.netty.http;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** HTTP-date, RFC 9110 5.6.7: written in its one preferred form, read in all three. */
final class HttpDates {

    /** Bytes of an IMF-fixdate such as {@code Sun, 06 Nov 1994 08:49:37 GMT}. */
    static final int LENGTH = 29;

    private static final String DAYS = "MonTueWedThuFriSatSun";
    private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

    private static final String MONTH = "(?<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
    private static final String DAY_NAME = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
    private static final String TIME = "(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)";

    private static final Pattern IMF_FIXDATE =
            Pattern.compile(DAY_NAME + ", (?<day>\\d\\d) " + MONTH + " (?<year>\\d{4}) " + TIME + " GMT");
    private static final Pattern RFC_850 = Pattern.compile("(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\\d\\d)-"
            + MONTH
            + "-(?<year>\\d\\d) "
            + TIME
            + " GMT");
    private static final Pattern ASCTIME =
            Pattern.compile(DAY_NAME + " " + MONTH + " (?<day>\\d\\d| \\d) " + TIME + " (?<year>\\d{4})");

    private HttpDates() {}

    /** Writes an IMF-fixdate in ASCII; the year must have four digits. */
    static byte[] format(long epochSecond) {
        byte[] out = new byte[LENGTH];
        format(epochSecond, out, 0);
        return out;
    }

    /** Writes an IMF-fixdate into {@link #LENGTH} bytes from {@code at} on. */
    static void format(long epochSecond, byte[] out, int at) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(epochSecond, 0, ZoneOffset.UTC);
        int day = (time.getDayOfWeek().getValue() - 1) * 3;
        int month = (time.getMonthValue() - 1) * 3;
        text(DAYS.substring(day, day + 3) + ", ", out, at);
        digits(time.getDayOfMonth(), out, at + 5);
        text(" " + MONTHS.substring(month, month + 3) + " ", out, at + 7);
        digits(time.getYear() / 100, out, at + 12);
        digits(time.getYear() % 100, out, at + 14);
        out[at + 16] = ' ';
        digits(time.getHour(), out, at + 17);
        out[at + 19] = ':';
        digits(time.getMinute(), out, at + 20);
        out[at + 22] = ':';
        digits(time.getSecond(), out, at + 23);
        text(" GMT", out, at + 25);
    }

    private static void text(String text, byte[] out, int at) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, out, at, bytes.length);
    }

    private static void digits(int value, byte[] out, int at) {
        out[at] = (byte) ('0' + value / 10);
        out[at + 1] = (byte) ('0' + value % 10);
    }

    /**
     * Seconds since the epoch, or empty if the value is no HTTP-date and the field is therefore to
     * be ignored. The name of the day must be one but is not held against the date: it adds
     * nothing, and RFC 9110 asks recipients to be robust.
     *
     * @param nowMillis decides which century a two-digit year belongs to
     */
    static OptionalLong parse(String value, long nowMillis) {
        Matcher imf = IMF_FIXDATE.matcher(value);
        if (imf.matches()) {
            return epochSecond(imf, number(imf, "year"));
        }
        Matcher rfc850 = RFC_850.matcher(value);
        if (rfc850.matches()) {
            return inNearestCentury(rfc850, nowMillis);
        }
        Matcher asctime = ASCTIME.matcher(value);
        if (asctime.matches()) {
            return epochSecond(asctime, number(asctime, "year"));
        }
        return OptionalLong.empty();
    }

    /** The latest time with these two digits of the year that is at most 50 years ahead. */
    private static OptionalLong inNearestCentury(Matcher date, long nowMillis) {
        LocalDateTime now = LocalDateTime.ofInstant(Instant.ofEpochMilli(nowMillis), ZoneOffset.UTC);
        long limit = now.plusYears(50).toEpochSecond(ZoneOffset.UTC);
        int thisCentury = now.getYear() - now.getYear() % 100 + number(date, "year");
        for (int year = thisCentury + 100; year >= thisCentury - 100; year -= 100) {
            OptionalLong time = epochSecond(date, year);
            if (time.isPresent() && time.getAsLong() <= limit) {
                return time;
            }
        }
        return OptionalLong.empty();
    }

    private static OptionalLong epochSecond(Matcher date, int year) {
        int month = MONTHS.indexOf(date.group("month")) / 3 + 1;
        int hour = number(date, "hour");
        int minute = number(date, "minute");
        int second = number(date, "second");
        // The grammar admits a leap second; POSIX time counts it as the second that follows.
        boolean leapSecond = second == 60 && minute == 59 && hour == 23;
        try {
            LocalDateTime time =
                    LocalDateTime.of(year, month, number(date, "day"), hour, minute, leapSecond ? 59 : second);
            return OptionalLong.of(time.toEpochSecond(ZoneOffset.UTC) + (leapSecond ? 1 : 0));
        } catch (DateTimeException noSuchTime) {
            return OptionalLong.empty();
        }
    }

    private static int number(Matcher date, String group) {
        return Integer.parseInt(date.group(group).trim());
    }
}
