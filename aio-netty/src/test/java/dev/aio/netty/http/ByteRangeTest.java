package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {

    /** Expected ranges as position+length. */
    @ParameterizedTest(name = "RFC 9110 14.1.2: {0} of {1} bytes is {2}")
    @CsvSource({
        "bytes=0-0, 10, 0+1",
        "bytes=0-9, 10, 0+10",
        "bytes=0-1, 10, 0+2",
        "bytes=3-7, 10, 3+5",
        "bytes=9-9, 10, 9+1",
        "bytes=0-, 10, 0+10",
        "bytes=5-, 10, 5+5",
        "bytes=9-, 10, 9+1",
        "bytes=0-10, 10, 0+10",
        "bytes=5-1000, 10, 5+5",
        "bytes=-1, 10, 9+1",
        "bytes=-10, 10, 0+10",
        "bytes=-11, 10, 0+10",
        "bytes=0-0, 1, 0+1",
        "bytes=-1, 1, 0+1",
        "bytes=0000-0001, 10, 0+2",
        "bytes=0-9223372036854775807, 10, 0+10",
        "bytes=0-9223372036854775808, 10, 0+10",
        "bytes=1-99999999999999999999, 10, 1+9",
        "bytes=-99999999999999999999, 10, 0+10",
        "bytes=00000000000000000000001-2, 10, 1+2",
        "bytes=9223372036854775806-, 9223372036854775807, 9223372036854775806+1",
        "bytes=0-, 9223372036854775807, 0+9223372036854775807",
        "bytes=-9223372036854775807, 9223372036854775807, 0+9223372036854775807",
    })
    void oneRange(String value, long size, String expected) {
        assertThat(text(ByteRange.parse(value, size))).isEqualTo(expected);
    }

    @ParameterizedTest(name = "RFC 9110 14.1: {0} has the unit bytes")
    @ValueSource(strings = {"Bytes=0-1", "BYTES=0-1", "bYtEs=0-1"})
    void theUnitIsCaseInsensitive(String value) {
        assertThat(text(ByteRange.parse(value, 10))).isEqualTo("0+2");
    }

    @ParameterizedTest(name = "RFC 9110 5.6.1.2: {0} is {1}")
    @CsvSource(
            quoteCharacter = '\'',
            value = {
                "'bytes= 0-1', '0+2'",
                "'bytes=0-1 ', '0+2'",
                "'bytes=\t0-1', '0+2'",
                "'bytes=,0-1', '0+2'",
                "'bytes=0-1,', '0+2'",
                "'bytes= , ,0-1,,', '0+2'",
                "'bytes=   1 -2   ', '1+2'",
                "'bytes=- 2', '8+2'",
                "'bytes=0-0,-2', '0+1 8+2'",
                "'bytes=0-1, 5-8 ,9-', '0+2 5+4 9+1'",
                "'bytes=5-6,0-1', '5+2 0+2'",
                "'bytes=0-5,0-5', '0+6 0+6'",
            })
    void listsMayHaveBlanksAndEmptyElements(String value, String expected) {
        assertThat(text(ByteRange.parse(value, 10))).isEqualTo(expected);
    }

    @ParameterizedTest(name = "RFC 9110 15.5.17: {0} of {1} bytes is not satisfiable")
    @CsvSource({
        "bytes=10-, 10",
        "bytes=10-10, 10",
        "bytes=10-11, 10",
        "bytes=100-1000, 10",
        "bytes=-0, 10",
        "bytes=-000, 10",
        "'bytes=10-,-0,20-30', 10",
        "bytes=9223372036854775807-, 10",
        "bytes=9223372036854775808-, 10",
        "bytes=99999999999999999999-, 10",
        "bytes=99999999999999999999-99999999999999999999, 10",
        "bytes=9223372036854775807-, 9223372036854775807",
        "bytes=0-, 0",
        "bytes=0-0, 0",
        "bytes=-0, 0",
    })
    void noneIsSatisfiable(String value, long size) {
        assertThat(ByteRange.parse(value, size)).hasValue(List.of());
    }

    @ParameterizedTest(name = "RFC 9110 14.1.1: of {0} the satisfiable ones are {1}")
    @CsvSource({
        "'bytes=15-,0-5', 0+6",
        "'bytes=0-0,10-20', 0+1",
        "'bytes=-0,1-1', 1+1",
        "'bytes=1-2,-0,5-6', 1+2 5+2",
    })
    void unsatisfiableOnesAreLeftOut(String value, String expected) {
        assertThat(text(ByteRange.parse(value, 10))).isEqualTo(expected);
    }

    @ParameterizedTest(name = "RFC 9110 14.2: {0} is ignored")
    @ValueSource(
            strings = {
                "",
                "bytes",
                "bytes=",
                "bytes= ",
                "bytes=,",
                "bytes= , ,",
                "bytes=-",
                "bytes=--",
                "bytes=--1",
                "bytes=0--1",
                "bytes=5-3",
                "bytes=1-0",
                "bytes=99999999999999999999-3",
                "bytes=0-2,5-4",
                "bytes=100-200,5-2",
                "bytes=1-4,x",
                "bytes=7",
                "bytes=a-",
                "bytes=0-a",
                "bytes=-a",
                "bytes=0x0-0x1",
                "bytes=+0-1",
                "bytes=0-+1",
                "bytes=0-1;",
                "bytes=0-1-2",
                "bytes=0 0-1",
                "bytes=0-1 2-3",
                "bytes=10-11 12-",
                "bytes=0.5-1",
                "bytes=\u0660-\u0661",
                "bytes==0-1",
                "bytes =0-1",
                " bytes=0-1",
                "bytes:0-1",
                "byte=0-1",
                "items=0-1",
                "lines=1-2",
                "0-1",
                "none",
            })
    void otherUnitsAndMalformedRangesAreIgnored(String value) {
        assertThat(ByteRange.parse(value, 10)).isEmpty();
    }

    @Test
    void contentRangeNamesFirstLastAndSize_rfc9110_14_4() {
        assertThat(new ByteRange(0, 1).contentRange(10)).isEqualTo("bytes 0-0/10");
        assertThat(new ByteRange(3, 7).contentRange(10)).isEqualTo("bytes 3-9/10");
        assertThat(ByteRange.unsatisfied(10)).isEqualTo("bytes */10");
    }

    @Test
    void whatIsSatisfiableLiesWithinTheFile() {
        String alphabet = "0123456789-,- \t=x";
        Random random = new Random(14);
        for (int round = 0; round < 50_000; round++) {
            StringBuilder value = new StringBuilder("bytes=");
            for (int n = random.nextInt(25); n > 0; n--) {
                value.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            long size = random.nextInt(5) == 0 ? Long.MAX_VALUE : random.nextInt(200);
            for (ByteRange range : ByteRange.parse(value.toString(), size).orElse(List.of())) {
                assertThat(range.length()).as(value.toString()).isPositive();
                assertThat(range.position()).as(value.toString()).isBetween(0L, size - 1);
                assertThat(size - range.position()).as(value.toString()).isGreaterThanOrEqualTo(range.length());
            }
        }
    }

    @Test
    @Timeout(20)
    void longFieldsTakeLinearTime() {
        int length = 1_000_000;

        assertThat(ByteRange.parse("bytes=" + " ".repeat(length) + "x", 10)).isEmpty();
        assertThat(ByteRange.parse("bytes=1" + " ".repeat(length) + "x", 10)).isEmpty();
        assertThat(ByteRange.parse("bytes=" + "1".repeat(length) + "x", 10)).isEmpty();
        assertThat(ByteRange.parse("bytes=" + ",".repeat(length), 10)).isEmpty();
        assertThat(ByteRange.parse("bytes=" + "0-,".repeat(length), 10))
                .hasValueSatisfying(ranges -> assertThat(ranges).hasSize(length));
    }

    private static String text(Optional<List<ByteRange>> ranges) {
        return ranges.orElseThrow().stream()
                .map(range -> range.position() + "+" + range.length())
                .collect(Collectors.joining(" "));
    }
}
