package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the public test suites of other servers expect of ranges. The answer is a status and the ranges
 * that are sent. Where they contradict each other, or RFC 9110, the line says what we do and why.
 */
class OtherServersTest {

    private static final long NOW = 1_700_000_000_000L;

    @ParameterizedTest(name = "RFC 9110 14: Go net/http, fs_test: {0} of 11 bytes is {1}")
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
        // 416 in Go: RFC 9110 14.2 lets a malformed field be ignored, as Apache does
        "--6, 200",
        "--0, 200",
        "---0, 200",
        "-6-, 200",
        // 206 with nothing in it in Go: RFC 9110 14.1.2 says that it cannot be satisfied
        "-0, 416",
    })
    void go(String ranges, String expected) {
        assertThat(answer(11, ranges)).isEqualTo(expected);
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
    void nginx(String ranges, String expected) {
        assertThat(answer(1_000, ranges)).isEqualTo(expected);
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
    void apache(String ranges, String expected) {
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
    void apacheInvalid(String ranges, String expected) {
        assertThat(answer(40_000, ranges)).isEqualTo(expected);
    }

    /** Two hundred are Apache's default; Jetty takes any number, which is a way to keep a server busy. */
    @ParameterizedTest(name = "RFC 9110 17.15: Apache, maxranges.t: {0} times two ranges are {1}")
    @CsvSource({"50, 206 0-1 3-4", "100, 206 0-1 3-4", "102, 200"})
    void apacheNumber(int times, String expected) {
        String ranges = IntStream.range(0, times).mapToObj(i -> "0-1,3-4,").collect(Collectors.joining());

        assertThat(answer(8_000, ranges)).isEqualTo(expected);
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
    void jetty(String ranges, long size, String expected) {
        assertThat(answer(size, ranges)).isEqualTo(expected);
    }

    @Test
    void unitsThatNobodyKnowsAreIgnored_rfc9110_14_2() {
        // 416 in Jetty: RFC 9110 14.2 is a MUST
        assertThat(answerTo(10, "bad-unit=0-0")).isEqualTo("200");
        assertThat(answerTo(200, "byte=10-3")).isEqualTo("200");
    }

    private static String answer(long size, String ranges) {
        return answerTo(size, "bytes=" + ranges);
    }

    private static String answerTo(long size, String field) {
        HttpHeaders headers = new DefaultHttpHeaders().add("Range", field);
        FileHead file = FileHead.of(Representation.of(new FileFacts(size, 0, 1), "text/plain"), NOW);
        RangePlanner ranges = new RangePlanner(RangePlanner.MAX_RANGES, () -> "B");
        ResponsePlan plan = ResponsePlanner.plan(HttpMethod.GET, headers, file, ranges, NOW);
        String status = String.valueOf(plan.status().code());
        if (plan.status().code() != 206) {
            return status;
        }
        if (plan.parts() == null) {
            return status + ' ' + text(new ByteRange(plan.position(), plan.length()));
        }
        return status
                + plan.parts().parts().stream()
                        .map(part -> ' ' + text(part.range()))
                        .collect(Collectors.joining());
    }

    private static String text(ByteRange range) {
        return range.position() + "-" + (range.position() + range.length() - 1);
    }
}
