package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Instant;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Requests as lines of their fields, parted by {@code |}. In them TAG stands for the file's opaque
 * tag, SAME for its date, EARLIER and LATER for the second before and after.
 */
class ResponsePlannerTest {

    private static final String SAME = "Sun, 06 Nov 1994 08:49:37 GMT";
    private static final String EARLIER = "Sun, 06 Nov 1994 08:49:36 GMT";
    private static final String LATER = "Sun, 06 Nov 1994 08:49:38 GMT";

    private static final RangePlanner RANGES = new RangePlanner(RangePlanner.MAX_RANGES, () -> "B");

    private static final long MODIFIED =
            Instant.parse("1994-11-06T08:49:37.500Z").toEpochMilli();
    private static final long SETTLED = MODIFIED + 60_000;
    private static final long YOUNG = MODIFIED + 1_000;

    @ParameterizedTest(name = "RFC 9110 13: GET with {0} is {1}")
    @CsvSource(
            quoteCharacter = '~',
            value = {
                // 13.1.1 If-Match
                "If-Match: *, 200",
                "If-Match: TAG, 200",
                "If-Match: \"a\", 412",
                "If-Match: W/TAG, 412",
                "~If-Match: \"a\", TAG~, 200",
                "If-Match: \"a\"|If-Match: TAG, 200",
                "If-Match: , 412",
                "If-Match: broken, 412",
                "~If-Match: wibble,TAG,wobble~, 200",
                // 13.1.2 If-None-Match
                "If-None-Match: *, 304",
                "If-None-Match: TAG, 304",
                "If-None-Match: W/TAG, 304",
                "If-None-Match: \"a\", 200",
                "~If-None-Match: \"a\", W/\"b\", W/TAG~, 304",
                "If-None-Match: \"a\"|If-None-Match: TAG, 304",
                "If-None-Match: , 200",
                "If-None-Match: broken, 200",
                "~If-None-Match: wibble,TAG,wobble~, 304",
                "~If-None-Match: \"foo\", \"bar\", TAG , \"baz\"~, 304",
                // 13.1.3 If-Modified-Since
                "If-Modified-Since: SAME, 304",
                "If-Modified-Since: LATER, 304",
                "If-Modified-Since: EARLIER, 200",
                "~If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT~, 304",
                "If-Modified-Since: Sun Nov  6 08:49:37 1994, 304",
                "~If-Modified-Since: Mon, 06 Nov 1994 08:49:37 GMT~, 304",
                "~If-Modified-Since: Fri, 31 Dec 9999 23:59:59 GMT~, 304",
                "If-Modified-Since: broken, 200",
                "If-Modified-Since: , 200",
                "If-Modified-Since: SAME|If-Modified-Since: SAME, 200",
                // 13.1.4 If-Unmodified-Since
                "If-Unmodified-Since: SAME, 200",
                "If-Unmodified-Since: LATER, 200",
                "If-Unmodified-Since: EARLIER, 412",
                "If-Unmodified-Since: broken, 200",
                "If-Unmodified-Since: EARLIER|If-Unmodified-Since: EARLIER, 200",
                // 13.2.2 precedence
                "If-Match: TAG|If-Unmodified-Since: EARLIER, 200",
                "If-Match: \"a\"|If-Unmodified-Since: LATER, 412",
                "If-None-Match: \"a\"|If-Modified-Since: LATER, 200",
                "If-None-Match: TAG|If-Modified-Since: EARLIER, 304",
                "If-None-Match: broken|If-Modified-Since: SAME, 200",
                "If-Match: \"a\"|If-None-Match: TAG, 412",
                "If-Match: TAG|If-None-Match: TAG, 304",
                "If-Match: TAG|If-Modified-Since: SAME, 304",
                "If-Unmodified-Since: EARLIER|If-None-Match: TAG, 412",
                "If-Unmodified-Since: SAME|If-Modified-Since: SAME, 304",
                // conditions come before ranges
                "If-None-Match: TAG|Range: bytes=0-1, 304",
                "If-None-Match: TAG|Range: bytes=99-, 304",
                "If-Match: \"a\"|Range: bytes=0-1, 412",
                "If-Modified-Since: SAME|Range: bytes=0-1, 304",
                "If-Match: TAG|Range: bytes=0-1, 206",
            })
    void conditions(String fields, int status) {
        assertThat(plan(HttpMethod.GET, fields, SETTLED).status().code()).isEqualTo(status);
        int ofHead = status == 206 ? 200 : status;
        assertThat(plan(HttpMethod.HEAD, fields, SETTLED).status().code()).isEqualTo(ofHead);
    }

    @ParameterizedTest(name = "RFC 9110 13: GET of a young file with {0} is {1}")
    @CsvSource({
        "If-Match: *, 200",
        "If-Match: TAG, 412",
        "If-Match: W/TAG, 412",
        "If-None-Match: W/TAG, 304",
        "If-None-Match: TAG, 304",
        "Range: bytes=0-1, 206",
        "Range: bytes=0-1|If-Range: TAG, 200",
        "Range: bytes=0-1|If-Range: W/TAG, 200",
        "Range: bytes=0-1|If-Range: SAME, 200",
    })
    void conditionsOnAYoungFile(String fields, int status) {
        assertThat(plan(HttpMethod.GET, fields, YOUNG).status().code()).isEqualTo(status);
    }

    @ParameterizedTest(name = "RFC 9110 13.1.5: bytes=0-1 with {0} is {1}")
    @CsvSource(
            quoteCharacter = '~',
            value = {
                "If-Range: TAG, 206",
                "If-Range: W/TAG, 200",
                "If-Range: \"a\", 200",
                "If-Range: *, 200",
                "~If-Range: TAG, \"a\"~, 200",
                "If-Range: SAME, 206",
                "~If-Range: Sunday, 06-Nov-94 08:49:37 GMT~, 206",
                "If-Range: EARLIER, 200",
                "If-Range: LATER, 200",
                "If-Range: broken, 200",
                "If-Range: , 200",
                "If-Range: TAG|If-Range: TAG, 200",
            })
    void ifRange(String fields, int status) {
        ResponsePlan plan = plan(HttpMethod.GET, fields + "|Range: bytes=0-1", SETTLED);

        assertThat(plan.status().code()).isEqualTo(status);
    }

    /** A date is a strong validator only once its second is over for good (8.8.2.2). */
    @ParameterizedTest(name = "RFC 9110 8.8.2.2: If-Range with the date of a file {0} ms after its change is {1}")
    @CsvSource({"0, 200", "999, 200", "1999, 200", "2000, 206", "60000, 206"})
    void aDateIsStrongOnceItsSecondIsOver(long ageMillis, int status) {
        assertThat(plan(HttpMethod.GET, "If-Range: SAME|Range: bytes=0-1", MODIFIED + ageMillis)
                        .status()
                        .code())
                .isEqualTo(status);
    }

    @ParameterizedTest(name = "RFC 9110 13: GET of a file without a tag with {0} is {1}")
    @CsvSource({
        "If-Match: *, 200",
        "If-Match: \"a\", 412",
        "If-None-Match: *, 304",
        "If-None-Match: \"a\", 200",
        "If-None-Match: \"a\"|If-Modified-Since: SAME, 200",
        "If-Modified-Since: SAME, 304",
        "Range: bytes=0-1|If-Range: \"a\", 200",
        "Range: bytes=0-1|If-Range: SAME, 206",
    })
    void conditionsWithoutATag(String fields, int status) {
        FileFacts facts = new FileFacts(10, MODIFIED * 1_000_000, 1);
        FileHead file = FileHead.of(new Representation(facts, "text/plain", null, null, false, null, true), SETTLED);

        assertThat(ResponsePlanner.plan(HttpMethod.GET, headers(fields, ""), file, RANGES, SETTLED)
                        .status()
                        .code())
                .isEqualTo(status);
    }

    @ParameterizedTest(name = "RFC 9110 12.5.3: GET of a coded form with {0} is {1}")
    @CsvSource({
        "If-None-Match: \"t-gzip\", 304",
        "If-None-Match: \"t\", 200",
        "If-Match: \"t-gzip\", 200",
        "If-Match: \"t\", 412",
        "Range: bytes=0-1, 206",
        "Range: bytes=0-1|If-Range: \"t-gzip\", 206",
        "Range: bytes=0-1|If-Range: \"t\", 200",
        "'Range: bytes=0-1,4-5', 200",
    })
    void conditionsOnACodedForm(String fields, int status) {
        FileFacts facts = new FileFacts(10, MODIFIED * 1_000_000, 1);
        FileHead file = FileHead.of(
                new Representation(facts, "text/plain", "t", ContentCoding.GZIP, true, null, true), SETTLED);

        assertThat(ResponsePlanner.plan(HttpMethod.GET, headers(fields, ""), file, RANGES, SETTLED)
                        .status()
                        .code())
                .isEqualTo(status);
    }

    @Test
    void ifRangeIsIgnoredWithoutRange_rfc9110_13_1_5() {
        assertThat(plan(HttpMethod.GET, "If-Range: \"a\"", SETTLED).status().code())
                .isEqualTo(200);
    }

    @Test
    void aRangeThatIfRangeForbidsIsNotEvenUnsatisfiable_rfc9110_14_2() {
        String fields = "If-Range: \"a\"|Range: bytes=99-";

        assertThat(plan(HttpMethod.GET, fields, SETTLED).status().code()).isEqualTo(200);
    }

    @Test
    void headIgnoresRange_rfc9110_14_2() {
        ResponsePlan plan = plan(HttpMethod.HEAD, "Range: bytes=0-1", SETTLED);

        assertThat(plan.status().code()).isEqualTo(200);
        assertThat(plan.contentLength()).isEqualTo(10);
    }

    @Test
    void headHasTheHeadOfGetAndNoContent_rfc9110_9_3_2() {
        ResponsePlan get = plan(HttpMethod.GET, "", SETTLED);
        ResponsePlan head = plan(HttpMethod.HEAD, "", SETTLED);

        assertThat(head.contentLength()).isEqualTo(get.contentLength());
        assertThat(head.status()).isEqualTo(get.status());
        assertThat(head.length()).isZero();
    }

    @Test
    void aFailedConditionOfHeadHasNoText_rfc9110_9_3_2() {
        ResponsePlan get = plan(HttpMethod.GET, "If-Match: \"a\"", SETTLED);
        ResponsePlan head = plan(HttpMethod.HEAD, "If-Match: \"a\"", SETTLED);

        assertThat(get.text()).isEqualTo("412 Precondition Failed\n");
        assertThat(head.text()).isNull();
        assertThat(head.contentLength()).isEqualTo(get.contentLength());
    }

    @Test
    void notModifiedHasNoContent_rfc9110_15_4_5() {
        ResponsePlan plan = plan(HttpMethod.GET, "If-None-Match: *", SETTLED);

        assertThat(plan.length()).isZero();
        assertThat(plan.contentLength()).isEqualTo(ResponsePlan.NO_LENGTH);
        assertThat(plan.text()).isNull();
    }

    @Test
    void theWholeFileTakesNoNewPlan() {
        FileHead file = file(SETTLED);

        assertThat(ResponsePlanner.plan(HttpMethod.GET, new DefaultHttpHeaders(), file, RANGES, SETTLED))
                .isSameAs(file.whole());
        assertWhole(file.whole(), 10);
    }

    @ParameterizedTest(name = "RFC 9110 9.1: {0} is {1}")
    @CsvSource({
        "GET, ",
        "HEAD, ",
        "POST, 405",
        "PUT, 405",
        "DELETE, 405",
        "CONNECT, 405",
        "OPTIONS, 200",
        "TRACE, 405",
        "PATCH, 405",
        "get, 501",
        "Head, 501",
        "BREW, 501",
        "PROPFIND, 501",
    })
    void methods(String method, Integer status) {
        HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.valueOf(method), "/");
        request.headers().set("Host", "h");

        assertThat(refusal(request)).isEqualTo(status);
    }

    @ParameterizedTest(name = "RFC 9110 9.3.7: OPTIONS of {0} is {1}")
    @CsvSource({
        "/, 200",
        "/missing/file, 200",
        "*, 200",
        "http://h/a, 200",
        "http://h, 200",
        "a, 400",
        "**, 400",
        "/%, 400",
        "/../a, 400",
        "h:80, 400",
    })
    void options(String target, int status) {
        HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.OPTIONS, target);
        request.headers().set("Host", "h");

        assertThat(refusal(request)).isEqualTo(status);
    }

    @Test
    void optionsSaysWhatCanBeAsked_rfc9110_9_3_7() {
        ResponsePlan plan = ResponsePlan.options();

        assertThat(fields(plan)).isEqualTo("Allow: GET, HEAD, OPTIONS");
        assertThat(plan.contentLength()).isZero();
        assertThat(plan.length()).isZero();
        assertThat(plan.text()).isNull();
    }

    @Test
    void onlyOptionsHasAnAsterisk_rfc9112_3_2_4() {
        assertThat(RequestTarget.parse("*").rejection().code()).isEqualTo(400);
    }

    @Test
    void aMethodThatIsNotAllowedHearsWhichAre_rfc9110_15_5_6() {
        assertThat(fields(ResponsePlan.methodNotAllowed())).isEqualTo("Allow: GET, HEAD, OPTIONS");
    }

    @ParameterizedTest(name = "RFC 9110 2.5: {0} is {1}")
    @CsvSource({
        "HTTP/1.1, ",
        "HTTP/1.0, ",
        "HTTP/1.2, ",
        "HTTP/0.9, 505",
        "HTTP/2.0, 505",
        "HTTP/3.0, 505",
        "HTTP/1.11, 505",
    })
    void versions(String version, Integer status) {
        HttpRequest request = new DefaultHttpRequest(HttpVersion.valueOf(version), HttpMethod.GET, "/");
        request.headers().set("Host", "h");

        assertThat(refusal(request)).isEqualTo(status);
    }

    @ParameterizedTest(name = "RFC 9112 3.2: {0} without Host is {1}")
    @CsvSource({"HTTP/1.1, 400", "HTTP/1.0, "})
    void host(String version, Integer status) {
        HttpRequest request = new DefaultHttpRequest(HttpVersion.valueOf(version), HttpMethod.GET, "/");

        assertThat(refusal(request)).isEqualTo(status);
    }

    @Test
    void aRedirectSaysWhere_rfc9110_15_4_2() {
        ResponsePlan plan = ResponsePlan.redirect("/a/");

        assertThat(plan.status().code()).isEqualTo(301);
        assertThat(fields(plan)).isEqualTo("Location: /a/");
    }

    private static Integer refusal(HttpRequest request) {
        ResponsePlan plan = ResponsePlanner.withoutFile(request);
        return plan == null ? null : plan.status().code();
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

    private static FileHead file(long nowMillis) {
        return FileHead.of(Representation.of(new FileFacts(10, MODIFIED * 1_000_000, 1), "text/plain"), nowMillis);
    }

    private static ResponsePlan plan(HttpMethod method, String fields, long nowMillis) {
        FileHead file = file(nowMillis);
        HttpHeaders headers = headers(fields, file.entityTag().opaque());
        return ResponsePlanner.plan(method, headers, file, RANGES, nowMillis);
    }

    private static HttpHeaders headers(String fields, String tag) {
        HttpHeaders headers = new DefaultHttpHeaders();
        if (!fields.isEmpty()) {
            for (String line : fields.split("\\|")) {
                int colon = line.indexOf(':');
                String value = line.substring(colon + 1)
                        .trim()
                        .replace("TAG", tag)
                        .replace("SAME", SAME)
                        .replace("EARLIER", EARLIER)
                        .replace("LATER", LATER);
                headers.add(line.substring(0, colon), value);
            }
        }
        return headers;
    }
}
