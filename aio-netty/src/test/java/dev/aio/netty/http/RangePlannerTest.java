package dev.aio.netty.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of so many bytes; ranges as first-last. */
class RangePlannerTest {

    private static final long NOW = 1_700_000_000_000L;
    private static final String TYPE = "text/plain; charset=utf-8";

    @ParameterizedTest(name = "RFC 9110 14.2: {0} of 10 bytes sends {2} from {1}, {3}")
    @CsvSource({
        "bytes=0-, 0, 10, bytes 0-9/10",
        "bytes=0-9, 0, 10, bytes 0-9/10",
        "bytes=0-0, 0, 1, bytes 0-0/10",
        "bytes=3-5, 3, 3, bytes 3-5/10",
        "bytes=9-, 9, 1, bytes 9-9/10",
        "bytes=-3, 7, 3, bytes 7-9/10",
        "bytes=-99, 0, 10, bytes 0-9/10",
        "'bytes=99-,1-2', 1, 2, bytes 1-2/10",
    })
    void onePart(String range, long position, long length, String contentRange) {
        ResponsePlan plan = plan(10, range);

        assertThat(plan.status().code()).isEqualTo(206);
        assertThat(plan.position()).isEqualTo(position);
        assertThat(plan.length()).isEqualTo(length);
        assertThat(plan.contentLength()).isEqualTo(length);
        assertThat(fields(plan)).isEqualTo("Content-Range: " + contentRange);
        assertThat(plan.file()).isNotNull();
        assertThat(plan.text()).isNull();
        assertThat(plan.parts()).isNull();
    }

    @ParameterizedTest(name = "RFC 9110 15.3.7.2: of {1} bytes {0} are {2}")
    @CsvSource({
        "'0-1,5-8', 11, 0-1 5-8",
        "'0-1,5-', 11, 0-1 5-10",
        "'0-0,-2', 11, 0-0 9-10",
        "'2-4,-3', 36, 2-4 33-35",
        "'5-20,35-65', 50, 5-20 35-49",
        "'0-9,20-29,40-49,60-60,70-79', 80, 0-9 20-29 40-49 60-60 70-79",
        // in the order asked for
        "'1000-1100,100-200', 8000, 1000-1100 100-200",
        "'3000-,100-200,2000-2200', 8000, 3000-7999 100-200 2000-2200",
        // unsatisfiable ones are left out
        "'0-9,-10,100000-,20-29', 1000, 0-9 990-999 20-29",
        // overlapping and adjoining ones become one, where its first was
        "'0-9,-10,10-19', 1000, 0-19 990-999",
        "'-10,0-9,10-19', 1000, 990-999 0-19",
        "'0-100,70-100,1000-1001', 8000, 0-100 1000-1001",
        "'0-70,70-100,1000-1001,5-6', 8000, 0-100 1000-1001",
        "'1-70,71-100,1000-1001', 8000, 1-100 1000-1001",
        "'1-70,0-100,1000-1001', 8000, 0-100 1000-1001",
        "'0-70,72-100,1000-1001', 8000, 0-70 72-100 1000-1001",
        "'10-20,1-9,99-99', 8000, 1-20 99-99",
        "'10-20,1-21,99-99', 8000, 1-21 99-99",
        "'5-10,1-3,99-99', 8000, 5-10 1-3 99-99",
        "'99-99,20-30,5-15,0-5,25-35', 200, 99-99 20-35 0-15",
        "'90-100,10-20,30-40,-161', 200, 30-199 10-20",
        "'10-60,10-60,10-60,0-2', 80, 10-60 0-2",
        "'0-1,-1', 8000, 0-1 7999-7999",
    })
    void severalParts(String ranges, long size, String expected) {
        ResponsePlan plan = plan(size, "bytes=" + ranges);

        assertThat(plan.status().code()).isEqualTo(206);
        assertThat(plan.parts().parts().stream()
                        .map(part -> part.range())
                        .map(part -> part.position() + "-" + (part.position() + part.length() - 1))
                        .collect(Collectors.joining(" ")))
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "RFC 9110 15.3.7.2: of {1} bytes {0} are one part, {2}")
    @CsvSource({
        "'5-20,15-25', 200, bytes 5-25/200",
        "'5-15,20-30,10-25', 200, bytes 5-30/200",
        "'0-1,2-3', 10, bytes 0-3/10",
        "'2-3,0-1', 10, bytes 0-3/10",
        "'3-4,3-4,3-4', 10, bytes 3-4/10",
        "'9-,-1', 10, bytes 9-9/10",
    })
    void partsThatCoalesceToOne(String ranges, long size, String contentRange) {
        ResponsePlan plan = plan(size, "bytes=" + ranges);

        assertThat(plan.status().code()).isEqualTo(206);
        assertThat(plan.parts()).isNull();
        assertThat(fields(plan)).isEqualTo("Content-Range: " + contentRange);
    }

    @ParameterizedTest(name = "RFC 9110 14.2: {0} asks for all of it in pieces")
    @ValueSource(
            strings = {"bytes=0-,1-,2-,3-,4-", "bytes=0-10001,0-0", "bytes=0-4,5-9", "bytes=-5,0-4", "bytes=0-,-1"})
    void everythingInPiecesIsTheWhole(String range) {
        assertWhole(plan(10, range), 10);
    }

    @Test
    void thePartsAreInTheirLines_rfc9110_14_6() {
        ResponsePlan plan = plan(36, "bytes=2-4,-3");

        assertThat(fields(plan)).isEqualTo("Content-Type: multipart/byteranges; boundary=B");
        assertThat(content(plan))
                .isEqualTo("--B\r\nContent-Type: " + TYPE + "\r\nContent-Range: bytes 2-4/36\r\n\r\n<3>"
                        + "\r\n--B\r\nContent-Type: " + TYPE + "\r\nContent-Range: bytes 33-35/36\r\n\r\n<3>"
                        + "\r\n--B--\r\n");
    }

    @ParameterizedTest(name = "RFC 9110 8.6: the length of {0} is exact")
    @ValueSource(strings = {"0-0,2-2", "0-9,100-999,5000-", "-1,0-0,10-19,30-39,50-59,70-79"})
    void contentLengthOfPartsIsExact(String ranges) {
        ResponsePlan plan = plan(10_000, "bytes=" + ranges);
        long length = 0;
        for (MultipartRanges.Part part : plan.parts().parts()) {
            length += part.head().length + part.range().length();
        }
        length += plan.parts().end().length;

        assertThat(plan.contentLength()).isEqualTo(length);
        assertThat(plan.length()).isEqualTo(length);
    }

    @ParameterizedTest(name = "RFC 9110 17.15: {0} ranges where {1} may be asked for are {2}")
    @CsvSource({
        "1, 1, 206",
        "2, 1, 200",
        "2, 2, 206",
        "3, 2, 200",
        "200, 200, 206",
        "201, 200, 200",
        "1, 0, 200",
        "2, 0, 200",
    })
    void theirNumberIsBounded(int asked, int allowed, int status) {
        String ranges =
                IntStream.range(0, asked).mapToObj(i -> 3 * i + "-" + 3 * i).collect(Collectors.joining(","));

        assertThat(plan(10_000, "bytes=" + ranges, allowed).status().code()).isEqualTo(status);
    }

    @Test
    void theyAreCountedBeforeTheyCoalesce_rfc9110_17_15() {
        assertWhole(plan(1000, "bytes=0-9,-10,10-19", 2), 1000);
        assertThat(plan(1000, "bytes=0-9,-10,10000-", 2).status().code())
                .as("unsatisfiable ones cost nothing")
                .isEqualTo(206);
    }

    @Test
    void noPartsOfAFileWhosePartsCouldNotBeCounted_rfc9110_14_2() {
        long size = Long.MAX_VALUE;

        assertWhole(plan(size, "bytes=0-9223372036854775800,9223372036854775803-"), size);
    }

    @ParameterizedTest(name = "RFC 9110 15.5.17: {0} of 10 bytes is refused")
    @ValueSource(strings = {"bytes=10-", "bytes=-0", "bytes=99999999999999999999-", "bytes=10-,-0"})
    void unsatisfiable(String range) {
        ResponsePlan plan = plan(10, range);

        assertThat(plan.status().code()).isEqualTo(416);
        assertThat(fields(plan)).isEqualTo("Content-Range: bytes */10");
        assertThat(plan.file()).isNull();
        assertThat(plan.length()).isZero();
    }

    @ParameterizedTest(name = "RFC 9110 14.2: {0} is ignored")
    @ValueSource(strings = {"items=0-1", "bytes=5-3", "bytes=x", "", "bytes=0-1,x", "bytes=--6", "bytes=-6-", "bytes="})
    void whatIsNoRangeIsIgnored(String range) {
        assertWhole(plan(10, range), 10);
    }

    @Test
    void aFieldGivenTwiceIsIgnored_rfc9110_5_3() {
        HttpHeaders headers = new DefaultHttpHeaders().add("Range", "bytes=0-1").add("Range", "bytes=0-1");

        assertWhole(new RangePlanner(200, () -> "B").plan(headers, file(10), NOW), 10);
    }

    @ParameterizedTest(name = "RFC 9110 14.2: {0} of an empty file is ignored")
    @ValueSource(strings = {"bytes=0-", "bytes=0-0", "bytes=1-", "bytes=-1", "bytes=-0", "bytes=0-0,-1"})
    void rangesOfAnEmptyFileAreIgnored(String range) {
        assertWhole(plan(0, range), 0);
    }

    @Test
    void noTwoBoundariesAreTheSame_rfc2046_5_1() {
        assertThat(IntStream.range(0, 1_000).mapToObj(i -> MultipartRanges.randomBoundary()))
                .doesNotHaveDuplicates()
                .allMatch(boundary -> boundary.matches("[0-9a-z]{2,70}"));
    }

    private static ResponsePlan plan(long size, String range) {
        return plan(size, range, RangePlanner.MAX_RANGES);
    }

    private static ResponsePlan plan(long size, String range, int maxRanges) {
        HttpHeaders headers = new DefaultHttpHeaders().add("Range", range);
        return new RangePlanner(maxRanges, () -> "B").plan(headers, file(size), NOW);
    }

    private static FileHead file(long size) {
        return FileHead.of(Representation.of(new FileFacts(size, 0, 1), TYPE), NOW);
    }

    private static String content(ResponsePlan plan) {
        StringBuilder content = new StringBuilder();
        for (MultipartRanges.Part part : plan.parts().parts()) {
            content.append(new String(part.head(), US_ASCII))
                    .append('<')
                    .append(part.range().length())
                    .append('>');
        }
        return content.append(new String(plan.parts().end(), US_ASCII)).toString();
    }

    private static void assertWhole(ResponsePlan plan, long size) {
        assertThat(plan.status().code()).isEqualTo(200);
        assertThat(plan.position()).isZero();
        assertThat(plan.length()).isEqualTo(size);
        assertThat(plan.contentLength()).isEqualTo(size);
        assertThat(plan.fields()).isEmpty();
    }

    private static String fields(ResponsePlan plan) {
        return plan.fields().stream()
                .map(field -> field.name() + ": " + field.value())
                .collect(Collectors.joining("|"));
    }
}
